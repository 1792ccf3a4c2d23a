/// When something is due, in the words of the talk and, where those and the meeting's date say so,
/// as a date.
struct DueDate: Hashable {
  /// The words, with the preposition: "by Tuesday".
  var words: String
  /// ISO 8601, as exact as the words: `2026-11-24`, a week `2026-W48`, a month `2026-12`. Nil where
  /// the words need a meeting date that is not known, or name an event ("before the next meeting").
  var iso: String?
  /// The words depend on the day of the meeting.
  var isRelative: Bool

  private static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october",
    "november", "december",
  ]
  private static let numbers = [
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14,
  ]
  private static let ordinals = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
  ]
  private static let prepositions: Set<String> = [
    "by", "before", "until", "till", "on", "due", "within", "in", "for", "at",
  ]

  /// The last mention of a deadline in `sentence`, one with a preposition before one without.
  ///
  /// Rules: a weekday is the first one after the meeting's day; "next WEEKDAY" is in the week after
  /// the meeting's (Monday to Sunday), "this WEEKDAY" in the meeting's own; a day without a year is
  /// the first such day from the meeting on; a week or month keeps being one.
  static func find(in sentence: some StringProtocol, meeting: CalendarDate?) -> DueDate? {
    let tokens = Token.of(sentence)
    var best: (isPrepositional: Bool, due: DueDate)?
    var at = 0
    while at < tokens.count {
      guard let mention = mention(tokens, at: at, meeting: meeting) else {
        at += 1
        continue
      }
      var start = at
      while start > 0, ["the", "end", "of"].contains(tokens[start - 1].word) { start -= 1 }
      if start > 0, prepositions.contains(tokens[start - 1].word) { start -= 1 }
      let isPrepositional = prepositions.contains(tokens[start].word)
      let isDeadline = ["by", "before", "until", "till", "due", "within"].contains(
        tokens[start].word)
      // "today we saw …" is no deadline; "today" at the end of a promise is one.
      let isLast = mention.end == tokens.count
      if isDeadline || !mention.isToday || isLast {
        let words = sentence[
          tokens[start].range.lowerBound..<tokens[mention.end - 1].range.upperBound]
        if best == nil || isPrepositional || !best!.isPrepositional {
          best = (
            isPrepositional,
            DueDate(
              words: String(words), iso: mention.iso, isRelative: mention.isRelative)
          )
        }
      }
      at = mention.end
    }
    return best?.due
  }

  private struct Mention {
    var end: Int
    var iso: String?
    var isRelative: Bool
    var isToday = false
  }

  private static func mention(_ tokens: [Token], at: Int, meeting: CalendarDate?) -> Mention? {
    func word(_ index: Int) -> String? { index < tokens.count ? tokens[index].word : nil }
    func relative(_ end: Int, _ date: CalendarDate?, isToday: Bool = false) -> Mention {
      Mention(end: end, iso: date?.iso, isRelative: true, isToday: isToday)
    }
    guard let first = word(at) else { return nil }
    switch first {
    case "today", "tonight", "eod":
      return relative(at + 1, meeting, isToday: true)
    case "tomorrow":
      return relative(at + 1, meeting?.adding(days: 1))
    case "day" where word(at + 1) == "after" && word(at + 2) == "tomorrow":
      return relative(at + 3, meeting?.adding(days: 2))
    case "day"
    where at > 1 && word(at - 1) == "the" && word(at - 2) == "of" && at > 2
      && word(at - 3) == "end":
      return relative(at + 1, meeting)
    case "this", "next", "following", "coming":
      guard let second = word(at + 1) else { return nil }
      let weeks = first == "this" ? 0 : 1
      if let weekday = weekdays.firstIndex(of: second) {
        guard first != "coming" else {
          return relative(at + 2, meeting.flatMap { next(weekday, after: $0) })
        }
        let monday = meeting.flatMap { $0.adding(days: 7 * weeks - weekdayIndex($0)) }
        return relative(at + 2, monday?.adding(days: weekday))
      }
      switch second {
      case "week":
        return Mention(
          end: at + 2, iso: meeting.flatMap { $0.adding(days: 7 * weeks).map(week) },
          isRelative: true)
      case "month":
        return relative(
          at + 2,
          meeting.flatMap { CalendarDate(year: $0.year, month: $0.month) }?
            .adding(CalendarDuration(months: weeks)))
      case "year":
        return relative(at + 2, meeting.flatMap { CalendarDate(year: $0.year + weeks) })
      case "meeting" where first != "this":
        return Mention(end: at + 2, iso: nil, isRelative: true)
      case "afternoon", "morning", "evening":
        return relative(at + 2, first == "this" ? meeting : nil, isToday: first == "this")
      default: return nil
      }
    case "week" where at > 1 && word(at - 1) == "the" && word(at - 2) == "of":
      return Mention(end: at + 1, iso: meeting.map(week), isRelative: true)
    case "month" where at > 1 && word(at - 1) == "the" && word(at - 2) == "of":
      return relative(at + 1, meeting.flatMap { CalendarDate(year: $0.year, month: $0.month) })
    default: break
    }
    if let weekday = weekdays.firstIndex(of: first) {
      // "Tuesday, 24 November" is the day of the month; the weekday only repeats it.
      if let date = calendarDay(tokens, at: at + 1, meeting: meeting) { return date }
      return relative(at + 1, meeting.flatMap { next(weekday, after: $0) })
    }
    if let count = numbers[first] ?? Int(first), count < 400, let unit = word(at + 1),
      at > 0 && ["in", "within"].contains(tokens[at - 1].word)
        || word(at + 2) == "from" && word(at + 3) == "now"
    {
      let end = word(at + 2) == "from" && word(at + 3) == "now" ? at + 4 : at + 2
      switch unit {
      case "day", "days": return relative(end, meeting?.adding(days: count))
      case "week", "weeks": return relative(end, meeting?.adding(days: 7 * count))
      case "month", "months":
        return relative(end, meeting?.adding(CalendarDuration(months: count)))
      default: break
      }
    }
    return calendarDay(tokens, at: at, meeting: meeting)
  }

  /// `4 December`, `the fourth of December 2026`, `December 4th, 2026`, `2026-12-04`, `December 2026`.
  private static func calendarDay(_ tokens: [Token], at: Int, meeting: CalendarDate?) -> Mention? {
    var at = at
    func word(_ index: Int) -> String? { index < tokens.count ? tokens[index].word : nil }
    if word(at) == "the" { at += 1 }
    guard let first = word(at) else { return nil }
    if first.utf8.count == 10, first.split(separator: "-").count == 3 {
      let parts = first.split(separator: "-").compactMap { Int($0) }
      guard parts.count == 3,
        let date = CalendarDate(year: parts[0], month: parts[1], day: parts[2])
      else { return nil }
      return Mention(end: at + 1, iso: date.iso, isRelative: false)
    }
    var day: Int?
    var month: Int?
    var end = at
    if let number = dayNumber(first) {
      // `on the 28th`: the first such day from the meeting on.
      if at > 0, first.utf8.count > 2, first.last?.isLetter == true, Int(first.dropLast(2)) != nil,
        tokens[at - 1].word == "the", word(at + 1) != "of", monthNumber(word(at + 1)) == nil
      {
        return Mention(
          end: at + 1, iso: meeting.flatMap { Self.next(dayOfMonth: number, from: $0) }?.iso,
          isRelative: true)
      }
      var next = at + 1
      if word(next) == "of" { next += 1 }
      guard let named = monthNumber(word(next)) else { return nil }
      day = number
      month = named
      end = next + 1
    } else if let named = monthNumber(first) {
      month = named
      end = at + 1
      if word(end) == "the" { end += 1 }
      if let number = word(end).flatMap(dayNumber) {
        day = number
        end += 1
      } else {
        end = at + 1
        // "may" and "march" are words too: a month alone needs its year.
        guard let year = word(end).flatMap({ Int($0) }), (1900...2200).contains(year),
          let date = CalendarDate(year: year, month: month)
        else { return nil }
        return Mention(end: end + 1, iso: date.iso, isRelative: false)
      }
    }
    guard let day, let month else { return nil }
    if let year = word(end).flatMap({ Int($0) }), (1900...2200).contains(year) {
      guard let date = CalendarDate(year: year, month: month, day: day) else { return nil }
      return Mention(end: end + 1, iso: date.iso, isRelative: false)
    }
    var date = meeting.flatMap { CalendarDate(year: $0.year, month: month, day: day) }
    if let found = date, let meeting, found < meeting {
      date = CalendarDate(year: found.year + 1, month: month, day: day)
    }
    return Mention(end: end, iso: date?.iso, isRelative: true)
  }

  /// 1…12, also of abbreviations.
  private static func monthNumber(_ word: String?) -> Int? {
    guard let word else { return nil }
    if let index = months.firstIndex(of: word) { return index + 1 }
    guard word.count == 3 || word == "sept" else { return nil }
    return months.firstIndex { $0.hasPrefix(word) }.map { $0 + 1 }
  }

  /// The first day of that number from a day on.
  private static func next(dayOfMonth day: Int, from date: CalendarDate) -> CalendarDate? {
    guard let month = date.month, let today = date.day else { return nil }
    for months in (day < today ? 1 : 0)...12 {
      let index = date.year * 12 + month - 1 + months
      if let found = CalendarDate(year: index / 12, month: index % 12 + 1, day: day) {
        return found
      }
    }
    return nil
  }

  private static func dayNumber(_ word: String) -> Int? {
    if let index = ordinals.firstIndex(of: word) { return index + 1 }
    var digits = word[...]
    for suffix in ["st", "nd", "rd", "th"] where digits.hasSuffix(suffix) {
      digits = digits.dropLast(2)
      break
    }
    guard let day = Int(digits), (1...31).contains(day) else { return nil }
    return day
  }

  // MARK: Calendar

  /// Monday is 0.
  static func weekdayIndex(_ date: CalendarDate) -> Int {
    let month = date.month ?? 1
    let day = date.day ?? 1
    let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
    let year = month < 3 ? date.year - 1 : date.year
    let sunday = (year + year / 4 - year / 100 + year / 400 + offsets[month - 1] + day) % 7
    return (sunday + 6) % 7
  }

  private static func next(_ weekday: Int, after date: CalendarDate) -> CalendarDate? {
    date.adding(days: (weekday - weekdayIndex(date) + 6) % 7 + 1)
  }

  /// The ISO 8601 week of a day: `2026-W48`.
  static func week(_ date: CalendarDate) -> String {
    guard let thursday = date.adding(days: 3 - weekdayIndex(date)), let month = thursday.month,
      let day = thursday.day
    else { return date.iso }
    var ordinal = day
    for earlier in 1..<month { ordinal += CalendarDate.days(inMonth: earlier, of: thursday.year) }
    let number = (ordinal - 1) / 7 + 1
    return "\(thursday.year)-W" + (number < 10 ? "0" : "") + String(number)
  }

  /// A word in lower case and where it stands.
  private struct Token {
    var word: String
    var range: Range<String.Index>

    static func of(_ sentence: some StringProtocol) -> [Token] {
      var tokens: [Token] = []
      var start: String.Index?
      func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }
      var index = sentence.startIndex
      while index < sentence.endIndex {
        let next = sentence.index(after: index)
        let character = sentence[index]
        let joins =
          (character == "-" || character == "'" || character == "’") && start != nil
          && next < sentence.endIndex && isWord(sentence[next])
        if isWord(character) || joins {
          if start == nil { start = index }
        } else if let from = start {
          tokens.append(Token(word: sentence[from..<index].lowercased(), range: from..<index))
          start = nil
        }
        index = next
      }
      if let from = start {
        tokens.append(
          Token(word: sentence[from...].lowercased(), range: from..<sentence.endIndex))
      }
      return tokens
    }
  }
}
