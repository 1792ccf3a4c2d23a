package import SQLite

/// Which jobs to list. Nil means any.
package struct JobFilter: Hashable, Sendable {
  package var run: RunID?
  package var pipeline: String?
  package var states: [JobState]?
  package var documentPath: String?
  package var step: String?
  /// Only jobs with a larger id: the next page.
  package var after: JobID
  package var limit: Int

  package init(
    run: RunID? = nil, pipeline: String? = nil, states: [JobState]? = nil,
    documentPath: String? = nil, step: String? = nil, after: JobID = JobID(0), limit: Int = 1_000
  ) {
    self.run = run
    self.pipeline = pipeline
    self.states = states
    self.documentPath = documentPath
    self.step = step
    self.after = after
    self.limit = limit
  }
}

/// How many jobs stand where.
package struct JobCounts: Hashable, Sendable {
  package var states: [JobState: Int] = [:]
  /// Of the completed ones.
  package var outcomes: [JobOutcome: Int] = [:]

  package subscript(_ state: JobState) -> Int { states[state, default: 0] }
  package subscript(_ outcome: JobOutcome) -> Int { outcomes[outcome, default: 0] }
  package var total: Int { states.values.reduce(0, +) }
  package var final: Int { states.filter(\.key.isFinal).values.reduce(0, +) }
}

/// One claim that ended.
package struct Attempt: Hashable, Sendable {
  package enum End: String, Hashable, Sendable {
    case completed, failed, released, lost, cancelled
  }
  /// From 1; the job's claims, released ones included.
  package var number: Int
  package var workerName: String?
  package var host: String?
  package var pid: Int?
  package var startedAt: Timestamp
  package var endedAt: Timestamp
  package var end: End
  package var failure: FailureClass?
  package var error: String?
  /// Tokens by its last heartbeat.
  package var progress: Int
  package var cost: AttemptCost
}

extension JobQueue {
  package func run(_ id: RunID) throws(DatabaseError) -> Run? {
    try connection.first(LedgerSQL.run, ["id": .integer(id.rawValue)], Run.init)
  }

  /// Newest first.
  package func runs(
    pipeline: String? = nil, state: RunState? = nil, limit: Int = 100
  ) throws(DatabaseError) -> [Run] {
    try connection.rows(
      LedgerSQL.runs,
      ["pipeline": Value(pipeline), "state": Value(state?.rawValue), "limit": Value(limit)],
      Run.init)
  }

  package func job(_ id: JobID) throws(DatabaseError) -> Job? {
    try connection.first(JobSQL.one, ["id": .integer(id.rawValue)], Job.init)
  }

  /// In the order they were enqueued.
  package func jobs(_ filter: JobFilter = JobFilter()) throws(DatabaseError) -> [Job] {
    let states = Value(filter.states.map { jsonArray($0.map(\.rawValue)) })
    if let run = filter.run {
      return try connection.rows(
        JobSQL.ofRun,
        [
          "run": .integer(run.rawValue), "states": states, "document": Value(filter.documentPath),
          "step": Value(filter.step), "after": .integer(filter.after.rawValue),
          "limit": Value(filter.limit),
        ], Job.init)
    }
    return try connection.rows(
      JobSQL.ofAnyRun,
      [
        "pipeline": Value(filter.pipeline), "states": states,
        "document": Value(filter.documentPath), "step": Value(filter.step),
        "after": .integer(filter.after.rawValue), "limit": Value(filter.limit),
      ], Job.init)
  }

  package func counts(run: RunID? = nil) throws(DatabaseError) -> JobCounts {
    var counts = JobCounts()
    let rows = try connection.rows(JobSQL.counts, ["run": Value(run?.rawValue)]) {
      (state: $0.text(0), outcome: $0.textOrNil(1), count: $0.int(2))
    }
    for row in rows {
      if let state = JobState(rawValue: row.state) { counts.states[state, default: 0] += row.count }
      if let outcome = row.outcome.flatMap(JobOutcome.init) {
        counts.outcomes[outcome, default: 0] += row.count
      }
    }
    return counts
  }

  /// First to last.
  package func attempts(of job: JobID) throws(DatabaseError) -> [Attempt] {
    try connection.rows(AttemptSQL.ofJob, ["job": .integer(job.rawValue)], Attempt.init)
  }

  package func notices(of job: JobID) throws(DatabaseError) -> [JobNotice] {
    try connection.rows(AttemptSQL.noticesOfJob, ["job": .integer(job.rawValue)]) {
      JobNotice(row: $0, from: 0)
    }
  }

  /// By document path and step.
  package func notices(
    run: RunID
  ) throws(DatabaseError) -> [(documentPath: String, step: String, notice: JobNotice)] {
    try connection.rows(AttemptSQL.noticesOfRun, ["run": .integer(run.rawValue)]) {
      ($0.text(0), $0.text(1), JobNotice(row: $0, from: 2))
    }
  }

  /// Sums over all attempts of a run; of memory the largest.
  package func cost(run: RunID) throws(DatabaseError) -> AttemptCost {
    try connection.first(AttemptSQL.costOfRun, ["run": .integer(run.rawValue)]) {
      AttemptCost(
        tokensRead: $0.int(0), tokensWritten: $0.int(1), cpuMilliseconds: $0.int(2),
        peakBytes: $0.int(3))
    } ?? AttemptCost()
  }

  /// The count of tokens, once the document has been read.
  package func setTokens(_ tokens: Int, of document: DocumentID) throws(DatabaseError) {
    try connection.set(.normal)
    try connection.run(
      LedgerSQL.setDocumentTokens, ["tokens": Value(tokens), "id": .integer(document.rawValue)])
  }
}

// MARK: Rows. A raw value no case has can only come from a damaged or foreign file; what it stands for is
// then read as the most careful one.

extension Job {
  init(_ row: borrowing Row) {
    id = JobID(row.integer(0))
    run = RunID(row.integer(1))
    pipeline = row.text(2)
    document = DocumentID(row.integer(3))
    documentPath = row.text(4)
    documentSHA256 = row.text(5)
    step = row.text(6)
    kind = row.text(7)
    key = row.text(8)
    declaration = DeclarationID(row.integer(9))
    dependsOn = names(inJSON: row.text(10))
    priority = row.int(11)
    state = JobState(rawValue: row.text(12)) ?? .paused
    maxAttempts = row.int(13)
    attempts = row.int(14)
    dueAt = row.integerOrNil(15).map { Timestamp(milliseconds: $0) }
    worker = row.integerOrNil(16).map { WorkerID($0) }
    claimedAt = row.integerOrNil(17).map { Timestamp(milliseconds: $0) }
    beatAt = row.integerOrNil(18).map { Timestamp(milliseconds: $0) }
    progress = row.int(19)
    outcome = row.textOrNil(20).flatMap(JobOutcome.init)
    if let path = row.textOrNil(21) {
      output = JobOutput(path: path, sha256: row.text(22), bytes: row.int(23))
    } else {
      output = nil
    }
    failure = row.textOrNil(24).flatMap(FailureClass.init)
    error = row.textOrNil(25)
    createdAt = Timestamp(milliseconds: row.integer(26))
    finishedAt = row.integerOrNil(27).map { Timestamp(milliseconds: $0) }
    claims = row.int(28)
  }
}

extension Run {
  init(_ row: borrowing Row) {
    id = RunID(row.integer(0))
    pipeline = row.text(1)
    directory = row.text(2)
    output = row.text(3)
    declaration = DeclarationID(row.integer(4))
    trigger = row.text(5)
    state = RunState(rawValue: row.text(6)) ?? .paused
    startedAt = Timestamp(milliseconds: row.integer(7))
    finishedAt = row.integerOrNil(8).map { Timestamp(milliseconds: $0) }
    program = row.text(9)
  }
}

extension Attempt {
  init(_ row: borrowing Row) {
    number = row.int(0)
    workerName = row.textOrNil(1)
    host = row.textOrNil(2)
    pid = row.intOrNil(3)
    startedAt = Timestamp(milliseconds: row.integer(4))
    endedAt = Timestamp(milliseconds: row.integer(5))
    end = End(rawValue: row.text(6)) ?? .lost
    failure = row.textOrNil(7).flatMap(FailureClass.init)
    error = row.textOrNil(8)
    progress = row.int(9)
    cost = AttemptCost(
      tokensRead: row.int(10), tokensWritten: row.int(11), cpuMilliseconds: row.int(12),
      peakBytes: row.int(13))
  }
}

extension JobNotice {
  init(row: borrowing Row, from first: Int) {
    reason = row.text(first)
    page = row.intOrNil(first + 1)
    if let start = row.intOrNil(first + 2), let end = row.intOrNil(first + 3), start <= end {
      bytes = start..<end
    } else {
      bytes = nil
    }
    detail = row.text(first + 4)
  }
}

/// The reverse of `jsonArray`, for what it writes.
func names(inJSON text: String) -> [String] {
  var names: [String] = []
  var name: String?
  var scalars = text.unicodeScalars.makeIterator()
  while let scalar = scalars.next() {
    switch (scalar, name) {
    case ("\"", nil): name = ""
    case ("\"", let done?):
      names.append(done)
      name = nil
    case ("\\", _?):
      guard let escaped = scalars.next() else { return names }
      if escaped == "u" {
        let digits = (0..<4).compactMap { _ in scalars.next() }.map(String.init).joined()
        if let code = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) {
          name?.unicodeScalars.append(code)
        }
      } else {
        name?.unicodeScalars.append(escaped)
      }
    case (_, _?): name?.unicodeScalars.append(scalar)
    case (_, nil): continue
    }
  }
  return names
}
