internal import JSON

/// A stretch of text that may answer a field, in scalar offsets.
struct FieldCandidate: Hashable {
  var range: Range<Int>
  /// The words of the value within it, where a pattern marked them.
  var value: Range<Int>?
  var score: Double
}

/// Turns a field's candidates into its answer.
struct FieldResolver {
  let text: ScalarText
  let field: FieldSchema.Field
  /// What "from the Effective Date" counts from.
  let baseDate: CalendarDate?
  /// Candidates at or above it count as found.
  var threshold = 0.3

  /// Whether a value keeps the field's own schema; one that does not is no answer, and the next
  /// candidate has its turn.
  let accepts: (JSONValue) -> Bool

  init(
    text: ScalarText, field: FieldSchema.Field, baseDate: CalendarDate? = nil,
    accepts: @escaping (JSONValue) -> Bool = { _ in true }
  ) {
    self.text = text
    self.field = field
    self.baseDate = baseDate
    self.accepts = accepts
  }

  /// From this probability on a company can be a party where another one is missing.
  private static let weakParty = 0.15
  /// From this one on a name is a party also where others have a word defined for them and it has none.
  private static let likelyParty = 0.6
  /// From this probability on a date at the head of a document dates it, and how far its head goes, in scalars.
  private static let headDate = 0.15
  private static let head = 1500
  /// The most candidates that become evidence, and the most that become alternatives.
  private static let evidenceLimit = 12
  private static let alternativeLimit = 4

  /// A value and the words it was made of.
  struct Resolved: Hashable {
    var value: JSONValue
    /// Scalar offsets.
    var words: Range<Int>
  }

  func answer(from candidates: [FieldCandidate], readWhole: Bool) -> FieldAnswer {
    let spans = candidates.map {
      SpanCandidate(range: text.utf8Range($0.range), score: $0.score)
    }
    var strong = candidates.filter { $0.score >= threshold }
    if strong.isEmpty, field.normalization == .date, field.relativeTo == nil {
      strong = Array(candidates.filter(isHeadDate).prefix(1))
    }
    guard let best = strong.first else {
      let top = candidates.first?.score ?? 0
      let isFalse = readWhole && field.normalization == .boolean
      return FieldAnswer(
        name: field.name, status: readWhole ? .absent : .notRead,
        value: isFalse ? .bool(false) : .null, raw: nil, evidence: [], alternatives: [],
        confidence: 1 - top, candidates: spans)
    }
    switch field.normalization {
    case .boolean:
      return FieldAnswer(
        name: field.name, status: .found, value: .bool(true), raw: text.string(best.range),
        evidence: evidence(disjoint(strong)), alternatives: [], confidence: best.score,
        candidates: spans)
    case .parties:
      return parties(
        strong, weak: candidates.filter { $0.score < threshold && $0.score >= Self.weakParty },
        spans: spans, readWhole: readWhole)
    case .cap, .noticePeriod:
      // Most clauses that limit liability exclude kinds of damages and set no limit, and a clause on ending
      // a contract may say nothing of notice.
      let saying = strong.filter(statesItsKind)
      guard saying.isEmpty else { return single(saying, spans: spans) }
      return FieldAnswer(
        name: field.name, status: readWhole ? .absent : .notRead, value: .null, raw: nil,
        evidence: [], alternatives: [], confidence: best.score, candidates: spans)
    case .text, .date, .endDate, .duration, .money, .number, .jurisdiction:
      return single(strong, spans: spans)
    }
  }

  /// Whether a full date stands at the head of the document, as a letter has it: it needs to be less likely
  /// where none is likelier.
  private func isHeadDate(_ candidate: FieldCandidate) -> Bool {
    candidate.score >= Self.headDate && candidate.range.lowerBound < Self.head
      && DateParser.dates(in: text, range: candidate.range).first?.date.day != nil
  }

  /// Whether words that limit liability or end a contract speak of a limit or a notice at all.
  private func statesItsKind(_ candidate: FieldCandidate) -> Bool {
    if value(of: candidate) != nil { return true }
    guard field.normalization == .noticePeriod else { return false }
    return LexemeList(text, in: candidate.range).lexemes.contains {
      Self.noticeWords.contains($0.text)
    }
  }

  private static let noticeWords: Set<String> = [
    "notice", "notices", "notify", "notifies", "notified", "notifying", "notification", "prior",
    "advance",
  ]

  private func single(_ strong: [FieldCandidate], spans: [SpanCandidate]) -> FieldAnswer {
    var resolved: [(Resolved, FieldCandidate)] = []
    for candidate in strong {
      if let value = value(of: candidate), accepts(value.value),
        !resolved.contains(where: { $0.0.value == value.value })
      {
        resolved.append((value, candidate))
      }
    }
    guard let (value, candidate) = resolved.first else {
      let best = strong[0]
      return FieldAnswer(
        name: field.name, status: .unsupported, value: .null, raw: text.string(best.range),
        evidence: evidence([best.range]), alternatives: [], confidence: best.score,
        candidates: spans)
    }
    let alternatives = resolved.dropFirst().prefix(Self.alternativeLimit).map { value, candidate in
      FieldAnswer.Alternative(
        value: value.value, raw: text.string(value.words), evidence: evidence([candidate.range]),
        confidence: candidate.score)
    }
    var answer = FieldAnswer(
      name: field.name, status: .found, value: value.value, raw: text.string(value.words),
      evidence: evidence([
        min(
          candidate.range.lowerBound, value.words.lowerBound)..<max(
            candidate.range.upperBound, value.words.upperBound)
      ]), alternatives: Array(alternatives),
      confidence: candidate.score, candidates: spans)
    if [.duration, .noticePeriod, .endDate].contains(field.normalization) {
      answer.countsBusinessDays = LexemeList(text, in: value.words).lexemes.contains {
        ["business", "working", "banking", "trading"].contains($0.text)
      }
    }
    return answer
  }

  private func parties(
    _ strong: [FieldCandidate], weak: [FieldCandidate], spans: [SpanCandidate], readWhole: Bool
  ) -> FieldAnswer {
    let parties = PartyParser.placed(
      in: text, spans: strong.map(\.range),
      likely: strong.filter { $0.score >= Self.likelyParty }.map(\.range), weak: weak.map(\.range))
    let value = JSONValue.array(
      parties.map(\.party).map { party -> JSONValue in
        [
          "name": .string(party.name), "role": party.role.map(JSONValue.string) ?? .null,
          "aliases": .array(party.aliases.map(JSONValue.string)),
        ]
      })
    guard !parties.isEmpty, accepts(value) else {
      // A template has roles and no names; where there is not even a role, nobody is named.
      let role = strong.first { PartyParser.isRole(text.string(text.trimmed($0.range))) }
      guard let shown = role ?? (parties.isEmpty ? nil : strong[0]) else {
        return FieldAnswer(
          name: field.name, status: readWhole ? .absent : .notRead, value: .null, raw: nil,
          evidence: [], alternatives: [], confidence: 1 - strong[0].score, candidates: spans)
      }
      return FieldAnswer(
        name: field.name, status: .unsupported, value: .null, raw: text.string(shown.range),
        evidence: evidence([shown.range]), alternatives: [], confidence: shown.score,
        candidates: spans)
    }
    // Every name has its words among the evidence, also one that was found by another's.
    var ranges = disjoint(strong)
    for name in parties.map(\.name) where !ranges.contains(where: name.overlaps) {
      ranges.append(name)
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    return FieldAnswer(
      name: field.name, status: .found, value: value,
      raw: ranges.map { text.string($0) }.joined(separator: "; "), evidence: evidence(ranges),
      alternatives: [], confidence: strong[0].score, candidates: spans)
  }

  /// The value that a candidate's words stand for; nil where they stand for none of the kind.
  func value(of candidate: FieldCandidate) -> Resolved? {
    let range = candidate.value ?? candidate.range
    switch field.normalization {
    case .text:
      let words = withoutThis(text.trimmed(range))
      let string = PartyParser.joined(text.string(words))
      return string.isEmpty ? nil : Resolved(value: .string(string), words: words)
    case .date:
      return date(range)
    case .endDate:
      return endDate(range)
    case .duration:
      return duration(range)
    case .noticePeriod:
      return noticePeriod(range)
    case .money:
      return MoneyParser.amounts(in: text, range: range).first.map {
        Resolved(
          value: ["amount": .string($0.money.amount), "currency": .string($0.money.currency)],
          words: $0.range)
      }
    case .cap:
      return LiabilityCapParser.caps(in: text, range: range).first.map {
        Resolved(value: $0.cap.json, words: $0.range)
      }
    case .number:
      return PlainNumber.first(in: text, range: range).map {
        Resolved(
          value: Int(exactly: $0.value).map { .integer($0) } ?? .number($0.value),
          words: $0.range)
      }
    case .jurisdiction:
      return jurisdiction(range)
    case .boolean, .parties:
      return nil
    }
  }

  /// A title without the `This` in front of it, and without the sentence that begins with it again:
  /// `LICENSE AGREEMENT This License Agreement`.
  private func withoutThis(_ range: Range<Int>) -> Range<Int> {
    let list = LexemeList(text, in: range)
    guard list.count > 2, range.count < 200,
      list.lexemes.allSatisfy({ $0.kind != .word || $0.text == "this" || isTitleWord($0) })
    else { return range }
    let this = list.lexemes.indices.filter {
      list.text($0) == "this" && ScalarClass.isUpper(text[list.lexemes[$0].range.lowerBound])
    }
    var first = 0
    var end = list.count
    if this.first == 0 { first = 1 }
    if let again = this.first(where: { $0 > 1 }) { end = again }
    return first < end ? text.trimmed(list.range(first, end)) : range
  }

  /// A capitalised word, or a small one between them.
  private func isTitleWord(_ lexeme: Lexeme) -> Bool {
    ScalarClass.isUpper(text[lexeme.range.lowerBound]) || lexeme.range.count <= 4
  }

  private func date(_ range: Range<Int>) -> Resolved? {
    if var first = DateParser.dates(in: text, range: range).first {
      if first.date.day == nil {
        // The day may stand right beside the words: `the 19th day of` before `December, 2018`.
        let around =
          max(
            0, range.lowerBound - Self.besideDate)..<min(
            text.count, range.upperBound + Self.besideDate)
        first =
          DateParser.dates(in: text, range: around).first {
            $0.date.day != nil && $0.range.overlaps(first.range)
              && $0.date.year == first.date.year && $0.date.month == first.date.month
          } ?? first
      }
      return Resolved(value: .string(first.date.iso), words: first.range)
    }
    if let year = yearAlone(range) { return year }
    // `the date first written above`, `the date hereof`, `the Effective Date`: the base's date.
    guard let baseDate, let words = reference(in: LexemeList(text, in: range)) else { return nil }
    return Resolved(value: .string(baseDate.iso), words: words)
  }

  /// How far beside a month and year their day is looked for, in scalars.
  private static let besideDate = 30

  /// `day of ________, 2015`: a date of which only the year is filled in.
  private func yearAlone(_ range: Range<Int>) -> Resolved? {
    let list = LexemeList(text, in: range)
    var year: Int?
    for index in 0..<list.count {
      let lexeme = list.lexemes[index]
      if lexeme.kind == .number, lexeme.range.count == 4, year == nil,
        let number = lexeme.number, (1900...2999).contains(number)
      {
        year = index
      } else if lexeme.kind != .mark,
        !["day", "of", "this", "the", "dated", "as", "date"].contains(lexeme.text)
      {
        return nil
      }
    }
    guard let year, let number = list.number(year), let date = CalendarDate(year: number) else {
      return nil
    }
    return Resolved(value: .string(date.iso), words: list.range(year, year + 1))
  }

  /// The words that refer to the date of the document itself: `the date first written above`, `the date
  /// hereof`, `upon execution of this Agreement`, `the date of last signature`, `the Effective Date`.
  private func reference(in list: LexemeList) -> Range<Int>? {
    for index in 0..<list.count {
      let next = list.text(index + 1)
      let last = min(list.count, index + 2)
      switch list.text(index) {
      case "date" where ["effective", "commencement", "execution"].contains(list.text(index - 1)):
        return list.range(index - 1, index + 1)
      case "date"
      where ["first", "hereof", "above", "written", "signed", "executed"].contains(next):
        return list.range(index, last)
      case "date" where next == "set" && list.text(index + 2) == "forth":
        return list.range(index, last)
      case "date" where next == "of":
        if let end = (index + 2..<min(list.count, index + 7)).first(where: {
          Self.signing.contains(list.text($0))
        }) {
          return list.range(index, end + 1)
        }
        if ["this", "the"].contains(list.text(index + 2)) { return list.range(index, last) }
      case "year" where next == "first" && list.text(index - 1) == "and":
        return list.range(index, last)
      case "execution" where ["of", "hereof", "by"].contains(next):
        return list.range(index, last)
      default: continue
      }
    }
    return nil
  }

  /// What a contract is dated by.
  private static let signing: Set<String> = [
    "execution", "signature", "signatures", "signing", "signed", "executed", "hereof",
  ]

  /// An end: a date after `until`, `through` or `expire`; else what a duration leads to from the date
  /// the words name or the base; else the last of several dates; else no end.
  private func endDate(_ range: Range<Int>) -> Resolved? {
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
    let lengths = DurationParser.durations(in: text, range: range).filter {
      !isNotice($0.range, in: list) && $0.duration.hours == 0
    }
    if let length = lengths.first(where: { $0.duration.months > 0 }) ?? lengths.first,
      let base = dates.first?.date ?? baseDate, let end = base.adding(length.duration)
    {
      return Resolved(value: .string(end.iso), words: length.range)
    }
    if dates.count > 1, let last = dates.max(by: { $0.date < $1.date }) {
      return Resolved(value: .string(last.date.iso), words: last.range)
    }
    if let base = dates.first?.date ?? baseDate,
      let anniversary = DurationParser.anniversaries(in: text, range: range).first,
      let end = base.adding(anniversary.duration)
    {
      return Resolved(value: .string(end.iso), words: anniversary.range)
    }
    if let perpetual = perpetual(range) ?? atWill(list) { return perpetual }
    // A single date that is not where the term begins.
    if let only = dates.first, baseDate.map({ only.date > $0 }) ?? true,
      !comesAfter(Self.startWords, only.range.lowerBound)
    {
      return Resolved(value: .string(only.date.iso), words: only.range)
    }
    return nil
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

  private func duration(_ range: Range<Int>) -> Resolved? {
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

  private func noticePeriod(_ range: Range<Int>) -> Resolved? {
    let list = LexemeList(text, in: range)
    let all = DurationParser.durations(in: text, range: range)
    let isAboutNotice = list.lexemes.contains { Self.noticeWords.contains($0.text) }
    let found =
      all.first { isNotice($0.range, in: list) }
      ?? (all.count == 1 && isAboutNotice ? all.first : nil)
    if let found { return Resolved(value: .string(found.duration.iso), words: found.range) }
    // `may terminate this Agreement immediately upon written notice`
    guard all.isEmpty, list.lexemes.contains(where: { $0.text == "notice" }),
      let now = list.lexemes.first(where: {
        ["immediately", "immediate", "forthwith"].contains($0.text)
      })
    else { return nil }
    return Resolved(value: .string(CalendarDuration().iso), words: now.range)
  }

  /// Whether a duration is how long before something notice must be given: `at least`, `not less than`
  /// before it, `prior`, `before`, `notice` after it.
  private func isNotice(_ range: Range<Int>, in list: LexemeList) -> Bool {
    let first = list.lexemes.firstIndex { $0.range.lowerBound >= range.lowerBound } ?? 0
    let end = list.lexemes.firstIndex { $0.range.lowerBound >= range.upperBound } ?? list.count
    let before = list.lexemes[max(0, first - 4)..<first].map(\.text)
    if before.contains("least") || before.contains("less") || before.contains("fewer")
      || before.contains("later") || before.contains("notice")
    {
      return true
    }
    // What is said under a condition is said of something else: `one-year terms unless written notice`.
    return list.lexemes[end..<min(list.count, end + 5)].map(\.text)
      .prefix { !["unless", "if", "upon", "with", "by"].contains($0) }
      .contains { ["prior", "before", "notice", "advance", "preceding", "written"].contains($0) }
  }

  private func perpetual(_ range: Range<Int>) -> Resolved? {
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

  private func jurisdiction(_ range: Range<Int>) -> Resolved? {
    // The law named after `governed by` or `laws of`, not a court's seat before it.
    let list = LexemeList(text, in: range)
    var start = range.lowerBound
    for index in 0..<list.count
    where ["governed", "construed", "laws", "law"].contains(list.text(index)) {
      start = list.lexemes[index].range.lowerBound
      break
    }
    var mentions = JurisdictionParser.jurisdictions(in: text, range: start..<range.upperBound)
    if mentions.isEmpty { mentions = JurisdictionParser.jurisdictions(in: text, range: range) }
    guard let first = mentions.first else { return nil }
    // `the laws of the United States and the State of Texas`: the state says more.
    let state = mentions.first { $0.name.hasSuffix(", \(first.name)") } ?? first
    return Resolved(value: .string(state.name), words: state.range)
  }

  /// The candidates' ranges without those that overlap a better one, in text order.
  private func disjoint(_ candidates: [FieldCandidate]) -> [Range<Int>] {
    var kept: [Range<Int>] = []
    for candidate in candidates
    where kept.count < Self.evidenceLimit && !kept.contains(where: candidate.range.overlaps) {
      kept.append(candidate.range)
    }
    return kept.sorted { $0.lowerBound < $1.lowerBound }
  }

  private func evidence(_ ranges: [Range<Int>]) -> [Range<Int>] { ranges.map(text.utf8Range) }
}
