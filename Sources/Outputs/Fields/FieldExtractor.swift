package import Documents
internal import Foundation
internal import JSON

/// Answers the fields of a schema from what a tagging checkpoint says about a text.
package struct FieldExtractor: Sendable {
  package let schema: FieldSchema

  /// The most candidates kept a field.
  package static let candidateLimit = 30

  package init(schema: FieldSchema) { self.schema = schema }

  /// One answer a field, in the schema's order.
  ///
  /// `readWhole`: whether `scores` cover the whole text; only then can a field be `absent`.
  package func answers(text extracted: ExtractedText, scores: TagScores, readWhole: Bool)
    -> [FieldAnswer]
  {
    let text = ScalarText(extracted.text)
    let ranker = SpanRanker(text: text, scores: scores)
    var resolved: [String: CalendarDate] = [:]
    var answers: [String: FieldAnswer] = [:]
    // Dates that others are counted from come first.
    let bases = Set(schema.fields.compactMap(\.relativeTo))
    let order =
      schema.fields.filter { bases.contains($0.name) }
      + schema.fields.filter { !bases.contains($0.name) }
    for field in order {
      let candidates = candidates(for: field, text: text, ranker: ranker)
      var resolver = FieldResolver(text: text, field: field)
      resolver.baseDate = field.relativeTo.flatMap { resolved[$0] }
      let answer = resolver.answer(from: candidates, readWhole: readWhole)
      if field.normalization == .date, let iso = answer.value.string,
        let mention = DateParser.dates(in: iso).first
      {
        resolved[field.name] = mention.date
      }
      answers[field.name] = answer
    }
    return schema.fields.compactMap { answers[$0.name] }
  }

  private func candidates(for field: FieldSchema.Field, text: ScalarText, ranker: SpanRanker)
    -> [FieldCandidate]
  {
    var candidates: [FieldCandidate] = []
    if let tag = field.tag {
      candidates = ranker.spans(ofLabel: tag).map {
        FieldCandidate(range: $0.range, value: nil, score: $0.score)
      }
    }
    if let pattern = field.pattern {
      candidates += matches(of: pattern, in: text, clauses: ranker.clauses)
    }
    return Array(
      candidates.sorted {
        ($1.score, $0.range.lowerBound, $0.range.upperBound)
          < ($0.score, $1.range.lowerBound, $1.range.upperBound)
      }.prefix(Self.candidateLimit))
  }

  /// The sentences in which a user's pattern matches. A match is taken at the word of the pattern's
  /// author: its score is 0.9.
  private func matches(of pattern: String, in text: ScalarText, clauses: [Clause])
    -> [FieldCandidate]
  {
    guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
    let names = Self.groupNames(of: pattern)
    var candidates: [FieldCandidate] = []
    for sentence in Self.sentences(clauses) {
      let string = text.string(sentence)
      let whole = NSRange(location: 0, length: string.utf16.count)
      guard let match = expression.firstMatch(in: string, range: whole) else { continue }
      var value: Range<Int>?
      for name in names where value == nil {
        let found = match.range(withName: name)
        if found.location != NSNotFound, let range = Range(found, in: string) {
          let start =
            sentence.lowerBound
            + string.unicodeScalars.distance(from: string.startIndex, to: range.lowerBound)
          let count = string.unicodeScalars.distance(from: range.lowerBound, to: range.upperBound)
          if count > 0 { value = start..<start + count }
        }
      }
      candidates.append(FieldCandidate(range: sentence, value: value, score: 0.9))
    }
    return candidates
  }

  /// The named groups of a pattern, `value` first.
  private static func groupNames(of pattern: String) -> [String] {
    var names: [String] = []
    var rest = pattern[...]
    while let start = rest.range(of: "(?<") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstIndex(of: ">") else { break }
      let name = rest[..<end]
      if name.first?.isLetter == true { names.append(String(name)) }
    }
    return names.filter { $0 == "value" } + names.filter { $0 != "value" }
  }

  private static func sentences(_ clauses: [Clause]) -> [Range<Int>] {
    var sentences: [Range<Int>] = []
    var start: Int?
    for clause in clauses {
      let first = start ?? clause.range.lowerBound
      if clause.end > .clause {
        sentences.append(first..<clause.range.upperBound)
        start = nil
      } else {
        start = first
      }
    }
    return sentences
  }
}
