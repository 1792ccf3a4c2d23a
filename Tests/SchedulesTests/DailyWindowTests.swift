import Foundation
import Schedules
import Testing

@Suite struct DailyWindowTests {
  private let berlin = try! ScheduleZone.named("Europe/Berlin")

  @Test func `a window over midnight is open from its first time up to its second`() throws {
    let window = try DailyWindow(parsing: "22:00-06:00")
    func isOpen(_ text: String) -> Bool { window.contains(utc(text), in: berlin) }
    #expect(!isOpen("2026-01-10T20:59:59Z"))
    #expect(isOpen("2026-01-10T21:00:00Z"))
    #expect(isOpen("2026-01-11T04:59:59Z"))
    #expect(!isOpen("2026-01-11T05:00:00Z"))
    let noon = utc("2026-01-10T11:00:00Z")
    #expect(window.opening(atOrAfter: noon, in: berlin) == utc("2026-01-10T21:00:00Z"))
    #expect(window.closing(after: noon, in: berlin) == utc("2026-01-11T05:00:00Z"))
    let night = utc("2026-01-10T23:00:00Z")
    #expect(window.opening(atOrAfter: night, in: berlin) == night)
    #expect(window.closing(after: night, in: berlin) == utc("2026-01-11T05:00:00Z"))
  }

  @Test func `a window within a day, and one that ends at midnight`() throws {
    let office = try DailyWindow(parsing: "9:00-17:30")
    #expect(office.contains(utc("2026-01-10T08:00:00Z"), in: berlin))
    #expect(!office.contains(utc("2026-01-10T16:30:00Z"), in: berlin))
    let evening = try DailyWindow(parsing: "18:00-24:00")
    #expect(evening.contains(utc("2026-01-10T22:59:00Z"), in: berlin))
    #expect(!evening.contains(utc("2026-01-10T23:00:00Z"), in: berlin))
  }

  @Test func `a night with a turned clock has one window`() throws {
    let window = try DailyWindow(parsing: "22:00-02:30")
    // Forward: 02:30 is skipped, so it closes where the gap ends. Back: 02:30 comes twice, and the first closes.
    #expect(
      window.closing(after: utc("2026-03-28T22:00:00Z"), in: berlin) == utc("2026-03-29T01:00:00Z"))
    #expect(
      window.closing(after: utc("2026-10-24T22:00:00Z"), in: berlin) == utc("2026-10-25T00:30:00Z"))
    #expect(!window.contains(utc("2026-10-25T01:10:00Z"), in: berlin))
  }

  @Test(arguments: [
    "22:00", "22-06", "25:00-06:00", "22:60-06:00", "24:00-06:00", "22:00-22:00", "00:00-24:00",
    "22:00-06:00-07:00", "a:b-c:d", "22:0-06:00", "-1:00-06:00", "",
  ])
  func `what is no window is refused with the form of one`(text: String) {
    let error = #expect(throws: ScheduleError.self) { try DailyWindow(parsing: text) }
    #expect(error?.description.contains("'\(text)'") == true)
  }
}
