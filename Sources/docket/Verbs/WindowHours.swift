import Foundation
import Pipelines
import Schedules

/// The hours in which a run with `--window` may work, as they stand now.
struct WindowHours: CustomStringConvertible {
  private let window: DailyWindow
  private let zone: TimeZone
  private let now = Date()

  /// - Throws: ``UsageError`` when the declaration has no window.
  init(_ declaration: Declaration) throws {
    guard let schedule = declaration.schedule, let window = schedule.window else {
      throw UsageError("--window needs a declaration with schedule.window")
    }
    self.window = window
    zone = schedule.timeZone
  }

  var isOpen: Bool { window.contains(now, in: zone) }
  var end: Date { window.closing(after: now, in: zone) }

  /// When it opens next, in the schedule's zone.
  var opening: String {
    let formatter = ISO8601DateFormatter()
    formatter.timeZone = zone
    return formatter.string(from: window.opening(atOrAfter: now, in: zone))
  }

  var description: String { "\(window.text) \(zone.identifier)" }
}
