import Foundation
import Jobs
import SQLite
import Testing

@Suite struct EnqueueTests {
  @Test func `enqueueing again changes nothing`() throws {
    let f = try QueueFixture()
    let all = documents(4, steps: ["fields", "summary"])
    #expect(try f.queue.enqueue(all, in: f.run).inserted == 8)
    let claim = try f.claim()[0]
    try f.queue.complete(claim, JobResult(.complete, output: .file("a")))
    let before = try f.queue.jobs()
    let report = try f.queue.enqueue(all, in: f.run)
    #expect(report.kept == 8)
    #expect(report.inserted + report.reopened == 0)
    #expect(try f.queue.jobs() == before)
  }

  @Test
  func
    `of many documents, new and known, each job is counted and new ones stand in the order given`()
    throws
  {
    let f = try QueueFixture()
    var all = documents(500, steps: ["fields", "summary", "risks"])
    let known = all.indices.filter { $0 % 3 == 1 }
    #expect(try f.queue.enqueue(known.reversed().map { all[$0] }, in: f.run).inserted == 501)
    all[known[1]].jobs[1].key = hex("changed")
    // Lost or not: these are not completed, and stay.
    for index in all.indices where index % 7 == 0 { all[index].jobs[0].isLost = true }
    let report = try f.queue.enqueue(all, in: f.run)
    #expect(report.inserted == 999 && report.reopened == 1 && report.kept == 500)
    let jobs = try f.queue.jobs(JobFilter(run: f.run, limit: 10_000))
    let expected = all.flatMap { document in
      document.jobs.map { "\(document.path) \(document.sha256) \($0.step) \($0.key)" }
    }
    let found = jobs.map { "\($0.documentPath) \($0.documentSHA256) \($0.step) \($0.key)" }
    #expect(Set(found) == Set(expected) && found.count == 1500)
    let new = all.indices.filter { $0 % 3 != 1 }.flatMap { index in
      all[index].jobs.map { "\(all[index].path) \($0.step)" }
    }
    #expect(jobs.dropFirst(501).map { "\($0.documentPath) \($0.step)" } == new)
  }

  @Test func `a completed step whose output was lost starts anew, one at work does not`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(2), in: f.run)
    let claims = try f.claim(count: 2)
    try f.queue.complete(claims[0], JobResult(.complete, output: .file("a")))
    var lost = documents(2)
    for index in lost.indices { lost[index].jobs[0].isLost = true }
    let report = try f.queue.enqueue(lost, in: f.run)
    #expect(report.reopened == 1 && report.kept == 1 && report.inserted == 0)
    #expect(try f.queue.jobs().map(\.state) == [.available, .running])
  }

  @Test func `another key starts a step anew, and only that step`() throws {
    let f = try QueueFixture()
    var all = documents(2)
    try f.queue.enqueue(all, in: f.run)
    for claim in try f.claim(count: 9) {
      try f.queue.complete(claim, JobResult(.complete, output: .file("a")))
    }
    all[1].jobs[0].key = hex("changed")
    let report = try f.queue.enqueue(all, in: f.run)
    #expect(report.reopened == 1)
    #expect(report.kept == 1)
    let claims = try f.claim(count: 9)
    #expect(claims.map(\.job.key) == [hex("changed")])
    #expect(claims.map(\.job.attempts) == [1])
  }

  @Test func `a running job keeps the declaration it was enqueued with`() throws {
    let f = try QueueFixture()
    var all = documents(2)
    try f.queue.enqueue(all, in: f.run)
    let claim = try f.claim()[0]
    all[0].jobs[0].key = hex("new 0")
    all[1].jobs[0].key = hex("new 1")
    let text = "{ words: 300 }"
    try f.queue.enqueue(all, in: f.run, declaration: Declaration(sha256: hex(text), text: text))
    let jobs = try f.queue.jobs()
    #expect(jobs[0].key == claim.job.key)
    #expect(try f.queue.declaration(jobs[0].declaration)?.text == "{}")
    #expect(try f.queue.declaration(jobs[1].declaration)?.text == text)
    #expect(try f.queue.complete(claim, JobResult(.complete, output: .file("a"))) == .recorded)
  }

  @Test
  func
    `the newest completed output of a key is found, at its place first, and none of a job that did not complete`()
    throws
  {
    let f = try QueueFixture()
    let all = documents(2)
    try f.queue.enqueue(all, in: f.run)
    let key = all[0].jobs[0].key
    #expect(try f.queue.completedOutput(forKey: key, at: "a") == nil)
    let claim = try f.claim()[0]
    try f.queue.complete(claim, JobResult(.partial, output: .file("first")))
    #expect(try f.queue.completedOutput(forKey: key, at: "a")?.output == .file("first"))
    #expect(try f.queue.completedOutput(forKey: key, at: "a")?.folder == "/out")
    #expect(try f.queue.completedOutput(forKey: all[1].jobs[0].key, at: "a") == nil)
    // Keys are looked for by their beginning, and compared whole.
    let alike = String(key.prefix(20)) + String(all[1].jobs[0].key.suffix(44))
    #expect(try f.queue.completedOutput(forKey: alike, at: "a") == nil)
    let again = try f.queue.startRun(newRun())
    try f.queue.enqueue([all[0]], in: again)
    #expect(try f.queue.completedOutput(forKey: key, at: "a")?.output == .file("first"))
    let second = try #require(try f.queue.claim(worker: f.worker, run: again).first)
    try f.queue.complete(second, JobResult(.complete, output: .file("second")))
    #expect(try f.queue.completedOutput(forKey: key, at: "a")?.output == .file("second"))
    #expect(try f.queue.completedOutput(forKey: key, at: "first")?.output == .file("first"))
  }

  @Test func `a cached step is complete from the start and lets those after it run`() throws {
    let f = try QueueFixture()
    var document = documents(1, steps: ["fields", "digest"])[0]
    document.jobs[0].cached = .file("old")
    document.jobs[1].dependsOn = ["fields"]
    try f.queue.enqueue([document], in: f.run)
    let counts = try f.queue.counts(run: f.run)
    #expect(counts[.completed] == 1)
    #expect(counts[JobOutcome.cached] == 1)
    #expect(try f.claim().map(\.job.step) == ["digest"])
  }

  @Test func `a step that needs one nobody enqueued is a dead letter, not a wait for ever`() throws
  {
    let f = try QueueFixture()
    var document = documents(1)[0]
    document.jobs[0].dependsOn = ["missing"]
    try f.queue.enqueue([document], in: f.run)
    #expect(try f.queue.jobs().map(\.state) == [.discarded])
    #expect(try f.queue.jobs().map(\.failure) == [.dependency])
  }

  @Test func `an unfinished run is found again, a finished one is not`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    #expect(try f.queue.unfinishedRun(pipeline: "contracts", directory: "/in")?.id == f.run)
    #expect(try f.queue.unfinishedRun(pipeline: "contracts", directory: "/elsewhere") == nil)
    try f.queue.complete(try f.claim()[0], JobResult(.complete))
    #expect(try f.queue.finishRun(f.run))
    #expect(try f.queue.unfinishedRun(pipeline: "contracts", directory: "/in") == nil)
    #expect(try f.queue.runs().map(\.state) == [.finished])
  }

  @Test func `jobs are listed by pages, states, documents and steps`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(5, steps: ["fields", "summary"]), in: f.run)
    let page = try f.queue.jobs(JobFilter(run: f.run, limit: 4))
    #expect(page.count == 4)
    let rest = try f.queue.jobs(JobFilter(run: f.run, after: page[3].id))
    #expect(rest.count == 6)
    #expect(
      try f.queue.jobs(JobFilter(documentPath: "d3.txt")).map(\.step) == ["fields", "summary"])
    #expect(try f.queue.jobs(JobFilter(pipeline: "contracts", step: "summary")).count == 5)
    #expect(try f.queue.jobs(JobFilter(pipeline: "minutes")).isEmpty)
    _ = try f.claim(count: 3)
    #expect(try f.queue.jobs(JobFilter(run: f.run, states: [.running])).count == 3)
  }

  @Test func `many results in one commit each stand for themselves`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(3), in: f.run)
    let claims = try f.claim(count: 3)
    try f.queue.cancel(.job(claims[1].job.id))
    let ends = try f.queue.complete(claims.map { ($0, JobResult(.complete, output: .file("x"))) })
    #expect(ends == [.recorded, .superseded, .recorded])
    #expect(try f.queue.counts(run: f.run)[.completed] == 2)
  }

  @Test func `names with quotes, backslashes and control characters keep their dependencies`()
    throws
  {
    let f = try QueueFixture()
    let odd = "a \"b\" \\ \u{1} ü"
    var document = documents(1, steps: [odd, "digest"])[0]
    document.jobs[1].dependsOn = [odd]
    try f.queue.enqueue([document], in: f.run)
    #expect(try f.queue.jobs()[1].dependsOn == [odd])
    try f.queue.complete(try f.claim()[0], JobResult(.complete))
    #expect(try f.claim().map(\.job.step) == ["digest"])
  }
}
