import Foundation
import Jobs
import Pipelines
import SQLite
import Synchronization
import TestSupport
import Testing

/// What is made of due times, by a clock that is turned by hand: passing, sleeping, set forth and back.
@Suite struct SchedulerTests {
  private final class Time: Sendable {
    // 2023-11-14T22:13:20Z
    private let now = Mutex(Timestamp(milliseconds: 1_700_000_000_000))

    var wall: Timestamp { now.withLock { $0 } }
    func pass(_ seconds: Int64) {
      now.withLock { $0 = $0.adding(milliseconds: seconds * 1000) }
    }
  }

  private final class Site {
    let folder = try! TemporaryFolder()
    let workspace: Workspace
    private let time = Time()
    private(set) var events: [SchedulerEvent] = []

    var declaration: URL { folder.url.appendingPathComponent("p.json5") }
    var clock: QueueClock { QueueClock(wall: { [time] in time.wall }, monotonic: { 0 }) }
    private var made: Scheduler?

    init() throws { workspace = try Workspace(at: folder.url.appendingPathComponent("w").path) }

    func declare(_ schedule: String) throws {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent("in"), withIntermediateDirectories: true)
      try """
      { format: 1, name: "p", input: { dir: "in" }, steps: [{ id: "s", kind: "summarize", words: 10 }],
        output: { dir: "out" }, schedule: { \(schedule), timeZone: "UTC" } }
      """.write(to: declaration, atomically: true, encoding: .utf8)
    }

    func add(_ schedule: String) throws {
      try declare(schedule)
      let read = try DeclarationReader.read(declaration)
      try queue().putSchedule(
        try #require(read.schedule).stored(
          named: "p", declaration: declaration.path, directory: nil))
    }

    func queue() throws -> JobQueue { try JobQueue.open(at: workspace.queueFile, clock: clock) }

    /// The same one each time: it remembers when something is due next.
    func scheduler() throws -> Scheduler {
      if let made { return made }
      let new = try Scheduler(workspace: workspace, clock: clock) { self.events.append($0) }
      made = new
      return new
    }

    func pass(_ seconds: Int64) { time.pass(seconds) }

    /// Due times of the runs that begin now.
    func due() throws -> [String] {
      try scheduler().due().map { ISO8601DateFormatter().string(from: $0.dueAt.date) }
    }

    func rows() throws -> [String] {
      try queue().scheduledRuns().reversed().map {
        "\($0.state.rawValue)\($0.reason.map { " \($0)" } ?? "")\($0.covers > 1 ? " ×\($0.covers)" : "")"
      }
    }

    /// The run that began last comes to its end.
    func finish() throws {
      for run in try scheduler().unfinished() { try scheduler().end(run.id) }
    }
  }

  @Test func `a time begins a run once, within the second it comes`() throws {
    let site = try Site()
    try site.add("cron: \"15 22 * * *\"")
    #expect(try site.due().isEmpty)
    site.pass(99)
    #expect(try site.due().isEmpty)
    site.pass(1)
    #expect(try site.due() == ["2023-11-14T22:15:00Z"])
    #expect(try site.due().isEmpty)
    #expect(try site.rows() == ["started"])
  }

  @Test(arguments: [
    ("once", ["2023-11-17T22:15:00Z"], ["skipped missed ×3", "started"]),
    ("skip", [], ["skipped missed ×4"]),
    ("all", ["2023-11-14T22:15:00Z"], ["started", "queued", "queued", "queued"]),
  ])
  func `times that passed while the machine slept are made up for as declared`(
    missed: String, due: [String], rows: [String]
  ) throws {
    let site = try Site()
    try site.add("cron: \"15 22 * * *\", missed: \"\(missed)\"")
    #expect(try site.due().isEmpty)
    site.pass(3 * 86_400 + 36_000)
    #expect(try site.due() == due)
    #expect(try site.rows() == rows)
    // The sleep is over: the next time is a time like any other.
    try site.finish()
    if missed != "all" {
      site.pass(86_400 - 36_000 + 101)
      #expect(try site.due() == ["2023-11-18T22:15:00Z"])
    }
  }

  @Test func `with skip a time that is a moment late is not one that was missed`() throws {
    let site = try Site()
    try site.add("cron: \"15 22 * * *\", missed: \"skip\"")
    site.pass(100 + 40)
    #expect(try site.due() == ["2023-11-14T22:15:00Z"])
  }

  @Test func `a time that falls into a run is skipped with its reason, or waits for its end`()
    throws
  {
    for (overlap, rows) in [
      ("skip", ["started", "skipped overlap"]), ("queue", ["started", "queued"]),
    ] {
      let site = try Site()
      try site.add("cron: \"*/5 * * * *\", overlap: \"\(overlap)\"")
      site.pass(100)
      #expect(try site.due().count == 1)
      site.pass(300)
      #expect(try site.due().isEmpty)
      #expect(try site.rows() == rows)
      try site.finish()
      #expect(try site.due().count == (overlap == "queue" ? 1 : 0))
    }
  }

  @Test func `a clock set back an hour repeats nothing`() throws {
    let site = try Site()
    try site.add("cron: \"15 22 * * *\"")
    site.pass(100)
    #expect(try site.due().count == 1)
    try site.finish()
    site.pass(-3600)
    #expect(try site.due().isEmpty)
    site.pass(3600)
    #expect(try site.due().isEmpty)
    #expect(try site.rows() == ["started"])
    site.pass(86_400)
    #expect(try site.due().count == 1)
  }

  @Test func `a clock that turns out to have been years ahead is put right, not waited for`() throws
  {
    let site = try Site()
    site.pass(4 * 365 * 86_400)
    try site.add("cron: \"15 22 * * *\"")
    site.pass(-4 * 365 * 86_400)
    #expect(try site.due().isEmpty)
    #expect(site.events == [.clockSetBack(schedule: "p")])
    site.pass(100)
    #expect(try site.due() == ["2023-11-14T22:15:00Z"])
  }

  @Test func `a changed declaration is followed, times due so far by what it said`() throws {
    let site = try Site()
    try site.add("cron: \"15 22 * * *\"")
    #expect(try site.due().isEmpty)
    try site.declare("cron: \"0 23 * * *\", missed: \"skip\"")
    site.pass(110)
    #expect(try site.due() == ["2023-11-14T22:15:00Z"])
    #expect(site.events == [.changed(schedule: "p")])
    try site.finish()
    site.pass(2700)
    #expect(try site.due() == ["2023-11-14T23:00:00Z"])
  }

  @Test func `outside its window a run waits until it opens`() throws {
    let site = try Site()
    try site.add("cron: \"15 22 * * *\", window: \"23:00-05:00\"")
    site.pass(100)
    #expect(try site.due().isEmpty)
    #expect(try site.rows() == ["queued"])
    site.pass(2700)
    #expect(try site.due() == ["2023-11-14T22:15:00Z"])
  }

  @Test func `what a daemon left behind is taken up, and what has ended is marked so`() throws {
    let site = try Site()
    try site.add("cron: \"*/5 * * * *\"")
    site.pass(100)
    #expect(try site.due().count == 1)
    #expect(try site.scheduler().unfinished().map(\.schedule.name) == ["p"])
    let id = try site.scheduler().unfinished()[0].id
    let run = try site.queue().startRun(
      NewRun(
        pipeline: "p", directory: "/in", output: "/out",
        declaration: Jobs.Declaration(sha256: "0", text: "{}"), program: "test"))
    try site.queue().attach(run, to: id)
    #expect(try site.scheduler().unfinished().count == 1)
    _ = try site.queue().finishRun(run)
    #expect(try site.scheduler().unfinished().isEmpty)
    #expect(try site.queue().scheduledRuns()[0].endedAt != nil)
  }
}
