import Documents
import Testing

@testable import Ingest

/// Numbers as Word shows them, which stand nowhere in the file.
struct WordNumberingTests {
  private typealias B = WordBuilder

  private func read(_ body: String, _ numbering: String, styles: String? = nil) throws -> [String] {
    var builder = B(body)
    builder.numbering = numbering
    builder.styles = styles
    let reading = try PackageReading(builder)
    #expect(reading.check.faults.isEmpty)
    return reading.document.blocks.map(\.texts[0].text)
  }

  private func list(_ levels: String, more: String = "") -> String {
    "<w:abstractNum w:abstractNumId=\"0\">\(levels)</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>\(more)"
  }

  private let legal = B.levels([
    ("%1.", "decimal", ""), ("%1.%2", "decimal", ""), ("(%3)", "lowerLetter", ""),
    ("(%4)", "lowerRoman", ""),
  ])

  @Test func `clauses of several levels are counted and begin anew below each other`() throws {
    let body = [0, 1, 1, 2, 2, 3, 1, 2, 0, 1].map { B.numbered("x", level: $0) }.joined()
    #expect(
      try read(body, list(legal)) == [
        "1. x", "1.1 x", "1.2 x", "(a) x", "(b) x", "(i) x", "1.3 x", "(a) x", "2. x", "2.1 x",
      ])
  }

  @Test func `depth is the level`() throws {
    var builder = B([0, 1, 2].map { B.numbered("x", level: $0) }.joined())
    builder.numbering = list(legal)
    let depths = try PackageReading(builder).document.blocks.compactMap {
      if case .listItem(_, let depth) = $0.content { depth } else { nil }
    }
    #expect(depths == [0, 1, 2])
  }

  @Test func `lists of one definition go on counting, unless one says where it starts`() throws {
    let more = """
      <w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>
      <w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
      """
    let body = [1, 1, 2, 3, 3, 1].map { B.numbered("x", list: $0) }.joined()
    #expect(
      try read(body, list(legal, more: more)) == ["1. x", "2. x", "3. x", "5. x", "6. x", "7. x"])
  }

  @Test func `a list may have levels of its own`() throws {
    let more = """
      <w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0">\
      <w:start w:val="3"/><w:numFmt w:val="upperRoman"/><w:suff w:val="nothing"/><w:lvlText w:val="%1)"/></w:lvl></w:lvlOverride></w:num>
      """
    #expect(try read(B.numbered("x", list: 2), list(legal, more: more)) == ["III)x"])
  }

  @Test func `levels that never restart, or only after one far above, count on`() throws {
    let levels = B.levels([
      ("%1", "upperRoman", ""), ("%2", "decimal", ""),
      ("%3", "decimal", #"<w:lvlRestart w:val="1"/>"#),
      ("%4", "decimal", #"<w:lvlRestart w:val="0"/>"#),
    ])
    let body = [0, 1, 2, 3, 1, 2, 3, 0, 1, 2, 3].map { B.numbered("x", level: $0) }.joined()
    #expect(
      try read(body, list(levels)) == [
        "I x", "1 x", "1 x", "1 x", "2 x", "2 x", "2 x", "II x", "1 x", "1 x", "3 x",
      ])
  }

  @Test func `legal numbers are decimal throughout, and Word's formats are as it prints them`()
    throws
  {
    let levels = B.levels([
      ("Article %1", "upperRoman", ""), ("Section %1.%2", "decimalZero", ""),
      ("%1.%2.%3", "decimal", "<w:isLgl/>"),
    ])
    let body = [0, 1, 2].map { B.numbered("x", level: $0) }.joined()
    #expect(try read(body, list(levels)) == ["Article I x", "Section I.01 x", "1.1.1 x"])
    #expect(NumberFormat.text(27, "lowerLetter") == "aa")
    #expect(NumberFormat.text(53, "upperLetter") == "AAA")
    #expect(NumberFormat.text(1949, "lowerRoman") == "mcmxlix")
    #expect(NumberFormat.text(112, "ordinal") == "112th")
    #expect(NumberFormat.text(23, "ordinal") == "23rd")
    #expect(NumberFormat.text(21, "cardinalText") == "Twenty-one")
    #expect(NumberFormat.text(342, "cardinalText") == "Three hundred forty-two")
    #expect(NumberFormat.text(30, "ordinalText") == "Thirtieth")
    #expect(NumberFormat.text(12, "ordinalText") == "Twelfth")
    #expect(NumberFormat.text(6, "chicago") == "††")
    #expect(NumberFormat.text(0, "lowerRoman") == "0")
  }

  @Test func `a level below counts those above as begun`() throws {
    let body = [1, 1].map { B.numbered("x", level: $0) }.joined()
    #expect(try read(body, list(legal)) == ["1.1 x", "1.2 x"])
  }

  @Test func `headings are numbered by their styles, and paragraphs can be taken out`() throws {
    let levels = B.levels([
      ("%1.", "decimal", #"<w:pStyle w:val="H1"/>"#),
      ("%1.%2", "decimal", #"<w:pStyle w:val="H2"/>"#),
    ])
    let styles = """
      <w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
      <w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
      <w:style w:type="paragraph" w:styleId="H2b"><w:name w:val="own"/><w:basedOn w:val="H2"/></w:style>
      """
    let body =
      ["H1", "H2", "H2b", "H1"].map { B.paragraph("x", "<w:pStyle w:val=\"\($0)\"/>") }.joined()
      + B.paragraph("y", #"<w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr>"#)
      + B.paragraph("x", #"<w:pStyle w:val="H2"/>"#)
    #expect(
      try read(body, list(levels), styles: styles) == [
        "1. x", "1.1 x", "1.2 x", "2. x", "y", "2.1 x",
      ])
  }

  @Test func `definitions that are those of a style are found there`() throws {
    let numbering = """
      <w:abstractNum w:abstractNumId="0">\(legal)</w:abstractNum>
      <w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum>
      <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
      """
    let styles =
      #"<w:style w:type="numbering" w:styleId="L"><w:name w:val="L"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>"#
    #expect(try read(B.numbered("x", list: 2, level: 2), numbering, styles: styles) == ["(a) x"])
  }

  @Test func `empty paragraphs are counted, deleted ones are not`() throws {
    let body =
      B.numbered("a") + B.numbered("") + B.numbered("b")
        + """
        <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>\
        <w:del w:id="2"><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>
        """ + B.numbered("c")
    #expect(try read(body, list(legal)) == ["1. a", "3. b", "4. c"])
  }

  @Test func `cells are counted with the rest, and bullets are signs`() throws {
    let bullets = """
      <w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\u{F0B7}"/></w:lvl></w:abstractNum>
      <w:num w:numId="7"><w:abstractNumId w:val="7"/></w:num>
      """
    let body =
      B.numbered("a")
      + "<w:tbl><w:tr><w:tc>\(B.numbered("b"))\(B.numbered("c", level: 1))</w:tc><w:tc>\(B.numbered("d"))</w:tc></w:tr></w:tbl>"
      + B.numbered("e") + B.numbered("f", list: 7)
    var builder = B(body)
    builder.numbering = list(legal, more: bullets)
    #expect(
      try PackageReading(builder).texts == [
        "list_item 1. a", "table 2. b 2.1 c|3. d", "list_item 4. e", "list_item • f",
      ])
  }

  @Test func `numbers and lists that are not there are no fault`() throws {
    let body = B.numbered("a", list: 99) + B.numbered("b", level: 12) + B.numbered("c", level: 8)
    #expect(try read(body, list(legal)) == ["a", "b", "c"])
    let huge = list(
      #"<w:lvl w:ilvl="0"><w:start w:val="9223372036854775807"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>"#
    )
    #expect(try read(B.numbered("a") + B.numbered("b"), huge).count == 2)
  }
}
