import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

struct PDFStructureTests {
  private func read(_ builder: PDFBuilder) throws -> Document {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) {
      let url = folder.url.appendingPathComponent("file.pdf")
      try Data(builder.bytes).write(to: url)
      return try PDFReader().read(SourceFile(url, named: "file.pdf"), named: "file.pdf")
    }
  }

  /// A made-up word, another for each number.
  private static func word(_ number: Int) -> String {
    var word = ""
    var rest = number + 5
    for _ in 0..<5 {
      word.unicodeScalars.append(Unicode.Scalar(UInt8(97 + rest % 23)))
      rest = rest * 31 + 17
    }
    return word
  }

  private func texts(_ document: Document, _ kind: String) -> [String] {
    document.blocks.filter { $0.kind == kind }.flatMap(\.texts).map(\.text)
  }

  @Test func `title, bookmarks and printed page labels come with the document`() throws {
    var builder = PDFBuilder()
    for page in 1...4 {
      builder.pages.append([.text("Words of page \(page).", x: 72, y: 100)])
    }
    builder.title = "Annual report"
    builder.outline = [("Preface", 0), ("Results (draft)", 2)]
    builder.pageLabels = "0 << /S /r >> 2 << /S /D /P (A-) >>"
    let document = try read(builder)
    #expect(document.metadata.title == "Annual report")
    #expect(
      document.metadata.outline == [
        OutlineEntry(title: "Preface", depth: 0, page: 1),
        OutlineEntry(title: "Results (draft)", depth: 0, page: 3),
      ])
    #expect(document.pages.map(\.label) == ["i", "ii", "A-1", "A-2"])
    #expect(document.pages.map(\.width) == [612, 612, 612, 612])
  }

  @Test func `a hyphen at a line's end goes where the word is known whole, and stays in compounds`()
    throws
  {
    var builder = PDFBuilder()
    builder.pages = [
      PDFBuilder.lines(
        [
          "The supplier keeps the agreement and the well-known terms of the agreement,",
          "so that all parties to it can rely on every word of what was said in the agree-",
          "ment and on what it says of their duties; and that their own, like their well-",
          "known agents, may rely on it.",
        ], x: 72, y: 100)
    ]
    let text = ExtractedText(try read(builder)).text
    #expect(text.contains("said in the agreement and on"))
    #expect(text.contains("like their well-known agents"))
  }

  @Test func `a paragraph runs on over columns and pages, its hyphen resolved`() throws {
    let left = (0..<20).map { "left column line \($0) goes on to its right border now" }
    let right = (0..<19).map { "right column line \($0) goes on to its very border so" }
    var builder = PDFBuilder()
    builder.pages = [
      PDFBuilder.lines(left + ["and so the left column runs on over the con-"], x: 60, y: 100)
        + PDFBuilder.lines(
          ["tract as a whole, which the right column goes on with"] + right, x: 330, y: 100)
        + [.text("with words that end at the bottom of this page and", x: 330, y: 340)],
      [.text("continue on the next page without a break.", x: 60, y: 100)],
    ]
    let paragraphs = texts(try read(builder), "paragraph")
    #expect(paragraphs.count == 1)
    #expect(paragraphs.first?.contains("over the contract as a whole") == true)
    #expect(
      paragraphs.first?.hasSuffix("of this page and continue on the next page without a break.")
        == true)
  }

  @Test func `columns are read one after the other whatever their order in the file`() throws {
    let left = (0..<14).map { "alpha \($0) stands in the first of the two columns here" }
    let right = (0..<14).map { "omega \($0) stands in the second of the two columns too" }
    var builder = PDFBuilder()
    let lines =
      PDFBuilder.lines(left, x: 60, y: 100) + PDFBuilder.lines(right, x: 330, y: 100)
    // Row by row, as some programs write them.
    builder.pages = [(0..<14).flatMap { [lines[$0 + 14], lines[$0]] }]
    let text = ExtractedText(try read(builder)).text
    let alpha = try #require(text.range(of: "alpha 13"))
    let omega = try #require(text.range(of: "omega 0"))
    #expect(alpha.upperBound < omega.lowerBound)
  }

  @Test func `a footnote follows the block that bears its mark`() throws {
    var builder = PDFBuilder()
    builder.pages = [
      PDFBuilder.lines(
        [
          "The first paragraph speaks of the price in full", "and ends with a mark.", "", "",
          "The second paragraph has nothing to do with it", "and stands further down.",
        ],
        x: 72, y: 100)
        + [
          .text("1", x: 170.2, y: 108, size: 6),
          .text("1", x: 72, y: 700, size: 6),
          .text("A note about the price.", x: 80, y: 703, size: 8),
        ]
    ]
    let document = try read(builder)
    #expect(texts(document, "footnote") == ["1 A note about the price."])
    #expect(document.blocks.map(\.kind) == ["paragraph", "footnote", "paragraph"])
  }

  @Test func `a note in the margin is a block of its own and does not cut lines of text`() throws {
    var builder = PDFBuilder()
    builder.pages = [
      PDFBuilder.lines(
        (0..<24).map {
          "The main text of this page goes on in line \($0) up to the border of the page"
        },
        x: 180, y: 100)
        + PDFBuilder.lines(["Notes stand", "beside text"], x: 72, y: 160, pitch: 10, size: 8)
    ]
    let document = try read(builder)
    let blocks = document.blocks.flatMap(\.texts).map(\.text)
    #expect(blocks.contains("Notes stand beside text"))
    #expect(blocks.contains { $0.contains("line 4 up to the border of the page The main text") })
  }

  @Test func `running heads and page numbers are typed as furniture and kept`() throws {
    var builder = PDFBuilder()
    for page in 1...5 {
      builder.pages.append(
        [
          .text("Contract 17/2026", x: 72, y: 40, size: 8),
          .text("Page \(page) of 5", x: 280, y: 760, size: 8),
        ]
          + PDFBuilder.lines(
            (0..<20).map { "\(Self.word($0 * page)) is about \(Self.word($0 + page * 7))." },
            x: 72,
            y: 100))
    }
    let document = try read(builder)
    let furniture = document.blocks.filter { !$0.isRead }
    #expect(furniture.count == 10)
    #expect(furniture.first?.content == .furniture(furniture[0].texts[0], .runningHead))
    #expect(furniture.last?.content == .furniture(furniture[9].texts[0], .pageNumber))
    let text = ExtractedText(document).text
    #expect(!text.contains("Contract 17/2026"))
    #expect(!text.contains("Page 3"))
  }

  @Test func `cells of a ruled table that span rows and columns are found`() throws {
    // Column borders at 100, 200, 300, 400; rows at 100, 130, 160, 190, 220.
    var items: [PDFBuilder.Item] = []
    for y in [100.0, 130, 160, 190, 220] {
      // The first column's cell in rows 2 and 3 is one.
      items.append(.line(x0: y == 190 ? 200 : 100, y0: y, x1: 400, y1: y))
    }
    for x in [100.0, 200, 300, 400] {
      // The head spans columns 2 and 3.
      items.append(.line(x0: x, y0: x == 300 ? 130 : 100, x1: x, y1: 220))
    }
    items += [
      .text("Item", x: 110, y: 120), .text("Amounts of both years", x: 210, y: 120),
      .text("2025", x: 210, y: 150), .text("2026", x: 310, y: 150),
      .text("Rent", x: 110, y: 180), .text("1,200", x: 210, y: 180), .text("1,250", x: 310, y: 180),
      .text("1,300", x: 210, y: 210), .text("1,350", x: 310, y: 210),
    ]
    var builder = PDFBuilder()
    builder.pages = [items]
    let document = try read(builder)
    let tables = document.blocks.compactMap { block in
      if case .table(let table) = block.content { table } else { nil }
    }
    let table = try #require(tables.first)
    #expect(table.rowCount == 4)
    #expect(table.columnCount == 3)
    let head = try #require(table.cells.first { $0.text.text == "Amounts of both years" })
    #expect(head.column == 1 && head.columnSpan == 2 && head.isHeader)
    let rent = try #require(table.cells.first { $0.text.text == "Rent" })
    #expect(rent.row == 2 && rent.rowSpan == 2)
    #expect(table.cells.contains { $0.text.text == "1,350" && $0.row == 3 && $0.column == 2 })
  }

  @Test func `rows of pieces without rulings are a table, too`() throws {
    let rows = [
      ["Schedule", "Due date", "Amount"], ["Rent", "2026-01-03", "338.20"],
      ["Fee", "2026-02-03", "12.00"], ["Interest", "2026-03-03", "681.74"],
    ]
    var builder = PDFBuilder()
    builder.pages = [
      rows.enumerated().flatMap { at, row in
        row.enumerated().map { column, cell in
          .text(cell, x: 72 + Double(column) * 150, y: 120 + Double(at) * 14)
        }
      }
    ]
    let document = try read(builder)
    #expect(document.blocks.map(\.kind) == ["table"])
    #expect(
      ExtractedText(document).text.split(separator: "\n").map {
        $0.split(separator: "\t").map(String.init)
      }
        == rows)
  }

  @Test(arguments: [0, 90, 180, 270])
  func `a page that is shown turned reads the same`(rotation: Int) throws {
    var builder = PDFBuilder()
    builder.rotation = rotation
    builder.pages = [
      PDFBuilder.lines(
        ["A line of words on a page,", "and a second line below it."], x: 72, y: 100)
    ]
    #expect(
      ExtractedText(try read(builder)).text
        == "A line of words on a page, and a second line below it.")
  }

  @Test func `headings are told from text by size and weight, and ranked`() throws {
    var builder = PDFBuilder()
    let text = (0..<6).map { "Sentence \($0) of the section says what there is to say about it." }
    builder.pages = [
      [
        .text("A Great Title", x: 72, y: 80, size: 20),
        .text("First Part", x: 72, y: 120, size: 14),
      ]
        + PDFBuilder.lines(text, x: 72, y: 150)
        + [.text("Second Part", x: 72, y: 260, size: 14)]
        + PDFBuilder.lines(text, x: 72, y: 290)
    ]
    let headings = try read(builder).blocks.compactMap { block -> String? in
      if case .heading(let text, let level) = block.content { "\(level) \(text.text)" } else { nil }
    }
    #expect(headings == ["1 A Great Title", "2 First Part", "2 Second Part"])
  }

  @Test func `lists keep their markers and nest by the kind of marker`() throws {
    var builder = PDFBuilder()
    builder.pages = [
      [
        .text("1. The first point of the list.", x: 72, y: 100),
        .text("(a) A point below it.", x: 90, y: 114), .text("(b) Another one.", x: 90, y: 128),
        .text("2. The second point of the list.", x: 72, y: 142),
      ]
    ]
    let items = try read(builder).blocks.compactMap { block -> String? in
      if case .listItem(let text, let depth) = block.content {
        "\(depth) \(text.text)"
      } else {
        nil
      }
    }
    #expect(
      items == [
        "0 1. The first point of the list.", "1 (a) A point below it.", "1 (b) Another one.",
        "0 2. The second point of the list.",
      ])
  }
}
