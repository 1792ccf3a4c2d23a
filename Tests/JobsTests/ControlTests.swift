import Foundation
import Jobs
import SQLite
import Testing

@Suite struct ControlTests {
  @Test func `a paused job is left alone and goes on when resumed`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(2), in: f.run)
    let first = try f.queue.jobs()[0].id
    #expect(try f.queue.pause(.job(first)) == 1)
    #expect(try f.claim(count: 9).map(\.job.documentPath) == ["d1.txt"])
    #expect(try f.queue.finishRun(f.run) == false)
    #expect(try f.queue.resume(.job(first)) == 1)
    #expect(try f.claim().map(\.job.documentPath) == ["d0.txt"])
  }

  @Test func `a running job is told of its pause by the heartbeat and stops without losing a try`()
    throws
  {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    let claim = try f.claim()[0]
    #expect(try f.queue.beat(claim, progress: 1) == .held)
    #expect(try f.queue.pause(.job(claim.job.id)) == 1)
    #expect(try f.queue.beat(claim, progress: 2) == .pauseRequested)
    #expect(try f.queue.release(claim, because: "pause") == .recorded)
    #expect(try f.queue.job(claim.job.id)?.state == .paused)
    #expect(try f.claim().isEmpty)
    try f.queue.resume(.job(claim.job.id))
    #expect(try f.claim().map(\.job.attempts) == [1])
  }

  @Test func `a paused run and a paused pipeline keep their jobs until resumed`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    try f.queue.pause(.run(f.run))
    #expect(try f.claim().isEmpty)
    try f.queue.resume(.run(f.run))
    let claim = try f.claim()[0]
    #expect(try f.queue.pause(.pipeline("contracts")) == 1)
    #expect(try f.queue.beat(claim, progress: 0) == .pauseRequested)
    try f.queue.release(claim, because: "pause")
    #expect(try f.claim().isEmpty)
    #expect(try f.claim(preferring: claim.job.document).isEmpty)
    let later = try f.queue.startRun(newRun())
    try f.queue.enqueue(documents(1, from: 5), in: later)
    #expect(try f.claim().isEmpty)
    #expect(try f.queue.pausedPipelines() == ["contracts"])
    try f.queue.resume(.pipeline("contracts"))
    #expect(try f.claim(count: 9).count == 1)
    #expect(try f.queue.claim(worker: f.worker, run: later).count == 1)
  }

  @Test func `what is cancelled no longer counts, even if its worker finishes`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(3), in: f.run)
    let claim = try f.claim()[0]
    #expect(try f.queue.cancel(.run(f.run)) == 3)
    #expect(try f.queue.beat(claim, progress: 0) == .lost)
    #expect(try f.queue.complete(claim, JobResult(.complete)) == .superseded)
    #expect(try f.queue.counts(run: f.run)[.cancelled] == 3)
    #expect(try f.queue.run(f.run)?.state == .cancelled)
    #expect(try f.queue.attempts(of: claim.job.id).map(\.end) == [.cancelled])
    #expect(try f.queue.retry(.run(f.run)) == 3)
    #expect(try f.claim(count: 9).count == 3)
  }

  @Test func `of dead letters, those of one reason can be tried again alone`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    let claim = try f.claim()[0]
    #expect(try f.queue.fail(claim, JobFailure(.input, message: "damaged")) == .discarded)
    #expect(try f.queue.retry(.run(f.run), failedFor: .inputOutput) == 0)
    #expect(try f.claim().isEmpty)
    #expect(try f.queue.retry(.run(f.run), failedFor: .input) == 1)
    #expect(try f.claim().count == 1)
  }

  @Test func `cancelling a pipeline ends all its runs and no other`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    let second = try f.queue.startRun(newRun())
    try f.queue.enqueue(documents(1), in: second)
    let other = try f.queue.startRun(newRun(pipeline: "minutes"))
    try f.queue.enqueue(documents(1, from: 3), in: other)
    #expect(try f.queue.cancel(.pipeline("contracts")) == 2)
    #expect(try f.claim(count: 9).map(\.job.pipeline) == ["minutes"])
  }

  @Test func `a priority can be changed while jobs wait`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(3), in: f.run)
    let last = try f.queue.jobs()[2].id
    try f.queue.setPriority(9, of: .job(last))
    #expect(try f.claim().map(\.job.documentPath) == ["d2.txt"])
  }

  @Test func `a job taken back is ready at once, and its worker's completion no longer counts`()
    throws
  {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(2), in: f.run)
    let claims = try f.claim(count: 2)
    #expect(try f.queue.takeBack(.job(claims[0].job.id)) == 1)
    let job = try #require(try f.queue.job(claims[0].job.id))
    #expect(job.state == .available)
    #expect(job.attempts == 0)
    #expect(try f.queue.attempts(of: job.id).map(\.end) == [.released])
    #expect(
      try f.queue.complete(claims[0], JobResult(.complete, output: .file("a"))) == .superseded)
    #expect(try f.queue.complete(claims[1], JobResult(.complete, output: .file("b"))) == .recorded)
    #expect(try f.queue.takeBack(.run(f.run)) == 0)
  }
}
