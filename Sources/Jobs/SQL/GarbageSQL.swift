/// The statements that find and remove what nothing refers to.
enum GarbageSQL {
  /// Runs that ended long ago.
  static let endedRuns = """
    SELECT run.id, run.pipeline, run.output, run.finished_at,
      (SELECT count(*) FROM job WHERE job.run_id = run.id)
    FROM run WHERE state IN ('finished', 'cancelled') AND finished_at < :before ORDER BY id
    """
  /// The outputs by which later runs of the same inputs are up to date: no later job has their key and place.
  static let lastOutputs = """
    SELECT output_path, output_sha256, output_bytes FROM job WHERE run_id = :run AND state = 'completed' AND output_path IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM job AS later
        WHERE substr(later.key, 1, 12) = substr(job.key, 1, 12) AND later.key = job.key AND later.id > job.id
        AND later.state = 'completed' AND later.output_path = job.output_path)
    """
  static let unfinishedDocuments = """
    SELECT DISTINCT document.sha256 FROM job JOIN document ON document.id = job.document_id
    WHERE job.state IN ('blocked', 'available', 'running', 'retryable', 'paused')
    """
  static let outputFolders = "SELECT DISTINCT output FROM run ORDER BY output"

  static let removeRun = [
    "DELETE FROM attempt WHERE job_id IN (SELECT id FROM job WHERE run_id = :run)",
    "DELETE FROM notice WHERE job_id IN (SELECT id FROM job WHERE run_id = :run)",
    "DELETE FROM job WHERE run_id = :run",
    "DELETE FROM document WHERE run_id = :run",
    "DELETE FROM run WHERE id = :run AND state IN ('finished', 'cancelled')",
  ]
  static let removeScheduledRuns = """
    DELETE FROM schedule_run WHERE decided_at < :before AND (state = 'skipped' OR ended_at IS NOT NULL)
      AND (run_id IS NULL OR run_id NOT IN (SELECT id FROM run))
    """
  static let removeDeclarations = """
    DELETE FROM declaration WHERE id NOT IN (SELECT declaration_id FROM run)
      AND id NOT IN (SELECT declaration_id FROM job)
    """
  static let removeWorkers = """
    DELETE FROM worker WHERE started_at < :before AND id NOT IN
      (SELECT worker_id FROM attempt WHERE worker_id IS NOT NULL
       UNION SELECT worker_id FROM job WHERE worker_id IS NOT NULL)
    """
}
