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
}
