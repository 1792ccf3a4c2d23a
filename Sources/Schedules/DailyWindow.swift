package import Foundation

/// The hours of a day in which work may go on, such as `22:00-06:00`: from the first time on, up to but
/// without the second. Opens and closes as a job at fixed times would run: once a day, also when clocks are
/// turned.
package struct DailyWindow: Hashable, Sendable {
  private let opening: CronExpression
  private let closing: CronExpression
  /// As written.
  package let text: String

  package init(parsing text: String) throws(ScheduleError) {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.time)
    guard ends.count == 2, let start = ends[0], let end = ends[1], start != 1440 else {
      throw ScheduleError(
        "The window '\(text)' is not valid: write HH:MM-HH:MM, each from 00:00 to 23:59 (or 24:00 as "
          + "the end), such as 22:00-06:00.")
    }
    guard start != end % 1440 else {
      throw ScheduleError(
        "The window '\(text)' is not valid: it opens and closes at the same time. "
          + "Leave it out to work at any hour.")
    }
    opening = try Self.daily(start)
    closing = try Self.daily(end % 1440)
    self.text = text
  }

  package func contains(_ date: Date, in zone: TimeZone) -> Bool {
    closing.next(after: date, in: zone) < opening.next(after: date, in: zone)
  }

  /// When work may next begin: `date` itself inside the window.
  package func opening(atOrAfter date: Date, in zone: TimeZone) -> Date {
    contains(date, in: zone) ? date : opening.next(after: date, in: zone)
  }

  /// When the window that is open at `date`, or the next one, closes.
  package func closing(after date: Date, in zone: TimeZone) -> Date {
    closing.next(after: opening(atOrAfter: date, in: zone), in: zone)
  }

  private static func daily(_ minute: Int) throws(ScheduleError) -> CronExpression {
    try CronExpression(parsing: "\(minute % 60) \(minute / 60) * * *")
  }

  /// Minutes after midnight.
  private static func time(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) }), parts[1].count == 2,
      let hour = UInt(parts[0]), let minute = UInt(parts[1]), minute < 60,
      hour < 24 || hour == 24 && minute == 0
    else { return nil }
    return Int(hour * 60 + minute)
  }
}
