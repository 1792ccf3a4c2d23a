import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

struct WordReaderTests {
  private func read(_ builder: WordBuilder) throws -> PackageReading {
    let reading = try PackageReading(builder)
    #expect(reading.check.faults.isEmpty, "\(reading.check.faults.prefix(3))")
    return reading
  }

  private func read(_ body: String) throws -> PackageReading { try read(WordBuilder(body)) }

  private let p = { (words: String) in WordBuilder.paragraph(words) }

  @Test func `headings come from styles, from what these are based on, and from outline levels`()
    throws
  {
    var builder = WordBuilder(
      WordBuilder.paragraph("Agreement", #"<w:pStyle w:val="Ti"/>"#)
        + WordBuilder.paragraph("Supply", #"<w:pStyle w:val="Own"/>"#)
        + WordBuilder.paragraph("Goods", #"<w:pStyle w:val="U2"/>"#)
        + WordBuilder.paragraph("Direct", #"<w:outlineLvl w:val="2"/>"#)
        + WordBuilder.paragraph("Body", #"<w:pStyle w:val="Own"/><w:outlineLvl w:val="9"/>"#)
        + p("Plain text."))
    builder.styles = """
      <w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/></w:style>
      <w:style w:type="paragraph" w:styleId="Ti"><w:name w:val="Title"/></w:style>
      <w:style w:type="paragraph" w:styleId="U1"><w:name w:val="heading 1"/>
      <w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
      <w:style w:type="paragraph" w:styleId="U2"><w:name w:val="heading 2"/></w:style>
      <w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Mine"/><w:basedOn w:val="Loop"/></w:style>
      <w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="U1"/></w:style>
      """
    let reading = try read(builder)
    #expect(
      reading.texts == [
        "heading Agreement", "heading Supply", "heading Goods", "heading Direct", "paragraph Body",
        "paragraph Plain text.",
      ])
    let levels = reading.document.blocks.compactMap {
      if case .heading(_, let level) = $0.content { level } else { nil }
    }
    #expect(levels == [1, 1, 2, 3])
  }

  @Test func `styles that are based on each other end somewhere`() throws {
    var builder = WordBuilder(WordBuilder.paragraph("Words", #"<w:pStyle w:val="A"/>"#))
    builder.styles = """
      <w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>
      <w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>
      """
    #expect(try read(builder).texts == ["paragraph Words"])
  }

  @Test func `metadata comes from the package's properties`() throws {
    var builder = WordBuilder(p("Words"))
    builder.core =
      "<dc:title>Terms &amp; more</dc:title><dc:creator>Ann</dc:creator><dcterms:created>2026-11-20T10:00:00Z</dcterms:created>"
    builder.styles =
      #"<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="de-DE"/></w:rPr></w:rPrDefault></w:docDefaults>"#
    let document = try read(builder).document
    #expect(document.metadata.title == "Terms & more")
    #expect(document.metadata.author == "Ann")
    #expect(document.metadata.date == "2026-11-20")
    #expect(document.metadata.language == "de-DE")
    #expect(document.parts.map(\.name) == ["word/document.xml"])
    #expect(document.notices.isEmpty)
  }

  // MARK: Text

  @Test func `text leads to the bytes of its part, whatever spells it`() throws {
    let reading = try read(
      p("Ann &amp; Bo pay &#8364; 12 &lt;net&gt;, a&#xA0;b")
        + "<w:p><w:r><w:t>Zürich</w:t></w:r><w:r><w:t xml:space=\"preserve\"> is </w:t></w:r><w:r><w:t>so<![CDATA[ & on]]></w:t></w:r></w:p>"
    )
    #expect(
      reading.texts == [
        "paragraph Ann & Bo pay € 12 <net>, a b", "paragraph Zürich is so & on",
      ])
    let text = ExtractedText(reading.document)
    let words = try #require(text.text.range(of: "€ 12"))
    let start = text.text.utf8.distance(from: text.text.startIndex, to: words.lowerBound)
    let places = text.places(of: start..<start + "€ 12".utf8.count)
    let spelled = places.map { place -> String in
      guard case .bytes(let range, _) = place else { return "" }
      return String(decoding: reading.bytes[range], as: UTF8.self)
    }
    #expect(spelled == ["&#8364;", " 12"])
  }

  @Test func `a document in UTF-16 leads to its bytes, too`() throws {
    var builder = WordBuilder()
    let text =
      "<?xml version=\"1.0\" encoding=\"UTF-16\"?><w:document \(WordBuilder.namespaces)><w:body>"
      + p("Grüße & mehr".replacing("&", with: "&amp;")) + "</w:body></w:document>"
    builder.document = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let reading = try PackageReading(builder)
    #expect(reading.texts == ["paragraph Grüße & mehr"])
    #expect(reading.document.metadata.encoding == "utf-16le")
    guard case .bytes(let range, _) = reading.document.blocks[0].texts[0].runs[0].place else {
      Issue.record("no bytes")
      return
    }
    #expect(
      String(
        decoding: stride(from: range.lowerBound, to: range.upperBound, by: 2).map {
          UInt16(reading.bytes[$0]) | UInt16(reading.bytes[$0 + 1]) << 8
        }, as: UTF16.self) == "Grüße ")
  }

  @Test func `tabs, breaks, hyphens and symbols are what is shown`() throws {
    let reading = try read(
      """
      <w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:br w:type="page"/><w:t>d</w:t>\
      <w:noBreakHyphen/><w:t>e</w:t><w:softHyphen/><w:t>f</w:t><w:sym w:font="Wingdings" w:char="F0FE"/>\
      <w:sym w:font="Symbol" w:char="F061"/><w:sym w:font="Own" w:char="F041"/></w:r></w:p>
      """)
    #expect(reading.texts == ["paragraph a b\nc d-ef☑α\u{FFFD}"])
    #expect(reading.document.notices.map(\.reason) == [.unmappedGlyphs])
  }

  @Test func `hidden text is left out and said to be there`() throws {
    let reading = try read(
      WordBuilder.paragraph("secret", run: "<w:vanish/>")
        + WordBuilder.paragraph("shown", run: #"<w:vanish w:val="0"/>"#))
    #expect(reading.texts == ["paragraph shown"])
    #expect(reading.document.notices.map(\.reason) == [.hiddenText])
    #expect(!Notice.Reason.hiddenText.isLoss)
  }

  @Test func `fields show their results, forms what was chosen`() throws {
    let code = { (kind: String) in "<w:r><w:fldChar w:fldCharType=\"\(kind)\"/></w:r>" }
    let t = { (words: String) in "<w:r><w:t xml:space=\"preserve\">\(words)</w:t></w:r>" }
    let reading = try read(
      "<w:p>" + t("Due ") + code("begin") + "<w:r><w:instrText>IF </w:instrText></w:r>"
        + code("begin") + "<w:r><w:instrText>X</w:instrText></w:r>" + code("separate") + t("no")
        + code("end") + code("separate") + t("May 5") + code("end") + t(", page ")
        + "<w:fldSimple w:instr=\"PAGE\">" + t("3") + "</w:fldSimple>" + t(" ")
          + """
          <w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/>\
          </w:checkBox></w:ffData></w:fldChar></w:r>
          """ + code("end") + t(" ")
          + """
          <w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>\
          <w:listEntry w:val="No"/><w:listEntry w:val="Yes"/></w:ddList></w:ffData></w:fldChar></w:r>
          """ + code("end") + "</w:p>")
    #expect(reading.texts == ["paragraph Due May 5, page 3 ☒ Yes"])
  }

  @Test func `links have their address, their words and their bytes`() throws {
    var builder = WordBuilder(
      """
      <w:p><w:r><w:t xml:space="preserve">See </w:t></w:r><w:hyperlink r:id="rId9"><w:r><w:t>our</w:t>\
      </w:r><w:r><w:t xml:space="preserve"> terms</w:t></w:r></w:hyperlink><w:hyperlink w:anchor="b1">\
      <w:r><w:t>here</w:t></w:r></w:hyperlink><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r>\
      <w:instrText xml:space="preserve">HYPERLINK "https://example.org/f" \\o "tip"</w:instrText></w:r><w:r>\
      <w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>field</w:t></w:r><w:r>\
      <w:fldChar w:fldCharType="end"/></w:r></w:p>
      """)
    builder.relationships =
      #"<Relationship Id="rId9" Type="x/hyperlink" Target="https://example.org/a?b=1&amp;c=2" TargetMode="External"/>"#
    let reading = try read(builder)
    let links = reading.document.links
    #expect(links.map(\.text) == ["our terms", "here", "field"])
    #expect(
      links.map(\.target) == [
        .address("https://example.org/a?b=1&c=2"), .address("#b1"),
        .address("https://example.org/f"),
      ])
    for (link, first) in zip(links, ["our", "here", "field"]) {
      guard case .bytes(let range) = link.spot else { continue }
      #expect(String(decoding: reading.bytes[range], as: UTF8.self).hasPrefix(first))
    }
  }

  @Test func `controls, tags and shapes hold text like any other, and of two forms one is read`()
    throws
  {
    let box = { (words: String) in "<w:txbxContent>\(WordBuilder.paragraph(words))</w:txbxContent>"
    }
    let reading = try read(
      "<w:sdt><w:sdtPr/><w:sdtContent>\(p("control"))</w:sdtContent></w:sdt>"
        + "<w:p><w:smartTag><w:r><w:t>smart</w:t></w:r></w:smartTag><w:sdt><w:sdtContent><w:r><w:t xml:space=\"preserve\"> inline</w:t></w:r></w:sdtContent></w:sdt><w:ruby><w:rt><w:r><w:t>no</w:t></w:r></w:rt></w:ruby></w:p>"
        + "<w:p><w:r><w:t>before</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wps:txbx>\(box("boxed"))</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>\(box("boxed"))</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t xml:space=\"preserve\"> after</w:t></w:r></w:p>"
        + "<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"w16se\"><w:t>odd</w:t></mc:Choice><mc:Fallback><w:t>plain</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + "<w:p><m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath></w:p>")
    #expect(
      reading.texts == [
        "paragraph control", "paragraph smart inline", "paragraph before after", "paragraph boxed",
        "paragraph plain", "paragraph a+b",
      ])
  }

  @Test func `pictures without text, charts and embedded objects are said to be there`() throws {
    let picture = try read("<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>")
    #expect(picture.document.notices.map(\.reason) == [.noTextLayer])
    #expect(try read("").document.notices.map(\.reason) == [.empty])
    let chart = try read(
      p("Words")
        + #"<w:p><w:r><w:drawing><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/></w:drawing></w:r></w:p><w:altChunk r:id="x"/>"#
    )
    #expect(chart.document.notices.map(\.reason) == [.unsupported, .unsupported])
  }

  // MARK: Changes and comments

  @Test func `tracked changes are read as accepted, and a notice says so`() throws {
    let reading = try read(
      """
      <w:p><w:r><w:t xml:space="preserve">The fee is </w:t></w:r><w:del w:id="1"><w:r><w:delText>10</w:delText></w:r></w:del>\
      <w:ins w:id="2"><w:r><w:t>12</w:t></w:r></w:ins><w:moveFrom w:id="3"><w:r><w:t>gone</w:t></w:r></w:moveFrom>\
      <w:moveTo w:id="4"><w:r><w:t xml:space="preserve"> moved</w:t></w:r></w:moveTo></w:p>
      <w:p><w:pPr><w:rPr><w:del w:id="5"/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">One </w:t></w:r></w:p>
      <w:p><w:pPr><w:pPrChange w:id="6"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:pPrChange></w:pPr>\
      <w:r><w:t>paragraph</w:t></w:r><w:r><w:commentReference w:id="7"/></w:r></w:p>
      <w:tbl><w:tr><w:tc>\(p("a"))</w:tc><w:tc>\(p("b"))</w:tc></w:tr>
      <w:tr><w:trPr><w:del w:id="8"/></w:trPr><w:tc>\(p("c"))</w:tc><w:tc>\(p("d"))</w:tc></w:tr></w:tbl>
      """)
    #expect(
      reading.texts == ["paragraph The fee is 12 moved", "paragraph One paragraph", "table a|b"])
    #expect(reading.document.notices.map(\.reason) == [.trackedChanges, .comments])
    #expect(
      reading.document.notices.first?.detail.contains("insertions: 2, deletions: 4") == true,
      "\(reading.document.notices)")
  }

  // MARK: Tables

  @Test func `tables have spans, headers and rows with a gap`() throws {
    let cell = { (words: String, properties: String) in
      "<w:tc><w:tcPr>\(properties)</w:tcPr>\(WordBuilder.paragraph(words))</w:tc>"
    }
    let reading = try read(
      "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>"
        + cell("Item", #"<w:vMerge w:val="restart"/>"#) + cell("Price", #"<w:gridSpan w:val="2"/>"#)
        + "</w:tr><w:tr>" + cell("", "<w:vMerge/>") + cell("net", "") + cell("gross", "")
        + "</w:tr><w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>" + cell("1", "")
        + "<w:tc>\(p("2"))\(p("3"))</w:tc></w:tr></w:tbl>")
    #expect(reading.texts == ["table Item|Price|net|gross|1|2 3"])
    guard case .table(let table) = reading.document.blocks[0].content else { return }
    #expect(table.rowCount == 3 && table.columnCount == 3)
    #expect(
      table.cells.map { [$0.row, $0.column, $0.rowSpan, $0.columnSpan] } == [
        [0, 0, 2, 1], [0, 1, 1, 2], [1, 1, 1, 1], [1, 2, 1, 1], [2, 1, 1, 1], [2, 2, 1, 1],
      ])
    #expect(table.cells.map(\.isHeader) == [true, true, false, false, false, false])
  }

  @Test func `a frame of one column is no table, and a table in a table is one of its own`() throws
  {
    let inner = "<w:tbl><w:tr><w:tc>\(p("a"))</w:tc><w:tc>\(p("b"))</w:tc></w:tr></w:tbl>"
    let reading = try read(
      "<w:tbl><w:tr><w:tc>\(p("framed"))</w:tc></w:tr></w:tbl>"
        + "<w:tbl><w:tr><w:tc>\(p("left"))\(inner)\(p(""))</w:tc><w:tc>\(p("right"))</w:tc></w:tr></w:tbl>"
    )
    #expect(
      reading.texts == ["paragraph framed", "paragraph left", "table a|b", "paragraph right"])
  }

  // MARK: Notes and headers

  @Test func `notes follow the block that refers to them, endnotes the document`() throws {
    var builder = WordBuilder(
      """
      <w:p><w:r><w:t>Pay 1,000</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>\
      <w:r><w:endnoteReference w:id="2"/></w:r><w:r><w:t xml:space="preserve"> now.</w:t></w:r></w:p>
      \(p("Next."))
      """)
    builder.footnotes =
      "<w:footnote w:type=\"separator\" w:id=\"0\">\(p("line"))</w:footnote><w:footnote w:id=\"2\">\(p("In euro."))\(p("Always."))</w:footnote>"
    builder.endnotes = "<w:endnote w:id=\"2\">\(p("The end."))</w:endnote>"
    let reading = try read(builder)
    #expect(
      reading.texts == [
        "paragraph Pay 1,000[1][i] now.", "footnote [1] In euro.", "footnote Always.",
        "paragraph Next.", "footnote [i] The end.",
      ])
    #expect(
      reading.document.parts.map(\.name) == [
        "word/document.xml", "word/footnotes.xml", "word/endnotes.xml",
      ])
    let bytes = reading.document.blocks[1].texts[0].runs.last?.place
    guard case .bytes(let range, _) = bytes else { return }
    #expect(reading.document.parts.part(at: range.lowerBound)?.name == "word/footnotes.xml")
  }

  @Test func `headers are furniture, once for all sections`() throws {
    var builder = WordBuilder(
      p("Text") + #"<w:sectPr><w:headerReference w:type="default" r:id="rId5"/></w:sectPr>"#
        + #"<w:sectPr><w:headerReference w:type="first" r:id="rId5"/></w:sectPr>"#)
    builder.header = p("Confidential")
    let reading = try read(builder)
    #expect(reading.texts == ["paragraph Text", "furniture Confidential"])
    #expect(!reading.document.blocks[1].isRead)
  }
}
