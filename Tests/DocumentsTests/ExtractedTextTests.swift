import Documents
import Testing

@Suite struct ExtractedTextTests {
  /// A text whose bytes stand at `start` of the file, each for itself.
  private func verbatim(_ text: String, at start: Int = 0) -> AnchoredText {
    AnchoredText(text, at: .bytes(start..<start + text.utf8.count, verbatim: true))
  }

  @Test func `blocks are set apart, neighbouring list items and turns only by a line`() {
    let table = Table(
      rowCount: 2, columnCount: 2,
      cells: [
        .init(row: 0, column: 0, text: verbatim("a")),
        .init(row: 0, column: 1, text: verbatim("b")),
        .init(row: 1, column: 0, columnSpan: 2, text: verbatim("c")),
      ])
    let document = Document(
      mediaType: "text/plain",
      blocks: [
        Block(.heading(verbatim("H"), level: 1)),
        Block(.furniture(verbatim("Page 1"), .pageNumber)),
        Block(.listItem(verbatim("1. x"), depth: 0)), Block(.listItem(verbatim("2. y"), depth: 0)),
        Block(.table(table)),
        Block(.turn(Turn(index: 0, speaker: verbatim("Ann"), text: verbatim("hello")))),
        Block(.turn(Turn(index: 1, speaker: nil, text: verbatim("hi")))),
      ])
    #expect(ExtractedText(document).text == "H\n\n1. x\n2. y\n\na\tb\nc\n\nAnn: hello\nhi")
  }

  @Test func `scalar and UTF-8 offsets lead to each other everywhere`() {
    let words = Array(repeating: "zahlt 12 € an Zoë 🚀 heute", count: 60).joined(separator: " ")
    let extracted = ExtractedText(
      Document(mediaType: "text/plain", blocks: [Block(.paragraph(verbatim(words)))]))
    #expect(extracted.scalarCount == words.unicodeScalars.count)
    var offset = 0
    for (scalar, character) in words.unicodeScalars.enumerated() {
      #expect(extracted.scalarOffset(ofUTF8: offset) == scalar)
      #expect(extracted.utf8Offset(ofScalar: scalar) == offset)
      offset += character.utf8.count
    }
    #expect(extracted.utf8Offset(ofScalar: extracted.scalarCount) == offset)
  }

  @Test func `a range leads to its bytes, across pieces, entities whole`() {
    var text = verbatim("AT", at: 10)
    text.append("&", at: .bytes(12..<17, verbatim: false))
    text.append("T Corp", at: .bytes(17..<23, verbatim: true))
    let document = Document(
      mediaType: "text/html",
      blocks: [Block(.paragraph(text)), Block(.paragraph(verbatim("x", at: 40)))])
    let extracted = ExtractedText(document)
    #expect(extracted.text == "AT&T Corp\n\nx")
    #expect(
      extracted.places(of: 1..<5) == [
        .bytes(11..<12, verbatim: true), .bytes(12..<17, verbatim: false),
        .bytes(17..<19, verbatim: true),
      ])
    #expect(
      extracted.places(of: 8..<12) == [
        .bytes(22..<23, verbatim: true), .bytes(40..<41, verbatim: true),
      ])
    #expect(extracted.places(of: 9..<11).isEmpty, "a separator stands nowhere in the source")
  }

  @Test func `a range of glyphs has the box of just those glyphs`() {
    let line = GlyphLine(
      page: 3, box: Box(x0: 100, y0: 50, x1: 104, y1: 60), edges: [0, 16, 32, 48, 64])
    let document = Document(
      mediaType: "application/pdf",
      blocks: [Block(.paragraph(AnchoredText("añbc", at: .glyphs(line))))])
    let extracted = ExtractedText(document)
    // “ñb” is bytes 1 to 4: two scalars in three bytes.
    guard case .glyphs(let part)? = extracted.places(of: 1..<4).first else {
      Issue.record("no glyphs")
      return
    }
    #expect(part.box == Box(x0: 101, y0: 50, x1: 103, y1: 60))
    #expect(part.edges == [0, 16, 32])
  }

  @Test func `a quote in a turn names its turns`() {
    let document = Document(
      mediaType: "text/vtt",
      blocks: (0..<3).map {
        Block(.turn(Turn(index: $0, speaker: verbatim("S\($0)"), text: verbatim("word"))))
      })
    let extracted = ExtractedText(document)
    #expect(extracted.turns(of: 0..<2) == 0...0)
    #expect(extracted.turns(of: 5..<extracted.text.utf8.count) == 0...2)
  }
}

@Suite struct AnchoredTextTests {
  @Test func `a slice keeps the anchors of what it holds`() {
    var text = AnchoredText("abc", at: .bytes(5..<8, verbatim: true))
    text.append(unanchored: " ")
    text.append("déf", at: .bytes(20..<24, verbatim: true))
    let slice = text.slice(2..<7)
    #expect(slice.text == "c dé")
    #expect(
      slice.runs == [
        SourceRun(range: 0..<1, place: .bytes(7..<8, verbatim: true)),
        SourceRun(range: 2..<5, place: .bytes(20..<23, verbatim: true)),
      ])
  }

  @Test func `slices put together again are the whole`() {
    var text = AnchoredText()
    for index in 0..<20 {
      text.append("w\(index)é", at: .bytes(index * 10..<index * 10 + 4, verbatim: index % 3 > 0))
      text.append(unanchored: " ")
    }
    let cut = text.text.utf8.count / 2
    var whole = text.slice(0..<cut)
    whole.append(text.slice(cut..<text.text.utf8.count))
    #expect(whole.text == text.text)
    #expect(
      whole.runs.map(\.place).filter {
        if case .bytes(_, let verbatim) = $0 { verbatim } else { false }
      }
      .count >= text.runs.count / 2)
  }
}
