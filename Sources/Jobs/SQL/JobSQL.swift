/// The statements of table `job`, whole. Each change of state is here once.
enum JobSQL {
  /// A step that is there already stays as it is, unless its inputs changed (another key) or its output was
  /// lost, and nobody works on it: then it starts anew. Changes a row only where something is new.
  ///
  /// ?1 is the run, ?2 the declaration, ?3 now; what follows is `enqueuedColumns` values for each row.
  static func enqueue(rows: Int, areLost: Bool = false) -> String {
    let values = (0..<rows).map { row in
      let own = (0..<enqueuedColumns).map { "?\(4 + row * enqueuedColumns + $0)" }
      return "(?1, ?2, ?3, \(own.joined(separator: ", ")))"
    }
    return """
      INSERT INTO job (run_id, declaration_id, created_at, document_id, step, kind, key, depends_on, priority,
        state, max_attempts, outcome, output_path, output_sha256, output_bytes, finished_at)
      VALUES \(values.joined(separator: ", "))
      ON CONFLICT (document_id, step) DO UPDATE SET
        declaration_id = excluded.declaration_id, kind = excluded.kind, key = excluded.key,
        depends_on = excluded.depends_on, priority = excluded.priority, state = excluded.state,
        max_attempts = excluded.max_attempts, outcome = excluded.outcome,
        output_path = excluded.output_path, output_sha256 = excluded.output_sha256,
        output_bytes = excluded.output_bytes, finished_at = excluded.finished_at,
        attempts = 0, retried_after = claims, losses = 0, lost_progress = 0, progress = 0,
        due_at = NULL, failure = NULL, error = NULL, requested = NULL
      WHERE (job.key <> excluded.key \(areLost ? "OR job.state = 'completed'" : ""))
        AND job.state <> 'running'
      """
  }
  static let enqueuedColumns = 13
  static let lastID = "SELECT coalesce(max(id), 0) FROM job"

  /// The best job of the preferred document; where it has none, the best of the run whose best goes first. A
  /// document another worker is at is left to it: it has been read there.
  ///
  /// (Whatever makes SQLite open a table of its own, a sort or RETURNING, takes longer than all the rest: hence
  /// one job a statement, the branches, and the unary plus, which keeps a document's few jobs from being looked
  /// for in the line.)
  static let claim = """
    UPDATE job SET state = 'running', claims = claims + 1, attempts = attempts + 1,
      worker_id = :worker, token = :token, claimed_at = :now, beat_at = :now,
      leased_until_monotonic = :lease, progress = 0, finished_at = NULL
    WHERE id = coalesce(
      CASE WHEN :document IS NOT NULL THEN (
        SELECT id FROM job WHERE document_id = :document AND state = 'available'
          AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds)))
          AND (:run IS NULL OR +run_id = :run)
        ORDER BY +priority DESC, id LIMIT 1) END,
      CASE WHEN :run IS NOT NULL THEN (\(best(of: ":run"))) ELSE (\(best(of: bestRun))) END)
      AND EXISTS (SELECT 1 FROM run WHERE run.id = job.run_id AND \(isServed))
    """
  private static func best(of run: String) -> String {
    """
    SELECT top.id FROM job AS top WHERE top.run_id = \(run) AND top.state = 'available'
      AND (:kinds IS NULL OR top.kind IN (SELECT value FROM json_each(:kinds)))
      AND NOT EXISTS (SELECT 1 FROM job AS sibling WHERE sibling.document_id = top.document_id
        AND sibling.state = 'running' AND sibling.worker_id <> :worker)
    ORDER BY top.priority DESC, top.id LIMIT 1
    """
  }
  /// One index entry is looked at for each open run.
  private static let bestRun = """
    (SELECT run.id FROM run JOIN job AS first ON first.id = (\(best(of: "run.id")))
     WHERE \(isServed) ORDER BY first.priority DESC, first.id LIMIT 1)
    """
  private static let isServed = """
    run.state = 'open'
      AND NOT EXISTS (SELECT 1 FROM paused_pipeline WHERE paused_pipeline.pipeline = run.pipeline)
    """
  /// What the claim has taken.
  static let claimed = """
    SELECT \(columnsWithoutDocument) FROM \(running)
    WHERE run.state = 'open' AND job.worker_id = :worker AND job.token = :token
    """
  /// What runs is found run by run, at the head of each run's line. In a run that is over nothing does.
  private static let running =
    "run CROSS JOIN job ON job.run_id = run.id AND job.state = 'running'"

  static let complete = """
    UPDATE job SET state = 'completed', token = NULL, requested = NULL, outcome = :outcome,
      output_path = :path, output_sha256 = :sha256, output_bytes = :bytes,
      progress = max(progress, :progress), failure = NULL, error = NULL, finished_at = :now
    WHERE id = :id AND token = :token AND state = 'running'
    """

  static let retryLater = """
    UPDATE job SET state = iif(requested = 'pause', 'paused', 'retryable'), token = NULL,
      due_at = iif(requested = 'pause', NULL, :due), requested = NULL,
      failure = :failure, error = :error
    WHERE id = :id AND token = :token AND state = 'running'
    """

  static let discard = """
    UPDATE job SET state = 'discarded', token = NULL, requested = NULL, failure = :failure,
      error = :error, finished_at = :now
    WHERE id = :id AND token = :token AND state = 'running'
    """

  /// The claim is taken back as if it had not been: no attempt is counted.
  static let release = """
    UPDATE job SET state = iif(requested = 'pause', 'paused', 'available'), token = NULL,
      requested = NULL, attempts = attempts - 1
    WHERE id = :id AND token = :token AND state = 'running'
    """

  /// As `release`, and not to be claimed before `due`.
  static let snooze = """
    UPDATE job SET state = iif(requested = 'pause', 'paused', 'retryable'), token = NULL,
      due_at = iif(requested = 'pause', NULL, :due), requested = NULL, attempts = attempts - 1
    WHERE id = :id AND token = :token AND state = 'running'
    """

  /// After the death of a worker. The machine going down is nobody's fault and counts as no loss.
  static let lose = """
    UPDATE job SET state = iif(requested = 'pause', 'paused', iif(:due IS NULL, 'available', 'retryable')),
      token = NULL, due_at = iif(requested = 'pause', NULL, :due), requested = NULL,
      losses = :losses, lost_progress = progress
    WHERE id = :id AND token = :token AND state = 'running'
    """

  static let beat = """
    UPDATE job SET leased_until_monotonic = :lease, beat_at = :now, progress = :progress
    WHERE id = :id AND token = :token AND state = 'running'
    RETURNING requested IS NOT NULL
      OR EXISTS (SELECT 1 FROM run WHERE run.id = job.run_id AND run.state <> 'open')
      OR EXISTS (SELECT 1 FROM run JOIN paused_pipeline USING (pipeline) WHERE run.id = job.run_id)
    """

  /// A due time further away than any wait can be means that the clock was set back: due now.
  static let becomeDue = """
    UPDATE job SET state = 'available', due_at = NULL
    WHERE state = 'retryable' AND (due_at <= :now OR due_at > :farthest)
    """
  static let isAnyDue = """
    SELECT (SELECT min(due_at) FROM job WHERE state = 'retryable') <= :now
      OR (SELECT max(due_at) FROM job WHERE state = 'retryable') > :farthest
    """
  static let nextDue = """
    SELECT min(due_at) FROM job WHERE state = 'retryable' AND (:run IS NULL OR run_id = :run)
    """

  // MARK: Dependencies

  static let isAnyBlocked =
    "SELECT EXISTS (SELECT 1 FROM job WHERE document_id = :document AND state = 'blocked')"

  private static let unmet = """
    EXISTS (SELECT 1 FROM json_each(job.depends_on) AS need
      LEFT JOIN job AS other ON other.document_id = job.document_id AND other.step = need.value
      WHERE other.state IS NULL OR other.state <> 'completed')
    """
  private static let hopeless = """
    EXISTS (SELECT 1 FROM json_each(job.depends_on) AS need
      LEFT JOIN job AS other ON other.document_id = job.document_id AND other.step = need.value
      WHERE other.state IS NULL OR other.state IN ('discarded', 'cancelled'))
    """
  /// Why a blocked job never ran; `retry` of the step it waited for brings such jobs back.
  private static let doom = """
    UPDATE job SET state = 'discarded', failure = 'dependency', finished_at = :now,
      error = 'a step of the same document which this one needs did not complete'
    """

  static let unblockDocument =
    "UPDATE job SET state = 'available' WHERE document_id = :document AND state = 'blocked' AND NOT \(unmet)"
  static let unblockRun =
    "UPDATE job SET state = 'available' WHERE run_id = :run AND state = 'blocked' AND NOT \(unmet)"
  static let doomDocument =
    "\(doom) WHERE document_id = :document AND state = 'blocked' AND \(hopeless)"
  static let doomRun = "\(doom) WHERE run_id = :run AND state = 'blocked' AND \(hopeless)"

  // MARK: What people ask for. `:job`, `:run` and `:pipeline` are alternatives; NULL means any.

  private static let chosen = """
    (:job IS NULL OR id = :job) AND (:run IS NULL OR run_id = :run) AND (:pipeline IS NULL OR run_id IN
      (SELECT run.id FROM run WHERE run.pipeline = :pipeline))
    """
  static let pause = """
    UPDATE job SET state = 'paused', due_at = NULL
    WHERE id = :job AND state IN ('blocked', 'available', 'retryable')
    """
  static let requestPause =
    "UPDATE job SET requested = 'pause' WHERE id = :job AND state = 'running'"
  static let resume = "UPDATE job SET state = 'blocked' WHERE id = :job AND state = 'paused'"
  static let withdrawPause =
    "UPDATE job SET requested = NULL WHERE id = :job AND state = 'running' AND requested = 'pause'"
  static let cancel = """
    UPDATE job SET state = 'cancelled', token = NULL, due_at = NULL, requested = NULL, finished_at = :now
    WHERE state IN ('blocked', 'available', 'running', 'retryable', 'paused') AND \(chosen)
    """
  static let takeBack = """
    UPDATE job SET state = iif(requested = 'pause', 'paused', 'available'), token = NULL,
      requested = NULL, attempts = attempts - 1
    WHERE state = 'running' AND \(chosen)
    """
  static let retry = """
    UPDATE job SET state = 'blocked', attempts = 0, retried_after = claims, losses = 0, lost_progress = 0,
      failure = NULL, error = NULL, finished_at = NULL
    WHERE state IN ('discarded', 'cancelled') AND (:failure IS NULL OR failure = :failure) AND \(chosen)
    RETURNING document_id
    """
  static let reviveDependents = """
    UPDATE job SET state = 'blocked', failure = NULL, error = NULL, finished_at = NULL
    WHERE document_id = :document AND state = 'discarded' AND failure = 'dependency'
    """
  static let documentsOfChosen = "SELECT DISTINCT document_id FROM job WHERE \(chosen)"
  static let prioritise = "UPDATE job SET priority = :priority WHERE \(chosen)"

  // MARK: Reading

  /// Columns in the order `Job.init(row:)` reads them.
  static let columns = """
    job.id, job.run_id, run.pipeline, job.document_id, document.path, document.sha256, job.step, job.kind,
    job.key, job.declaration_id, job.depends_on, job.priority, job.state, job.max_attempts, job.attempts,
    job.due_at, job.worker_id, job.claimed_at, job.beat_at, job.progress, job.outcome, job.output_path,
    job.output_sha256, job.output_bytes, job.failure, job.error, job.created_at, job.finished_at, job.claims
    """
  /// The same where only the tables run and job are at hand.
  private static let columnsWithoutDocument =
    columns
    .replacing(
      "document.path", with: "(SELECT path FROM document WHERE document.id = job.document_id)"
    )
    .replacing(
      "document.sha256", with: "(SELECT sha256 FROM document WHERE document.id = job.document_id)")
  static let source = """
    job JOIN run ON run.id = job.run_id JOIN document ON document.id = job.document_id
    """
  static let one = "SELECT \(columns) FROM \(source) WHERE job.id = :id"
  static let ofRun = """
    SELECT \(columns) FROM \(source) WHERE job.run_id = :run
      AND (:states IS NULL OR job.state IN (SELECT value FROM json_each(:states)))
      AND (:document IS NULL OR document.path = :document) AND (:step IS NULL OR job.step = :step)
      AND job.id > :after ORDER BY job.id LIMIT :limit
    """
  static let ofAnyRun = """
    SELECT \(columns) FROM \(source) WHERE (:pipeline IS NULL OR run.pipeline = :pipeline)
      AND (:states IS NULL OR job.state IN (SELECT value FROM json_each(:states)))
      AND (:document IS NULL OR document.path = :document) AND (:step IS NULL OR job.step = :step)
      AND job.id > :after ORDER BY job.id LIMIT :limit
    """
  static let counts = """
    SELECT state, outcome, count(*) FROM job WHERE (:run IS NULL OR run_id = :run) GROUP BY state, outcome
    """
  static let unfinished = """
    SELECT EXISTS (SELECT 1 FROM job WHERE run_id = :run
      AND state IN ('blocked', 'available', 'running', 'retryable', 'paused'))
    """
  /// Keys of completed jobs are indexed by their first digits. (A plain `key = :key` SQLite would put in place of
  /// the key among the digits as well, and find no index for them.)
  static let completedWithKey = """
    SELECT \(columns) FROM \(source) WHERE job.id = coalesce(
      (\(newestWithKey) AND output_path = :path ORDER BY id DESC LIMIT 1),
      (\(newestWithKey) AND output_path IS NOT NULL ORDER BY id DESC LIMIT 1))
    """
  private static let newestWithKey = """
    SELECT id FROM job INDEXED BY job_key_done
    WHERE substr(key, 1, 12) = substr(:key, 1, 12) AND +key = :key AND state = 'completed'
    """
  /// The running jobs of each worker but the caller, and what is needed to tell whether it lives.
  static let workersAtWork = """
    SELECT DISTINCT worker.id, worker.host, worker.boot, worker.namespace, worker.pid, worker.process_start
    FROM \(running) JOIN worker ON worker.id = job.worker_id
    WHERE (run.state = 'open' OR run.state = 'paused') AND job.worker_id <> :me
    """
  static let runningOfWorker = """
    SELECT job.id, token, losses, progress, lost_progress, document_id, leased_until_monotonic
    FROM \(running)
    WHERE (run.state = 'open' OR run.state = 'paused') AND job.worker_id = :worker
    """
  static let failuresOfClass = """
    SELECT count(*) FROM attempt JOIN job ON job.id = attempt.job_id
    WHERE job.id = :id AND attempt.number > job.retried_after AND attempt.failure = :failure
    """
}
