import Documents
import JSON
import Testing

@testable import Outputs

@Suite struct SummaryTests {
  private let document: Document = {
    func text(_ words: String) -> AnchoredText {
      AnchoredText(words, at: .bytes(0..<1, verbatim: false))
    }
    return Document(
      mediaType: "text/html",
      blocks: [
        Block(.heading(text("Harbour report"), level: 1)),
        Block(
          .paragraph(
            text(
              "The harbour needs a new crane. The weather was fine all week. The new crane costs four million and serves the whole harbour."
            ))),
        Block(.heading(text("Money"), level: 2)),
        Block(
          .paragraph(
            text(
              "The council pays for the crane of the harbour. The council pays for the crane of the harbour. Fees rise by two percent in May."
            ))),
        Block(
          .table(
            Table(
              rowCount: 1, columnCount: 1,
              cells: [
                Table.Cell(
                  row: 0, column: 0,
                  text: text("The crane of the harbour is in a table and stays there."))
              ]))),
      ])
  }()

  private func summary(_ length: Summary.Length) -> (Summary, [String]) {
    let text = ExtractedText(document)
    let summary = Summary(of: document, text: text, scores: nil, length: length)
    return (summary, summary.points.map { String(text[$0.range]) })
  }

  @Test func `points are sentences of the document, in its order, under their heading`() {
    let (summary, points) = summary(.sentences(3))
    #expect(points.count == 3)
    #expect(
      summary.points.map(\.range.lowerBound) == summary.points.map(\.range.lowerBound).sorted())
    let text = ExtractedText(document)
    #expect(summary.title == "Harbour report")
    for point in summary.points {
      let heading = point.heading.map { String(text[$0]) }
      #expect(heading == (point.range.lowerBound < 140 ? "Harbour report" : "Money"))
    }
  }

  @Test func `nothing is said twice, and tables are not prose`() {
    let (_, points) = summary(.sentences(10))
    #expect(Set(points).count == points.count)
    #expect(!points.contains { $0.contains("table") })
  }

  @Test func `the length asked for is kept`() {
    #expect(summary(.sentences(1)).1.count == 1)
    for words in [9, 15, 30] {
      let count = summary(.words(words)).1.joined(separator: " ").split(separator: " ").count
      #expect(count <= words)
    }
    #expect(summary(.words(1)).1.count == 1)
    #expect(summary(.share(0.5)).1.count < summary(.share(1)).1.count)
  }

  @Test func `a document without prose gives no points and says so`() {
    let empty = Document(mediaType: "text/plain")
    let summary = Summary(of: empty, text: ExtractedText(empty), scores: nil, length: .words(100))
    let content = summary.content(Grounding(ExtractedText(empty)))
    #expect(content.data["points"] == [] && content.data["title"] == .null)
    #expect(content.warnings.contains { $0.code == "nothing-to-summarise" })
  }

  @Test func `titles, rows and code that stand as paragraphs are not prose`() {
    let paragraphs = [
      "FORM 10-Q QUARTERLY REPORT PURSUANT TO SECTION 13",
      "Cash 12,345 9,876 Receivables 4,321 1,234",
      "let x = { a: 1, b: [2, 3] } // y", "Yes ☒ No ☐ of the two boxes",
      "Pursuant to Section 13 of the Securities Exchange Act", "The parties agree as follows:",
      "Indicate by check mark whether the registrant has filed all reports.",
      "The company sells boats and earned more than in the year before.",
    ]
    let document = Document(
      mediaType: "text/plain",
      blocks: paragraphs.map {
        Block(.paragraph(AnchoredText($0, at: .bytes(0..<1, verbatim: false))))
      })
    let text = ExtractedText(document)
    let summary = Summary(of: document, text: text, scores: nil, length: .share(1))
    #expect(summary.points.map { String(text[$0.range]) } == [paragraphs[paragraphs.count - 1]])
  }

  @Test func `sentences come best first, equal ones as they stand`() {
    let scores = [0.5, 2, -1, 2, 0, 7, 0.5]
    var queue = SentenceQueue(scores)
    var order: [Int] = []
    while let entry = queue.pop() { order.append(entry.index) }
    #expect(order == [5, 1, 3, 0, 6, 4, 2])
  }

  @Test func `parts of sentences, notes and marks before a sentence are left out`() {
    let lines = [
      "executed a personal guarantee of the loan for the bank of the town.",
      "*Unless otherwise indicated all references are to the code of the state.",
      "3 The parties have stipulated that the bank is owed the whole amount.",
      "The bank lent the town nine million for the crane of the harbour.",
      "(A) The town pays the bank back within twenty years of the loan.",
      "• The harbour serves the boats of the whole coast in summer.",
      "J. Smith signed for the bank and the clerk signed for the town.",
    ]
    let document = textDocument(
      lines[0], lines[1], lines[2], lines[3], lines[4], lines[5], lines[6])
    let text = ExtractedText(document)
    let points = Summary(of: document, text: text, scores: nil, length: .sentences(9)).points
    #expect(
      points.map { String(text[$0.range]) } == [
        lines[3], "The town pays the bank back within twenty years of the loan.",
        "The harbour serves the boats of the whole coast in summer.", lines[6],
      ])
  }

  @Test func `an item of a list that goes on with a sentence is a part of it`() {
    func block(_ content: (AnchoredText) -> Block.Content, _ words: String) -> Block {
      Block(content(AnchoredText(words, at: .bytes(0..<1, verbatim: false))))
    }
    let item = { Block.Content.listItem($0, depth: 0) }
    let document = Document(
      mediaType: "text/plain",
      blocks: [
        block({ .paragraph($0) }, "The crane may be used by a boat of the harbour that—"),
        block(item, "(1) Is not owned by the town or by the bank of the town; and"),
        block(item, "(2) Receives its licence from the council of the harbour in the spring."),
        block({ .paragraph($0) }, "The council looks after the crane and the boats of the coast."),
        block(item, "(3) The town pays for the crane within twenty years of the loan."),
      ])
    let text = ExtractedText(document)
    let points = Summary(of: document, text: text, scores: nil, length: .sentences(9)).points
    #expect(
      points.map { String(text[$0.range]) } == [
        "The council looks after the crane and the boats of the coast.",
        "The town pays for the crane within twenty years of the loan.",
      ])
  }
}
