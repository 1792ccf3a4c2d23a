import Foundation
import Jobs
import SQLite
import TestSupport
import Testing

@Suite struct ClaimTests {
  @Test func `higher priority goes first, then the order of enqueueing`() throws {
    let f = try QueueFixture()
    var all = documents(3)
    all[2].jobs[0].priority = 5
    try f.queue.enqueue(all, in: f.run)
    let claims = try f.claim(count: 9)
    #expect(claims.map(\.job.documentPath) == ["d2.txt", "d0.txt", "d1.txt"])
  }

  @Test func `a worker goes on with the document it has loaded, whatever the priority of others`()
    throws
  {
    let f = try QueueFixture()
    var all = documents(3, steps: ["fields", "summary"])
    all[2].jobs[0].priority = 5
    try f.queue.enqueue(all, in: f.run)
    let first = try #require(try f.claim(preferring: nil).first)
    #expect(first.job.documentPath == "d2.txt")
    try f.queue.complete(first, JobResult(.complete, output: .file("x")))
    let next = try f.claim(preferring: first.job.document)
    #expect(next.map(\.job.documentPath) == ["d2.txt"])
    #expect(next.map(\.job.step) == ["summary"])
  }

  @Test func `a document another worker is at is left to it`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(2, steps: ["fields", "summary"]), in: f.run)
    let first = try f.claim()
    #expect(first.map(\.job.documentPath) == ["d0.txt"])
    let other = try f.anotherWorker()
    let second = try f.queue.claim(worker: other, count: 9)
    #expect(second.map(\.job.documentPath) == ["d1.txt", "d1.txt"])
    #expect(try f.queue.claim(worker: other).isEmpty)
    #expect(try f.claim().map(\.job.step) == ["summary"])
  }

  @Test func `a worker claims only what it can do and only of the run it serves`() throws {
    let f = try QueueFixture()
    var document = documents(1, steps: ["fields", "digest"])[0]
    document.jobs[1].kind = "reduce"
    try f.queue.enqueue([document], in: f.run)
    let other = try f.queue.startRun(newRun(pipeline: "minutes"))
    try f.queue.enqueue(documents(1, from: 7), in: other)
    #expect(
      try f.queue.claim(worker: f.worker, run: other, count: 9).map(\.job.documentPath) == [
        "d7.txt"
      ])
    let reduce = try f.queue.claim(worker: f.worker, kinds: ["reduce", "odd \"name\""], count: 9)
    #expect(reduce.map(\.job.step) == ["digest"])
    #expect(try f.queue.claim(worker: f.worker, kinds: ["filter"], count: 9).isEmpty)
  }

  @Test
  func
    `after a lease ran out another worker has the job and the first one's completion does not count`()
    throws
  {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    let slow = try f.claim()[0]
    let other = try f.anotherWorker()
    f.time.advance(59_000)
    #expect(try f.queue.claim(worker: other).isEmpty)
    f.time.advance(2_000)
    let fast = try #require(try f.queue.claim(worker: other).first)
    #expect(fast.job.id == slow.job.id)
    #expect(try f.queue.complete(slow, JobResult(.complete, output: .file("slow"))) == .superseded)
    #expect(try f.queue.fail(slow, JobFailure(.engine, message: "late")) == .superseded)
    #expect(try f.queue.release(slow, because: "late") == .superseded)
    #expect(try f.queue.beat(slow, progress: 1) == .lost)
    #expect(try f.queue.job(slow.job.id)?.state == .running)
    #expect(try f.queue.complete(fast, JobResult(.complete, output: .file("fast"))) == .recorded)
    #expect(try f.queue.job(slow.job.id)?.output == .file("fast"))
    #expect(try f.queue.attempts(of: slow.job.id).map(\.end) == [.lost, .completed])
    // Nor does a second completion by the one whose completion counted.
    #expect(try f.queue.complete(fast, JobResult(.partial, output: .file("twice"))) == .superseded)
    #expect(try f.queue.job(slow.job.id)?.outcome == .complete)
  }

  @Test func `a heartbeat keeps the lease and takes progress down, over a connection of its own`()
    throws
  {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    let claim = try f.claim()[0]
    let heart = try Heartbeat(at: f.url, clock: f.time.clock)
    let other = try f.anotherWorker()
    for beat in 1...5 {
      f.time.advance(50_000)
      #expect(try heart.beat(claim, progress: beat * 1000) == .held)
      #expect(try f.queue.claim(worker: other).isEmpty)
    }
    #expect(try f.queue.job(claim.job.id)?.progress == 5000)
    #expect(try f.queue.complete(claim, JobResult(.complete)) == .recorded)
  }

  @Test func `setting the wall clock neither ends nor prolongs a lease`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    _ = try f.claim()
    let other = try f.anotherWorker()
    f.time.setWall(1_800_000_000_000)
    f.time.advance(2_000)
    #expect(try f.queue.claim(worker: other).isEmpty)
    f.time.setWall(1_500_000_000_000)
    f.time.advance(60_000)
    #expect(try f.queue.claim(worker: other).count == 1)
  }

  @Test func `the job of a dead process is ready at once and counts as a try`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(2), in: f.run)
    let dead = try f.queue.startWorker(named: "dead", program: "test", process: deadProcess())
    let lost = try f.queue.claim(worker: dead)[0]
    f.time.advance(1_500)
    let claims = try f.claim(count: 9)
    #expect(claims.map(\.job.id).contains(lost.job.id))
    #expect(claims.first { $0.job.id == lost.job.id }?.job.attempts == 2)
    let attempts = try f.queue.attempts(of: lost.job.id)
    #expect(attempts.map(\.end) == [.lost])
    #expect(attempts[0].failure == .lost)
  }

  @Test func `a process id used again by another process is not taken for the worker`() throws {
    var mine = WorkerProcess.current
    #expect(mine.life() == .alive)
    mine.started += 1
    #expect(mine.life() == .dead)
    var elsewhere = WorkerProcess.current
    elsewhere.namespace = "pid:[1]"
    #expect(elsewhere.life() == .unknown)
    var before = WorkerProcess.current
    before.boot = "another"
    #expect(before.life() == .dead)
    before.host = "another"
    #expect(before.life() == .unknown)
  }

  @Test func `a child that has ended and was not yet waited for counts as dead`() throws {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sleep")
    child.arguments = ["100"]
    try child.run()
    let stat = try #require(processStart(child.processIdentifier))
    var process = WorkerProcess.current
    process.pid = child.processIdentifier
    process.started = stat
    #expect(process.life() == .alive)
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    #expect(process.life() == .dead)
  }

  @Test
  func
    `a job that kills each of its workers without progress ends as a dead letter, the rest goes on`()
    throws
  {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(2), in: f.run)
    let document = try f.queue.jobs()[0].document
    for _ in 1...5 {
      let dead = try f.queue.startWorker(named: "dead", program: "test", process: deadProcess())
      let claims = try f.queue.claim(worker: dead, preferring: document)
      #expect(claims.map(\.job.documentPath) == ["d0.txt"])
      try f.queue.reclaim(asking: f.worker)
      f.time.advance(301_000)
    }
    let claims = try f.claim(count: 9)
    #expect(claims.map(\.job.documentPath) == ["d1.txt"])
    let letter = try #require(try f.queue.jobs(JobFilter(states: [.discarded])).first)
    #expect(letter.failure == .lost)
    #expect(try f.queue.attempts(of: letter.id).count == 5)
  }

  @Test func `a reading that gets further each time may lose any number of workers`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    for round in 1...8 {
      let dead = try f.queue.startWorker(named: "dead", program: "test", process: deadProcess())
      let claim = try #require(try f.queue.claim(worker: dead).first)
      #expect(try f.queue.beat(claim, progress: round * 10_000) == .held)
      f.time.advance(2_000)
      try f.queue.reclaim(asking: f.worker)
    }
    #expect(try f.claim().count == 1)
  }

  @Test func `the machine going down counts against no document`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    var process = WorkerProcess.current
    process.boot = "before"
    for _ in 1...8 {
      let dead = try f.queue.startWorker(named: "dead", program: "test", process: process)
      #expect(try f.queue.claim(worker: dead).count == 1)
      f.time.advance(2_000)
      try f.queue.reclaim(asking: f.worker)
    }
    #expect(try f.claim().count == 1)
  }
}

/// A process that was and is no more.
func deadProcess() throws -> WorkerProcess {
  let child = Process()
  child.executableURL = URL(fileURLWithPath: "/bin/true")
  try child.run()
  child.waitUntilExit()
  var process = WorkerProcess.current
  process.pid = child.processIdentifier
  return process
}

/// Field 22 of /proc/PID/stat; the names of the programs asked about hold no spaces.
func processStart(_ pid: Int32) -> UInt64? {
  let line = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
  return line.flatMap { UInt64($0.split(separator: " ")[21]) }
}
