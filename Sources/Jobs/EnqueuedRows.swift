import SQLite

/// The rows of one `enqueue`, many to a statement: opening a table and its indexes, and finding the place in each,
/// takes longer than to put a row there. What is the same in all of them is bound once.
final class EnqueuedRows {
  static let documentsAtOnce = 64
  private static let jobsAtOnce = 32

  private let connection: Connection
  private let run: RunID
  private let declaration: DeclarationID
  private let now: Timestamp
  /// The last job there was before.
  private let lastJob: Int64
  /// By their number of rows.
  private var documentStatements: [Int: Statement] = [:]
  private var jobStatements: [Int: Statement] = [:]
  private var waiting: [(document: Int64, job: NewJob)] = []
  private var count = 0
  private var changed = 0

  init(
    _ connection: Connection, _ run: RunID, _ declaration: DeclarationID, _ now: Timestamp
  ) throws(DatabaseError) {
    self.connection = connection
    self.run = run
    self.declaration = declaration
    self.now = now
    lastJob = try connection.first(JobSQL.lastID) { $0.integer(0) } ?? 0
  }

  /// Lets go of the values.
  func end() {
    for statement in documentStatements.values { statement.keepsValues = false }
    for statement in jobStatements.values { statement.keepsValues = false }
  }

  /// What became of the jobs. A new row's number is one more than the last one's.
  func report() throws(DatabaseError) -> EnqueueReport {
    try flush()
    let inserted = Int(try connection.first(JobSQL.lastID) { $0.integer(0) } ?? 0) - Int(lastJob)
    return EnqueueReport(
      inserted: inserted, reopened: changed - inserted, kept: count - changed)
  }

  // MARK: Documents

  /// Gives their numbers.
  func put(_ documents: ArraySlice<NewDocument>) throws(DatabaseError) -> [Int64] {
    let before = try connection.first(LedgerSQL.lastDocumentID) { $0.integer(0) } ?? 0
    if documents.count == Self.documentsAtOnce {
      try write(documents)
    } else {
      for index in documents.indices { try write(documents[index...index]) }
    }
    let after = try connection.first(LedgerSQL.lastDocumentID) { $0.integer(0) } ?? 0
    // All of them new, in their order.
    if after - before == Int64(documents.count) { return Array(before + 1...after) }
    var numbers: [Int64] = []
    for document in documents {
      let number = try connection.first(
        LedgerSQL.documentID, ["run": .integer(run.rawValue), "path": .text(document.path)]
      ) { $0.integer(0) }
      numbers.append(number!)
    }
    return numbers
  }

  private func write(_ documents: ArraySlice<NewDocument>) throws(DatabaseError) {
    let statement = try documentStatement(rows: documents.count)
    var position: Int32 = 2
    for document in documents {
      try statement.bind(document.path, at: position)
      try statement.bind(document.sha256, at: position + 1)
      try statement.bind(document.bytes, at: position + 2)
      try statement.bind(document.tokens, at: position + 3)
      position += 4
    }
    try statement.run()
  }

  private func documentStatement(rows: Int) throws(DatabaseError) -> Statement {
    if let known = documentStatements[rows] { return known }
    let statement = try connection.prepare(LedgerSQL.putDocuments(rows: rows))
    statement.keepsValues = true
    try statement.bind(run.rawValue, at: 1)
    documentStatements[rows] = statement
    return statement
  }

  // MARK: Jobs

  func put(_ job: NewJob, of document: Int64) throws(DatabaseError) {
    // Seldom, and of another text.
    if job.isLost { try flush() }
    waiting.append((document, job))
    if job.isLost {
      try write(waiting[...], areLost: true)
    } else if waiting.count == Self.jobsAtOnce {
      try write(waiting[...])
    } else {
      return
    }
    waiting.removeAll(keepingCapacity: true)
  }

  private func flush() throws(DatabaseError) {
    for index in waiting.indices { try write(waiting[index...index]) }
    waiting.removeAll(keepingCapacity: true)
  }

  private func write(
    _ jobs: ArraySlice<(document: Int64, job: NewJob)>, areLost: Bool = false
  ) throws(DatabaseError) {
    let statement = try jobStatement(rows: jobs.count, areLost: areLost)
    var position: Int32 = 4
    for (document, job) in jobs {
      let isDone = job.cached != nil
      try statement.bind(document, at: position)
      try statement.bind(job.step, at: position + 1)
      try statement.bind(job.kind, at: position + 2)
      try statement.bind(job.key, at: position + 3)
      try statement.bind(jsonArray(job.dependsOn), at: position + 4)
      try statement.bind(job.priority, at: position + 5)
      try statement.bind(
        isDone ? "completed" : job.dependsOn.isEmpty ? "available" : "blocked", at: position + 6)
      try statement.bind(job.maxAttempts, at: position + 7)
      try statement.bind(isDone ? "cached" : nil, at: position + 8)
      try statement.bind(job.cached?.path, at: position + 9)
      try statement.bind(job.cached?.sha256, at: position + 10)
      try statement.bind(job.cached?.bytes, at: position + 11)
      try statement.bind(isDone ? Int(now.milliseconds) : nil, at: position + 12)
      position += Int32(JobSQL.enqueuedColumns)
    }
    changed += try statement.run()
    count += jobs.count
  }

  private func jobStatement(rows: Int, areLost: Bool) throws(DatabaseError) -> Statement {
    let place = areLost ? 0 : rows
    if let known = jobStatements[place] { return known }
    let statement = try connection.prepare(JobSQL.enqueue(rows: rows, areLost: areLost))
    statement.keepsValues = true
    try statement.bind(run.rawValue, at: 1)
    try statement.bind(declaration.rawValue, at: 2)
    try statement.bind(now.milliseconds, at: 3)
    jobStatements[place] = statement
    return statement
  }
}
