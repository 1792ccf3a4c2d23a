import Documents
import Foundation
import JSON
import Testing

@testable import Outputs

func fixture(_ name: String) throws -> [UInt8] {
  let url = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
  return [UInt8](try Data(contentsOf: url.appendingPathComponent(name)))
}

extension Produced {
  static let example = Produced(
    key: String(repeating: "a", count: 64), pipeline: "contracts",
    pipelineSha256: String(repeating: "b", count: 64), step: "fields", modelName: "reader-v0",
    modelSha256: String(repeating: "c", count: 64), promptSha256: String(repeating: "d", count: 64))
}

extension Source {
  static func example(_ text: ExtractedText, path: String = "a.txt") -> Source {
    Source(
      path: path, sha256: String(repeating: "1", count: 64),
      textSha256: String(repeating: "2", count: 64), mediaType: "text/plain",
      scalarCount: text.scalarCount)
  }
}

@Suite struct EnvelopeTests {
  private func envelope(_ coverage: Coverage) -> Envelope {
    let text = ExtractedText(textDocument("Zahlung in 30 Tagen."))
    var evidence = EvidenceTable()
    _ = evidence.id(of: Grounding(text).find("30 Tagen").evidence)
    return Envelope(
      kind: .summary, source: .example(text), produced: .example, coverage: coverage,
      content: OutputContent(
        data: ["title": nil, "abstract": "", "points": []], evidence: evidence, warnings: []))
  }

  @Test func `the schema in the program is the schema of the format`() throws {
    let schema = try JSONValue.parse(Envelope.schemaText)
    #expect(try schema == JSONValue.parse(fixture("output-1.schema.json")))
  }

  @Test func `a file is its keys in order, LF, UTF-8 and one newline at its end`() throws {
    let bytes = envelope(Coverage(tokensTotal: 9, tokensRead: 9, notices: [])).fileBytes
    #expect(bytes.last == UInt8(ascii: "\n") && bytes.dropLast().last == UInt8(ascii: "}"))
    #expect(!bytes.contains(UInt8(ascii: "\r")))
    let value = try JSONValue.parse(bytes)
    #expect(value.object?.keys == value.object?.keys.sorted())
    #expect(Envelope.fileBytes(of: value) == bytes)
    #expect(value["status"] == "complete")
  }

  @Test func `a line is the same value without line breaks inside`() throws {
    let envelope = envelope(Coverage(tokensTotal: 9, tokensRead: 9, notices: []))
    #expect(envelope.line.count { $0 == UInt8(ascii: "\n") } == 1)
    #expect(try JSONValue.parse(envelope.line) == envelope.json)
  }

  @Test func `what was not read makes the output partial and is named with its reason`() {
    let scan = Notice(.noTextLayer, page: 2, detail: "Page 2 is an image without text.")
    let doubt = Notice(.recognised, page: 3, detail: "Page 3 was read by recognition.")
    let json = envelope(Coverage(tokensTotal: 9, tokensRead: 7, notices: [doubt, scan])).json
    #expect(json["status"] == "partial")
    #expect(
      json["coverage"]?["skipped"] == [
        ["reason": "no-text-layer", "page": 2], ["reason": "over-context"],
      ])
    #expect(
      json["warnings"]?.array?.compactMap { $0["at"]?.string } == [
        "/coverage/skipped/0", "/coverage/skipped/1",
      ])
    #expect(json["warnings"]?.array?.count == 3)
    #expect(
      envelope(Coverage(tokensTotal: 9, tokensRead: 9, notices: [doubt])).json["status"]
        == "partial")
  }

  @Test func `a place that is cited twice keeps its number`() {
    let grounding = Grounding(ExtractedText(textDocument("one two three")))
    var table = EvidenceTable()
    #expect(table.id(of: grounding.evidence(at: 0..<3)) == "e1")
    #expect(table.id(of: grounding.evidence(at: 4..<7)) == "e2")
    #expect(table.id(of: grounding.evidence(at: 0..<3)) == "e1")
    #expect(table.id(of: .notFound("one")) == "e3")
    #expect(table.entries.count == 3)
  }
}
