import Foundation
import Schedules
import Testing

@Suite struct CronTests {
  @Test func `the reference rows come out`() throws {
    let rows = cronReference.split(separator: "\n")
    #expect(rows.count > 70)
    for row in rows {
      let parts = row.split(separator: "|").map(String.init)
      let expression = try CronExpression(parsing: parts[0])
      let after = Date(timeIntervalSince1970: try #require(Double(parts[2])))
      let found = expression.upcoming(4, after: after, in: try ScheduleZone.named(parts[1]))
        .map { Int($0.timeIntervalSince1970) }
      #expect([found[0], found[1], found[3]] == parts[3...].map { Int($0) }, "\(row)")
    }
  }

  // MARK: Clocks turned. Berlin: forward 2026-03-29 01:00Z (02:00 → 03:00), back 2026-10-25 01:00Z (03:00 → 02:00).

  @Test func `a fixed time that is skipped runs at the first instant after the gap`() throws {
    #expect(
      try upcoming(3, "30 2 * * *", "Europe/Berlin", after: "2026-03-28T00:00:00Z")
        == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
  }

  @Test func `several skipped times are one run, and one with a run that is due there anyway`()
    throws
  {
    #expect(
      try upcoming(4, "0,15,30 2,3 * * *", "Europe/Berlin", after: "2026-03-29T00:00:00Z")
        == [
          "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z", "2026-03-29T01:30:00Z",
          "2026-03-30T00:00:00Z",
        ])
  }

  @Test func `a fixed time that comes twice runs the first time`() throws {
    #expect(
      try upcoming(3, "30 2 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z")
        == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z"])
    // Asked from inside the repeated hour, too.
    #expect(
      try upcoming(1, "30 2 * * *", "Europe/Berlin", after: "2026-10-25T01:10:00Z")
        == ["2026-10-26T01:30:00Z"])
  }

  @Test func `a wildcard job runs in both of two equal hours and not in a skipped one`() throws {
    #expect(
      try upcoming(5, "*/30 2 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z")
        == [
          "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z",
          "2026-10-25T01:30:00Z", "2026-10-26T01:00:00Z",
        ])
    #expect(
      try upcoming(2, "*/30 2 * * *", "Europe/Berlin", after: "2026-03-28T01:45:00Z")
        == ["2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"])
    #expect(
      try upcoming(3, "30 * * * *", "Europe/Berlin", after: "2026-03-29T00:00:00Z")
        == ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"])
  }

  @Test func `clocks are turned by half an hour on Lord Howe Island`() throws {
    // Back on 2026-04-05 at 02:00 +11 to 01:30 +10:30; forward on 2026-10-04 at 02:00 to 02:30.
    #expect(
      try upcoming(2, "45 1 * * *", "Australia/Lord_Howe", after: "2026-04-04T12:00:00Z")
        == ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"])
    #expect(
      try upcoming(2, "15 2 * * *", "Australia/Lord_Howe", after: "2026-10-03T12:00:00Z")
        == ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"])
  }

  @Test func `a day that a zone left out is made up for by one run after it`() throws {
    // Samoa went from 2011-12-29 24:00 (-10) to 2011-12-31 00:00 (+14).
    #expect(
      try upcoming(3, "0 9 * * *", "Pacific/Apia", after: "2011-12-29T00:00:00Z")
        == ["2011-12-29T19:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"])
  }

  @Test func `a skipped midnight runs at the end of the gap`() throws {
    // São Paulo, 2018-11-04: 00:00 → 01:00.
    #expect(
      try upcoming(2, "0 0 * * *", "America/Sao_Paulo", after: "2018-11-03T12:00:00Z")
        == ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"])
  }

  // MARK: Calendar

  @Test func `29 February comes every four years, but not in 2100`() throws {
    #expect(
      try upcoming(3, "0 0 29 2 *", "UTC", after: "2092-02-29T00:00:00Z")
        == ["2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z", "2108-02-29T00:00:00Z"])
  }

  @Test func `a leap day that must be a Sunday is found across decades`() throws {
    #expect(
      try upcoming(2, "0 0 29 2 */7", "UTC", after: "2000-01-01T00:00:00Z")
        == ["2004-02-29T00:00:00Z", "2032-02-29T00:00:00Z"])
  }

  @Test func `day of month or day of week, whichever matches; both where one begins with a star`()
    throws
  {
    #expect(
      try upcoming(3, "0 0 13 * 5", "UTC", after: "2026-11-01T00:00:00Z")
        == ["2026-11-06T00:00:00Z", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z"])
    #expect(
      try upcoming(2, "0 0 */2 * 1", "UTC", after: "2026-11-01T00:00:00Z")
        == ["2026-11-09T00:00:00Z", "2026-11-23T00:00:00Z"])
    #expect(
      try upcoming(2, "0 0 13 * */5", "UTC", after: "2026-01-01T00:00:00Z")
        == ["2026-02-13T00:00:00Z", "2026-03-13T00:00:00Z"])
  }

  @Test func `last days, last workdays, last and n-th weekdays`() throws {
    let after = "2026-01-15T00:00:00Z"
    #expect(
      try upcoming(3, "0 0 L * *", "UTC", after: after)
        == ["2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"])
    #expect(
      try upcoming(3, "0 0 LW * *", "UTC", after: after)
        == ["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-31T00:00:00Z"])
    #expect(
      try upcoming(2, "0 0 * * 5L", "UTC", after: after)
        == ["2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"])
    #expect(
      try upcoming(2, "0 0 * * friL", "UTC", after: after)
        == upcoming(2, "0 0 * * 5L", "UTC", after: after))
    #expect(
      try upcoming(2, "0 0 * * MON#2", "UTC", after: after)
        == ["2026-02-09T00:00:00Z", "2026-03-09T00:00:00Z"])
    #expect(
      try upcoming(2, "0 0 * * 0#5", "UTC", after: after)
        == ["2026-03-29T00:00:00Z", "2026-05-31T00:00:00Z"])
    #expect(
      try upcoming(3, "0 0 1,L * *", "UTC", after: after)
        == ["2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z"])
  }

  @Test(arguments: [
    ("0/15 * * * *", "0,15,30,45 * * * *"), ("5/20 * * * *", "5,25,45 * * * *"),
    ("10-30/10 * * * *", "10,20,30 * * * *"), ("0 0 1 jan-MAR *", "0 0 1 1-3 *"),
    ("0 0 1 Feb,nov *", "0 0 1 2,11 *"), ("0 0 1-5 * Sun", "0 0 1-5 * 7"),
    ("0 0 1-5 * 0", "0 0 1-5 * 7"),
    ("0 0 2 * mon-fri", "0 0 2 * 1-5"), ("0 0 2 * fri-sun", "0 0 2 * 5,6,0"),
    ("0 0 2 * 5-7", "0 0 2 * 5,6,0"), ("7-7 0 * * *", "7 0 * * *"), ("0-0 * * * *", "0 * * * *"),
    ("5-5/2 0 * * *", "5 0 * * *"), ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"), ("@weekly", "0 0 * * 0"), ("@Daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"), ("@hourly", "0 * * * *"), ("  0\t0 1  1 * ", "0 0 1 1 *"),
    ("*/99 0 * * *", "*/60 0 * * *"),
  ])
  func `two ways to write the same schedule`(a: String, b: String) throws {
    #expect(try CronExpression(parsing: a) == CronExpression(parsing: b))
    let after = "2026-01-01T00:00:00Z"
    #expect(try upcoming(20, a, "UTC", after: after) == upcoming(20, b, "UTC", after: after))
  }

  @Test func `next is strictly later, to the second`() throws {
    func next(_ after: String) throws -> [String] {
      try upcoming(1, "0 10 * * *", "UTC", after: after)
    }
    #expect(try next("2026-01-01T09:59:30Z") == ["2026-01-01T10:00:00Z"])
    #expect(try next("2026-01-01T09:59:59Z") == ["2026-01-01T10:00:00Z"])
    #expect(try next("2026-01-01T10:00:00Z") == ["2026-01-02T10:00:00Z"])
    let expression = try CronExpression(parsing: "* * * * *")
    let fraction = utc("2026-01-01T10:00:59Z").addingTimeInterval(0.999)
    #expect(expression.next(after: fraction, in: .gmt) == utc("2026-01-01T10:01:00Z"))
  }

  // MARK: Refusals

  @Test(arguments: [
    ("60 * * * *", "minute", "0-59"), ("* 24 * * *", "hour", "0-23"),
    ("* * 0 * *", "day-of-month", "1-31"),
    ("* * 32 * *", "day-of-month", "1-31"), ("* * * 13 *", "month", "1-12"),
    ("* * * 0 *", "month", "1-12"),
    ("* * * * 8", "day-of-week", "0-7"), ("a * * * *", "minute", "0-59"),
    ("-1 * * * *", "minute", "0-59"),
    ("+5 * * * *", "minute", "0-59"), ("5- * * * *", "minute", "0-59"),
    ("30-10 * * * *", "minute", "0-59"),
    ("*/0 * * * *", "minute", "0-59"), ("*/x * * * *", "minute", "0-59"),
    ("1,,2 * * * *", "minute", "0-59"),
    ("1-2-3 * * * *", "minute", "0-59"), ("* * * JANUARY *", "month", "JAN-DEC"),
    ("* * * * MON#0", "day-of-week", "n 1-5"), ("* * * * MON#6", "day-of-week", "n 1-5"),
    ("* * * * L", "day-of-week", "0-7"), ("* * L/2 * *", "day-of-month", "1-31"),
    ("* * 15W * *", "day-of-month", "1-31"), ("? * * * *", "minute", "0-59"),
    ("٣ * * * *", "minute", "0-59"), ("0 0 30 2 *", "day-of-month", "1-31"),
    ("0 0 31 4,6,9,11 *", "day-of-month", "1-31"), ("0 0 */31 * 1#5", "day-of-month", "1-31"),
    ("* * * * 6-SUN-1", "day-of-week", "0-7"),
  ])
  func `what is not valid is refused by field and allowed range`(
    cron: String, field: String, range: String
  ) {
    let error = #expect(throws: ScheduleError.self) { try CronExpression(parsing: cron) }
    #expect(error?.description.contains(field) == true)
    #expect(error?.description.contains(range) == true)
  }

  @Test(arguments: ["", "* * * *", "0 * * * * *", "@reboot", "@daily 5", "daily"])
  func `what is not five fields or an alias is refused`(cron: String) {
    let error = #expect(throws: ScheduleError.self) { try CronExpression(parsing: cron) }
    #expect(error?.description.contains("minute hour day-of-month month day-of-week") == true)
  }

  @Test(arguments: ["Europe/Berln", "CEST", "GMT+2", "", "+02:00", "berlin"])
  func `a zone without an IANA name is refused`(name: String) {
    #expect(throws: ScheduleError.self) { try ScheduleZone.named(name) }
  }

  @Test func `a misremembered zone gets a suggestion`() {
    let error = #expect(throws: ScheduleError.self) { try ScheduleZone.named("berlin") }
    #expect(error?.description.contains("Europe/Berlin") == true)
  }
}

/// The instants at which `cron` is next due, as UTC text, for an `after` given as UTC text.
func upcoming(_ count: Int, _ cron: String, _ zone: String, after: String) throws -> [String] {
  let expression = try CronExpression(parsing: cron)
  let dates = expression.upcoming(count, after: utc(after), in: try ScheduleZone.named(zone))
  return dates.map { $0.formatted(.iso8601) }
}

func utc(_ text: String) -> Date { try! Date(text, strategy: .iso8601) }
