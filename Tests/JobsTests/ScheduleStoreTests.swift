import Foundation
import Jobs
import SQLite
import Testing

@Suite struct ScheduleStoreTests {
  private func nightly(
    _ overlap: StoredSchedule.Overlap = .skip, missed: String = "once"
  ) -> NewSchedule {
    NewSchedule(
      name: "nightly", declarationPath: "/p/contracts.json5", cron: "0 22 * * *",
      timeZone: "Europe/Berlin", missed: missed, overlap: overlap)
  }

  /// Decides that `count` further times are due, a minute apart, and gives the states of all since.
  private func due(
    _ f: QueueFixture, _ count: Int = 1, missed: (first: Timestamp, count: Int)? = nil
  ) throws -> Bool {
    let schedule = try f.queue.schedules()[0]
    var due: [Timestamp] = []
    for _ in 0..<count {
      f.time.advance(60_000)
      due.append(f.time.wall)
    }
    return try f.queue.decide(
      schedule, until: f.time.wall, ScheduleDecision(due: due, missed: missed))
  }

  @Test func `a schedule is due from when it was added or changed`() throws {
    let f = try QueueFixture()
    try f.queue.putSchedule(nightly())
    #expect(try f.queue.schedules().map(\.decidedUntil) == [f.time.wall])
    f.time.advance(86_400_000)
    var changed = nightly()
    changed.cron = "0 3 * * *"
    try f.queue.putSchedule(changed)
    #expect(try f.queue.schedules().map(\.cron) == ["0 3 * * *"])
    #expect(try f.queue.schedules().map(\.decidedUntil) == [f.time.wall])
    #expect(try f.queue.removeSchedule(named: "nightly"))
    #expect(try f.queue.removeSchedule(named: "nightly") == false)
    #expect(try f.queue.schedules().isEmpty)
  }

  @Test func `of two daemons one decides about a time`() throws {
    let f = try QueueFixture()
    try f.queue.putSchedule(nightly())
    let second = try JobQueue.open(at: f.url, clock: f.time.clock)
    let seen = try second.schedules()[0]
    #expect(try due(f))
    #expect(
      try second.decide(seen, until: f.time.wall, ScheduleDecision(due: [f.time.wall])) == false)
    #expect(try f.queue.scheduledRuns().count == 1)
    let schedule = try f.queue.schedules()[0].id
    #expect(try f.queue.startScheduledRun(of: schedule) != nil)
    #expect(try second.startScheduledRun(of: schedule) == nil)
  }

  @Test func `a clock that was set back makes nothing due a second time`() throws {
    let f = try QueueFixture()
    try f.queue.putSchedule(nightly())
    #expect(try due(f))
    f.time.setWall(f.time.wall.milliseconds - 7_200_000)
    #expect(try due(f) == false)
    #expect(try f.queue.scheduledRuns().count == 1)
  }

  @Test func `with overlap skip a time that falls into a run is a row that says so`() throws {
    let f = try QueueFixture()
    try f.queue.putSchedule(nightly(.skip))
    let id = try f.queue.schedules()[0].id
    #expect(try due(f))
    let first = try #require(try f.queue.startScheduledRun(of: id))
    try f.queue.attach(f.run, to: first.id)
    #expect(try due(f))
    #expect(try f.queue.scheduledRuns().map(\.state) == [.skipped, .started])
    #expect(try f.queue.scheduledRuns()[0].reason == "overlap")
    #expect(try f.queue.startScheduledRun(of: id) == nil)
    #expect(try f.queue.startedRuns(of: id).map(\.run) == [f.run])
    try f.queue.endScheduledRun(first.id)
    #expect(try due(f))
    #expect(try f.queue.startScheduledRun(of: id) != nil)
  }

  @Test func `with overlap queue one run waits for the one before, and no second one`() throws {
    let f = try QueueFixture()
    try f.queue.putSchedule(nightly(.queue))
    let id = try f.queue.schedules()[0].id
    #expect(try due(f))
    let first = try #require(try f.queue.startScheduledRun(of: id))
    try f.queue.attach(f.run, to: first.id)
    #expect(try due(f, 2))
    #expect(try f.queue.scheduledRuns().map(\.state) == [.skipped, .queued, .started])
    #expect(try f.queue.startScheduledRun(of: id) == nil)
    // The run ends: its row is enough, should the daemon have died before it could say so.
    try f.queue.cancel(.run(f.run))
    #expect(try f.queue.startScheduledRun(of: id) != nil)
  }

  @Test func `runs that are not made up for are one row with their reason and count`() throws {
    let f = try QueueFixture()
    try f.queue.putSchedule(nightly())
    let first = f.time.wall.adding(milliseconds: 1_000)
    #expect(try due(f, 1, missed: (first, 29)))
    let rows = try f.queue.scheduledRuns()
    #expect(rows.map(\.state) == [.queued, .skipped])
    #expect(rows[1].reason == "missed")
    #expect(rows[1].covers == 29)
    #expect(rows[1].dueAt == first)
  }

  @Test func `missed all makes up for each run, one after the other`() throws {
    let f = try QueueFixture()
    try f.queue.putSchedule(nightly(.skip, missed: "all"))
    let id = try f.queue.schedules()[0].id
    #expect(try due(f, 3))
    for _ in 1...3 {
      let run = try #require(try f.queue.startScheduledRun(of: id))
      #expect(try f.queue.startScheduledRun(of: id) == nil)
      try f.queue.endScheduledRun(run.id)
    }
    #expect(try f.queue.startScheduledRun(of: id) == nil)
  }
}
