import Foundation
import JSON
import Pipelines
import Schedules

enum ScheduleVerb {
  static let verb = Verb(
    name: "schedule",
    summary: "Add, list, remove schedules, or say when one runs next.",
    operands: "next [FILE] | add FILE [DIR] | list | history [NAME] | remove NAME",
    operandCount: 1...3,
    discussion: """
      next says when the schedule of FILE, or --cron with --zone, is due: local and in UTC; the rules
      for changes of the clock are those of Debian's cron. add has docket daemon run FILE by its
      schedule; with --systemd it writes a service and a timer instead. list shows what docket daemon
      serves, history what became of each time that was due, skipped ones with their reason.
      """,
    options: [
      .value("--cron", "<expression>", "Five fields or an alias. (default: that of FILE)"),
      .value("--zone", "<name>", "An IANA time zone. (default: that of FILE, else UTC)"),
      .value("--after", "<instant>", "ISO 8601; runs strictly later are shown. (default: now)"),
      .value("--count", "<runs>", "How many runs to show. (default: 10)"),
      .value("--name", "<name>", "What the schedule is called. (default: the pipeline's name)"),
      .flag("--systemd", "Write docket-NAME.service and docket-NAME.timer; remove deletes them."),
      .value(
        "--units", "<folder>",
        "Where systemd's units go. (default: $XDG_CONFIG_HOME/systemd/user, else "
          + "~/.config/systemd/user)"),
      .workspace, .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let words: [(String, ClosedRange<Int>, (Arguments) throws -> ExitStatus)] = [
      ("next", 1...2, next), ("add", 2...3, ScheduleTable.add), ("list", 1...1, ScheduleTable.list),
      ("history", 1...2, ScheduleTable.history), ("remove", 2...2, ScheduleTable.remove),
    ]
    let word = arguments.operands[0]
    guard let (_, count, body) = words.first(where: { $0.0 == word }) else {
      let near = Spelling.nearest(to: word, among: words.map(\.0))
      throw UsageError(
        "unknown word “\(word)”" + (near.map { ", did you mean “\($0)”?" } ?? "")
          + "; there are: \(words.map(\.0).joined(separator: ", "))")
    }
    guard count.contains(arguments.operands.count) else {
      throw UsageError(
        "docket schedule \(word) takes \(count.lowerBound - 1) to \(count.upperBound - 1) operands, not "
          + "\(arguments.operands.count - 1)")
    }
    return try body(arguments)
  }

  private static func next(_ arguments: Arguments) throws -> ExitStatus {
    var times: CronExpression?
    var zone: TimeZone?
    if let file = arguments.url(1) {
      let declaration: Declaration
      do {
        declaration = try DeclarationReader.read(file)
      } catch {
        Console.note("\(error)")
        return .usage
      }
      guard let schedule = declaration.schedule else {
        throw UsageError("\(arguments.operands[1]) declares no schedule")
      }
      times = schedule.times
      zone = schedule.timeZone
    }
    do {
      if let cron = arguments["--cron"] { times = try CronExpression(parsing: cron) }
    } catch {
      throw UsageError("\(error)")
    }
    if let name = arguments["--zone"] {
      do {
        zone = try ScheduleZone.named(name)
      } catch {
        throw UsageError("\(error)")
      }
    }
    guard let times else { throw UsageError("name a FILE with a schedule, or give --cron") }
    var after = Date()
    if let text = arguments["--after"] {
      guard let instant = instant(text) else {
        throw UsageError("option “--after” needs an instant such as 2026-03-28T00:00:00Z")
      }
      after = instant
    }
    let local = formatter(zone ?? .gmt)
    let utc = formatter(.gmt)
    let count = try arguments.integer("--count", in: 1...10_000) ?? 10
    for run in times.upcoming(count, after: after, in: zone ?? .gmt) {
      if arguments.json {
        Console.json([
          "local": .string(local.string(from: run)), "utc": .string(utc.string(from: run)),
        ])
      } else {
        Console.out("\(local.string(from: run))  \(utc.string(from: run))")
      }
    }
    return .complete
  }

  private static func instant(_ text: String) -> Date? {
    let formatter = ISO8601DateFormatter()
    if let date = formatter.date(from: text) { return date }
    formatter.formatOptions.insert(.withFractionalSeconds)
    return formatter.date(from: text)
  }

  static func formatter(_ zone: TimeZone) -> ISO8601DateFormatter {
    let formatter = ISO8601DateFormatter()
    formatter.timeZone = zone
    return formatter
  }
}
