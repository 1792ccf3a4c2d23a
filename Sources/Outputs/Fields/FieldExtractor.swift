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
    return answers(text: text, readWhole: readWhole) {
      candidates(for: $0, text: text, ranker: ranker)
    }
  }

  /// The answers that follow from spans found by other means: UTF-8 ranges of the extracted text by
  /// field, each taken as certain.
  package func answers(text extracted: ExtractedText, spans: [String: [Range<Int>]])
    -> [FieldAnswer]
  {
    let text = ScalarText(extracted.text)
    return answers(text: text, readWhole: true) { field in
      (spans[field.name] ?? []).map {
        let start = text.position(ofUTF8: $0.lowerBound)
        return FieldCandidate(
          range: start..<max(start, text.position(ofUTF8: $0.upperBound)), value: nil, score: 1)
      }
    }
  }

  private func answers(
    text: ScalarText, readWhole: Bool, candidates: (FieldSchema.Field) -> [FieldCandidate]
  ) -> [FieldAnswer] {
    var dates: [String: CalendarDate] = [:]
    var answers: [String: FieldAnswer] = [:]
    for field in inDependencyOrder() {
      let base = field.relativeTo.flatMap { dates[$0] }
      let answer = FieldResolver(
        text: text, field: field, baseDate: base,
        accepts: { schema.accepts($0, for: field.name) }
      ).answer(from: candidates(field), readWhole: readWhole)
      if field.normalization == .date || field.normalization == .endDate {
        // Where a date was not found, what it is counted from is the best there is to count from.
        dates[field.name] =
          answer.value.string.flatMap { DateParser.dates(in: $0).first?.date } ?? base
      }
      answers[field.name] = answer
    }
    return schema.fields.compactMap { answers[$0.name] }
  }

  /// Dates that others are counted from come before them; a circle is cut where it starts.
  private func inDependencyOrder() -> [FieldSchema.Field] {
    var ordered: [FieldSchema.Field] = []
    var seen: Set<String> = []
    func visit(_ field: FieldSchema.Field) {
      guard seen.insert(field.name).inserted else { return }
      if let base = schema.fields.first(where: { $0.name == field.relativeTo }) { visit(base) }
      ordered.append(field)
    }
    for field in schema.fields { visit(field) }
    return ordered
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
