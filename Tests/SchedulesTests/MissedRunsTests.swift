import Foundation
import Schedules
import Testing

@Suite struct MissedRunsTests {
  private let nightly = try! CronExpression(parsing: "0 22 * * *")
  private let zone = try! ScheduleZone.named("UTC")
  private let after = utc("2026-03-01T23:00:00Z")
  private let now = utc("2026-03-05T09:00:00Z")

  private func decide(_ missed: MissedRuns, cap: Int = 10, after: Date? = nil, now: Date? = nil)
    -> MissedRuns.Decision
  {
    missed.runs(of: nightly, in: zone, after: after ?? self.after, now: now ?? self.now, cap: cap)
  }

  @Test func `once makes one run of all that were missed`() {
    let decision = decide(.once)
    #expect(decision.runs == [utc("2026-03-04T22:00:00Z")])
    #expect(decision.skippedCount == 2)
    #expect(decision.skipped == utc("2026-03-02T22:00:00Z")...utc("2026-03-03T22:00:00Z"))
  }

  @Test func `skip makes none`() {
    let decision = decide(.skip)
    #expect(decision.runs.isEmpty)
    #expect(decision.skippedCount == 3)
    #expect(decision.skipped == utc("2026-03-02T22:00:00Z")...utc("2026-03-04T22:00:00Z"))
  }

  @Test func `all makes each, and with a cap the newest`() {
    let all = ["2026-03-02T22:00:00Z", "2026-03-03T22:00:00Z", "2026-03-04T22:00:00Z"].map(utc)
    #expect(decide(.all).runs == all)
    #expect(decide(.all).skipped == nil)
    #expect(decide(.all, cap: 2).runs == Array(all.suffix(2)))
    #expect(decide(.all, cap: 2).skipped == all[0]...all[0])
  }

  @Test func `a run due at now belongs to the past, one due at after does not`() {
    let due = utc("2026-03-02T22:00:00Z")
    #expect(
      decide(.all, after: due, now: due.addingTimeInterval(86_400)).runs == [
        due.addingTimeInterval(86_400)
      ])
  }

  @Test(arguments: MissedRuns.allCases)
  func `nothing was missed while a clock was set back or nothing was due`(missed: MissedRuns) {
    #expect(decide(missed, after: now, now: after) == MissedRuns.Decision())
    #expect(
      decide(missed, after: after, now: after.addingTimeInterval(3600)) == MissedRuns.Decision())
  }

  @Test func `years of missed minutes are decided about without counting each`() throws {
    let minutely = try CronExpression(parsing: "* * * * *")
    let decision = MissedRuns.all.runs(
      of: minutely, in: zone, after: utc("2001-01-01T00:00:00Z"), now: now, cap: 3)
    #expect(
      decision.runs
        == ["2026-03-05T08:58:00Z", "2026-03-05T08:59:00Z", "2026-03-05T09:00:00Z"].map(utc))
    #expect(decision.isCountExact == false)
    #expect(decision.skipped?.lowerBound == utc("2001-01-01T00:01:00Z"))
  }
}
