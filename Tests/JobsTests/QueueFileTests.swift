import Foundation
import Jobs
import SQLite
import TestSupport
import Testing

/// The file itself: versions, damage, rights.
@Suite struct QueueFileTests {
  private func stored(_ name: String, in folder: TemporaryFolder) throws -> URL {
    let script = try #require(
      Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
    let url = folder.url.appendingPathComponent("queue.db")
    let db = try Connection(path: url.path)
    try db.execute(try String(contentsOf: script, encoding: .utf8))
    return url
  }

  @Test func `a queue file of version 1 is migrated and its work goes on`() throws {
    let folder = try TemporaryFolder()
    let url = try stored("queue-1.sql", in: folder)
    #expect(try Connection(path: url.path).schemaVersion() == 1)
    let queue = try JobQueue.open(at: url)
    #expect(try Connection(path: url.path).schemaVersion() == JobQueue.schemaVersion)
    #expect(try queue.integrityProblems().isEmpty)
    let run = RunID(1)
    let states = try queue.jobs(JobFilter(run: run)).map(\.state)
    #expect(states == [.completed, .completed, .running, .blocked, .discarded, .discarded])
    // What was made by the earlier version is still known by its key.
    for job in try queue.jobs(JobFilter(run: run, states: [.completed])) where job.output != nil {
      #expect(try queue.completedOutput(forKey: job.key, at: "")?.output == job.output)
    }
    // The worker that held job 3 was on another boot of another machine; its beat is long ago.
    let worker = try queue.startWorker(named: "w", program: "test")
    let claim = try #require(try queue.claim(worker: worker).first)
    #expect(claim.job.id == JobID(3))
    try queue.complete(claim, JobResult(.complete, output: .file("x")))
    let next = try #require(try queue.claim(worker: worker).first)
    #expect(next.job.id == JobID(4))
    try queue.complete(next, JobResult(.complete, output: .file("y")))
    #expect(try queue.retry(.run(run)) == 2)
    #expect(try queue.claim(worker: worker).map(\.job.id) == [JobID(5)])
    #expect(try queue.schedules().isEmpty)
  }

  @Test func `who only looks at a file of an earlier version finds it brought up to date`() throws {
    let folder = try TemporaryFolder()
    let url = try stored("queue-1.sql", in: folder)
    let queue = try JobQueue.open(at: url, access: .readOnly)
    #expect(try queue.jobs(JobFilter(run: RunID(1))).count == 6)
    #expect(try Connection(path: url.path).schemaVersion() == JobQueue.schemaVersion)
    #expect(throws: DatabaseError.self) { try queue.startRun(newRun()) }
  }

  @Test func `a queue file of a later version is refused and left as it is`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("queue.db")
    _ = try JobQueue.open(at: url)
    try Connection(path: url.path).execute("PRAGMA user_version = 99")
    let error = #expect(throws: DatabaseError.self) { try JobQueue.open(at: url) }
    #expect(error?.kind == .newerSchema(found: 99, known: JobQueue.schemaVersion))
    #expect(error?.description.contains("99") == true)
    #expect(try Connection(path: url.path).schemaVersion() == 99)
  }

  @Test func `files that are no queue are refused`() throws {
    let folder = try TemporaryFolder()
    let other = folder.url.appendingPathComponent("other.db")
    try Connection(path: other.path).execute("CREATE TABLE t (a)")
    #expect(#expect(throws: DatabaseError.self) { try JobQueue.open(at: other) }?.kind == .foreign)
    let text = folder.url.appendingPathComponent("text.db")
    try Data(repeating: 65, count: 5000).write(to: text)
    #expect(#expect(throws: DatabaseError.self) { try JobQueue.open(at: text) }?.kind == .foreign)
    let nowhere = folder.url.appendingPathComponent("no/such/folder/queue.db")
    #expect(
      #expect(throws: DatabaseError.self) { try JobQueue.open(at: nowhere) }?.kind == .cannotOpen)
  }

  @Test func `queue, journal and shared memory are private to the user`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(1), in: f.run)
    for name in ["queue.db", "queue.db-wal", "queue.db-shm"] {
      let path = f.folder.url.appendingPathComponent(name).path
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name)")
    }
  }

  /// The journal cut off in the middle of its last commit is what a crash leaves: that commit is gone, all
  /// before it are there. Its file is longer than what is in it: behind stand zeros.
  @Test func `a truncated journal loses no commit but the last`() throws {
    let f = try QueueFixture()
    try f.queue.enqueue(documents(3), in: f.run)
    let claims = try f.claim(count: 3)
    try f.queue.complete(claims[0], JobResult(.complete, output: .file("a")))
    let copy = f.folder.url.appendingPathComponent("copy.db")
    let journal = f.folder.url.appendingPathComponent("queue.db-wal")
    let whole = Self.lastFrameEnd(try Data(contentsOf: journal))
    try f.queue.complete(claims[1], JobResult(.complete, output: .file("b")))
    let after = try Data(contentsOf: journal)
    let end = Self.lastFrameEnd(after)
    #expect(end > whole)
    #expect(after.count > end)
    try FileManager.default.copyItem(at: f.url, to: copy)
    for cut in [end - 1, (whole + end) / 2, whole + 30] {
      for rest in [0, after.count - cut] {
        try (after.prefix(cut) + Data(count: rest)).write(
          to: f.folder.url.appendingPathComponent("copy.db-wal"))
        try? FileManager.default.removeItem(at: f.folder.url.appendingPathComponent("copy.db-shm"))
        let queue = try JobQueue.open(at: copy)
        #expect(try queue.integrityProblems().isEmpty)
        #expect(try queue.jobs().map(\.state) == [.completed, .running, .running])
        try FileManager.default.removeItem(at: copy)
        try FileManager.default.copyItem(at: f.url, to: copy)
      }
    }
  }

  /// Where the last byte of a journal's frames that is not zero may be: at the end of the last frame of 4 KiB.
  private static func lastFrameEnd(_ journal: Data) -> Int {
    let used = (journal.lastIndex { $0 != 0 } ?? 0) + 1
    let frame = 4096 + 24
    return 32 + (used - 32 + frame - 1) / frame * frame
  }

  @Test func `a damaged file is named as such by the integrity check`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("queue.db")
    do {
      let queue = try JobQueue.open(at: url)
      let run = try queue.startRun(newRun())
      try queue.enqueue(documents(2000), in: run)
    }
    try Connection(path: url.path).checkpoint()
    var bytes = try Data(contentsOf: url)
    // Page 1 and the header stay, so that it still opens.
    for index in stride(from: 8 * 4096, to: bytes.count, by: 4096) {
      for offset in 0..<64 { bytes[index + offset] = 0x5a }
    }
    try bytes.write(to: url)
    do {
      let problems = try JobQueue.open(at: url).integrityProblems()
      #expect(!problems.isEmpty)
    } catch {
      #expect(error.kind == .corrupt)
    }
  }
}
