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
  var baseDate: CalendarDate?
  /// Candidates at or above it count as found.
  var threshold = 0.3

  init(text: ScalarText, field: FieldSchema.Field) {
    self.text = text
    self.field = field
  }

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
    let strong = candidates.filter { $0.score >= threshold }
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
      return parties(strong, spans: spans)
    case .text, .date, .duration, .money, .jurisdiction:
      return single(strong, spans: spans)
    }
  }

  private func single(_ strong: [FieldCandidate], spans: [SpanCandidate]) -> FieldAnswer {
    var resolved: [(Resolved, FieldCandidate)] = []
    for candidate in strong {
      if let value = value(of: candidate), !resolved.contains(where: { $0.0.value == value.value })
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
    return FieldAnswer(
      name: field.name, status: .found, value: value.value, raw: text.string(value.words),
      evidence: evidence([candidate.range]), alternatives: Array(alternatives),
      confidence: candidate.score, candidates: spans)
  }

  private func parties(_ strong: [FieldCandidate], spans: [SpanCandidate]) -> FieldAnswer {
    let parties = PartyParser.parties(in: text, spans: strong.map(\.range))
    guard !parties.isEmpty else {
      return FieldAnswer(
        name: field.name, status: .unsupported, value: .null, raw: text.string(strong[0].range),
        evidence: evidence([strong[0].range]), alternatives: [], confidence: strong[0].score,
        candidates: spans)
    }
    let value = parties.map { party -> JSONValue in
      [
        "name": .string(party.name), "role": party.role.map(JSONValue.string) ?? .null,
        "aliases": .array(party.aliases.map(JSONValue.string)),
      ]
    }
    let ranges = disjoint(strong)
    return FieldAnswer(
      name: field.name, status: .found, value: .array(value),
      raw: ranges.map { text.string($0) }.joined(separator: "; "), evidence: evidence(ranges),
      alternatives: [], confidence: strong[0].score, candidates: spans)
  }

  /// The value that a candidate's words stand for; nil where they stand for none of the kind.
  func value(of candidate: FieldCandidate) -> Resolved? {
    let range = candidate.value ?? candidate.range
    switch field.normalization {
    case .text:
      let words = text.trimmed(range)
      let string = PartyParser.joined(text.string(words))
      return string.isEmpty ? nil : Resolved(value: .string(string), words: words)
    case .date:
      return date(range)
    case .duration:
      if let mention = DurationParser.durations(in: text, range: range).first
        ?? DurationParser.durations(in: text, range: range, includesAdverbs: true).first
      {
        return Resolved(value: .string(mention.duration.iso), words: mention.range)
      }
      return perpetual(range)
    case .money:
      return MoneyParser.amounts(in: text, range: range).first.map {
        Resolved(
          value: ["amount": .string($0.money.amount), "currency": .string($0.money.currency)],
          words: $0.range)
      }
    case .jurisdiction:
      return jurisdiction(range)
    case .boolean, .parties:
      return nil
    }
  }

  private func date(_ range: Range<Int>) -> Resolved? {
    let dates = DateParser.dates(in: text, range: range)
    guard field.relativeTo != nil else {
      return dates.first.map { Resolved(value: .string($0.date.iso), words: $0.range) }
    }
    // An end date: the last of the dates that a term's sentence names, else a duration counted from
    // the base, else no end.
    if let last = dates.max(by: { $0.date < $1.date }),
      dates.count > 1 || baseDate == nil
        || last.date > (baseDate ?? last.date)
    {
      return Resolved(value: .string(last.date.iso), words: last.range)
    }
    if let mention = DurationParser.durations(in: text, range: range).first,
      let base = dates.first?.date ?? baseDate, let end = base.adding(mention.duration)
    {
      return Resolved(value: .string(end.iso), words: mention.range)
    }
    return perpetual(range)
  }

  private func perpetual(_ range: Range<Int>) -> Resolved? {
    let list = LexemeList(text, in: range)
    for index in 0..<list.count {
      let word = list.text(index)
      let isPerpetual =
        word == "perpetual" || word == "perpetually" || word == "perpetuity"
        || word == "indefinitely" || (word == "until" && list.text(index + 1) == "terminated")
      if isPerpetual {
        let end = word == "until" ? index + 2 : index + 1
        return Resolved(value: "perpetual", words: list.range(index, end))
      }
    }
    return nil
  }

  private func jurisdiction(_ range: Range<Int>) -> Resolved? {
    // The law named nearest after `governed by` or `laws of`, not a court's seat before or after it.
    let list = LexemeList(text, in: range)
    var start = range.lowerBound
    for index in 0..<list.count
    where ["governed", "construed", "laws", "law"].contains(list.text(index)) {
      start = list.lexemes[index].range.lowerBound
      break
    }
    let mentions = JurisdictionParser.jurisdictions(in: text, range: start..<range.upperBound)
    guard
      let first = mentions.first ?? JurisdictionParser.jurisdictions(in: text, range: range).first
    else { return nil }
    return Resolved(value: .string(first.name), words: first.range)
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
