internal import JSON

/// When something ends, and how long its first term lasts.
extension FieldResolver {
  /// An end: a date after `until`, `through` or `expire`; else what a duration leads to from the date
  /// the words name or the base; else the last of several dates; else no end.
  func endDate(_ range: Range<Int>) -> Resolved? {
    let list = LexemeList(text, in: range)
    let dates = DateParser.dates(in: text, range: range)
    func comesAfter(_ words: Set<String>, _ position: Int) -> Bool {
      guard let end = list.lexemes.firstIndex(where: { $0.range.lowerBound >= position }) else {
        return false
      }
      return list.lexemes[max(0, end - 6)..<end].contains { words.contains($0.text) }
    }
    // `until the earlier of (i) December 31, 2022`
    func isEarlier(_ position: Int) -> Bool {
      guard let end = list.lexemes.firstIndex(where: { $0.range.lowerBound >= position }) else {
        return false
      }
      let before = list.lexemes[max(0, end - 10)..<end].map(\.text)
      return before.contains { Self.endWords.contains($0) }
        && before.contains { ["earlier", "earliest", "later", "latest"].contains($0) }
    }
    if let end = dates.last(where: { comesAfter(Self.endWords, $0.range.lowerBound) })
      ?? dates.first(where: { isEarlier($0.range.lowerBound) })
    {
      return Resolved(value: .string(end.date.iso), words: end.range)
    }
    if let end = endOfYear(list) { return end }
    let base = dates.first?.date ?? baseDate
    if let length = firstTerm(range, in: list), let end = base?.adding(length.duration) {
      return Resolved(value: .string(end.iso), words: length.range)
    }
    if dates.count > 1, let last = dates.max(by: { $0.date < $1.date }) {
      return Resolved(value: .string(last.date.iso), words: last.range)
    }
    if let anniversary = DurationParser.anniversaries(in: text, range: range).first,
      let end = base?.adding(anniversary.duration)
    {
      return Resolved(value: .string(end.iso), words: anniversary.range)
    }
    if let open = openEnd(range, in: list) { return open }
    // A single date that is not where the term begins.
    if let only = dates.first, baseDate.map({ only.date > $0 }) ?? true,
      !comesAfter(Self.startWords, only.range.lowerBound)
    {
      return Resolved(value: .string(only.date.iso), words: only.range)
    }
    return nil
  }

  /// How long the first term lasts, whatever it is counted from.
  func term(_ range: Range<Int>) -> Resolved? {
    let list = LexemeList(text, in: range)
    if let length = firstTerm(range, in: list)
      ?? DurationParser.anniversaries(in: text, range: range).first
    {
      return Resolved(value: .string(length.duration.iso), words: length.range)
    }
    return openEnd(range, in: list)
  }

  /// Whether the words have a place for a length and nothing in it: `for a term of ____ years`, `an initial
  /// term of ****`.
  func leavesLengthBlank(_ range: Range<Int>) -> Bool {
    let list = LexemeList(text, in: range)
    func isBlank(_ index: Int) -> Bool {
      ["_", "*", "[", "]", "\u{25CF}"].contains(list.text(index))
    }
    return (0..<list.count).contains { index in
      switch list.text(index) {
      case "year", "years", "month", "months": isBlank(index - 1)
      case "of": ["term", "period"].contains(list.text(index - 1)) && isBlank(index + 1)
      default: false
      }
    }
  }

  /// Whether the words say how long, and only the date is missing to count from.
  func lacksBase(_ range: Range<Int>) -> Bool {
    baseDate == nil && term(range).map { $0.value != "perpetual" } == true
  }

  /// The duration that says how long a first term is: years and months before days, no notice period, and
  /// nothing said of a renewal or of what survives the end.
  private func firstTerm(_ range: Range<Int>, in list: LexemeList) -> DurationMention? {
    let lengths = DurationParser.durations(in: text, range: range).filter {
      $0.duration.hours == 0 && !isNotice($0.range, in: list)
        && !isOfRenewal($0.range.lowerBound, in: list) && !isOfSurvival($0.range, in: list)
    }
    return lengths.first { $0.duration.months > 0 } ?? lengths.first
  }

  /// Whether a word before `position` in its sentence says that this is about a renewal, and none after that
  /// word that it is about the first term.
  private func isOfRenewal(_ position: Int, in list: LexemeList) -> Bool {
    guard let end = list.lexemes.firstIndex(where: { $0.range.lowerBound >= position }) else {
      return false
    }
    for index in stride(from: end - 1, through: max(0, end - 30), by: -1) {
      let word = list.text(index)
      if word == "." || word == ";" || word == "initial" || word == "original" { return false }
      if word.hasPrefix("renew") || word.hasPrefix("extend") || word.hasPrefix("extension")
        || ["successive", "additional", "subsequent"].contains(word)
      {
        // `unless renewed`, `if extended`, `or any renewal thereof`
        return !list.lexemes[max(0, index - 3)..<index].contains {
          ["unless", "if", "or", "until", "not"].contains($0.text)
        }
      }
    }
    return false
  }

  /// `shall survive for three years`, `two years after the termination of this Agreement`.
  private func isOfSurvival(_ range: Range<Int>, in list: LexemeList) -> Bool {
    let own = list.indices(in: range)
    let sentence = list.sentence(before: own.lowerBound, ends: ["."], reach: 15)
    if sentence.contains(where: { $0.hasPrefix("surviv") }) { return true }
    let after = list.lexemes[own.upperBound...].prefix(6).map(\.text)
    return ["after", "following", "from"].contains(after.first)
      && after.contains { ["termination", "expiration", "expiry"].contains($0) }
  }

  /// No end but one that somebody brings about. What renewals go on until is no end of the first term.
  private func openEnd(_ range: Range<Int>, in list: LexemeList) -> Resolved? {
    if let perpetual = perpetual(range), !isOfRenewal(perpetual.words.lowerBound, in: list) {
      return perpetual
    }
    return atWill(list)
  }

  /// `the end of 2006`, `the end of the year 2006`
  private func endOfYear(_ list: LexemeList) -> Resolved? {
    for index in 0..<list.count where list.text(index) == "end" && list.text(index + 1) == "of" {
      var next = index + 2
      while ["the", "calendar", "fiscal", "year"].contains(list.text(next)) { next += 1 }
      if let year = list.number(next), (1900...2999).contains(year),
        list.text(next).utf8.count == 4,
        let date = CalendarDate(year: year, month: 12, day: 31)
      {
        return Resolved(value: .string(date.iso), words: list.range(index, next + 1))
      }
    }
    return nil
  }

  private static let endWords: Set<String> = [
    "until", "through", "thru", "to", "expire", "expires", "expiring", "ending", "end", "ends",
    "terminate", "terminates", "terminating", "till", "expiration", "conclude", "concludes",
    "concluding",
  ]
  private static let startWords: Set<String> = [
    "commence", "commences", "commencing", "begin", "begins", "beginning", "effective", "from",
    "dated", "start", "starts", "starting",
  ]

  func perpetual(_ range: Range<Int>) -> Resolved? {
    let list = LexemeList(text, in: range)
    for index in 0..<list.count {
      let word = list.text(index)
      let next = list.text(index + 1)
      if word == "perpetual" || word == "perpetually" || word == "perpetuity"
        || word == "indefinitely"
      {
        return Resolved(value: "perpetual", words: list.range(index, index + 1))
      }
      if word == "indefinite", ["term", "period"].contains(next) {
        return Resolved(value: "perpetual", words: list.range(index, index + 2))
      }
      if ["until", "when"].contains(word), let end = endOfOpenTerm(list, after: index) {
        return Resolved(value: "perpetual", words: list.range(index, end))
      }
    }
    return nil
  }

  /// `may be terminated by either party on 90 days' notice`, where nothing else says when it ends.
  private func atWill(_ list: LexemeList) -> Resolved? {
    guard
      !list.lexemes.contains(where: {
        ["until", "initial", "expire", "expires", "expiration", "breach", "unless"].contains(
          $0.text)
      }), list.lexemes.contains(where: { $0.text == "notice" })
    else { return nil }
    for index in 0..<list.count where list.text(index).hasPrefix("terminat") {
      let after = list.lexemes[index..<min(list.count, index + 10)].map(\.text)
      for (distance, word) in after.enumerated()
      where word == "party" && ["either", "any"].contains(after[max(0, distance - 1)]) {
        return Resolved(value: "perpetual", words: list.range(index, index + distance + 1))
      }
    }
    return nil
  }

  /// Where `until terminated`, `unless and until either party gives notice`, `until cancelled by Client`
  /// ends; nil where something else ends the term.
  private func endOfOpenTerm(_ list: LexemeList, after until: Int) -> Int? {
    for index in until + 1..<min(list.count, until + 7) {
      switch list.text(index) {
      case "terminated", "cancelled", "canceled", "termination", "cancellation", "terminates",
        "cancels", "notice", "notifies", "informs":
        return index + 1
      case "earlier", "later", "earliest", "latest", "expiration", "date", "end", ".", ";":
        return nil
      default: continue
      }
    }
    return nil
  }
}
