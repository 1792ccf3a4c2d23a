package import SQLite

extension JobQueue {
  package func startRun(_ new: NewRun) throws(DatabaseError) -> RunID {
    try connection.set(.full)
    return try connection.transaction { () throws(DatabaseError) in
      let declaration = try put(new.declaration)
      try connection.run(
        LedgerSQL.startRun,
        [
          "pipeline": .text(new.pipeline), "directory": .text(new.directory),
          "output": .text(new.output), "declaration": .integer(declaration.rawValue),
          "trigger": .text(new.trigger), "program": .text(new.program), "now": now,
        ])
      return RunID(connection.lastInsertedRow)
    }
  }

  /// The newest run of this pipeline on this directory that has not ended: what the same command goes on with.
  package func unfinishedRun(
    pipeline: String, directory: String
  ) throws(DatabaseError) -> Run? {
    try connection.first(
      LedgerSQL.unfinishedRun, ["pipeline": .text(pipeline), "directory": .text(directory)],
      Run.init)
  }

  /// Marks a run as finished. False, and nothing happens, while one of its jobs is not final.
  package func finishRun(_ run: RunID) throws(DatabaseError) -> Bool {
    faults.reach(.beforeFinish)
    try connection.set(.full)
    return try connection.transaction { () throws(DatabaseError) in
      let open = try connection.first(JobSQL.unfinished, ["run": .integer(run.rawValue)]) {
        $0.bool(0)
      }
      if open != false { return false }
      return try setState(of: run, from: .open, to: .finished)
    }
  }

  func setState(
    of run: RunID, from: RunState, to state: RunState
  ) throws(DatabaseError) -> Bool {
    let finished: Value = state == .finished || state == .cancelled ? now : .null
    return try connection.run(
      LedgerSQL.setRunState,
      [
        "state": .text(state.rawValue), "finished": finished, "run": .integer(run.rawValue),
        "from": .text(from.rawValue),
      ]) == 1
  }

  /// Stores a declaration's text, once.
  func put(_ declaration: Declaration) throws(DatabaseError) -> DeclarationID {
    let id = try connection.first(
      LedgerSQL.putDeclaration,
      ["sha256": .text(declaration.sha256), "text": .text(declaration.text)]
    ) { $0.integer(0) }
    return DeclarationID(id!)
  }

  /// The declaration a job or run was enqueued with.
  package func declaration(_ id: DeclarationID) throws(DatabaseError) -> Declaration? {
    try connection.first(LedgerSQL.declaration, ["id": .integer(id.rawValue)]) {
      Declaration(sha256: $0.text(0), text: $0.text(1))
    }
  }

  var now: Value { .integer(clock.wall().milliseconds) }
}
