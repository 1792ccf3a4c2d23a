import Documents
import Foundation
import JSON
import Testing

@testable import Outputs

@Suite struct ReportTests {
  private let sample = SampleOutputs()

  @Test func `the report is the same whatever order outputs come in, and loads nothing`() {
    let envelopes = sample.envelopes.map(\.json)
    let one = Report.html(of: envelopes, title: "Run")
    #expect(one == Report.html(of: envelopes.reversed(), title: "Run"))
    let text = String(decoding: one, as: UTF8.self)
    for forbidden in ["http://", "https://", "src=\"", "@import", "url("] {
      #expect(!text.replacing("http:\\/\\/", with: "").contains(forbidden), "\(forbidden)")
    }
    #expect(text.contains("default-src 'none'"))
  }

  @Test func `text of a document cannot become markup`() {
    let document = textDocument(
      "Ends </script><script>alert(1)</script> & <!-- here it is at last.")
    let text = ExtractedText(document)
    let grounding = Grounding(text)
    let envelope = Envelope(
      kind: .summary,
      source: Source(document, text: text, path: "<b>.txt", sha256: SampleOutputs.digest("a")),
      produced: .example, coverage: Coverage(tokensTotal: 1, tokensRead: 1, notices: []),
      content: Summary(of: document, text: text, scores: nil, length: .sentences(1))
        .content(grounding))
    let html = String(
      decoding: Report.html(of: [envelope.json], title: "<i>\"Run\"</i>", text: { _ in text }),
      as: UTF8.self)
    #expect(!html.contains("alert(1)</script>"))
    #expect(!html.contains("<b>") && !html.contains("<i>\"Run"))
    #expect(html.components(separatedBy: "</script>").count == 3)
  }

  @Test func `a quote has more of its surroundings where the text is at hand, cut between words`() {
    let words = (0..<200).map { "word\($0)" }.joined(separator: " ")
    let document = textDocument(words)
    let text = ExtractedText(document)
    let envelope = Envelope(
      kind: .fields, source: Source(document, text: text, path: "a", sha256: "0"),
      produced: .example, coverage: Coverage(tokensTotal: 1, tokensRead: 1, notices: []),
      content: FieldsOutput.content(
        [
          FieldAnswer(
            name: "f", status: .found, value: "x", raw: nil,
            evidence: [Grounding(text).find("word100").evidence.range!], alternatives: [],
            confidence: 1, candidates: [])
        ], schemaName: "s", schemaSha256: "0", grounding: Grounding(text), isWhole: true))
    let html = String(
      decoding: Report.html(of: [envelope.json], title: "", text: { _ in text }), as: UTF8.self)
    #expect(html.contains("\"before\":\"…word69 word70 "))
    #expect(html.contains(" word126 word127…\""))
  }

  @Test func `a page's picture is there when a quote stands on it, and not otherwise`() throws {
    let line = GlyphLine(
      page: 2, box: Box(x0: 10, y0: 20, x1: 60, y1: 30), edges: (0...5).map { UInt16($0 * 160) })
    let document = Document(
      mediaType: "application/pdf", pages: [Page(label: nil, width: 100, height: 200)],
      blocks: [Block(.paragraph(AnchoredText("Alpha", at: .glyphs(line))))])
    let text = ExtractedText(document)
    let envelope = Envelope(
      kind: .fields, source: Source(document, text: text, path: "p.pdf", sha256: "0"),
      produced: .example, coverage: Coverage(tokensTotal: 1, tokensRead: 1, notices: []),
      content: FieldsOutput.content(
        [
          FieldAnswer(
            name: "f", status: .found, value: "x", raw: nil, evidence: [0..<5], alternatives: [],
            confidence: 1, candidates: [])
        ], schemaName: "s", schemaSha256: "0", grounding: Grounding(text), isWhole: true))
    let images = [2, 3].map {
      Report.PageImage(path: "p.pdf", page: $0, width: 100, height: 200, png: [0, 1, 2, UInt8($0)])
    }
    let html = String(
      decoding: Report.html(of: [envelope.json], title: "", images: images), as: UTF8.self)
    #expect(html.contains("\"p.pdf#2\":{\"height\":200,\"png\":\"AAECAg==\",\"width\":100}"))
    #expect(!html.contains("p.pdf#3"))
  }

  @Test(arguments: [([], ""), ([77], "TQ=="), ([77, 97], "TWE="), ([77, 97, 110], "TWFu")])
  func `base 64 is that of RFC 4648`(bytes: [UInt8], text: String) {
    #expect(Base64.text(of: bytes) == text)
  }
}
