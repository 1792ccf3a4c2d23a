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
    case .cap, .noticePeriod, .term:
      // Most clauses that limit liability exclude kinds of damages and set no limit, a clause on ending a
      // contract may say nothing of notice, and one on its end only name the day.
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

  /// Whether words that limit liability or end a contract speak of a limit, a notice or a length at all.
  private func statesItsKind(_ candidate: FieldCandidate) -> Bool {
    if value(of: candidate) != nil { return true }
    let range = candidate.range
    switch field.normalization {
    case .noticePeriod:
      return speaksOfNotice(range)
    case .term:
      return leavesLengthBlank(range) || !definitions(for: candidate).isEmpty
    default: return false
    }
  }

  /// What a candidate's words stand for, by themselves or by the definition of a term they use.
  private struct Answer {
    var resolved: Resolved
    var candidate: FieldCandidate
    var definition: DefinedTerms.Definition?
  }

  private func single(_ strong: [FieldCandidate], spans: [SpanCandidate]) -> FieldAnswer {
    var answers: [Answer] = []
    func add(
      _ value: Resolved?, _ candidate: FieldCandidate, _ definition: DefinedTerms.Definition?
    ) {
      guard let value, accepts(value.value),
        !answers.contains(where: { $0.resolved.value == value.value })
      else { return }
      answers.append(Answer(resolved: value, candidate: candidate, definition: definition))
    }
    for candidate in strong { add(value(of: candidate), candidate, nil) }
    var blank: DefinedTerms.Definition?
    if answers.isEmpty {
      for candidate in strong.prefix(Self.definedLimit) {
        for definition in definitions(for: candidate) {
          add(
            value(of: FieldCandidate(range: definition.words, score: candidate.score)), candidate,
            definition)
          if terms.hasBlank(definition.words) { blank = blank ?? definition }
        }
      }
    }
    guard let best = answers.first else {
      return unsupported(strong, blank: blank, spans: spans)
    }
    let alternatives = answers.dropFirst().prefix(Self.alternativeLimit).map { other in
      FieldAnswer.Alternative(
        value: other.resolved.value, raw: text.string(other.resolved.words),
        evidence: proof(of: other), confidence: other.candidate.score)
    }
    var answer = FieldAnswer(
      name: field.name, status: .found, value: best.resolved.value,
      raw: text.string(best.resolved.words), evidence: proof(of: best),
      alternatives: Array(alternatives), confidence: best.candidate.score, candidates: spans)
    if [.duration, .noticePeriod, .endDate, .term].contains(field.normalization) {
      answer.countsBusinessDays = LexemeList(text, in: best.resolved.words).lexemes.contains {
        ["business", "working", "banking", "trading"].contains($0.text)
      }
    }
    return answer
  }

  /// The words of the candidate, with those beside it that the value was made of; then the definition.
  private func proof(of answer: Answer) -> [Range<Int>] {
    let range = answer.candidate.range
    guard let definition = answer.definition else {
      let words = answer.resolved.words
      return evidence([
        min(range.lowerBound, words.lowerBound)..<max(range.upperBound, words.upperBound)
      ])
    }
    return evidence(inOrder([range, definition.whole]))
  }

  private func inOrder(_ ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.sorted { $0.lowerBound < $1.lowerBound }
  }

  private func unsupported(
    _ strong: [FieldCandidate], blank: DefinedTerms.Definition?, spans: [SpanCandidate]
  ) -> FieldAnswer {
    let best = strong[0]
    var answer = FieldAnswer(
      name: field.name, status: .unsupported, value: .null, raw: text.string(best.range),
      evidence: evidence(inOrder([best.range] + (blank.map { [$0.whole] } ?? []))),
      alternatives: [], confidence: best.score, candidates: spans)
    if blank != nil {
      answer.gap = .blankTerm
    } else if field.normalization == .endDate,
      strong.contains(where: { lacksBase($0.value ?? $0.range) })
    {
      answer.gap = .noDateToCountFrom
    }
    return answer
  }

  // MARK: Terms defined elsewhere

  private var terms: DefinedTerms { DefinedTerms(text: text) }
  /// For how many candidates definitions are looked up.
  private static let definedLimit = 3

  /// The definitions of terms in a candidate's words that can be of the field's kind, outside of those words.
  private func definitions(for candidate: FieldCandidate) -> [DefinedTerms.Definition] {
    guard let nouns = Self.nouns[field.normalization] else { return [] }
    return terms.terms(in: candidate.range).filter { term in
      term.contains { nouns.contains($0) }
        && (field.normalization != .endDate || Self.beginnings.isDisjoint(with: term))
    }.compactMap { terms.definition(of: $0) }.filter { !$0.words.overlaps(candidate.range) }
  }

  /// Words of the names that contracts give to what they define.
  private static let nouns: [FieldSchema.Normalization: Set<String>] = [
    .jurisdiction: ["law", "laws", "jurisdiction", "state", "country"],
    .date: ["date", "day"],
    .endDate: ["term", "period", "expiration", "expiry", "termination", "end"],
    .term: ["term", "period"],
    .duration: ["term", "period"],
    .noticePeriod: ["notice", "period"],
  ]
  private static let beginnings: Set<String> = ["effective", "commencement", "start", "starting"]

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
      let words = title(text.trimmed(range))
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
    case .term:
      return term(range)
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

  /// A title without the `This` in front of it, and without what only says it again: the sentence that begins
  /// with it (`LICENSE AGREEMENT This License Agreement`), the heading twice.
  private func title(_ range: Range<Int>) -> Range<Int> {
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
    guard first < end else { return range }
    let half = first + (end - first) / 2
    if (end - first).isMultiple(of: 2), half - first > 1,
      list.lexemes[first..<half].map(\.text) == list.lexemes[half..<end].map(\.text)
    {
      end = half
    }
    return text.trimmed(list.range(first, end))
  }

  /// A capitalised word, or a small one between them.
  private func isTitleWord(_ lexeme: Lexeme) -> Bool {
    ScalarClass.isUpper(text[lexeme.range.lowerBound]) || lexeme.range.count <= 4
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
