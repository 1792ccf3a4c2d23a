package import SQLite

/// What became of the jobs of one `enqueue`.
package struct EnqueueReport: Hashable, Sendable {
  /// New rows.
  package var inserted = 0
  /// Steps that were there with another key, and start anew.
  package var reopened = 0
  /// Steps that were there with the same key, whatever their state, or that a worker has in hand.
  package var kept = 0
}

extension JobQueue {
  /// Puts documents and their steps into a run, all or none, on the disk when the call returns. A document's
  /// jobs stand together in the line, in the given order. Repeating a call changes nothing.
  ///
  /// - Parameter declaration: what the jobs are to be done by, where it is not the run's own.
  @discardableResult
  package func enqueue(
    _ documents: [NewDocument], in run: RunID, declaration: Declaration? = nil
  ) throws(DatabaseError) -> EnqueueReport {
    var report = EnqueueReport()
    try connection.durableTransaction { () throws(DatabaseError) in
      let declared: DeclarationID
      if let declaration {
        declared = try put(declaration)
      } else if let own = try self.run(run) {
        declared = own.declaration
      } else {
        throw DatabaseError(.constraint, path: connection.path, detail: "there is no run \(run)")
      }
      let rows = try EnqueuedRows(connection, run, declared, clock.wall())
      defer { rows.end() }
      var mayUnblock = false
      for start in stride(from: 0, to: documents.count, by: EnqueuedRows.documentsAtOnce) {
        let part = documents[start..<min(start + EnqueuedRows.documentsAtOnce, documents.count)]
        for (document, id) in zip(part, try rows.put(part)) {
          for job in document.jobs {
            if job.cached != nil { mayUnblock = true }
            for step in job.dependsOn where !document.jobs.contains(where: { $0.step == step }) {
              mayUnblock = true
            }
            try rows.put(job, of: id)
          }
        }
      }
      report = try rows.report()
      if mayUnblock || report.reopened + report.kept > 0 { try settle(run: run) }
      faults.reach(.beforeEnqueueCommit)
    }
    faults.reach(.afterEnqueueCommit)
    return report
  }

  /// The output an earlier job with this key has written, newest first; one at `path` before all others, since copies
  /// of a document have one key. Whether the file still exists, and still has this digest, is for the caller to see.
  package func completedOutput(forKey key: String, at path: String) throws(DatabaseError)
    -> CompletedOutput?
  {
    guard
      let job = try connection.first(
        JobSQL.completedWithKey, ["key": .text(key), "path": .text(path)], Job.init),
      let output = job.output, let run = try run(job.run)
    else { return nil }
    return CompletedOutput(job: job, output: output, folder: run.output)
  }

  /// Moves the blocked jobs of a run whose waiting is over. Chains take several rounds.
  func settle(run: RunID) throws(DatabaseError) {
    try connection.run(JobSQL.unblockRun, ["run": .integer(run.rawValue)])
    while try connection.run(JobSQL.doomRun, ["run": .integer(run.rawValue), "now": now]) > 0 {}
  }

  func settle(document: DocumentID) throws(DatabaseError) {
    let id = Value.integer(document.rawValue)
    // Mostly nothing waits: one look in place of two changes of nothing.
    let waits = try connection.first(JobSQL.isAnyBlocked, ["document": id]) { $0.bool(0) }
    guard waits == true else { return }
    try connection.run(JobSQL.unblockDocument, ["document": id])
    while try connection.run(JobSQL.doomDocument, ["document": id, "now": now]) > 0 {}
  }
}

/// A result that exists already.
package struct CompletedOutput: Hashable, Sendable {
  package var job: Job
  package var output: JobOutput
  /// The output folder of its run, absolute.
  package var folder: String
}

/// Step names, kinds and states as SQLite's json_each reads them. They are identifiers of declarations; quotes
/// and control characters are escaped all the same.
func jsonArray(_ names: [String]) -> String {
  if names.isEmpty { return "[]" }
  var text = "["
  for (index, name) in names.enumerated() {
    text += index == 0 ? "\"" : ",\""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
  return text + "]"
}
