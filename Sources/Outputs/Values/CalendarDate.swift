/// A date of the Gregorian calendar, as exact as it was written.
package struct CalendarDate: Hashable, Comparable, Sendable {
  package var year: Int
  package var month: Int?
  package var day: Int?

  /// Nil where there is no such day. Years 1000…2999.
  package init?(year: Int, month: Int? = nil, day: Int? = nil) {
    guard (1000...2999).contains(year) else { return nil }
    if let month {
      guard (1...12).contains(month) else { return nil }
      if let day {
        guard day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
      }
    } else if day != nil {
      return nil
    }
    self.year = year
    self.month = month
    self.day = day
  }

  /// ISO 8601: `2019-03-05`, `2019-03` or `2019`.
  package var iso: String {
    var text = String(year)
    if let month { text += (month < 10 ? "-0" : "-") + String(month) }
    if let day { text += (day < 10 ? "-0" : "-") + String(day) }
    return text
  }

  package static func < (first: CalendarDate, second: CalendarDate) -> Bool {
    (first.year, first.month ?? 0, first.day ?? 0) < (
      second.year, second.month ?? 0, second.day ?? 0
    )
  }

  package static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// This date and a duration after it: years and months first (a day that the month lacks becomes
  /// its last), then weeks and days. Nil where the date is not exact enough for the duration.
  package func adding(_ duration: CalendarDuration) -> CalendarDate? {
    guard let month else {
      return duration.months % 12 == 0 && duration.days == 0
        ? CalendarDate(year: year + duration.months / 12) : nil
    }
    let index = year * 12 + month - 1 + duration.months
    let newYear = index / 12
    let newMonth = index % 12 + 1
    guard let day else {
      return duration.days == 0 ? CalendarDate(year: newYear, month: newMonth) : nil
    }
    let start = CalendarDate(
      year: newYear, month: newMonth, day: min(day, Self.days(inMonth: newMonth, of: newYear)))
    return start?.adding(days: duration.days)
  }

  /// A full date some days later, or earlier.
  package func adding(days: Int) -> CalendarDate? {
    guard let month, let day else { return nil }
    return CalendarDate(dayNumber: Self.dayNumber(year, month, day) + days)
  }

  /// Days since the first of March of year 0 in the proleptic Gregorian calendar.
  private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let monthIndex = (month + 9) % 12
    return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * monthIndex + 2) / 5
      + day - 1
  }

  private init?(dayNumber: Int) {
    var year = (10_000 * dayNumber + 14_780) / 3_652_425
    var rest = dayNumber - (365 * year + year / 4 - year / 100 + year / 400)
    if rest < 0 {
      year -= 1
      rest = dayNumber - (365 * year + year / 4 - year / 100 + year / 400)
    }
    let monthIndex = (100 * rest + 52) / 3060
    let month = (monthIndex + 2) % 12 + 1
    self.init(
      year: year + (monthIndex + 2) / 12, month: month,
      day: rest - (monthIndex * 306 + 5) / 10 + 1)
  }
}

/// A date in a text, and its words.
package struct DateMention: Hashable, Sendable {
  package var date: CalendarDate
  /// Scalar offsets.
  package var range: Range<Int>
}

/// Finds dates as people write them:
///
/// `March 5, 2019` · `5th March 2019` · `the 5th day of March, 2019` · `fifth day of March 2019` ·
/// `5-Mar-19` · `2019-03-05` · `3/5/2019` (month first unless that cannot be) · `05.03.2019` (day
/// first) · `March 2019` and `March __, 2019` (2019-03) · `___ day of March, 2019` (2019-03).
/// Years of two digits: 50–99 are 1950–1999, 00–49 are 2000–2049.
package enum DateParser {
  package static func dates(in text: ScalarText, range: Range<Int>) -> [DateMention] {
    let list = LexemeList(text, in: range)
    var mentions: [DateMention] = []
    var index = 0
    while index < list.count {
      if let (date, end) = date(list, at: index) {
        mentions.append(DateMention(date: date, range: list.range(index, end)))
        index = end
      } else {
        index += 1
      }
    }
    return mentions
  }

  package static func dates(in string: String) -> [DateMention] {
    let text = ScalarText(string)
    return dates(in: text, range: 0..<text.count)
  }

  static let months: [String: Int] = {
    var months: [String: Int] = [:]
    let names = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september",
      "october", "november", "december",
    ]
    for (index, name) in names.enumerated() {
      months[name] = index + 1
      months[String(name.prefix(3))] = index + 1
    }
    months["sept"] = 9
    months["febuary"] = 2
    return months
  }()

  private static func date(_ list: LexemeList, at index: Int) -> (CalendarDate, Int)? {
    if let month = months[list.text(index)] { return monthFirst(list, at: index, month: month) }
    if list.lexeme(index)?.kind == .number {
      if let found = numeric(list, at: index) { return found }
    }
    return dayFirst(list, at: index)
  }

  /// `March 5, 2019`, `March 5th 2019`, `March 2019`, `March __, 2019`.
  private static func monthFirst(_ list: LexemeList, at index: Int, month: Int) -> (
    CalendarDate, Int
  )? {
    var next = index + 1
    if list.text(next) == "." { next += 1 }
    let isShort = list.text(index) == "may" || list.text(index) == "mar"
    if list.text(next) == "-" || list.text(next) == "/" { next += 1 }
    if list.text(next) == "the" { next += 1 }
    if let (day, end) = dayNumber(list, at: next), day >= 1, day <= 31 {
      var after = skipMarks(list, end, [",", ".", "-", "/", "'"], limit: 2)
      if list.text(after) == "of" || list.text(after) == "in" { after += 1 }
      if let (year, end) = year(list, at: after, allowsTwoDigits: after > end),
        let date = CalendarDate(year: year, month: month, day: day)
      {
        return (date, end)
      }
    }
    // No day, or a blank in place of one.
    let blank = skipBlank(list, next)
    var after = skipMarks(list, blank, [",", "."], limit: 2)
    if list.text(after) == "of" { after += 1 }
    if let (year, end) = year(list, at: after, allowsTwoDigits: false),
      !isShort || after <= next + 1,
      let date = CalendarDate(year: year, month: month)
    {
      return (date, end)
    }
    return nil
  }

  /// `5 March 2019`, `5th day of March, 2019`, `fifth (5th) day of March 2019`, `___ day of March, 2019`.
  private static func dayFirst(_ list: LexemeList, at index: Int) -> (CalendarDate, Int)? {
    var day: Int?
    var next: Int
    if let (value, end) = dayNumber(list, at: index) {
      day = value
      next = end
      // `fifth (5th)`
      if list.text(next) == "(", let (_, end) = dayNumber(list, at: next + 1),
        list.text(end) == ")"
      {
        next = end + 1
      }
    } else {
      next = skipBlank(list, index)
      guard next > index, list.text(next) == "day" else { return nil }
    }
    next = skipMarks(list, next, ["-", ",", "/", "."], limit: 1)
    if list.text(next) == "day" { next += 1 }
    if list.text(next) == "of" { next += 1 }
    guard let month = months[list.text(next)] else { return nil }
    next += 1
    next = skipMarks(list, next, [",", ".", "-", "/"], limit: 2)
    if list.text(next) == "of" || list.text(next) == "in" { next += 1 }
    if list.text(next) == "the", list.text(next + 1) == "year" { next += 2 }
    guard let (year, end) = year(list, at: next, allowsTwoDigits: list.text(next - 1) == "-"),
      let date = CalendarDate(year: year, month: month, day: day)
    else { return nil }
    return (date, end)
  }

  /// `2019-03-05`, `2019/3/5`, `3/5/2019`, `3/5/19`, `05.03.2019`.
  private static func numeric(_ list: LexemeList, at index: Int) -> (CalendarDate, Int)? {
    let separator = list.text(index + 1)
    guard ["-", "/", "."].contains(separator), list.text(index + 3) == separator,
      (index..<index + 4).allSatisfy(list.touches),
      let first = list.number(index), let second = list.number(index + 2),
      let third = list.number(index + 4)
    else { return nil }
    // `10.2.3.1` and `1-2-3-4` are numbers of sections or telephones.
    if list.text(index + 5) == separator, list.touches(index + 4), list.number(index + 6) != nil {
      return nil
    }
    if list.text(index - 1) == separator, index > 0, list.touches(index - 1) { return nil }
    let digits = [index, index + 2, index + 4].map { list.text($0).utf8.count }
    if digits[0] == 4, digits[1] <= 2, digits[2] <= 2 {
      return CalendarDate(year: first, month: second, day: third).map { ($0, index + 5) }
    }
    guard digits[0] <= 2, digits[1] <= 2, digits[2] == 4 || (digits[2] == 2 && separator != ".")
    else { return nil }
    let year = digits[2] == 4 ? third : fullYear(third)
    let dayFirst = separator == "." || first > 12
    let date =
      CalendarDate(year: year, month: dayFirst ? second : first, day: dayFirst ? first : second)
      ?? CalendarDate(year: year, month: dayFirst ? first : second, day: dayFirst ? second : first)
    return date.map { ($0, index + 5) }
  }

  private static func dayNumber(_ list: LexemeList, at index: Int) -> (Int, Int)? {
    if let (value, end) = NumberWords.ordinal(list, at: index), value <= 31 { return (value, end) }
    if let number = list.number(index), list.text(index).utf8.count <= 2 {
      return (number, index + 1)
    }
    return nil
  }

  private static func year(_ list: LexemeList, at index: Int, allowsTwoDigits: Bool) -> (Int, Int)?
  {
    if let number = list.number(index) {
      let digits = list.text(index).utf8.count
      if digits == 4, (1000...2999).contains(number) { return (number, index + 1) }
      if digits == 2, allowsTwoDigits { return (fullYear(number), index + 1) }
      return nil
    }
    // `two thousand nineteen`
    if list.text(index) == "two", list.text(index + 1) == "thousand",
      let (value, end) = NumberWords.cardinal(list, at: index), value < 3000
    {
      let (rest, after): (Int, Int) =
        list.text(end) == "and"
        ? NumberWords.cardinal(list, at: end + 1).map { ($0.value, $0.end) } ?? (0, end) : (0, end)
      return rest < 100 ? (value + rest, after) : (value, end)
    }
    return nil
  }

  private static func fullYear(_ year: Int) -> Int { year < 50 ? 2000 + year : 1900 + year }

  private static func skipMarks(
    _ list: LexemeList, _ index: Int, _ marks: Set<String>, limit: Int
  ) -> Int {
    var next = index
    while next < index + limit, marks.contains(list.text(next)) { next += 1 }
    return next
  }

  /// Underscores, bullets, brackets and stars that stand for a day not yet filled in.
  private static func skipBlank(_ list: LexemeList, _ index: Int) -> Int {
    var next = index
    while ["_", "*", "[", "]", "\u{25CF}", "\u{2022}", ".", "-"].contains(list.text(next)),
      next < index + 24
    {
      next += 1
    }
    return next
  }
}
