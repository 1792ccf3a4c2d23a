import SQLite

/// The history of the queue file. What each table and column means is said here and nowhere else; times are
/// milliseconds since 1970 in UTC unless their name says otherwise.
enum QueueMigrations {
  /// "Dckt", in the header of each queue file.
  static let applicationID = 0x4463_6b74

  static let all = [
    jobsAndLedger, schedules, fewerPages, keysByFirstDigits, oneLine,
    keysOfCompleted,
  ]

  private static let jobsAndLedger = Migration(
    1,
    """
    -- A declaration's text, once.
    CREATE TABLE declaration (
      id INTEGER PRIMARY KEY,
      sha256 TEXT NOT NULL UNIQUE,
      text TEXT NOT NULL
    ) STRICT;

    -- One invocation of a pipeline on a directory.
    CREATE TABLE run (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      pipeline TEXT NOT NULL,
      directory TEXT NOT NULL,
      output TEXT NOT NULL,
      declaration_id INTEGER NOT NULL REFERENCES declaration (id),
      trigger TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'paused', 'finished', 'cancelled')),
      program TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      finished_at INTEGER
    ) STRICT;
    CREATE INDEX run_place ON run (pipeline, directory, id);
    CREATE INDEX run_open ON run (id) WHERE state = 'open';

    -- Pipelines whose runs are left alone, those of the future included.
    CREATE TABLE paused_pipeline (
      pipeline TEXT PRIMARY KEY,
      paused_at INTEGER NOT NULL
    ) STRICT;

    -- A source file in a run. path is relative to the run's directory.
    CREATE TABLE document (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id),
      path TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      tokens INTEGER,
      UNIQUE (run_id, path)
    ) STRICT;

    -- A process that claims jobs.
    CREATE TABLE worker (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      host TEXT NOT NULL,
      boot TEXT NOT NULL,
      namespace TEXT NOT NULL,
      pid INTEGER NOT NULL,
      process_start INTEGER NOT NULL,
      program TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      stopped_at INTEGER
    ) STRICT;

    -- One step of one document. States and their ways: JobState.
    CREATE TABLE job (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL,
      document_id INTEGER NOT NULL REFERENCES document (id),
      declaration_id INTEGER NOT NULL,
      step TEXT NOT NULL,
      kind TEXT NOT NULL,
      -- SHA-256 over all that the result depends on.
      key TEXT NOT NULL,
      -- JSON array of steps of the same document.
      depends_on TEXT NOT NULL,
      priority INTEGER NOT NULL,
      -- (An IN list would build a table for each inserted row: it halves the speed of enqueueing.)
      state TEXT NOT NULL CHECK (state = 'blocked' OR state = 'available' OR state = 'running'
        OR state = 'retryable' OR state = 'paused' OR state = 'completed' OR state = 'discarded'
        OR state = 'cancelled'),
      -- What a person asked of a running job, for its worker's next safe point: 'pause'.
      requested TEXT,
      max_attempts INTEGER NOT NULL,
      -- All claims so far, which number the attempts; those that count; the last one before a retry.
      claims INTEGER NOT NULL DEFAULT 0,
      attempts INTEGER NOT NULL DEFAULT 0,
      retried_after INTEGER NOT NULL DEFAULT 0,
      -- Deaths of its worker in a row without progress, and the progress at the last of them.
      losses INTEGER NOT NULL DEFAULT 0,
      lost_progress INTEGER NOT NULL DEFAULT 0,
      due_at INTEGER,
      worker_id INTEGER,
      -- The fence: only who knows it may end the job.
      token INTEGER,
      claimed_at INTEGER,
      -- Milliseconds of the worker's monotonic clock.
      leased_until_monotonic INTEGER,
      beat_at INTEGER,
      -- Tokens, by the running or the last attempt.
      progress INTEGER NOT NULL DEFAULT 0,
      outcome TEXT CHECK (outcome = 'complete' OR outcome = 'partial' OR outcome = 'cached'
        OR outcome = 'skipped'),
      output_path TEXT,
      output_sha256 TEXT,
      output_bytes INTEGER,
      failure TEXT,
      error TEXT,
      created_at INTEGER NOT NULL,
      finished_at INTEGER,
      UNIQUE (document_id, step),
      CHECK ((state = 'running') = (token IS NOT NULL)),
      CHECK ((state = 'retryable') = (due_at IS NOT NULL)),
      CHECK ((state = 'completed') = (outcome IS NOT NULL)),
      CHECK (state <> 'discarded' OR failure IS NOT NULL)
    ) STRICT;
    CREATE INDEX job_line ON job (run_id, state, priority DESC, id);
    CREATE INDEX job_due ON job (due_at) WHERE state = 'retryable';
    CREATE INDEX job_running ON job (worker_id, leased_until_monotonic) WHERE state = 'running';
    CREATE INDEX job_key ON job (key) WHERE state = 'completed';

    -- Each claim that ended. number: the job's claims at that time.
    CREATE TABLE attempt (
      id INTEGER PRIMARY KEY,
      job_id INTEGER NOT NULL,
      number INTEGER NOT NULL,
      worker_id INTEGER,
      started_at INTEGER NOT NULL,
      ended_at INTEGER NOT NULL,
      ended TEXT NOT NULL CHECK (ended IN ('completed', 'failed', 'released', 'lost', 'cancelled')),
      failure TEXT,
      error TEXT,
      progress INTEGER NOT NULL DEFAULT 0,
      tokens_read INTEGER NOT NULL DEFAULT 0,
      tokens_written INTEGER NOT NULL DEFAULT 0,
      cpu_milliseconds INTEGER NOT NULL DEFAULT 0,
      peak_bytes INTEGER NOT NULL DEFAULT 0,
      UNIQUE (job_id, number)
    ) STRICT;

    -- What of a source is missing or doubtful in a job's output, by its last attempt.
    CREATE TABLE notice (
      id INTEGER PRIMARY KEY,
      job_id INTEGER NOT NULL,
      reason TEXT NOT NULL,
      page INTEGER,
      byte_start INTEGER,
      byte_end INTEGER,
      detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX notice_job ON notice (job_id);
    """)

  private static let schedules = Migration(
    2,
    """
    -- A declaration that is run by the clock.
    CREATE TABLE schedule (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      -- Absolute paths.
      declaration_path TEXT NOT NULL,
      directory TEXT,
      cron TEXT NOT NULL,
      time_zone TEXT NOT NULL,
      missed TEXT NOT NULL CHECK (missed IN ('once', 'skip', 'all')),
      -- For 'all': the most runs that are made up for at once.
      missed_cap INTEGER NOT NULL,
      overlap TEXT NOT NULL CHECK (overlap IN ('skip', 'queue')),
      window TEXT,
      -- All runs due up to here have been decided about.
      decided_until INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;

    -- What became of each time a schedule was due.
    CREATE TABLE schedule_run (
      id INTEGER PRIMARY KEY,
      schedule_id INTEGER NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
      due_at INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'started', 'skipped')),
      -- Why it was skipped: 'missed' or 'overlap'.
      reason TEXT,
      -- How many due times this row stands for, due_at being the first of them.
      covers INTEGER NOT NULL DEFAULT 1,
      run_id INTEGER,
      decided_at INTEGER NOT NULL,
      -- When the command it started came back.
      ended_at INTEGER,
      UNIQUE (schedule_id, due_at),
      CHECK ((state = 'skipped') = (reason IS NOT NULL))
    ) STRICT;
    """)

  /// A change of state writes each page it touches to the journal, and waits for them: the line holds only what
  /// is ready, a heartbeat moves no index entry, and an attempt is one entry of one tree. (An index of all keys
  /// would spare a completion a page, and cost enqueueing a third of its speed.)
  private static let fewerPages = Migration(
    3,
    """
    DROP INDEX job_line;
    CREATE INDEX job_ready ON job (run_id, priority DESC, id) WHERE state = 'available';
    CREATE INDEX job_run ON job (run_id);
    DROP INDEX job_running;
    CREATE INDEX job_running ON job (worker_id) WHERE state = 'running';

    -- Each claim that ended. number: the job's claims at that time.
    CREATE TABLE attempt_3 (
      job_id INTEGER NOT NULL,
      number INTEGER NOT NULL,
      worker_id INTEGER,
      started_at INTEGER NOT NULL,
      ended_at INTEGER NOT NULL,
      ended TEXT NOT NULL CHECK (ended IN ('completed', 'failed', 'released', 'lost', 'cancelled')),
      failure TEXT,
      error TEXT,
      progress INTEGER NOT NULL DEFAULT 0,
      tokens_read INTEGER NOT NULL DEFAULT 0,
      tokens_written INTEGER NOT NULL DEFAULT 0,
      cpu_milliseconds INTEGER NOT NULL DEFAULT 0,
      peak_bytes INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (job_id, number)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO attempt_3 SELECT job_id, number, worker_id, started_at, ended_at, ended, failure, error,
      progress, tokens_read, tokens_written, cpu_milliseconds, peak_bytes FROM attempt;
    DROP TABLE attempt;
    ALTER TABLE attempt_3 RENAME TO attempt;
    """)

  /// An index of all jobs' keys and not only of completed ones, so that completing one moves no entry; twelve digits
  /// tell keys apart well enough and are a fifth of a key's length, which enqueueing has to write. And how an attempt
  /// ended is checked without an IN list, for which SQLite builds a table at each row.
  private static let keysByFirstDigits = Migration(
    4,
    """
    DROP INDEX job_key;
    CREATE INDEX job_key_start ON job (substr(key, 1, 12));

    -- Each claim that ended. number: the job's claims at that time.
    CREATE TABLE attempt_4 (
      job_id INTEGER NOT NULL,
      number INTEGER NOT NULL,
      worker_id INTEGER,
      started_at INTEGER NOT NULL,
      ended_at INTEGER NOT NULL,
      ended TEXT NOT NULL CHECK (ended = 'completed' OR ended = 'failed' OR ended = 'released'
        OR ended = 'lost' OR ended = 'cancelled'),
      failure TEXT,
      error TEXT,
      progress INTEGER NOT NULL DEFAULT 0,
      tokens_read INTEGER NOT NULL DEFAULT 0,
      tokens_written INTEGER NOT NULL DEFAULT 0,
      cpu_milliseconds INTEGER NOT NULL DEFAULT 0,
      peak_bytes INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (job_id, number)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO attempt_4 SELECT * FROM attempt;
    DROP TABLE attempt;
    ALTER TABLE attempt_4 RENAME TO attempt;
    """)

  /// One line a run: what runs, and behind it what is ready, best first. A claim moves an entry from one place to
  /// the next, mostly within a page, where two indexes made it two pages to write.
  private static let oneLine = Migration(
    5,
    """
    DROP INDEX job_ready;
    DROP INDEX job_running;
    CREATE INDEX job_line ON job (run_id, state DESC, priority DESC, id)
      WHERE state = 'available' OR state = 'running';
    """)

  /// Keys are looked for among completed jobs only, and come in no order: an entry for each new job was a third of
  /// the cost of enqueueing. A completion writes this page in place of the one the line has saved.
  private static let keysOfCompleted = Migration(
    6,
    """
    DROP INDEX job_key_start;
    CREATE INDEX job_key_done ON job (substr(key, 1, 12)) WHERE state = 'completed';
    """)
}
