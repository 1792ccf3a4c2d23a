import Contexts
import Documents
import Foundation
import JSON
import Outputs
import Pipelines

/// Fields of annotated contracts: spans against the annotators' (CUAD), and values against theirs (CUAD,
/// Kleister NDA).
struct FieldAnswers {
  let tagger: AnswersBenchmark.Tagger?
  /// Whether values are made of the annotators' spans, to see what the making of values alone loses;
  /// wrong ones are listed.
  let usesAnnotatedSpans: Bool

  init(_ tagger: AnswersBenchmark.Tagger?, usesAnnotatedSpans: Bool = false) {
    self.tagger = tagger
    self.usesAnnotatedSpans = usesAnnotatedSpans
  }

  func run(_ records: [JSONValue]) throws -> [JSONValue] {
    guard
      let file = DeclarationTemplate.contracts.files().first(where: {
        $0.name == "contract.schema.json"
      })
    else { throw AnswersBenchmark.UsageError(description: "no contract schema is compiled in") }
    let schema = try FieldSchema(JSONValue.parse(file.text), named: "contract")
    let scoresValues = records[0]["doc_type"]?.string == "nda"
    let extractor = FieldExtractor(schema: schema)
    var tables = Tables(listsWrongValues: usesAnnotatedSpans)
    var lines: [JSONValue] = []
    var seconds = 0.0
    var bytes = 0
    for record in records {
      let text = ExtractedText(
        Document(
          mediaType: "text/plain",
          blocks: [
            Block(.preformatted(AnchoredText(unanchored: record["text"]?.string ?? "")))
          ]))
      let scores =
        try (usesAnnotatedSpans ? nil : tagger)?.scores(text, as: .contract)
        ?? TagScores(labels: [], tokenRanges: [], logits: [])
      let start = DispatchTime.now().uptimeNanoseconds
      let answers =
        usesAnnotatedSpans
        ? extractor.answers(text: text, spans: annotated(record, schema: schema, text: text))
        : extractor.answers(text: text, scores: scores, readWhole: true)
      seconds += Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      bytes += text.text.utf8.count
      let id = record["id"] ?? .null
      if scoresValues {
        let values = NDAValues(answers: answers, text: text).values
        tables.add(values: values, record: record)
        var object = JSONObject()
        for (field, all) in values.sorted(by: { $0.key < $1.key }) {
          object[field] = .array(all.map(JSONValue.string))
        }
        lines.append(["id": id, "values": .object(object)])
      } else {
        lines.append([
          "id": id,
          "predictions": .array(
            tables.add(answers: answers, schema: schema, text: text, record: record)),
        ])
      }
    }
    if scoresValues { tables.printValues() } else { tables.printSpans(documents: records.count) }
    print(
      String(
        format: "%.2f MB of text in %.2f s beside the model: %.2f MB/s", Double(bytes) / 1e6,
        seconds, Double(bytes) / 1e6 / max(seconds, 1e-9)))
    return lines
  }

  private func annotated(_ record: JSONValue, schema: FieldSchema, text: ExtractedText)
    -> [String: [Range<Int>]]
  {
    var spans: [String: [Range<Int>]] = [:]
    for span in record["spans"]?.array ?? [] {
      guard let start = span["start"]?.integer, let end = span["end"]?.integer,
        let field = schema.fields.first(where: { $0.tag == span["field"]?.string })
      else { continue }
      spans[field.name, default: []].append(
        text.utf8Offset(ofScalar: start)..<text.utf8Offset(ofScalar: end))
    }
    return spans
  }
}

/// What is counted over the documents.
private struct Tables {
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
      guard let tag = field.tag else { continue }
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

  func printValues() {
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
    print("values, equal when their letters and digits are")
    for (field, count) in values.sorted(by: { $0.key < $1.key }) {
      print(line(field, count))
      sum.right += count.right
      sum.found += count.found
      sum.wanted += count.wanted
    }
    print(line("all", sum))
  }
}

/// Whether a value says what the annotators of CUAD wrote in their own form (`7/11/06`, `successive 1
/// year`, `Ontario, Canada`, `Yes`).
private struct ValueCheck {
  let field: FieldSchema.Field
  let gold: [JSONValue]

  /// Nil where the annotators' answer cannot be compared.
  func isRight(_ value: JSONValue) -> Bool? {
    let answers = gold.compactMap(\.string)
    let text = answers.joined(separator: "; ")
    switch field.normalization {
    case .boolean:
      return value.bool == true && answers.contains("Yes")
    case .date, .endDate:
      guard let iso = value.string else { return false }
      let dates = DateParser.dates(in: text).map(\.date.iso)
      if dates.isEmpty, !text.isEmpty, !text.lowercased().contains("perpetual") {
        return text.contains("[") ? nil : false
      }
      return dates.contains(iso) || (iso == "perpetual" && text.lowercased().contains(iso))
    case .duration, .noticePeriod:
      guard let iso = value.string else { return false }
      let durations = DurationParser.durations(in: text.replacing(")", with: "")).map(
        \.duration.iso)
      if durations.isEmpty {
        if text.lowercased().contains("perpetual") { return iso == "perpetual" }
        // Warranties are answered with yes or no only.
        if answers.contains("Yes") { return nil }
        return text.isEmpty || answers.contains("No") ? false : nil
      }
      return durations.contains(iso)
    case .jurisdiction:
      guard let name = value.string else { return false }
      let names = JurisdictionParser.jurisdictions(in: text).map(\.name)
      return names.isEmpty ? (text.isEmpty ? false : nil) : names.contains(name)
    case .text:
      guard let own = value.string else { return false }
      let words = SpanScores.Span.words(of: own)
      return answers.contains { answer in
        let other = SpanScores.Span.words(of: answer)
        return 2 * words.intersection(other).count >= words.union(other).count
      }
    case .parties:
      // Half of the names and terms of either side stand on the other one.
      let own = Set(
        (value.array ?? []).compactMap { $0["name"]?.string?.lowercased().filter(\.isLetter) })
      let wanted = text.lowercased().filter { $0.isLetter || $0 == ";" }
      let right = own.count { wanted.contains($0) }
      let parts = wanted.split(separator: ";").count
      return 2 * right >= max(own.count, min(parts, 2))
    case .money, .number:
      return nil
    }
  }
}

/// The four values of the Kleister NDA task, from the contract fields.
private struct NDAValues {
  var values: [String: [String]] = [:]

  init(answers: [FieldAnswer], text: ExtractedText) {
    let byName = Dictionary(answers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let parties = byName["parties"]?.value.array ?? []
    values["party"] = parties.compactMap { $0["name"]?.string }.map {
      $0.replacing(",", with: "")
    }
    for name in ["effectiveDate", "agreementDate"] {
      if let date = byName[name]?.value.string, date.utf8.count == 10,
        values["effective_date"] == nil
      {
        values["effective_date"] = [date]
      }
    }
    if let law = byName["governingLaw"]?.value.string {
      values["jurisdiction"] = [String(law.split(separator: ",")[0])]
    }
    if let term = Self.term(byName, text) { values["term"] = [term] }
  }

  /// How long the agreement or its duties last, as `2 years`.
  private static func term(_ answers: [String: FieldAnswer], _ text: ExtractedText) -> String? {
    for candidate in answers["expirationDate"]?.candidates.prefix(3) ?? []
    where candidate.score > 0.15 {
      let words = String(text[candidate.range])
      guard let duration = DurationParser.durations(in: words).first?.duration else { continue }
      if duration.months > 0, duration.months % 12 == 0 {
        return "\(duration.months / 12) year\(duration.months == 12 ? "" : "s")"
      }
      if duration.months > 0 { return "\(duration.months) month\(duration.months == 1 ? "" : "s")" }
      if duration.days > 0 { return "\(duration.days) day\(duration.days == 1 ? "" : "s")" }
    }
    return nil
  }
}
