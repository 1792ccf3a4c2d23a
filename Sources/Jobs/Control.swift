package import SQLite

/// What a person's wish is about.
package enum JobSelection: Hashable, Sendable {
  case job(JobID)
  case run(RunID)
  /// All its runs; for pause and resume those of the future as well.
  case pipeline(String)

  fileprivate var job: Value {
    if case .job(let id) = self { .integer(id.rawValue) } else { .null }
  }
  fileprivate var run: Value {
    if case .run(let id) = self { .integer(id.rawValue) } else { .null }
  }
  fileprivate var pipeline: Value {
    if case .pipeline(let name) = self { .text(name) } else { .null }
  }
}

extension JobQueue {
  /// Sets work aside. Nothing new of it is claimed; its running jobs are told by their next heartbeat, and
  /// stop at a safe point without losing what they have done.
  /// Gives the number of jobs, runs or pipelines that changed.
  @discardableResult
  package func pause(_ selection: JobSelection) throws(DatabaseError) -> Int {
    try change { () throws(DatabaseError) in
      switch selection {
      case .job:
        try connection.run(JobSQL.pause, ["job": selection.job])
          + connection.run(JobSQL.requestPause, ["job": selection.job])
      case .run(let run):
        try setState(of: run, from: .open, to: .paused) ? 1 : 0
      case .pipeline:
        try connection.run(
          LedgerSQL.pausePipeline, ["pipeline": selection.pipeline, "now": now])
      }
    }
  }

  /// Takes a pause back.
  @discardableResult
  package func resume(_ selection: JobSelection) throws(DatabaseError) -> Int {
    try change { () throws(DatabaseError) in
      switch selection {
      case .job:
        let count =
          try connection.run(JobSQL.resume, ["job": selection.job])
          + connection.run(JobSQL.withdrawPause, ["job": selection.job])
        try settleDocuments(of: selection)
        return count
      case .run(let run):
        return try setState(of: run, from: .paused, to: .open) ? 1 : 0
      case .pipeline:
        return try connection.run(LedgerSQL.resumePipeline, ["pipeline": selection.pipeline])
      }
    }
  }

  /// Gives work up: all jobs of it that are not final. A running one loses its lease at once, so that what
  /// its worker still does no longer counts. Gives the number of jobs.
  @discardableResult
  package func cancel(_ selection: JobSelection) throws(DatabaseError) -> Int {
    try change { () throws(DatabaseError) in
      try endAttempts(of: selection, as: .cancelled)
      let count = try connection.run(
        JobSQL.cancel,
        [
          "job": selection.job, "run": selection.run, "pipeline": selection.pipeline, "now": now,
        ])
      if case .job = selection {
        try settleDocuments(of: selection)
      } else {
        try connection.run(
          LedgerSQL.cancelRuns,
          ["run": selection.run, "pipeline": selection.pipeline, "now": now])
      }
      return count
    }
  }

  /// Takes running jobs back from their workers, which hang or cannot be asked: ready at once, no try counted, and
  /// what those workers still do no longer counts. Gives the number of jobs.
  @discardableResult
  package func takeBack(_ selection: JobSelection) throws(DatabaseError) -> Int {
    try change { () throws(DatabaseError) in
      try endAttempts(of: selection, as: .released)
      return try connection.run(
        JobSQL.takeBack,
        ["job": selection.job, "run": selection.run, "pipeline": selection.pipeline])
    }
  }

  /// Gives dead letters and cancelled jobs, and the steps that waited for them, all their tries again. Runs
  /// that had ended are open again. Gives the number of jobs, without those that waited.
  ///
  /// - Parameter failure: only what failed for this reason; nil for all.
  @discardableResult
  package func retry(
    _ selection: JobSelection, failedFor failure: FailureClass? = nil
  ) throws(DatabaseError) -> Int {
    try change { () throws(DatabaseError) in
      let documents = try connection.rows(
        JobSQL.retry,
        [
          "job": selection.job, "run": selection.run, "pipeline": selection.pipeline,
          "failure": failure.map { .text($0.rawValue) } ?? .null,
        ]
      ) { DocumentID($0.integer(0)) }
      for document in Set(documents).sorted() {
        try connection.run(JobSQL.reviveDependents, ["document": .integer(document.rawValue)])
        try settle(document: document)
      }
      try connection.run(LedgerSQL.reopenRuns)
      return documents.count
    }
  }

  /// Higher goes first. Gives the number of jobs.
  @discardableResult
  package func setPriority(
    _ priority: Int, of selection: JobSelection
  ) throws(DatabaseError) -> Int {
    try change { () throws(DatabaseError) in
      try connection.run(
        JobSQL.prioritise,
        [
          "priority": Value(priority), "job": selection.job, "run": selection.run,
          "pipeline": selection.pipeline,
        ])
    }
  }

  package func pausedPipelines() throws(DatabaseError) -> [String] {
    try connection.rows(LedgerSQL.pausedPipelines) { $0.text(0) }
  }

  /// Of its running jobs.
  private func endAttempts(
    of selection: JobSelection, as end: Attempt.End
  ) throws(DatabaseError) {
    try connection.run(
      AttemptSQL.endChosen,
      [
        "job": selection.job, "run": selection.run, "pipeline": selection.pipeline, "now": now,
        "ended": .text(end.rawValue),
      ])
  }

  private func change(_ body: () throws(DatabaseError) -> Int) throws(DatabaseError) -> Int {
    try connection.set(.full)
    return try connection.transaction(body)
  }

  private func settleDocuments(of selection: JobSelection) throws(DatabaseError) {
    let documents = try connection.rows(
      JobSQL.documentsOfChosen,
      ["job": selection.job, "run": selection.run, "pipeline": selection.pipeline]
    ) { DocumentID($0.integer(0)) }
    for document in documents { try settle(document: document) }
  }
}
