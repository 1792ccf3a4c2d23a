/// The statements of `run`, `declaration`, `document`, `worker` and `paused_pipeline`.
enum LedgerSQL {
  static let putDeclaration = """
    INSERT INTO declaration (sha256, text) VALUES (:sha256, :text)
    ON CONFLICT (sha256) DO UPDATE SET sha256 = excluded.sha256 RETURNING id
    """
  static let declaration = "SELECT sha256, text FROM declaration WHERE id = :id"

  static let startRun = """
    INSERT INTO run (pipeline, directory, output, declaration_id, trigger, state, program, started_at)
    VALUES (:pipeline, :directory, :output, :declaration, :trigger, 'open', :program, :now)
    """
  static let setRunState = """
    UPDATE run SET state = :state, finished_at = :finished WHERE id = :run AND state = :from
    """
  static let cancelRuns = """
    UPDATE run SET state = 'cancelled', finished_at = :now WHERE state IN ('open', 'paused')
      AND (:run IS NULL OR id = :run) AND (:pipeline IS NULL OR pipeline = :pipeline)
    """
  static let reopenRuns = """
    UPDATE run SET state = 'open', finished_at = NULL WHERE state IN ('finished', 'cancelled')
      AND EXISTS (SELECT 1 FROM job WHERE job.run_id = run.id
        AND job.state IN ('blocked', 'available', 'running', 'retryable', 'paused'))
    """
  static let runColumns =
    "id, pipeline, directory, output, declaration_id, trigger, state, started_at, finished_at, program"
  static let run = "SELECT \(runColumns) FROM run WHERE id = :id"
  static let unfinishedRun = """
    SELECT \(runColumns) FROM run WHERE pipeline = :pipeline AND directory = :directory
      AND state IN ('open', 'paused') ORDER BY id DESC LIMIT 1
    """
  static let runs = """
    SELECT \(runColumns) FROM run WHERE (:pipeline IS NULL OR pipeline = :pipeline)
      AND (:state IS NULL OR state = :state) ORDER BY id DESC LIMIT :limit
    """

  /// ?1 is the run; path, digest, bytes and tokens follow for each row.
  static func putDocuments(rows: Int) -> String {
    let values = (0..<rows).map { row in
      "(?1, ?\(2 + row * 4), ?\(3 + row * 4), ?\(4 + row * 4), ?\(5 + row * 4))"
    }
    return """
      INSERT INTO document (run_id, path, sha256, bytes, tokens)
      VALUES \(values.joined(separator: ", "))
      ON CONFLICT (run_id, path) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes,
        tokens = coalesce(excluded.tokens, tokens)
      """
  }
  static let lastDocumentID = "SELECT coalesce(max(id), 0) FROM document"
  static let documentID = "SELECT id FROM document WHERE run_id = :run AND path = :path"
  static let setDocumentTokens = "UPDATE document SET tokens = :tokens WHERE id = :id"

  static let standings = """
    SELECT document.path, document.bytes, document.tokens, count(*), sum(state = 'completed'),
      sum(state = 'running'), sum(state = 'retryable'), sum(state = 'paused'),
      sum(state = 'discarded' OR state = 'cancelled'), sum(coalesce(outcome = 'partial', 0)),
      sum(coalesce(outcome = 'skipped', 0)), sum(coalesce(outcome = 'cached', 0)),
      max(iif(state = 'running', progress, 0))
    FROM document JOIN job ON job.document_id = document.id
    WHERE document.run_id = :run GROUP BY document.id ORDER BY document.id
    """
  static let tokensRead = """
    SELECT (SELECT coalesce(sum(attempt.tokens_read), 0) FROM job JOIN attempt ON attempt.job_id = job.id
        WHERE job.run_id = :run)
      + (SELECT coalesce(sum(progress), 0) FROM job WHERE run_id = :run AND state = 'running')
    """

  static let startWorker = """
    INSERT INTO worker (name, host, boot, namespace, pid, process_start, program, started_at)
    VALUES (:name, :host, :boot, :namespace, :pid, :start, :program, :now)
    """
  static let stopWorker = "UPDATE worker SET stopped_at = :now WHERE id = :id"

  static let pausePipeline = """
    INSERT INTO paused_pipeline (pipeline, paused_at) VALUES (:pipeline, :now)
    ON CONFLICT (pipeline) DO NOTHING
    """
  static let resumePipeline = "DELETE FROM paused_pipeline WHERE pipeline = :pipeline"
  static let pausedPipelines = "SELECT pipeline FROM paused_pipeline ORDER BY pipeline"
}

/// The statements of `attempt` and `notice`.
enum AttemptSQL {
  /// Copies what the job's row knows of the attempt that ends. Changes no row unless the caller holds the
  /// token: this is the fence, asked before anything else of the transaction.
  static let end = """
    INSERT INTO attempt (job_id, number, worker_id, started_at, ended_at, ended, failure, error, progress,
      tokens_read, tokens_written, cpu_milliseconds, peak_bytes)
    SELECT id, claims, worker_id, claimed_at, :now, :ended, :failure, :error, max(progress, :read),
      :read, :written, :cpu, :peak
    FROM job WHERE id = :id AND token = :token AND state = 'running'
    """
  static let endChosen = """
    INSERT INTO attempt (job_id, number, worker_id, started_at, ended_at, ended, progress)
    SELECT id, claims, worker_id, claimed_at, :now, :ended, progress FROM job
    WHERE state = 'running' AND (:job IS NULL OR id = :job) AND (:run IS NULL OR run_id = :run)
      AND (:pipeline IS NULL OR run_id IN (SELECT run.id FROM run WHERE run.pipeline = :pipeline))
    """
  static let ofJob = """
    SELECT attempt.number, worker.name, worker.host, worker.pid, attempt.started_at, attempt.ended_at,
      attempt.ended, attempt.failure, attempt.error, attempt.progress, attempt.tokens_read,
      attempt.tokens_written, attempt.cpu_milliseconds, attempt.peak_bytes
    FROM attempt LEFT JOIN worker ON worker.id = attempt.worker_id
    WHERE attempt.job_id = :job ORDER BY attempt.number
    """
  static let costOfRun = """
    SELECT coalesce(sum(tokens_read), 0), coalesce(sum(tokens_written), 0),
      coalesce(sum(cpu_milliseconds), 0), coalesce(max(peak_bytes), 0)
    FROM attempt JOIN job ON job.id = attempt.job_id WHERE job.run_id = :run
    """

  static let clearNotices = "DELETE FROM notice WHERE job_id = :job"
  static let putNotice = """
    INSERT INTO notice (job_id, reason, page, byte_start, byte_end, detail)
    VALUES (:job, :reason, :page, :start, :end, :detail)
    """
  static let noticesOfJob = """
    SELECT reason, page, byte_start, byte_end, detail FROM notice WHERE job_id = :job ORDER BY id
    """
  static let noticesOfRun = """
    SELECT document.path, job.step, notice.reason, notice.page, notice.byte_start, notice.byte_end,
      notice.detail
    FROM notice JOIN job ON job.id = notice.job_id JOIN document ON document.id = job.document_id
    WHERE job.run_id = :run ORDER BY document.path, job.step, notice.id
    """
}
