package import SQLite

extension JobQueue {
  /// Makes the calling process known. One worker a thread that claims.
  package func startWorker(
    named name: String, program: String, process: WorkerProcess = .current
  ) throws(DatabaseError) -> WorkerID {
    try connection.set(.normal)
    try connection.run(
      LedgerSQL.startWorker,
      [
        "name": .text(name), "host": .text(process.host), "boot": .text(process.boot),
        "namespace": .text(process.namespace), "pid": Value(process.pid),
        "start": .integer(Int64(bitPattern: process.started)), "program": .text(program),
        "now": now,
      ])
    let worker = WorkerID(connection.lastInsertedRow)
    try connection.reserveJournal()
    return worker
  }

  package func stopWorker(_ worker: WorkerID) throws(DatabaseError) {
    try connection.set(.normal)
    try connection.run(LedgerSQL.stopWorker, ["id": .integer(worker.rawValue), "now": now])
  }

  /// Takes up to `count` jobs that are ready, best first: those of `document` (whose state the worker has
  /// loaded), then by priority, then in the order they were enqueued. A document another worker is at is
  /// left to it. Jobs whose waiting is over or whose worker is dead are made ready first.
  ///
  /// - Parameters:
  ///   - document: the document to go on with.
  ///   - kinds: what this worker can do; nil for everything.
  ///   - run: only jobs of this run.
  package func claim(
    worker: WorkerID, preferring document: DocumentID? = nil, kinds: [String]? = nil,
    run: RunID? = nil, count: Int = 1
  ) throws(DatabaseError) -> [Claim] {
    try claim(
      ClaimRequest(worker: worker, preferring: document, kinds: kinds, run: run, count: count))
  }

  package func claim(_ request: ClaimRequest) throws(DatabaseError) -> [Claim] {
    try connection.set(.normal)
    let hasLooked = try reclaimWhenDue(asking: request.worker)
    var claims = try takeAtOnce(request)
    if claims.isEmpty, !hasLooked, try reclaim(asking: request.worker) > 0 {
      claims = try takeAtOnce(request)
    }
    if !claims.isEmpty { faults.reach(.afterClaim) }
    return claims
  }

  private func takeAtOnce(_ request: ClaimRequest) throws(DatabaseError) -> [Claim] {
    try connection.transaction { () throws(DatabaseError) in try take(request) }
  }

  /// Inside a transaction. Makes ready what has waited long enough, then one statement a job.
  func take(_ request: ClaimRequest) throws(DatabaseError) -> [Claim] {
    try wakeDue()
    var claims: [Claim] = []
    var request = request
    let kinds = Value(request.kinds.map(jsonArray))
    while claims.count < request.count, let claim = try takeBest(request, kinds) {
      claims.append(claim)
      // Jobs claimed together are of one run.
      request.run = claim.job.run
    }
    return claims
  }

  private func takeBest(_ request: ClaimRequest, _ kinds: Value) throws(DatabaseError) -> Claim? {
    let worker = Value.integer(request.worker.rawValue)
    let token = Int64.random(in: 1...Int64.max)
    let count = try connection.run(
      JobSQL.claim,
      [
        "worker": worker, "token": .integer(token), "now": now,
        "lease": .integer(clock.monotonic() + self.lease),
        "document": Value(request.document?.rawValue), "kinds": kinds,
        "run": Value(request.run?.rawValue),
      ])
    guard count == 1 else { return nil }
    return try connection.first(JobSQL.claimed, ["worker": worker, "token": .integer(token)]) {
      Claim(job: Job($0), token: token)
    }
  }

  /// The earliest time at which a job that waits becomes ready; nil when none waits.
  package func nextDue(run: RunID? = nil) throws(DatabaseError) -> Timestamp? {
    try connection.first(JobSQL.nextDue, ["run": Value(run?.rawValue)]) {
      $0.integerOrNil(0)
    }?.map { Timestamp(milliseconds: $0) }
  }

  private func wakeDue() throws(DatabaseError) {
    let now = clock.wall()
    let farthest = now.adding(milliseconds: Self.longestWait)
    let times: Bindings = [
      "now": .integer(now.milliseconds), "farthest": .integer(farthest.milliseconds),
    ]
    if try connection.first(JobSQL.isAnyDue, times, { $0.bool(0) }) == true {
      try connection.run(JobSQL.becomeDue, times)
    }
  }

  /// No job waits longer than this, in milliseconds (35 days: a snooze until a schedule's next window).
  private static let longestWait: Int64 = 35 * 86_400_000

  /// Looks for dead workers once a second. Not inside a transaction.
  func reclaimWhenDue(asking me: WorkerID) throws(DatabaseError) -> Bool {
    if let lastReclaim, clock.monotonic() - lastReclaim < 1_000 { return false }
    try reclaim(asking: me)
    return true
  }

  /// Takes the jobs of dead workers back: at once where the process is seen to be gone, else when the lease
  /// has run out. Gives how many.
  @discardableResult
  package func reclaim(asking me: WorkerID) throws(DatabaseError) -> Int {
    lastReclaim = clock.monotonic()
    let workers = try connection.rows(JobSQL.workersAtWork, ["me": .integer(me.rawValue)]) {
      (
        id: $0.integer(0),
        process: WorkerProcess(
          host: $0.text(1), boot: $0.text(2), namespace: $0.text(3), pid: Int32($0.integer(4)),
          started: UInt64(bitPattern: $0.integer(5)))
      )
    }
    var count = 0
    for (id, process) in workers {
      let life = process.life()
      let sameBoot = process.boot == WorkerProcess.current.boot
      let held = try connection.rows(JobSQL.runningOfWorker, ["worker": .integer(id)], Held.init)
      for job in held {
        let why: String
        if life == .dead {
          why =
            sameBoot
            ? "process \(process.pid) ended without releasing the job"
            : "the machine went down"
        } else if sameBoot, job.leasedUntil < clock.monotonic() {
          why = "process \(process.pid) gave no sign for \(lease / 1000) s"
        } else if !sameBoot, try isSilent(job.id) {
          why = "a worker on \(process.host) gave no sign for \(lease / 1000) s"
        } else {
          continue
        }
        if try lose(job, why, isWorkersFault: sameBoot) { count += 1 }
      }
    }
    return count
  }

  private struct Held {
    var id: JobID
    var token: Int64
    var losses: Int
    var progress: Int
    var lostProgress: Int
    var document: DocumentID
    var leasedUntil: Int64

    init(_ row: borrowing Row) {
      id = JobID(row.integer(0))
      token = row.integer(1)
      losses = row.int(2)
      progress = row.int(3)
      lostProgress = row.int(4)
      document = DocumentID(row.integer(5))
      leasedUntil = row.integer(6)
    }
  }

  /// For workers whose monotonic clock is not ours. A beat from the future says no more than one long past: a
  /// clock was set.
  private func isSilent(_ id: JobID) throws(DatabaseError) -> Bool {
    guard let beat = try job(id)?.beatAt else { return false }
    return abs(clock.wall().milliseconds - beat.milliseconds) > lease
  }

  private func lose(
    _ held: Held, _ why: String, isWorkersFault: Bool
  ) throws(DatabaseError) -> Bool {
    // A reading that got further than the last time is not what kills its workers.
    let losses =
      isWorkersFault ? (held.progress > held.lostProgress ? 1 : held.losses + 1) : held.losses
    let decision: RetryPolicy.Decision =
      isWorkersFault
      ? policy.decision(after: losses, of: .lost, job: held.id, declared: 0)
      : .again(afterMilliseconds: 0)
    if decision == .never { try connection.set(.full) }
    defer { try? connection.set(.normal) }
    return try connection.transaction { () throws(DatabaseError) in
      let fence: Bindings = [
        "now": now, "ended": "lost", "failure": .text(FailureClass.lost.rawValue),
        "error": .text(why), "read": 0, "written": 0, "cpu": 0, "peak": 0,
        "id": .integer(held.id.rawValue), "token": .integer(held.token),
      ]
      guard try connection.run(AttemptSQL.end, fence) == 1 else { return false }
      switch decision {
      case .again(let delay):
        let due: Value =
          delay == 0 ? .null : .integer(clock.wall().adding(milliseconds: delay).milliseconds)
        try connection.run(
          JobSQL.lose,
          [
            "due": due, "losses": Value(losses), "id": .integer(held.id.rawValue),
            "token": .integer(held.token),
          ])
      case .never:
        try connection.run(
          JobSQL.discard,
          [
            "failure": .text(FailureClass.lost.rawValue),
            "error": .text("\(losses) workers in a row were lost at this job; last: \(why)"),
            "now": now, "id": .integer(held.id.rawValue), "token": .integer(held.token),
          ])
        try settle(document: held.document)
      }
      return true
    }
  }
}
