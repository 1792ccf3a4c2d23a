internal import JSON

/// How long something lasts, and how long before something notice must be given.
extension FieldResolver {
  func duration(_ range: Range<Int>) -> Resolved? {
    let list = LexemeList(text, in: range)
    let all = DurationParser.durations(in: text, range: range).filter {
      !isNotice($0.range, in: list)
    }
    // After `renew` or `extend`, if the words have one; a first term may stand before it.
    let renewal = list.lexemes.first {
      $0.text.hasPrefix("renew") || $0.text.hasPrefix("exten") || $0.text == "successive"
        || $0.text == "consecutive"
    }?.range.lowerBound
    let adverbs = DurationParser.durations(in: text, range: range, includesAdverbs: true).filter {
      !isNotice($0.range, in: list)
    }
    let found =
      renewal.flatMap { start in
        all.first { $0.range.upperBound > start } ?? adverbs.first { $0.range.upperBound > start }
      } ?? all.first ?? adverbs.first
    if let found { return Resolved(value: .string(found.duration.iso), words: found.range) }
    if let every = eachYear(list) { return every }
    return perpetual(range)
  }

  /// `renewed from year to year`, `renews every year`, `for each subsequent year`.
  private func eachYear(_ list: LexemeList) -> Resolved? {
    for index in 0..<list.count
    where ["every", "each", "successive", "subsequent"].contains(list.text(index)) {
      for next in index + 1..<min(list.count, index + 3) {
        switch list.text(next) {
        case "year", "years": return Resolved(value: "P1Y", words: list.range(index, next + 1))
        case "month", "months": return Resolved(value: "P1M", words: list.range(index, next + 1))
        default: continue
        }
      }
    }
    return nil
  }

  func noticePeriod(_ range: Range<Int>) -> Resolved? {
    let list = LexemeList(text, in: range)
    let every = DurationParser.durations(in: text, range: range)
    let all = every.filter { !isOfBreach($0.range, in: list) }
    let isAboutNotice = list.lexemes.contains { Self.noticeWords.contains($0.text) }
    let found =
      all.first { isNotice($0.range, in: list) }
      ?? (every.count == 1 && isAboutNotice ? all.first : nil)
    if let found { return Resolved(value: .string(found.duration.iso), words: found.range) }
    // `may terminate this Agreement immediately upon written notice`
    guard every.isEmpty, list.lexemes.contains(where: { $0.text == "notice" }),
      let now = list.lexemes.first(where: {
        ["immediately", "immediate", "forthwith"].contains($0.text)
      })
    else { return nil }
    return Resolved(value: .string(CalendarDuration().iso), words: now.range)
  }

  /// Whether words speak of a notice, and not only of one given of a breach.
  func speaksOfNotice(_ range: Range<Int>) -> Bool {
    let list = LexemeList(text, in: range)
    let all = DurationParser.durations(in: text, range: range)
    return list.lexemes.contains { Self.noticeWords.contains($0.text) }
      && (all.isEmpty || all.contains { !isOfBreach($0.range, in: list) })
  }

  /// Whether a duration is how long the other side has to mend a breach, which is no notice period: `for a
  /// material breach upon thirty days' notice`, `thirty days after notice of the default`.
  private func isOfBreach(_ range: Range<Int>, in list: LexemeList) -> Bool {
    let own = list.indices(in: range)
    let stops: Set<String> = [".", ";"]
    let sentence = list.sentence(before: own.lowerBound, ends: stops)
    let after = list.lexemes[own.upperBound...].prefix(8).map(\.text).prefix {
      !stops.contains($0) && $0 != "or"
    }
    guard (sentence + after).contains(where: Self.breaches.contains) else { return false }
    let said = " " + sentence.joined(separator: " ") + " "
    return !Self.freely.contains { said.contains(" \($0) ") }
  }

  private static let breaches: Set<String> = [
    "breach", "breaches", "breached", "default", "defaults", "cure", "remedy",
  ]

  /// Words by which a contract can be ended, or not renewed, without a cause.
  private static let freely = [
    "convenience", "without cause", "any reason", "no reason", "any time", "sole discretion",
    "its discretion", "renew", "renewal", "renewed", "extend", "extended", "extension",
  ]

  private static let noticeWords: Set<String> = [
    "notice", "notices", "notify", "notifies", "notified", "notifying", "notification", "prior",
    "advance",
  ]

  /// Whether a duration is how long before something notice must be given: `at least`, `not less than`
  /// before it, `prior`, `before`, `notice` after it.
  func isNotice(_ range: Range<Int>, in list: LexemeList) -> Bool {
    let own = list.indices(in: range)
    let before = list.lexemes[..<own.lowerBound].suffix(4).map(\.text)
    if before.contains("least") || before.contains("less") || before.contains("fewer")
      || before.contains("later") || before.contains("notice")
    {
      return true
    }
    // What is said under a condition is said of something else: `one-year terms unless written notice`.
    return list.lexemes[own.upperBound...].prefix(5).map(\.text)
      .prefix { !["unless", "if", "upon", "with", "by"].contains($0) }
      .contains { ["prior", "before", "notice", "advance", "preceding", "written"].contains($0) }
  }
}
