/// When something is to be done: minute, hour, day of month, month and day of week.
///
/// The meaning is that of Debian's cron(8), with `L`, `LW`, `D#n` and `DL` added; see `next(after:in:)` for
/// days on which clocks are turned. Equal when they mean the same, however written; a star and a list of all
/// values differ on such days.
package struct CronExpression: Hashable, Sendable {
  let fields: CronFields

  /// Five fields separated by white space, or an alias such as `@daily`.
  package init(parsing text: String) throws(ScheduleError) {
    let parts = text.split(whereSeparator: \.isWhitespace).map { String($0).uppercased() }
    var texts = parts
    if let first = parts.first, first.hasPrefix("@") {
      guard parts.count == 1, let expanded = Self.aliases[first] else {
        throw ScheduleError(
          "'\(text)' is no alias for a schedule. There are: \(Self.aliasNames). "
            + "Or write five fields: minute hour day-of-month month day-of-week.")
      }
      texts = expanded.split(separator: " ").map(String.init)
    }
    guard texts.count == 5 else {
      throw ScheduleError(
        "'\(text)' has \(texts.count) field\(texts.count == 1 ? "" : "s"), and a schedule has five: "
          + "minute hour day-of-month month day-of-week (no seconds, no year).")
    }
    var fields = CronFields()
    for (field, part) in zip(CronField.allCases, texts) {
      try CronParser(field: field, text: part).parse(into: &fields)
    }
    self.fields = fields
    guard nextDay(from: Self.cycleStart, limit: Self.cycle) != nil else {
      throw ScheduleError(
        "The day-of-month '\(texts[2])', month '\(texts[3])' and day-of-week '\(texts[4])' never meet: "
          + "no such date exists. Allowed are \(CronField.dayOfMonth.allowed), as far as the months have them."
      )
    }
  }

  private static let aliases = [
    "@YEARLY": "0 0 1 1 *", "@ANNUALLY": "0 0 1 1 *", "@MONTHLY": "0 0 1 * *",
    "@WEEKLY": "0 0 * * 0", "@DAILY": "0 0 * * *", "@MIDNIGHT": "0 0 * * *", "@HOURLY": "0 * * * *",
  ]
  private static let aliasNames =
    "@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly"

  /// The calendar repeats after 400 years, weekdays included: what does not occur in one cycle never does.
  static let cycle = 146_097
  private static let cycleStart = CivilDate(year: 2000, month: 1, day: 1).number

  // MARK: Wall time

  /// The first day at or after a day's number that the fields allow, looking `limit` days ahead.
  func nextDay(from start: Int, limit: Int = cycle) -> Int? {
    var number = start
    var date = CivilDate(number: number)
    while number <= start + limit {
      guard fields.months & (1 << UInt64(date.month)) != 0 else {
        date = date.firstOfNextMonth
        number = date.number
        continue
      }
      if fields.matches(date, number: number) { return number }
      number += 1
      date =
        date.day < date.daysInMonth
        ? CivilDate(year: date.year, month: date.month, day: date.day + 1) : date.firstOfNextMonth
    }
    return nil
  }

  /// The first minute at or after `minute` of a day (0 … 1439) that the fields allow.
  func nextMinute(from minute: Int) -> Int? {
    for hour in minute / 60..<24 where fields.hours & (1 << UInt64(hour)) != 0 {
      let first = hour == minute / 60 ? minute % 60 : 0
      let rest = fields.minutes >> UInt64(first)
      if rest != 0 { return hour * 60 + first + rest.trailingZeroBitCount }
    }
    return nil
  }

  /// The first allowed wall time at or after `wall`, in seconds since 1970-01-01T00:00 of the wall's clock.
  func nextWall(from wall: Int) -> Int {
    let minute = -floorDivide(-wall, 60)
    var day = floorDivide(minute, 1440)
    if nextDay(from: day, limit: 0) != nil,
      let found = nextMinute(from: minute - day * 1440)
    {
      return (day * 1440 + found) * 60
    }
    // Each field allows something and the parser saw the days meet, so both exist.
    day = nextDay(from: day + 1)!
    return (day * 1440 + nextMinute(from: 0)!) * 60
  }
}
