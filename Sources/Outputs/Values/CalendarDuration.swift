/// A length of time in calendar units.
package struct CalendarDuration: Hashable, Sendable {
  /// Years count as 12.
  package var months: Int
  /// Weeks count as 7.
  package var days: Int
  package var hours: Int
  private var isInWeeks: Bool

  package init(months: Int = 0, days: Int = 0, hours: Int = 0) {
    self.months = months
    self.days = days
    self.hours = hours
    isInWeeks = false
  }

  package init(weeks: Int) {
    self.init(days: 7 * weeks)
    isInWeeks = true
  }

  /// ISO 8601: `P1Y`, `P18M`, `P30D`, `P2W`, `PT48H`. Whole years are years, other months stay months.
  package var iso: String {
    if isInWeeks { return "P\(days / 7)W" }
    var text = "P"
    if months != 0 { text += months % 12 == 0 ? "\(months / 12)Y" : "\(months)M" }
    if days != 0 { text += "\(days)D" }
    if hours != 0 { text += "T\(hours)H" }
    return text == "P" ? "P0D" : text
  }
}

/// A duration in a text, and its words.
package struct DurationMention: Hashable, Sendable {
  package var duration: CalendarDuration
  /// Scalar offsets.
  package var range: Range<Int>
}

/// Finds durations as people write them: `one (1) year`, `thirty (30) days`, `180-day`, `twelve (12)
/// full calendar months`, `six months`, `one year and six months`, `two and a half years`; and, where
/// `includesAdverbs`, `annual`, `monthly`, `year-to-year`, `month to month`.
package enum DurationParser {
  package static func durations(
    in text: ScalarText, range: Range<Int>, includesAdverbs: Bool = false
  ) -> [DurationMention] {
    let list = LexemeList(text, in: range)
    var mentions: [DurationMention] = []
    var index = 0
    while index < list.count {
      if let (duration, end) = duration(list, at: index) {
        mentions.append(DurationMention(duration: duration, range: list.range(index, end)))
        index = end
      } else if includesAdverbs, let (duration, end) = adverb(list, at: index) {
        mentions.append(DurationMention(duration: duration, range: list.range(index, end)))
        index = end
      } else {
        index += 1
      }
    }
    return mentions
  }

  package static func durations(in string: String, includesAdverbs: Bool = false)
    -> [DurationMention]
  {
    let text = ScalarText(string)
    return durations(in: text, range: 0..<text.count, includesAdverbs: includesAdverbs)
  }

  /// What anniversaries count: `the third anniversary`, `the second (2nd) anniversary`, `the four-year
  /// anniversary`, `the 18-month anniversary`.
  package static func anniversaries(in text: ScalarText, range: Range<Int>) -> [DurationMention] {
    let list = LexemeList(text, in: range)
    var mentions: [DurationMention] = []
    for index in 0..<list.count where ["anniversary", "anniversaries"].contains(list.text(index)) {
      for start in max(0, index - 6)..<index {
        if let (years, end) = NumberWords.ordinal(list, at: start), end <= index, years > 0,
          years < 100
        {
          let duration = CalendarDuration(months: 12 * years)
          mentions.append(DurationMention(duration: duration, range: list.range(start, index + 1)))
          break
        }
        if let (duration, end) = duration(list, at: start), end == index, duration.months > 0 {
          mentions.append(DurationMention(duration: duration, range: list.range(start, index + 1)))
          break
        }
      }
    }
    return mentions
  }

  package static func anniversaries(in string: String) -> [DurationMention] {
    let text = ScalarText(string)
    return anniversaries(in: text, range: 0..<text.count)
  }

  private enum Unit { case hour, day, week, month, quarter, year }

  private static let units: [String: Unit] = [
    "hour": .hour, "hours": .hour, "day": .day, "days": .day, "week": .week, "weeks": .week,
    "month": .month, "months": .month, "quarter": .quarter, "quarters": .quarter, "year": .year,
    "years": .year, "yr": .year, "yrs": .year, "mos": .month,
  ]

  /// Words that may stand between the number and the unit.
  private static let between: Set<String> = [
    "full", "calendar", "consecutive", "successive", "business", "working", "contract",
    "additional",
    "more", "whole", "complete", "fiscal", "banking", "continuous", "further", "-", "~", "'",
    "lunar", "trading",
  ]

  private static func duration(_ list: LexemeList, at index: Int) -> (CalendarDuration, Int)? {
    guard var (duration, end) = single(list, at: index) else { return nil }
    if list.text(end) == "'" { end += 1 }
    if list.text(end) == "and", let (rest, after) = single(list, at: end + 1),
      list.text(end + 1) != "a", rest.months < max(duration.months, 1), rest.hours == 0
    {
      duration = CalendarDuration(
        months: duration.months + rest.months, days: duration.days + rest.days)
      end = after
    }
    return (duration, end)
  }

  private static func single(_ list: LexemeList, at index: Int) -> (CalendarDuration, Int)? {
    var value: Int
    var next: Int
    var half = false
    if let number = list.number(index) {
      // `1,000 days` and `1.5 years` are beyond whole calendar units, save for the half.
      if index > 0, list.text(index - 1) == ".", list.touches(index - 1),
        list.number(index - 2) != nil
      {
        return nil
      }
      value = number
      next = index + 1
      if list.text(next) == ".", list.number(next + 1) == 5, list.touches(index), list.touches(next)
      {
        half = true
        next += 2
      }
    } else if let (number, end) = NumberWords.cardinal(list, at: index) {
      value = number
      next = end
      if list.text(next) == "and", list.text(next + 1) == "a" || list.text(next + 1) == "one",
        list.text(next + 2) == "half"
      {
        half = true
        next += 3
      } else if list.text(next) == "and", list.text(next + 1) == "one", list.text(next + 2) == "-",
        list.text(next + 3) == "half"
      {
        half = true
        next += 4
      }
    } else {
      return nil
    }
    // `thirty (30)`: the figure in parentheses decides.
    if list.text(next) == "(" {
      if let number = list.number(next + 1) {
        var close = next + 2
        while close < next + 6, list.text(close) != ")" { close += 1 }
        guard list.text(close) == ")" else { return nil }
        value = number
        half = list.text(next + 2) == "." && list.number(next + 3) == 5
        // `(30 days)`
        if let unit = units[list.text(next + 2)], close == next + 3 {
          return made(value, unit, half: half).map { ($0, close + 1) }
        }
        next = close + 1
      } else if let (number, end) = NumberWords.cardinal(list, at: next + 1),
        list.text(end) == ")"
      {
        value = number
        next = end + 1
      } else if value == 1, ["i", "l"].contains(list.text(next + 1)), list.text(next + 2) == ")" {
        // `one (I) year`: a figure that was read as a letter.
        next += 3
      }
    } else if list.text(next) == ")" {
      next += 1
    }
    let start = next
    while next < start + 3, between.contains(list.text(next)) { next += 1 }
    guard let unit = units[list.text(next)] else { return nil }
    // `a year-to-year basis`, `a month to month lease`
    let following = list.text(next + 1) == "-" ? next + 2 : next + 1
    if list.text(following) == "to" || list.text(following) == "by",
      units[list.text(following + 1)] == unit || list.text(following + 1) == "-"
    {
      return nil
    }
    return made(value, unit, half: half).map { ($0, next + 1) }
  }

  private static func made(_ value: Int, _ unit: Unit, half: Bool) -> CalendarDuration? {
    guard value <= 100_000 else { return nil }
    switch unit {
    case .hour: return half ? nil : CalendarDuration(hours: value)
    case .day: return half ? nil : CalendarDuration(days: value)
    case .week: return half ? nil : CalendarDuration(weeks: value)
    case .month: return CalendarDuration(months: value, days: half ? 15 : 0)
    case .quarter: return half ? nil : CalendarDuration(months: 3 * value)
    case .year: return CalendarDuration(months: 12 * value + (half ? 6 : 0))
    }
  }

  private static func adverb(_ list: LexemeList, at index: Int) -> (CalendarDuration, Int)? {
    switch list.text(index) {
    case "annual", "annually", "yearly": return (CalendarDuration(months: 12), index + 1)
    case "monthly": return (CalendarDuration(months: 1), index + 1)
    case "quarterly": return (CalendarDuration(months: 3), index + 1)
    case "year", "month", "week":
      let unit = list.text(index)
      let dashed = list.text(index + 1) == "-"
      let to = dashed ? index + 2 : index + 1
      guard list.text(to) == "to" else { return nil }
      let last = list.text(to + 1) == "-" ? to + 2 : to + 1
      guard list.text(last) == unit else { return nil }
      let duration =
        unit == "week"
        ? CalendarDuration(weeks: 1) : CalendarDuration(months: unit == "year" ? 12 : 1)
      return (duration, last + 1)
    default: return nil
    }
  }
}
