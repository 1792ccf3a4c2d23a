package import SQLite

/// A run that ended, as it stands in the ledger.
package struct EndedRun: Hashable, Sendable {
  package var id: RunID
  package var pipeline: String
  /// Its output folder, absolute.
  package var output: String
  package var finishedAt: Timestamp
  package var jobs: Int
}

extension JobQueue {
  /// Runs that ended before a time, oldest first.
  package func endedRuns(before: Timestamp) throws(DatabaseError) -> [EndedRun] {
    try connection.rows(GarbageSQL.endedRuns, ["before": .integer(before.milliseconds)]) {
      EndedRun(
        id: RunID($0.integer(0)), pipeline: $0.text(1), output: $0.text(2),
        finishedAt: Timestamp(milliseconds: $0.integer(3)), jobs: $0.int(4))
    }
  }

  /// Outputs of a run which only this run knows by their keys: as long as one of these files is there with these
  /// bytes, the run is what makes it up to date.
  package func lastOutputs(of run: RunID) throws(DatabaseError) -> [JobOutput] {
    try connection.rows(GarbageSQL.lastOutputs, ["run": .integer(run.rawValue)]) {
      JobOutput(path: $0.text(0), sha256: $0.text(1), bytes: $0.int(2))
    }
  }

  /// SHA-256 of the documents that have work left in any run.
  package func unfinishedDocuments() throws(DatabaseError) -> Set<String> {
    Set(try connection.rows(GarbageSQL.unfinishedDocuments) { $0.text(0) })
  }

  /// The output folders of all runs, absolute.
  package func outputFolders() throws(DatabaseError) -> [String] {
    try connection.rows(GarbageSQL.outputFolders) { $0.text(0) }
  }

  /// Removes runs with all that belongs to them, then declarations, workers and decisions about times that nothing
  /// refers to any more. A run that has been opened again meanwhile stays, and nothing of the call happens.
  ///
  /// - Parameter before: of workers and decisions, only those from before.
  package func remove(_ runs: [RunID], before: Timestamp) throws(DatabaseError) {
    try connection.durableTransaction { () throws(DatabaseError) in
      for run in runs {
        guard let state = try self.run(run)?.state else { continue }
        guard state == .finished || state == .cancelled else {
          throw DatabaseError(
            .constraint, path: connection.path, detail: "run \(run) has been opened again")
        }
        for sql in GarbageSQL.removeRun {
          try connection.run(sql, ["run": .integer(run.rawValue)])
        }
      }
      let time: Bindings = ["before": .integer(before.milliseconds)]
      try connection.run(GarbageSQL.removeScheduledRuns, time)
      try connection.run(GarbageSQL.removeDeclarations)
      try connection.run(GarbageSQL.removeWorkers, time)
    }
  }
}
