import Documents
import Foundation
import JSON
import TestSupport
import Testing

@testable import Outputs

@Suite struct ReportTests {
  private let sample = SampleOutputs()

  @Test func `the report is the same whatever order outputs come in, and loads nothing`() {
    let envelopes = sample.envelopes.map(\.json)
    let one = Report(of: envelopes, title: "Run").html
    #expect(one == Report(of: envelopes.reversed(), title: "Run").html)
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
      decoding: Report(of: [envelope.json], title: "<i>\"Run\"</i>", text: { _ in text }).html,
      as: UTF8.self)
    #expect(!html.contains("alert(1)</script>"))
    #expect(!html.contains("<b>") && !html.contains("<i>\"Run"))
    // The data, the script, the document.
    #expect(html.components(separatedBy: "</script>").count == 4)
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
      decoding: Report(of: [envelope.json], title: "", text: { _ in text }).html, as: UTF8.self)
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
    let drawn = [2, 3].map {
      PagePicture(
        page: $0, width: 100, height: 200, top: 0, bottom: 200, png: [0, 1, 2, UInt8($0)])
    }
    func html(budget: Int) -> String {
      String(
        decoding: Report(
          of: [envelope.json], title: "", pictures: { _ in drawn }, pictureBudget: budget
        ).html, as: UTF8.self)
    }
    let report = html(budget: 100)
    #expect(report.contains("id=\"i0\">AAECAg==<"))
    #expect(report.contains("\"page\":2,\"top\":0,\"width\":100"))
    #expect(!report.contains("id=\"i1\""), "no quote stands on page 3")
    #expect(!report.contains("\"undrawn\""))
    let small = html(budget: 3)
    #expect(!small.contains("id=\"i0\""))
    #expect(small.contains("\"undrawn\":true"), "what is not drawn is said to be")
  }

  @Test func `pages are whole while there is room, then bands around the quotes`() {
    func envelope(_ path: String, _ boxes: [JSONValue]) -> JSONValue {
      ["source": ["path": .string(path)], "evidence": ["e1": ["boxes": .array(boxes)]]]
    }
    let envelopes = [
      envelope("a.pdf", [[3, 10, 100, 90, 110], [3, 10, 150, 90, 160], [3, 10, 500, 90, 510]]),
      envelope("b.pdf", [[1, 0, 20, 50, 30]]), envelope("c.txt", []),
    ]
    let whole = ReportPages(of: envelopes, budget: 1 << 20)
    #expect(whole.bands(of: "a.pdf") == [.init(page: 3, rows: nil)])
    #expect(whole.bands(of: "c.txt").isEmpty)
    let bands = ReportPages(of: envelopes, budget: 1 << 10)
    #expect(
      bands.bands(of: "a.pdf") == [
        .init(page: 3, rows: 46...214), .init(page: 3, rows: 446...564),
      ])
    #expect(bands.bands(of: "b.pdf") == [.init(page: 1, rows: 0...84)])
  }

  @Test func `a document that failed is in the report with its reason, and what was left out too`()
  {
    let run: JSONValue = [
      "documents": [
        [
          "path": "bad.pdf", "status": "failed",
          "steps": [["step": "fields", "status": "failed", "reason": "It is damaged."]],
        ]
      ],
      "leftOut": [["path": "x.zip", "reason": "unsupported", "detail": "its content is ZIP"]],
    ]
    let html = String(
      decoding: Report(of: sample.envelopes.map(\.json), title: "Run", run: run).html,
      as: UTF8.self)
    #expect(html.contains("\"path\":\"bad.pdf\""))
    #expect(html.contains("It is damaged."))
    #expect(html.contains("its content is ZIP"))
  }

  @Test(arguments: [([], ""), ([77], "TQ=="), ([77, 97], "TWE="), ([77, 97, 110], "TWFu")])
  func `base 64 is that of RFC 4648`(bytes: [UInt8], text: String) {
    #expect(Base64.text(of: bytes) == text)
  }
}
