package import SQLite

/// How one document of a run stands, over all its jobs.
package struct DocumentStanding: Hashable, Sendable {
  package var path: String
  package var bytes: Int
  /// Where they have been counted.
  package var tokens: Int?
  package var jobs: Int
  package var completed: Int
  package var running: Int
  package var retryable: Int
  package var paused: Int
  /// Dead letters and cancelled jobs.
  package var lost: Int
  /// Of the completed ones.
  package var partial: Int
  package var skipped: Int
  package var cached: Int
  /// Tokens read by its running jobs, by their last heartbeat.
  package var progress: Int

  package var isFinal: Bool { completed + lost == jobs }

  package init(
    path: String, bytes: Int, tokens: Int?, jobs: Int, completed: Int, running: Int,
    retryable: Int, paused: Int, lost: Int, partial: Int, skipped: Int, cached: Int, progress: Int
  ) {
    self.path = path
    self.bytes = bytes
    self.tokens = tokens
    self.jobs = jobs
    self.completed = completed
    self.running = running
    self.retryable = retryable
    self.paused = paused
    self.lost = lost
    self.partial = partial
    self.skipped = skipped
    self.cached = cached
    self.progress = progress
  }
}

extension JobQueue {
  /// In the order they were enqueued.
  package func standings(of run: RunID) throws(DatabaseError) -> [DocumentStanding] {
    try connection.rows(LedgerSQL.standings, ["run": .integer(run.rawValue)]) {
      DocumentStanding(
        path: $0.text(0), bytes: $0.int(1), tokens: $0.intOrNil(2), jobs: $0.int(3),
        completed: $0.int(4), running: $0.int(5), retryable: $0.int(6), paused: $0.int(7),
        lost: $0.int(8), partial: $0.int(9), skipped: $0.int(10), cached: $0.int(11),
        progress: $0.int(12))
    }
  }

  /// Tokens read by all attempts of a run, those of running ones by their last heartbeat.
  package func tokensRead(in run: RunID) throws(DatabaseError) -> Int {
    try connection.first(LedgerSQL.tokensRead, ["run": .integer(run.rawValue)]) { $0.int(0) } ?? 0
  }
}
