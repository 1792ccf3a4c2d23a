import Documents
import JSON
import Testing

@testable import Outputs

/// A document of paragraphs whose bytes stand one after the other in the file, from byte 100 on.
func textDocument(_ paragraphs: String...) -> Document {
  var offset = 100
  let blocks = paragraphs.map { paragraph -> Block in
    let bytes = offset..<offset + paragraph.utf8.count
    offset = bytes.upperBound + 2
    return Block(.paragraph(AnchoredText(paragraph, at: .bytes(bytes, verbatim: true))))
  }
  return Document(mediaType: "text/plain", blocks: blocks)
}

/// The UTF-8 range of the only `⟦…⟧` in `text`, and the text without the brackets.
func marked(_ text: String) -> (text: String, range: Range<Int>) {
  let bytes = Array(text.utf8)
  let open = Array("⟦".utf8)
  let close = Array("⟧".utf8)
  let start = bytes.indices.first { bytes[$0...].starts(with: open) }!
  let end = bytes.indices.first { bytes[$0...].starts(with: close) }!
  let plain = bytes[..<start] + bytes[(start + 3)..<end] + bytes[(end + 3)...]
  return (String(decoding: plain, as: UTF8.self), start..<end - 3)
}

@Suite struct GroundingTests {
  @Test func `evidence holds the words, their surroundings and their place in code points`() {
    let (text, range) = marked("Die Firma Zürich AG zahlt ⟦12 € je Stück⟧ an die Käuferin.")
    let evidence = Grounding(ExtractedText(textDocument(text))).evidence(at: range)
    #expect(evidence.quote == "12 € je Stück")
    #expect(evidence.prefix == "Die Firma Zürich AG zahlt ")
    #expect(evidence.suffix == " an die Käuferin.")
    #expect(evidence.scalars == 26..<39)
    #expect(evidence.bytes == [100 + range.lowerBound..<100 + range.upperBound])
    #expect(evidence.occurrences == 1)
    #expect(evidence.match == .exact)
  }

  @Test func `context is thirty-two code points, also of characters that take four bytes`() {
    let (text, range) = marked(
      String(repeating: "😀", count: 50) + "⟦x⟧" + String(repeating: "é", count: 50))
    let evidence = Grounding(ExtractedText(textDocument(text))).evidence(at: range)
    #expect(evidence.prefix.unicodeScalars.count == 32)
    #expect(evidence.suffix.unicodeScalars.count == 32)
  }

  @Test func `white space at the ends of a place is left off`() {
    let (text, range) = marked("one⟦ \n two \t⟧three")
    #expect(Grounding(ExtractedText(textDocument(text))).evidence(at: range).quote == "two")
  }

  @Test(arguments: [
    ("a fee of 100 dollars", Evidence.Match.exact),
    ("a  fee\nof 100 dollars", .normalized),
    ("the “Supplier” – ‘Acme’", .normalized),
    ("the \"Supplier\" - 'Acme'", .normalized),
    ("terminate the agree-\n  ment", .normalized),
    ("office supplies", .normalized),
    ("fee of 100 dollars monthly", .none),
    ("A fee of 100 dollars", .none),
    ("fee of 10", .none),
    ("ee of 100", .none),
    ("200", .none),
    ("1,200", .exact),
    ("", .none),
    (" \n", .none),
  ])
  func `a quote is found as it is or by the stated rules, and never by similarity`(
    quote: String, match: Evidence.Match
  ) {
    let grounding = Grounding(
      ExtractedText(
        textDocument(
          "There is a fee of 100 dollars. Call it the “Supplier” — 'Acme' of 1,200 people.",
          "They terminate the agreement for o\u{FB03}ce supplies.")))
    let finding = grounding.find(quote)
    #expect(finding.evidence.match == match)
    #expect((finding.evidence.range == nil) == (match == .none))
    if let range = finding.evidence.range {
      #expect(String(grounding.text[range]) == finding.evidence.quote)
    }
  }

  @Test func `what is quoted after normalisation is the source's own words`() {
    let text = ExtractedText(
      textDocument("pays the o\u{FB03}ce\u{00A0}\u{00A0}rent of  \u{201C}A\u{201D}"))
    let evidence = Grounding(text).find("office rent of \"A\"").evidence
    #expect(
      Array(evidence.quote.utf8)
        == Array("o\u{FB03}ce\u{00A0}\u{00A0}rent of  \u{201C}A\u{201D}".utf8))
  }

  @Test func `a quote that would cut a ligature is not found`() {
    let text = ExtractedText(textDocument("\u{FB03} \u{2460}2"))
    #expect(Grounding(text).find("ff").evidence.match == .none)
  }

  @Test func `the context chooses among places, and without one the first is taken and said so`() {
    let text = ExtractedText(
      textDocument("Seller pays 30 days.", "Buyer pays 30 days.", "Buyer pays 30 days late."))
    let grounding = Grounding(text)
    let plain = grounding.find("30 days")
    #expect(plain.isAmbiguous && plain.evidence.occurrences == 3)
    #expect(plain.evidence.scalars?.lowerBound == 12)
    let second = grounding.find("30 days", prefix: "Buyer pays ", suffix: ".")
    #expect(!second.isAmbiguous && second.evidence.prefix.hasSuffix("Buyer pays "))
    #expect(second.evidence.suffix.hasPrefix("."))
    let third = grounding.find("30 days", suffix: " late")
    #expect(!third.isAmbiguous && third.evidence.suffix == " late.")
    #expect(grounding.find("30 days", prefix: "nowhere ").isAmbiguous)
  }

  @Test func `a quote over two pages has a box on each line and both pages`() throws {
    var text = AnchoredText()
    func line(_ words: String, page: Int, x: Double, y: Double) {
      let edges = (0...words.unicodeScalars.count).map { UInt16($0 * 16 * 5) }
      text.append(
        words,
        at: .glyphs(
          GlyphLine(
            page: page,
            box: Box(x0: x, y0: y, x1: x + 5 * Double(words.unicodeScalars.count), y1: y + 10),
            edges: edges)))
    }
    line("ends the page", page: 3, x: 50, y: 700)
    text.append(unanchored: " ")
    line("and goes", page: 4, x: 50, y: 40)
    line(" on", page: 4, x: 90, y: 40.5)
    let document = Document(mediaType: "application/pdf", blocks: [Block(.paragraph(text))])
    let evidence = Grounding(ExtractedText(document)).find("page and goes on").evidence
    #expect(evidence.pages == [3, 4])
    #expect(
      evidence.boxes == [
        Evidence.PageBox(page: 3, box: Box(x0: 95, y0: 700, x1: 115, y1: 710)),
        Evidence.PageBox(page: 4, box: Box(x0: 50, y0: 40, x1: 105, y1: 50.5)),
      ])
    let json = evidence.json
    #expect(json["page"] == 3)
    #expect(json["boxes"]?[1] == [4, 50, 40, 105, 50.5])
    #expect(json["selector"]?[2]?["value"] == "page=3")
    #expect(json["selector"]?[3]?["value"] == "page=4")
  }

  @Test func `the bytes of a quote over several cues are ranges of the file`() {
    let words = AnchoredText("we agree", at: .bytes(10..<18, verbatim: true))
    var all = words
    all.append(unanchored: " ")
    all.append("to move it", at: .bytes(50..<60, verbatim: true))
    let turn = Turn(
      index: 4, speaker: AnchoredText("Lee", at: .bytes(3..<6, verbatim: true)), text: all)
    let text = ExtractedText(Document(mediaType: "text/vtt", blocks: [Block(.turn(turn))]))
    let evidence = Grounding(text).find("agree to move").evidence
    #expect(evidence.turns == 4...4)
    #expect(evidence.json["turns"] == [4, 4])
    #expect(evidence.json["selector"]?[2]?["value"] == "bytes=13-17,50-56")
  }

  @Test func `every stretch of words of a text is found again where it stands`() {
    let sentences = [
      "The Café’s “lease” runs 12 months — not 24 months; see § 4.2(b).",
      "Lease runs 12 months, e\u{301}tude, 日本語のテキスト, o\u{FB03}ce, 12 months.",
    ]
    let text = ExtractedText(textDocument(sentences[0], sentences[1]))
    let grounding = Grounding(text)
    let spaces = Array(text.text.utf8).indices.filter { text.text.utf8Byte(at: $0) == 0x20 }
    let borders = [0] + spaces + [text.text.utf8.count]
    var generator = SplitMix(state: 7)
    for _ in 0..<400 {
      let first = Int(generator.next() % UInt64(borders.count - 1))
      let last = first + 1 + Int(generator.next() % UInt64(borders.count - 1 - first))
      let evidence = grounding.evidence(at: borders[first]..<borders[last])
      #expect(evidence.occurrences >= 1)
      let found = grounding.find(evidence.quote, prefix: evidence.prefix, suffix: evidence.suffix)
      #expect(found.evidence == evidence)
    }
  }
}

extension String {
  func utf8Byte(at offset: Int) -> UInt8 { utf8[utf8.index(utf8.startIndex, offsetBy: offset)] }
}

/// Random numbers that are the same on every machine.
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct PartEvidenceTests {
  @Test func `evidence in a package names the part and the bytes in it`() {
    var document = textDocument("Rent is due", "on Friday")
    // The first paragraph ends the first part, the second stands in the next.
    document.parts = [
      SourcePart(name: "word/document.xml", bytes: 0..<112),
      SourcePart(name: "word/foot notes.xml", bytes: 112..<200),
    ]
    let grounding = Grounding(ExtractedText(document))
    let selectors = grounding.evidence(at: 5..<22).json["selector"]?.array ?? []
    #expect(
      selectors.dropFirst(2).map { $0["value"]?.string } == [
        "part=word/document.xml&bytes=105-110", "part=word/foot%20notes.xml&bytes=1-9",
      ])
    let fragment = PartFragment("part=word/foot%20notes.xml&bytes=1-9")
    #expect(fragment?.part == "word/foot notes.xml" && fragment?.bytes == "bytes=1-9")
    #expect(PartFragment("bytes=1-9") == nil && PartFragment("part=a&page=1") == nil)
  }
}
