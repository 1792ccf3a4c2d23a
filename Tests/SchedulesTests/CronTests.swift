import Foundation
import Schedules
import Testing

/// The instants at which `cron` is next due, as UTC text, for an `after` given as UTC text.
func upcoming(_ count: Int, _ cron: String, _ zone: String, after: String) throws -> [String] {
  let expression = try CronExpression(parsing: cron)
  let dates = expression.upcoming(count, after: utc(after), in: try ScheduleZone.named(zone))
  return dates.map(text)
}

func utc(_ text: String) -> Date {
  try! Date(text, strategy: .iso8601)
}

func text(_ date: Date) -> String { date.formatted(.iso8601) }
