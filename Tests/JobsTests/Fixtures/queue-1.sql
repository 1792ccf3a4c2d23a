PRAGMA foreign_keys=OFF;
PRAGMA application_id=1147366260;
PRAGMA user_version=1;
BEGIN TRANSACTION;
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
INSERT INTO "attempt" VALUES(1,1,1,1,1700000000100,1700000000200,'completed',NULL,NULL,0,0,0,0,0);
INSERT INTO "attempt" VALUES(2,2,1,1,1700000000100,1700000000200,'completed',NULL,NULL,0,0,0,0,0);
CREATE TABLE declaration (
      id INTEGER PRIMARY KEY,
      sha256 TEXT NOT NULL UNIQUE,
      text TEXT NOT NULL
    ) STRICT;
INSERT INTO "declaration" VALUES(1,'44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a','{}');
CREATE TABLE document (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id),
      path TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      tokens INTEGER,
      UNIQUE (run_id, path)
    ) STRICT;
INSERT INTO "document" VALUES(1,1,'d0.txt','0ad52e338662c923b15fd45a73c6e97336efccf28a7aef9449443cc6dd7415fb',100,NULL);
INSERT INTO "document" VALUES(2,1,'d1.txt','8b53639f152c8fc6ef30802fde462ba0be9cf085f7580dc69efd72e002abbb35',100,NULL);
INSERT INTO "document" VALUES(3,1,'d2.txt','e788103ee15318fcd2af9b73b4ebbb33a903b020de7b307d71f5fed0f433e548',100,NULL);
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
INSERT INTO "job" VALUES(1,1,1,1,'fields','extract','f1534392279bddbf9d43dde8701cb5be14b82f76ec6607bf8d6ad557f60f304e','[]',0,'completed',NULL,3,1,1,0,0,0,NULL,1,NULL,1700000000100,7302488,1700000000100,0,'complete','d0.txt.fields.json','f1534392279bddbf9d43dde8701cb5be14b82f76ec6607bf8d6ad557f60f304e',3800,NULL,NULL,1700000000000,1700000000200);
INSERT INTO "job" VALUES(2,1,1,1,'digest','extract','938db8c9f82c8cb58d3f3ef4fd250036a48d26a712753d2fde5abd03a85cabf4','["fields"]',0,'completed',NULL,3,1,1,0,0,0,NULL,1,NULL,1700000000100,7302504,1700000000100,0,'complete','d0.txt.digest.json','938db8c9f82c8cb58d3f3ef4fd250036a48d26a712753d2fde5abd03a85cabf4',3800,NULL,NULL,1700000000000,1700000000200);
INSERT INTO "job" VALUES(3,1,2,1,'fields','extract','4a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd5','[]',0,'running',NULL,3,1,1,0,0,0,NULL,2,149712453856741410,1700000000100,7302546,1700000000100,0,NULL,NULL,NULL,NULL,NULL,NULL,1700000000000,NULL);
INSERT INTO "job" VALUES(4,1,2,1,'digest','extract','4fc82b26aecb47d2868c4efbe3581732a3e7cbcc6c2efb32062c08170a05eeb8','["fields"]',0,'blocked',NULL,3,0,0,0,0,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,1700000000000,NULL);
INSERT INTO "job" VALUES(5,1,3,1,'fields','extract','f5ca38f748a1d6eaf726b8a42fb575c3c71f1864a8143301782de13da2d9202b','[]',0,'discarded',NULL,3,1,1,0,0,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'no-text','no page has text',1700000000000,1700000000200);
INSERT INTO "job" VALUES(6,1,3,1,'digest','extract','6f4b6612125fb3a0daecd2799dfd6c9c299424fd920f9b308110a2c1fbd8f443','["fields"]',0,'discarded',NULL,3,0,0,0,0,0,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'dependency','a step of the same document which this one needs did not complete',1700000000000,1700000000200);
CREATE TABLE notice (
      id INTEGER PRIMARY KEY,
      job_id INTEGER NOT NULL,
      reason TEXT NOT NULL,
      page INTEGER,
      byte_start INTEGER,
      byte_end INTEGER,
      detail TEXT NOT NULL
    ) STRICT;
CREATE TABLE paused_pipeline (
      pipeline TEXT PRIMARY KEY,
      paused_at INTEGER NOT NULL
    ) STRICT;
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
INSERT INTO "run" VALUES(1,'contracts','/in','/out',1,'manual','open','0.1',1700000000000,NULL);
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
INSERT INTO "worker" VALUES(1,'test','archive','00000000-0000-0000-0000-000000000000','pid:[1]',13842,724245,'test',1700000000050,1700000000300);
INSERT INTO "worker" VALUES(2,'test','archive','00000000-0000-0000-0000-000000000000','pid:[1]',13845,724251,'test',1700000000050,NULL);
CREATE INDEX run_place ON run (pipeline, directory, id);
CREATE INDEX run_open ON run (id) WHERE state = 'open';
CREATE INDEX job_line ON job (run_id, state, priority DESC, id);
CREATE INDEX job_due ON job (due_at) WHERE state = 'retryable';
CREATE INDEX job_running ON job (worker_id, leased_until_monotonic) WHERE state = 'running';
CREATE INDEX job_key ON job (key) WHERE state = 'completed';
CREATE INDEX notice_job ON notice (job_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('run',1);
INSERT INTO "sqlite_sequence" VALUES('worker',2);
COMMIT;
