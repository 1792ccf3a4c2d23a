import Foundation
import Jobs
import SQLite
import Testing

@Suite struct GarbageTests {
  private func finished(_ f: QueueFixture, _ text: String) throws -> RunID {
    let run = try f.queue.startRun(newRun(text: text))
    try f.queue.enqueue(documents(2), in: run)
    for claim in try f.queue.claim(worker: f.worker, run: run, count: 2) {
      try f.queue.complete(
        claim,
        JobResult(
          .complete, output: .file(claim.job.documentPath),
          notices: [JobNotice(reason: "damaged", detail: "x")]))
    }
    #expect(try f.queue.finishRun(run))
    return run
  }

  @Test func `what a later run knows by the same keys is not the earlier run's alone`() throws {
    let f = try QueueFixture()
    let first = try finished(f, "{}")
    #expect(try f.queue.lastOutputs(of: first).map(\.path) == ["d0.txt", "d1.txt"])
    let second = try finished(f, "{}")
    #expect(try f.queue.lastOutputs(of: first).isEmpty)
    #expect(try f.queue.lastOutputs(of: second).count == 2)
  }

  @Test func `only runs that ended before a time are found, and go with all that is theirs`() throws
  {
    let f = try QueueFixture()
    let old = try finished(f, "{ old }")
    f.time.advance(1000)
    let limit = f.time.wall
    f.time.advance(1000)
    let new = try finished(f, "{ new }")
    #expect(try f.queue.endedRuns(before: limit).map(\.id) == [old])
    try f.queue.remove([old], before: limit)
    #expect(try f.queue.run(old) == nil)
    #expect(try f.queue.runs().map(\.id) == [new, f.run])
    #expect(try f.queue.jobs().count == 2)
    let db = try Connection(path: f.url.path)
    func count(_ table: String) throws -> Int {
      try db.first("SELECT count(*) FROM \(table)") { $0.int(0) } ?? -1
    }
    #expect(try count("attempt") == 2)
    #expect(try count("notice") == 2)
    #expect(try count("document") == 2)
    #expect(try count("declaration") == 2, "that of the fixture's run, and the new one's")
    #expect(try f.queue.integrityProblems().isEmpty)
  }

  @Test func `a run that was opened again meanwhile stops the removal of all`() throws {
    let f = try QueueFixture()
    let first = try finished(f, "{}")
    let second = try f.queue.startRun(newRun())
    #expect(throws: DatabaseError.self) {
      try f.queue.remove([first, second], before: f.time.wall)
    }
    #expect(try f.queue.run(first) != nil)
  }

  @Test func `documents with work left are told, once however many jobs they have`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(2, steps: ["a", "b"]), in: f.run)
    #expect(try f.queue.unfinishedDocuments() == [hex("d0"), hex("d1")])
    try f.queue.cancel(.run(f.run))
    #expect(try f.queue.unfinishedDocuments().isEmpty)
  }
}
