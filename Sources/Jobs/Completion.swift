package import SQLite

/// Whether the end of a job was taken down.
package enum Completion: Hashable, Sendable {
  case recorded
  /// The caller no longer holds the job: its lease ran out and another has it, or it was cancelled. What it
  /// did does not count; the queue is as if it had not asked.
  case superseded
}

/// What follows a failure.
package enum FailureOutcome: Hashable, Sendable {
  case willRetry(at: Timestamp)
  /// A dead letter.
  case discarded
  case superseded
}

extension JobQueue {
  /// Marks a job as done. Its output must be on the disk (`DurableFile`); the record is when the call returns.
  @discardableResult
  package func complete(_ claim: Claim, _ result: JobResult) throws(DatabaseError) -> Completion {
    try complete([(claim, result)])[0]
  }

  /// Marks a job as done and claims what the worker does next, in one commit, hence with one wait for the disk.
  /// No claim where nothing is ready, or where another must be looked for with more patience: ask `claim`.
  package func complete(
    _ claim: Claim, _ result: JobResult, next request: ClaimRequest
  ) throws(DatabaseError) -> (completion: Completion, next: Claim?) {
    let (completions, claims) = try complete([(claim, result)], next: request)
    return (completions[0], claims.first)
  }

  /// Marks several jobs as done in one commit.
  package func complete(
    _ results: [(claim: Claim, result: JobResult)]
  ) throws(DatabaseError) -> [Completion] {
    try complete(results, next: nil).completions
  }

  package func complete(
    _ results: [(claim: Claim, result: JobResult)], next request: ClaimRequest?
  ) throws(DatabaseError) -> (completions: [Completion], next: [Claim]) {
    if let request { _ = try reclaimWhenDue(asking: request.worker) }
    var completions: [Completion] = []
    let claims = try connection.durableTransaction { () throws(DatabaseError) in
      for (claim, result) in results {
        completions.append(try record(result, of: claim) ? .recorded : .superseded)
      }
      let claims = try request.map { request throws(DatabaseError) in try take(request) } ?? []
      faults.reach(.beforeCommit)
      return claims
    }
    faults.reach(.afterCommit)
    if !claims.isEmpty { faults.reach(.afterClaim) }
    return (completions, claims)
  }

  private func record(_ result: JobResult, of claim: Claim) throws(DatabaseError) -> Bool {
    guard try end(claim, as: "completed", cost: result.cost) else { return false }
    try connection.run(
      JobSQL.complete,
      [
        "outcome": .text(result.outcome.rawValue), "path": Value(result.output?.path),
        "sha256": Value(result.output?.sha256), "bytes": Value(result.output?.bytes),
        "progress": Value(result.cost.tokensRead), "now": now,
        "id": .integer(claim.job.id.rawValue), "token": .integer(claim.token),
      ])
    try replaceNotices(of: claim, by: result.notices)
    try settle(document: claim.job.document)
    return true
  }

  /// Takes a failed attempt down and decides by its class what follows.
  @discardableResult
  package func fail(_ claim: Claim, _ failure: JobFailure) throws(DatabaseError) -> FailureOutcome {
    return try connection.durableTransaction { () throws(DatabaseError) in
      guard
        try end(
          claim, as: "failed", failure: failure.cause, error: failure.message, cost: failure.cost)
      else { return .superseded }
      try replaceNotices(of: claim, by: failure.notices)
      let id = Value.integer(claim.job.id.rawValue)
      let cause = Value.text(failure.cause.rawValue)
      // This attempt is counted: it has just been written.
      let failures =
        try connection.first(JobSQL.failuresOfClass, ["id": id, "failure": cause]) { $0.int(0) }
        ?? 1
      let decision = policy.decision(
        after: failures, of: failure.cause, job: claim.job.id, declared: claim.job.maxAttempts)
      switch decision {
      case .again(let delay):
        let due = clock.wall().adding(milliseconds: delay)
        try connection.run(
          JobSQL.retryLater,
          [
            "due": .integer(due.milliseconds), "failure": cause, "error": .text(failure.message),
            "id": id, "token": .integer(claim.token),
          ])
        return .willRetry(at: due)
      case .never:
        try connection.run(
          JobSQL.discard,
          [
            "failure": cause, "error": .text(failure.message), "now": now, "id": id,
            "token": .integer(claim.token),
          ])
        try settle(document: claim.job.document)
        return .discarded
      }
    }
  }

  /// Gives a job back without counting the attempt: at a safe point, because the worker was told to stop.
  ///
  /// - Parameter until: not to be claimed before; nil for at once.
  @discardableResult
  package func release(
    _ claim: Claim, until: Timestamp? = nil, because: String, cost: AttemptCost = AttemptCost()
  ) throws(DatabaseError) -> Completion {
    try connection.set(.normal)
    return try connection.transaction { () throws(DatabaseError) in
      guard try end(claim, as: "released", error: because, cost: cost) else { return .superseded }
      let id = Value.integer(claim.job.id.rawValue)
      if let until {
        try connection.run(
          JobSQL.snooze,
          ["due": .integer(until.milliseconds), "id": id, "token": .integer(claim.token)])
      } else {
        try connection.run(JobSQL.release, ["id": id, "token": .integer(claim.token)])
      }
      return .recorded
    }
  }

  /// Writes the attempt's row. False when the caller does not hold the job: nothing was written.
  private func end(
    _ claim: Claim, as ended: String, failure: FailureClass? = nil, error: String? = nil,
    cost: AttemptCost
  ) throws(DatabaseError) -> Bool {
    try connection.run(
      AttemptSQL.end,
      [
        "now": now, "ended": .text(ended), "failure": Value(failure?.rawValue),
        "error": Value(error), "read": Value(cost.tokensRead), "written": Value(cost.tokensWritten),
        "cpu": Value(cost.cpuMilliseconds), "peak": Value(cost.peakBytes),
        "id": .integer(claim.job.id.rawValue), "token": .integer(claim.token),
      ]) == 1
  }

  private func replaceNotices(
    of claim: Claim, by notices: [JobNotice]
  ) throws(DatabaseError) {
    let job = claim.job.id
    // The first attempt of all finds none.
    if claim.job.claims > 1 {
      try connection.run(AttemptSQL.clearNotices, ["job": .integer(job.rawValue)])
    }
    for notice in notices {
      try connection.run(
        AttemptSQL.putNotice,
        [
          "job": .integer(job.rawValue), "reason": .text(notice.reason), "page": Value(notice.page),
          "start": Value(notice.bytes?.lowerBound), "end": Value(notice.bytes?.upperBound),
          "detail": .text(notice.detail),
        ])
    }
  }
}
