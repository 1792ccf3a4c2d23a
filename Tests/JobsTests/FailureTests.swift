import Foundation
import Jobs
import SQLite
import Testing

@Suite struct FailureTests {
  @Test(arguments: [FailureClass.engine, .inputOutput])
  func `engine and I-O errors wait ever longer and end as dead letters`(cause: FailureClass) throws
  {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    var waits: [Int64] = []
    for _ in 1...4 {
      let claim = try #require(try f.claim().first)
      let outcome = try f.queue.fail(claim, JobFailure(cause, message: "no luck"))
      guard case .willRetry(let due) = outcome else {
        Issue.record("expected a retry, not \(outcome)")
        return
      }
      waits.append(due.milliseconds - f.time.wall.milliseconds)
      #expect(try f.claim().isEmpty)
      #expect(try f.queue.nextDue(run: f.run) == due)
      f.time.advance(waits.last! - 1)
      #expect(try f.claim().isEmpty)
      f.time.advance(1)
    }
    for (failures, wait) in waits.enumerated() {
      let doubled = Int64(1_000) << Int64(failures)
      #expect((doubled / 2...doubled).contains(wait))
    }
    let last = try #require(try f.claim().first)
    #expect(last.job.attempts == 5)
    #expect(try f.queue.fail(last, JobFailure(cause, message: "still none")) == .discarded)
    let letter = try #require(try f.queue.job(last.job.id))
    #expect(letter.state == .discarded)
    #expect(letter.failure == cause)
    #expect(letter.error == "still none")
    #expect(
      try f.queue.attempts(of: letter.id).map(\.error) == Array(repeating: "no luck", count: 4) + [
        "still none"
      ])
    #expect(try f.queue.declaration(letter.declaration)?.text == "{}")
    #expect(letter.documentSHA256 == hex("d0"))
  }

  @Test func `jitter follows from the seed and spreads jobs`() {
    let a = RetryPolicy(seed: 1)
    func waits(_ policy: RetryPolicy) -> [RetryPolicy.Decision] {
      (1...50).map { policy.decision(after: 1, of: .engine, job: JobID($0), declared: 3) }
    }
    #expect(waits(a) == waits(RetryPolicy(seed: 1)))
    #expect(waits(a) != waits(RetryPolicy(seed: 2)))
    #expect(Set(waits(a)).count > 40)
  }

  @Test func `no wait is longer than the longest`() {
    let policy = RetryPolicy(baseDelay: 1_000, longestDelay: 9_000, attempts: 100)
    for failures in 1...99 {
      guard
        case .again(let wait) = policy.decision(
          after: failures, of: .engine, job: JobID(1), declared: 1)
      else {
        Issue.record("expected a retry")
        return
      }
      #expect((500...9_000).contains(wait))
    }
  }

  @Test func `invalid output is tried again as often as declared, without waiting`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    for attempt in 1...3 {
      let claim = try #require(try f.claim().first)
      let outcome = try f.queue.fail(
        claim, JobFailure(.invalidOutput, message: "not of the schema"))
      #expect(outcome == (attempt < 3 ? .willRetry(at: f.time.wall) : .discarded))
    }
  }

  @Test func `failures of one class do not use up the tries of another`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    for _ in 1...4 {
      let claim = try #require(try f.claim().first)
      try f.queue.fail(claim, JobFailure(.inputOutput, message: "disk"))
      f.time.advance(300_000)
    }
    for attempt in 1...3 {
      let claim = try #require(try f.claim().first)
      let outcome = try f.queue.fail(claim, JobFailure(.invalidOutput, message: "schema"))
      #expect((outcome == .discarded) == (attempt == 3))
    }
  }

  @Test(arguments: [
    FailureClass.overContext, .noText, .input, .limit, .fault,
  ])
  func `what no further try can cure is recorded once and never tried again`(
    cause: FailureClass
  ) throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(2), in: f.run)
    let claim = try f.claim()[0]
    let notice = JobNotice(
      reason: "over-context", detail: "1200000 tokens, the context holds 1000000")
    let failure = JobFailure(cause, message: "refused", notices: [notice])
    #expect(try f.queue.fail(claim, failure) == .discarded)
    f.time.advance(86_400_000)
    #expect(try f.claim(count: 9).map(\.job.documentPath) == ["d1.txt"])
    #expect(try f.queue.notices(of: claim.job.id) == [notice])
    #expect(try f.queue.notices(run: f.run).map(\.documentPath) == ["d0.txt"])
  }

  @Test func `steps that need a dead letter are dead too, and come back with it`() throws {
    let f = try QueueFixture()
    var document = documents(1, steps: ["fields", "risks", "digest", "minutes"])[0]
    document.jobs[1].dependsOn = ["fields"]
    document.jobs[2].dependsOn = ["risks"]
    try f.queue.enqueue([document], in: f.run)
    let claim = try f.claim()[0]
    try f.queue.fail(claim, JobFailure(.input, message: "damaged"))
    var states = try f.queue.jobs(JobFilter(run: f.run)).map(\.state)
    #expect(states == [.discarded, .discarded, .discarded, .available])
    let other = try f.claim()[0]
    try f.queue.complete(other, JobResult(.complete))
    #expect(try f.queue.finishRun(f.run))

    #expect(try f.queue.retry(.job(claim.job.id)) == 1)
    states = try f.queue.jobs(JobFilter(run: f.run)).map(\.state)
    #expect(states == [.available, .blocked, .blocked, .completed])
    #expect(try f.queue.run(f.run)?.state == .open)
    for step in ["fields", "risks", "digest"] {
      let claim = try #require(try f.claim().first)
      #expect(claim.job.step == step)
      try f.queue.complete(claim, JobResult(.complete))
    }
    #expect(try f.queue.finishRun(f.run))
  }

  @Test func `a dead letter retried by hand has all its tries again`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    for _ in 1...2 {
      for attempt in 1...5 {
        let claim = try #require(try f.claim().first)
        #expect(claim.job.attempts == attempt)
        let outcome = try f.queue.fail(claim, JobFailure(.engine, message: "no luck"))
        #expect((outcome == .discarded) == (attempt == 5))
        f.time.advance(86_400_000)
      }
      #expect(try f.queue.retry(.run(f.run)) == 1)
    }
    #expect(try #require(try f.claim().first).job.claims == 11)
  }

  @Test func `a job given back at a safe point has all its tries left`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    for _ in 1...20 {
      let claim = try #require(try f.claim().first)
      #expect(claim.job.attempts == 1)
      #expect(try f.queue.release(claim, because: "SIGTERM") == .recorded)
    }
    let claim = try #require(try f.claim().first)
    #expect(claim.job.attempts == 1)
    #expect(
      try f.queue.attempts(of: claim.job.id).map(\.end) == Array(repeating: .released, count: 20))
  }

  @Test func `a job put off until the next window is not claimed before`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    let claim = try f.claim()[0]
    let opening = f.time.wall.adding(milliseconds: 3_600_000)
    try f.queue.release(claim, until: opening, because: "window")
    f.time.advance(3_599_000)
    #expect(try f.claim().isEmpty)
    f.time.advance(1_000)
    #expect(try f.claim().map(\.job.attempts) == [1])
  }

  @Test func `a waiting job is ready at once when the clock turns out to have been years ahead`()
    throws
  {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    f.time.setWall(1_900_000_000_000)
    let claim = try f.claim()[0]
    try f.queue.fail(claim, JobFailure(.engine, message: "x"))
    f.time.setWall(1_700_000_000_000)
    #expect(try f.claim().count == 1)
  }
}
