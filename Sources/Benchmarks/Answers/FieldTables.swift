import Contexts
import Documents
import Foundation
import JSON
import Outputs

/// What is counted over the documents.
struct FieldTables {
  let listsWrongValues: Bool

  init(listsWrongValues: Bool) { self.listsWrongValues = listsWrongValues }

  private var words = SpanScores(fit: .words)
  private var characters = SpanScores(fit: .characters)
  private var spanReliability = Reliability()
  private var valueReliability = Reliability()
  private var valuesRight: [String: (right: Int, of: Int)] = [:]
  /// Presence as decided, not at the best threshold.
  private var decided = (right: 0, found: 0, wanted: 0)
  private var values: [String: (right: Int, found: Int, wanted: Int)] = [:]

  /// Counts one contract; returns its predictions in the benchmark's format.
  mutating func add(
    answers: [FieldAnswer], schema: FieldSchema, text: ExtractedText, record: JSONValue
  ) -> [JSONValue] {
    var wanted: [SpanScores.Span] = []
    for span in record["spans"]?.array ?? [] {
      guard let field = span["field"]?.string, let start = span["start"]?.integer,
        let end = span["end"]?.integer
      else { continue }
      wanted.append(
        SpanScores.Span(
          field: field, range: start..<end,
          words: SpanScores.Span.words(of: span["text"]?.string ?? "")))
    }
    var predicted: [SpanScores.Span] = []
    var fields: [String] = []
    for (field, answer) in zip(schema.fields, answers) {
      // Of fields that read one label differently, the first counts.
      guard let tag = field.tag, !fields.contains(tag) else { continue }
      fields.append(tag)
      for candidate in answer.candidates {
        let string = String(text[candidate.range])
        let start = text.scalarOffset(ofUTF8: candidate.range.lowerBound)
        let count = string.unicodeScalars.count
        predicted.append(
          SpanScores.Span(
            field: tag, range: start..<start + count,
            words: SpanScores.Span.words(of: string), score: candidate.score))
      }
      let isWanted = wanted.contains { $0.field == tag }
      let isFound = answer.status == .found || answer.status == .unsupported
      decided.wanted += isWanted ? 1 : 0
      decided.found += isFound ? 1 : 0
      decided.right += isWanted && isFound ? 1 : 0
      if listsWrongValues, answer.status == .unsupported {
        let gold = (record["values"]?[tag]?.array ?? []).compactMap(\.string).joined(
          separator: "; ")
        print("  \(tag): unsupported, from \((answer.raw ?? "").prefix(300)) | \(gold)")
      }
      if answer.status == .found,
        let isRight = ValueCheck(field: field, gold: record["values"]?[tag]?.array ?? []).isRight(
          answer.value)
      {
        valueReliability.add(answer.confidence, isRight: isRight)
        if listsWrongValues, !isRight {
          let gold = (record["values"]?[tag]?.array ?? []).compactMap(\.string).joined(
            separator: "; ")
          print("  \(tag): \(answer.value.text()) from \((answer.raw ?? "").prefix(200)) | \(gold)")
        }
        let kind = field.normalization == .boolean ? "yes/no" : tag
        var count = valuesRight[kind] ?? (0, 0)
        count.of += 1
        count.right += isRight ? 1 : 0
        valuesRight[kind] = count
      }
    }
    words.add(predictions: predicted, answers: wanted, fields: fields)
    characters.add(predictions: predicted, answers: wanted, fields: fields)
    return predicted.map {
      [
        "field": .string($0.field), "start": .integer($0.range.lowerBound),
        "end": .integer($0.range.upperBound), "score": .number($0.score),
      ]
    }
  }

  mutating func add(values found: [String: [String]], record: JSONValue) {
    for field in ["effective_date", "jurisdiction", "party", "term"] {
      let gold = (record["values"]?[field]?.array ?? []).compactMap(\.string).map(Self.key)
      let own = (found[field] ?? []).map(Self.key)
      var count = values[field] ?? (0, 0, 0)
      count.wanted += gold.count
      count.found += own.count
      count.right += own.count { gold.contains($0) }
      values[field] = count
    }
  }

  private static func key(_ value: String) -> String {
    value.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  func printSpans(documents: Int) {
    var isReliable = Reliability()
    for outcome in words.outcomes { isReliable.add(outcome.score, isRight: outcome.isRight) }
    print("spans: \(documents) contracts, \(words.answerCount) answers")
    for (name, scores) in [("words", words), ("characters", characters)] {
      let all = scores.summary()
      print(
        String(
          format:
            "  by %@: AUPR %.1f  P@80R %.1f  best F1 %.1f (P %.1f R %.1f at %.2f)  ceiling %.1f",
          name, 100 * all.area, 100 * all.precisionAt80, 100 * all.bestF1,
          100 * all.precisionAtBest, 100 * all.recallAtBest, all.thresholdAtBest,
          100 * all.ceiling))
    }
    let presence = words.presence()
    print(
      String(
        format: "  presence F1 %.1f at its best threshold %.2f, %.1f as decided",
        100 * presence.f1, presence.threshold,
        200 * Double(decided.right) / Double(max(1, decided.found + decided.wanted))))
    var areas: [Double] = []
    for field in words.fields {
      let one = words.summary(field: field)
      guard one.answers > 0 else { continue }
      areas.append(one.area)
      print(
        "  "
          + field.padding(toLength: 36, withPad: " ", startingAt: 0)
          + String(
            format: "%4d  AUPR %5.1f  best F1 %5.1f  ceiling %5.1f", one.answers, 100 * one.area,
            100 * one.bestF1, 100 * one.ceiling))
    }
    print(
      String(
        format: "  mean AUPR over fields %.1f",
        100 * areas.reduce(0, +) / Double(max(1, areas.count))))
    print("candidates: probability and share that fit an answer")
    for line in isReliable.lines { print(line) }
    print("found values: confidence and share that are right")
    for line in valueReliability.lines { print(line) }
    for (kind, count) in valuesRight.sorted(by: { $0.key < $1.key }) {
      print(
        "  " + kind.padding(toLength: 36, withPad: " ", startingAt: 0)
          + "\(count.right) of \(count.of) found values right")
    }
  }

  func printValues(of name: String) {
    var sum = (right: 0, found: 0, wanted: 0)
    func line(_ name: String, _ count: (right: Int, found: Int, wanted: Int)) -> String {
      let precision = Double(count.right) / Double(max(1, count.found))
      let recall = Double(count.right) / Double(max(1, count.wanted))
      let f1 = 2 * Double(count.right) / Double(max(1, count.found + count.wanted))
      return "  " + name.padding(toLength: 18, withPad: " ", startingAt: 0)
        + String(
          format: "F1 %.1f  P %.1f  R %.1f  (%d wanted)", 100 * f1, 100 * precision, 100 * recall,
          count.wanted)
    }
    print("values of \(name), equal when their letters and digits are")
    for (field, count) in values.sorted(by: { $0.key < $1.key }) {
      print(line(field, count))
      sum.right += count.right
      sum.found += count.found
      sum.wanted += count.wanted
    }
    print(line("all", sum))
  }
}
