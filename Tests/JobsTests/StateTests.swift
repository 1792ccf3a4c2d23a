import Jobs
import SQLite
import Testing

@Suite struct StateTests {
  @Test func `a job goes from the line through a worker's hands to completed`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    let claim = try #require(try f.claim().first)
    #expect(claim.job.state == .running)
    #expect(claim.job.documentPath == "d0.txt")
    #expect(try f.claim().isEmpty)
    let notice = JobNotice(
      reason: "no-text-layer", page: 3, bytes: 5..<9, detail: "page 3 is an image")
    let result = JobResult(
      .partial, output: .file("d0.json"), notices: [notice],
      cost: AttemptCost(tokensRead: 70, tokensWritten: 5, cpuMilliseconds: 9, peakBytes: 1))
    #expect(try f.queue.complete(claim, result) == .recorded)
    let job = try #require(try f.queue.job(claim.job.id))
    #expect(job.state == .completed)
    #expect(job.outcome == .partial)
    #expect(job.output == .file("d0.json"))
    #expect(job.progress == 70)
    #expect(try f.queue.notices(of: job.id) == [notice])
    let attempts = try f.queue.attempts(of: job.id)
    #expect(attempts.map(\.end) == [.completed])
    #expect(attempts.map(\.cost.tokensRead) == [70])
    #expect(try f.queue.finishRun(f.run))
    #expect(try f.queue.run(f.run)?.state == .finished)
  }

  @Test func `a step waits for those it needs and is claimed when they completed`() throws {
    let f = try QueueFixture()
    var document = documents(1, steps: ["fields", "summary", "digest"])[0]
    document.jobs[2].dependsOn = ["fields", "summary"]
    try f.queue.enqueue([document], in: f.run)
    let first = try f.claim(count: 9)
    #expect(first.map(\.job.step) == ["fields", "summary"])
    try f.queue.complete(first[0], JobResult(.complete, output: .file("a")))
    #expect(try f.claim().isEmpty)
    try f.queue.complete(first[1], JobResult(.complete, output: .file("b")))
    #expect(try f.claim().map(\.job.step) == ["digest"])
  }

  @Test func `what was done and what comes next are one commit, the same document's first`() throws
  {
    let f = try QueueFixture()
    var all = documents(2, steps: ["fields", "digest"])
    for index in all.indices { all[index].jobs[1].dependsOn = ["fields"] }
    all[1].jobs[0].priority = 5
    all[1].path = "urgent.txt"
    try f.queue.enqueue([all[0]], in: f.run)
    let first = try #require(try f.claim().first)
    try f.queue.enqueue([all[1]], in: f.run)
    var request = ClaimRequest(worker: f.worker, preferring: first.job.document, run: f.run)
    let result = JobResult(.complete, output: .file("a"))
    let second = try f.queue.complete(first, result, next: request)
    #expect(second.completion == .recorded)
    // It was blocked until this very commit.
    let digest = try #require(second.next)
    #expect(digest.job == (try f.queue.job(digest.job.id)))
    #expect(digest.job.step == "digest")
    #expect(digest.job.state == .running)
    // What no longer counts does not keep its worker from going on.
    try f.queue.cancel(.job(digest.job.id))
    let third = try f.queue.complete(digest, result, next: request)
    #expect(third.completion == .superseded)
    let urgent = try #require(third.next)
    #expect(urgent.job.documentPath == "urgent.txt")
    request.document = urgent.job.document
    let last = try #require(try f.queue.complete(urgent, result, next: request).next)
    #expect(try f.queue.complete(last, result, next: request).next == nil)
    #expect(try f.queue.counts(run: f.run)[.completed] == 3)
  }

  @Test func `notices are those of the last attempt`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    let notice = JobNotice(reason: "no-text-layer", page: 3, detail: "page 3 is an image")
    let failed = JobFailure(.invalidOutput, message: "no JSON", notices: [notice])
    let first = try #require(try f.claim().first)
    try f.queue.fail(first, failed)
    #expect(try f.queue.notices(of: first.job.id) == [notice])
    let second = try #require(try f.claim().first)
    try f.queue.complete(second, JobResult(.complete, output: .file("a")))
    #expect(try f.queue.notices(of: first.job.id).isEmpty)
  }
}
