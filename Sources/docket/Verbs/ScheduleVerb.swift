import Foundation
import JSON
import Pipelines
import Schedules

enum ScheduleVerb {
  static let verb = Verb(
    name: "schedule",
    summary: "Say when a schedule runs next: schedule next FILE, or --cron with --zone.",
    operands: "next [FILE]", operandCount: 1...2,
    discussion: """
      With FILE, the schedule of that declaration. Times are shown local and in UTC; the rules for
      changes of the clock are those of Debian's cron.
      """,
    options: [
      .value("--cron", "<expression>", "Five fields or an alias. (default: that of FILE)"),
      .value("--zone", "<name>", "An IANA time zone. (default: that of FILE, else UTC)"),
      .value("--after", "<instant>", "ISO 8601; runs strictly later are shown. (default: now)"),
      .value("--count", "<runs>", "How many runs to show. (default: 10)"), .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard arguments.operands[0] == "next" else {
      throw UsageError("unknown word “\(arguments.operands[0])”; there is: docket schedule next")
    }
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
      guard let named = TimeZone(identifier: name) else {
        throw UsageError("unknown time zone “\(name)”; name one as in Europe/Berlin or UTC")
      }
      zone = named
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

  private static func formatter(_ zone: TimeZone) -> ISO8601DateFormatter {
    let formatter = ISO8601DateFormatter()
    formatter.timeZone = zone
    return formatter
  }
}
