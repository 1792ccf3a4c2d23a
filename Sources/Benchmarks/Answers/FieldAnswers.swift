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

  func run(_ records: [JSONValue], asValues: Bool) throws -> [JSONValue] {
    guard
      let file = DeclarationTemplate.contracts.files().first(where: {
        $0.name == "contract.schema.json"
      })
    else { throw AnswersBenchmark.UsageError(description: "no contract schema is compiled in") }
    let schema = try FieldSchema(JSONValue.parse(file.text), named: "contract")
    let extractor = FieldExtractor(schema: schema)
    var tables = FieldTables(listsWrongValues: usesAnnotatedSpans)
    var patterns = FieldTables(listsWrongValues: false)
    var lines: [JSONValue] = []
    var seconds = 0.0
    var bytes = 0
    for record in records {
      let text = Self.text(record)
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
      if asValues {
        let values = NDAValues(answers: answers, text: text).values
        tables.add(values: values, record: record)
        patterns.add(values: NDAPatterns.values(text.text), record: record)
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
    if asValues {
      tables.printValues(of: "Docket")
      patterns.printValues(of: "regular expressions")
    } else {
      tables.printSpans(documents: records.count)
    }
    print(
      String(
        format: "%.2f MB of text in %.2f s beside the model: %.2f MB/s", Double(bytes) / 1e6,
        seconds, Double(bytes) / 1e6 / max(seconds, 1e-9)))
    return lines
  }

  /// A contract's text as one block, so that offsets are those of the record.
  static func text(_ record: JSONValue) -> ExtractedText {
    ExtractedText(
      Document(
        mediaType: "text/plain",
        blocks: [Block(.preformatted(AnchoredText(unanchored: record["text"]?.string ?? "")))]))
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
