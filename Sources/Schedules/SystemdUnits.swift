package import Foundation

/// The texts of a systemd service and timer that run a command by a schedule, for those who would rather
/// not keep a daemon.
///
/// systemd turns clocks its own way: a run inside a skipped hour comes an hour late rather than at the end
/// of the gap, and one inside a repeated hour may come twice. All else is exact, `L`, `LW` and `#` included.
package struct SystemdUnits: Hashable, Sendable {
  package var service: String
  package var timer: String

  /// - Parameters:
  ///   - name: of the units, without `.service`.
  ///   - command: absolute path of the program, then its arguments.
  ///   - missed: `all` cannot be had from systemd, which remembers one missed run: refused.
  package init(
    name: String, description: String, command: [String], workingDirectory: String,
    expression: CronExpression, zone: TimeZone, missed: MissedRuns
  ) throws(ScheduleError) {
    guard missed != .all else {
      throw ScheduleError(
        "A systemd timer makes up for one missed run at most: declare missed: \"once\" or \"skip\", "
          + "or use `docket daemon`, which knows \"all\".")
    }
    guard let program = command.first, program.hasPrefix("/") else {
      throw ScheduleError(
        "systemd needs the absolute path of the program, not '\(command.first ?? "")'.")
    }
    for text in command + [workingDirectory, description] where text.contains("\n") {
      throw ScheduleError("A unit file cannot hold a line break: '\(text)'.")
    }
    service = """
      [Unit]
      Description=\(Self.escaped(description))

      [Service]
      Type=oneshot
      WorkingDirectory=\(Self.escaped(workingDirectory))
      ExecStart=\(command.map(Self.quoted).joined(separator: " "))
      # 1: finished, some documents partial or failed. 75: stopped at a safe point.
      SuccessExitStatus=1 75
      KillSignal=SIGTERM
      TimeoutStopSec=30
      UMask=0077
      Nice=10

      """
    guard let times = expression.calendarEvents(zone: zone.identifier) else {
      throw ScheduleError(
        "systemd has no words for a step through the days of the month that must also meet the last weekday "
          + "of a month. Use `docket daemon` for this schedule.")
    }
    timer = """
      [Unit]
      Description=\(Self.escaped(description)) (timer)

      [Timer]
      \(times.map { "OnCalendar=\($0)" }.joined(separator: "\n"))
      AccuracySec=1s
      Persistent=\(missed == .once)
      Unit=\(name).service

      [Install]
      WantedBy=timers.target

      """
  }

  /// `%` starts a specifier everywhere in a unit.
  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "%", with: "%%")
  }

  /// One argument of a command line: quoted, with what would be expanded doubled.
  private static func quoted(_ text: String) -> String {
    let inner = escaped(text).replacingOccurrences(of: "\\", with: "\\\\")
      .replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(of: "$", with: "$$")
    return "\"\(inner)\""
  }
}

extension CronExpression {
  /// systemd calendar events (systemd.time(7)) that together are due when this expression is; nil where it
  /// has no words for it.
  func calendarEvents(zone: String) -> [String]? {
    let months = Self.list(fields.months, 1...12, all: "*")
    let time =
      "\(Self.list(fields.hours, 0...23, all: "*")):\(Self.list(fields.minutes, 0...59, all: "*")):00"
    // Days by the month, each with the days of the week that go with it, if any.
    var byMonth: [(week: UInt64, days: String)] = []
    if fields.daysOfMonth != 0 {
      byMonth.append((0x7f, "-\(Self.list(fields.daysOfMonth, 1...31, all: "*"))"))
    }
    if fields.lastDay { byMonth.append((0x7f, "~01")) }
    if fields.lastWorkday {
      // The last day if it is Monday to Friday, or the Friday one or two days before it.
      byMonth += [(0x3e, "~01"), (0x20, "~02"), (0x20, "~03")]
    }
    var byWeek: [(week: UInt64, days: String)] = []
    if fields.daysOfWeek != 0 { byWeek.append((fields.daysOfWeek, "-*")) }
    for n in 0..<5 {
      let week = fields.nthDaysOfWeek >> UInt64(7 * n) & 0x7f
      if week != 0 { byWeek.append((week, "-\(7 * n + 1)..\(min(31, 7 * n + 7))")) }
    }
    if fields.lastDaysOfWeek != 0 { byWeek.append((fields.lastDaysOfWeek, "~07/1")) }

    var events: [(week: UInt64, days: String)] = []
    if fields.dayOfMonthStar || fields.dayOfWeekStar {
      for month in byMonth {
        for week in byWeek {
          let both = month.week & week.week
          guard both != 0 else { continue }
          if week.days == "-*" {
            events.append((both, month.days))
          } else if month.days == "-*" {
            events.append((both, week.days))
          } else if let days = Self.days(of: month.days, and: week.days) {
            if days != "-" { events.append((both, days)) }
          } else {
            return nil
          }
        }
      }
    } else {
      events = byMonth + byWeek
    }
    return events.map { event in
      let week = event.week == 0x7f ? "" : Self.weekdays(event.week) + " "
      return "\(week)*-\(months)\(event.days) \(time) \(zone)"
    }
  }

  /// The days that both of two choices from the month's start hold (`*/5` and `MON#1`), `-` for none; nil
  /// where one of them counts from its end.
  private static func days(of month: String, and week: String) -> String? {
    func set(_ text: String) -> Set<Int>? {
      guard text.hasPrefix("-") else { return nil }
      var days: Set<Int> = []
      for part in text.dropFirst().split(separator: ",") {
        let ends = part.split(separator: ".").compactMap { Int($0) }
        if let low = ends.first, let high = ends.last { days.formUnion(low...high) }
      }
      return days
    }
    guard let a = set(month), let b = set(week) else { return nil }
    return "-" + a.intersection(b).sorted().map(String.init).joined(separator: ",")
  }

  private static func weekdays(_ bits: UInt64) -> String {
    let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    return names.indices.filter { bits & (1 << UInt64($0)) != 0 }.map { names[$0] }
      .joined(separator: ",")
  }

  private static func list(_ bits: UInt64, _ range: ClosedRange<Int>, all: String) -> String {
    let values = range.filter { bits & (1 << UInt64($0)) != 0 }
    return values.count == range.count ? all : values.map(String.init).joined(separator: ",")
  }
}
