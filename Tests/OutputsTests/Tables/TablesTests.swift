import Documents
import JSON
import TestSupport
import Testing

@testable import Outputs

@Suite struct TablesTests {
  private let envelopes = SampleOutputs().envelopes.map(\.json)

  @Test
  func
    `the table of fields has a row a document, values as people write them, and quotes where needed`()
  {
    var second = envelopes.first { $0["kind"] == "fields" }!
    second = second.replacing("/source/path", with: "a,b\"c.txt")
      .replacing(
        "/data/fields/fee",
        with: [
          "status": "found", "value": ["amount": "1200.00", "currency": "USD"], "evidence": [],
        ]
      )
      .replacing(
        "/data/fields/parties",
        with: [
          "status": "found", "value": [["name": "Acme, Inc."], ["name": "Beta"]], "evidence": [],
        ])
    let csv = String(decoding: FieldsTable.csv(of: [second] + envelopes), as: UTF8.self)
    #expect(
      csv == """
        path,status,agreementDate,agreementDate.status,agreementDate.confidence,exclusivity,exclusivity.status,exclusivity.confidence,fee,fee.status,fee.confidence,governingLaw,governingLaw.status,governingLaw.confidence,parties,parties.status,parties.confidence\r
        "a,b""c.txt",complete,2019-03-05,found,0.50,false,absent,,1200.00 USD,found,,New York,found,0.93,"Acme, Inc.; Beta",found,\r
        a/contract.txt,complete,2019-03-05,found,0.50,false,absent,,,,,New York,found,0.93,,,\r

        """)
  }

  @Test(arguments: [
    ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""), ("+1-2", "'+1-2"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("-2+3", "'-2+3"), ("\tx", "'\tx"), ("-5", "-5"), ("-0.25", "-0.25"), ("5 = 5", "5 = 5"),
  ])
  func `no cell of the table is a formula, and numbers stay numbers`(value: String, cell: String)
    throws
  {
    let fields = try #require(envelopes.first { $0["kind"] == "fields" })
      .replacing("/data/fields/governingLaw/value", with: .string(value))
      .replacing("/source/path", with: "=a.txt")
    let csv = String(decoding: FieldsTable.csv(of: [fields]), as: UTF8.self)
    #expect(csv.contains(",\(cell),found,"))
    #expect(csv.contains("\r\n'=a.txt,"))
  }

  @Test func `lines are sorted by path whatever the order outputs come in`() throws {
    let lines = OutputLines.bytes(of: envelopes)
    #expect(lines == OutputLines.bytes(of: envelopes.reversed()))
    #expect(lines.count { $0 == 0x0A } == envelopes.count)
    #expect(FieldsTable.csv(of: envelopes) == FieldsTable.csv(of: envelopes.reversed()))
  }

  @Test func `minutes are Markdown one would send to colleagues`() throws {
    let minutes = try #require(envelopes.first { $0["kind"] == "minutes" })
    let text = MinutesMarkdown.text(of: minutes)
    #expect(
      text.hasPrefix("# Release review\n\n- **Date:** 2026-11-20\n- **Next meeting:** 2026-11-27\n")
    )
    #expect(text.contains("- **Present:** Dana Ruiz, Kim\n- **Mentioned:** Lee\n"))
    #expect(
      text.contains(
        "## Decisions\n\n1. We agreed to move the release to the fourth of December. — Dana Ruiz *(turn 3)*\n"
      ))
    #expect(
      text.contains(
        "| Lee can tell support by Tuesday. *(turn 5)* | Lee | 2026-11-24 (“by Tuesday”) |"))
    #expect(text.contains("| Somebody has to write the rollback plan. *(turn 5)* | — | — |"))
    #expect(text.contains("## Open questions\n\n- Who pays for the extra week? — Dana Ruiz"))
    #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
  }

  @Test func `a summary is Markdown with its headings, places and notes`() throws {
    let summary = try #require(envelopes.first { $0["kind"] == "summary" })
    let points = try #require(summary["data"]?["points"]?.array)
    let text = SummaryMarkdown.text(of: summary)
    #expect(text.hasPrefix("# "))
    #expect(text.contains("- **Source:** "))
    for point in points {
      #expect(text.contains("- " + (point["text"]?.string ?? "?")))
    }
    #expect(
      text.hasSuffix(
        "*Chosen by Docket from the document; every sentence is in the document's own words.*\n"))

    let id = try #require(points[0]["evidence"]?[0]?.string)
    let headed = SummaryMarkdown.text(
      of: summary.replacing("/data/points/0/topic", with: "4. *Fees*")
        .replacing("/evidence/\(id)/page", with: 12).replacing("/status", with: "partial")
        .replacing(
          "/warnings", with: [["code": "written", "message": "Page 3 has no text layer."]]))
    #expect(headed.contains("## 4. \\*Fees\\*\n\n- "))
    #expect(headed.contains(" *(page 12)*\n"))
    #expect(headed.contains("**Not all of the source could be read;**"))
    #expect(headed.contains("## Notes\n\n- Page 3 has no text layer.\n"))
    #expect(headed.contains("*Written by a model for Docket;"))
  }

  @Test func `what would be markup in Markdown is shown as it is`() throws {
    let minutes = try #require(envelopes.first { $0["kind"] == "minutes" })
      .replacing("/data/meeting/title", with: "a*b|c <script> [x](y)")
    #expect(
      MinutesMarkdown.text(of: minutes).hasPrefix("# a\\*b\\|c \\<script\\> \\[x\\](y)\n"))
  }
}
