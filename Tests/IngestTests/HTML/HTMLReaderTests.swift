import Documents
import Foundation
import Ingest
import Testing

struct HTMLReaderTests {
  private func read(_ page: String) throws -> Document { try read(Array(page.utf8)) }

  private func read(_ bytes: [UInt8]) throws -> Document {
    let document = try HTMLReader().read(bytes, named: "a.html", limits: ReadLimits())
    let check = AnchorCheck(document, of: bytes)
    #expect(check.faults.isEmpty, "\(check.faults.prefix(3))")
    return document
  }

  private func outline(_ document: Document) -> [String] {
    document.blocks.map { block in
      switch block.content {
      case .heading(let text, let level): "h\(level) \(text.text)"
      case .listItem(let text, let depth): "l\(depth) \(text.text)"
      case .table(let table):
        "table "
          + table.cells.map { cell in
            "\(cell.row),\(cell.column)+\(cell.rowSpan)x\(cell.columnSpan) \(cell.text.text)"
          }.joined(separator: " | ")
      default: "\(block.kind) \(block.texts.first?.text ?? "")"
      }
    }
  }

  @Test func `links have their words, their place and their address as written`() throws {
    let long = String(repeating: "x", count: 200)
    let page =
      "<!DOCTYPE html><title>t</title><a href=/nav>Home</a><p>See <a class=b href='https://e.org/?a=1&amp;b=\(long)'>our\n <b>terms</b></a>, "
      + "<a href=\"#part-2\">part&nbsp;2</a> and <a name=x>no link</a>.<p hidden><a href=/h>hidden</a>"
      + "<p><a href='javascript:go()'>script</a> <a title='<a href=no>' href=mailto:a@e.org>write</a>"
    let document = try read(page)
    #expect(
      document.links.map(\.target) == [
        .address("/nav"), .address("https://e.org/?a=1&b=\(long)"), .address("#part-2"),
        .address("mailto:a@e.org"),
      ])
    #expect(document.links.map(\.text) == ["Home", "our terms", "part\u{A0}2", "write"])
    let bytes = Array(page.utf8)
    let places = document.links.map { link in
      if case .bytes(let range) = link.spot {
        String(decoding: bytes[range], as: UTF8.self)
      } else {
        ""
      }
    }
    #expect(places == ["Home", "our\n <b>terms", "part&nbsp;2", "write"])
  }

  @Test func `headings, lists, tables, definitions and preformatted text are told apart`() throws {
    let document = try read(
      """
      <html lang=de><title>T &amp; U</title><body><h1>One</h1><p>First <b>bold</b> words,
      and more.<ul><li>a<li>b<ol type=a start=3><li>inner</ol></ul>
      <dl><dt>Term<dd>Meaning</dl><pre>
      x  =  1
        y
      </pre><table><caption>C</caption><tr><th colspan=2>H<th>I<tr><td rowspan=2>1<td>2<td>3<tr><td>4<td>5</table>
      """)
    #expect(document.metadata.title == "T & U")
    #expect(document.metadata.language == "de")
    #expect(
      outline(document) == [
        "h1 One", "paragraph First bold words, and more.", "l0 a", "l0 b", "l1 c. inner", "l0 Term",
        "l1 Meaning", "preformatted x  =  1\n  y", "caption C",
        "table 0,0+1x2 H | 0,2+1x1 I | 1,0+2x1 1 | 1,1+1x1 2 | 1,2+1x1 3 | 2,1+1x1 4 | 2,2+1x1 5",
      ])
  }

  @Test func `references of all kinds are decoded and keep their places`() throws {
    let document = try read(
      "<p>A&amp;B &lt;c&gt; &#8220;q&#8221; &#150; &#x41; &eacute; &apos; AT&T R&D; &lpar;x&rpar; &nosuch; &copy 5 &nbsp; end"
    )
    #expect(
      ExtractedText(document).text
        == "A&B <c> “q” – A é ' AT&T R&D; (x) &nosuch; © 5 end")
  }

  @Test(arguments: ["windows-1251", "shift_jis", "utf-16le", "euc-kr", "iso-8859-2"])
  func `anchors lead to the bytes of pages in other encodings`(name: String) throws {
    let words: [String: [UInt8]] = [
      "windows-1251": [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2],
      "shift_jis": [0x93, 0xFA, 0x96, 0x7B, 0x8C, 0xEA],
      "euc-kr": [0xC7, 0xD1, 0xB1, 0xDB], "iso-8859-2": [0xB3, 0xF3, 0x64, 0xBC],
    ]
    var bytes = Array("<meta charset=\"\(name)\"><h1>Title &amp; ".utf8)
    if let word = words[name] {
      bytes += word + Array("</h1><p>And ".utf8) + word + Array(" again.</p>".utf8)
    } else {
      bytes = [0xFF, 0xFE]
      for unit in "<h1>Größe &amp; 𝄞</h1><p>und mehr</p>".utf16 {
        bytes += [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      }
    }
    let document = try read(bytes)
    #expect(document.metadata.encoding == name)
    #expect(document.notices.isEmpty)
    #expect(document.blocks.count == 2)
  }

  @Test func `what is hidden or no text is not read, navigation is furniture`() throws {
    let prose = String(
      repeating: "This is a sentence of the article, with commas, and words. ", count: 12)
    let document = try read(
      """
      <body><nav><a href=/>Home</a> <a href=/b>Blog</a></nav><script>var x = "<p>no</p>";</script>
      <style>p { color: red }</style><!-- <p>comment</p> --><div hidden>secret</div>
      <div style="display: none">secret</div><article><h1>Head</h1><p>\(prose)</p></article>
      <footer>Footer words</footer></body>
      """)
    let text = ExtractedText(document).text
    #expect(text.hasPrefix("Head\n\nThis is"))
    for word in ["secret", "no", "color", "comment", "Home", "Footer"] {
      #expect(!text.split(whereSeparator: { !$0.isLetter }).contains(Substring(word)))
    }
    let furniture = document.blocks.filter { !$0.isRead }.flatMap(\.texts).map(\.text)
    #expect(furniture.contains { $0.contains("Home") })
    #expect(furniture.contains("Footer words"))
  }

  @Test func `terms in many short sections are read whole`() throws {
    var page = "<body><header><a href=/>Acme</a></header><div id=page>"
    for section in 1...40 {
      page +=
        "<section class=panel><h2>\(section). Topic \(section)</h2><p>You agree to rule \(section).</p><ul><li>Point \(section)a</li></ul></section>"
    }
    page += "</div><footer><a href=/imprint>Imprint</a></footer></body>"
    let text = ExtractedText(try read(page)).text
    for section in 1...40 {
      #expect(text.contains("You agree to rule \(section)."))
      #expect(text.contains("\(section). Topic \(section)"))
      #expect(text.contains("Point \(section)a"))
    }
    #expect(!text.contains("Imprint"))
  }

  @Test func `sections named after what they are about stay, banners of that name go`() throws {
    var page = "<body><div class=cookie-banner><p>We use cookies. <button>OK</button></p></div>"
    page +=
      "<div class=sidebar><h3>News</h3><ul><li><a href=/1>One</a><li><a href=/2>Two</a></ul></div>"
    page += "<div id=content><h1>Privacy notice</h1>"
    for topic in ["cookies", "sharing", "contact", "social-media", "subscribe", "promotions"] {
      page += "<section id=\(topic)><h2 id=\(topic)-head>About \(topic)</h2><p>"
      page += "We treat \(topic) with care, as the law demands, and tell you about it here. "
      page += "Write to <a href=mailto:privacy@example.com>privacy@example.com</a>.</p></section>"
    }
    page += "</div></body>"
    let text = ExtractedText(try read(page)).text
    for topic in ["cookies", "sharing", "contact", "social-media", "subscribe", "promotions"] {
      #expect(text.contains("About \(topic)"))
      #expect(text.contains("We treat \(topic) with care"))
    }
    #expect(!text.contains("We use cookies"))
    #expect(!text.contains("One"))
  }

  @Test(arguments: ["div", "b", "blockquote", "table><tr><td"])
  func `elements nested a hundred thousand deep lose nothing`(tag: String) throws {
    let depth = tag.hasPrefix("table") ? 20_000 : 100_000
    let page = "<p>before</p>" + String(repeating: "<\(tag)>", count: depth) + "innermost words"
    let document = try read(page)
    #expect(ExtractedText(document).text.contains("innermost words"))
    #expect(ExtractedText(document).text.contains("before"))
  }

  @Test(arguments: [
    "", "<", "<p", "</p>", "<!--", "<!-- x", "<a href=\"x", "&", "&#", "&#x;", "&#1114112;", "&#0;",
    "<script>", "<script>x</scrip", "<table><td>x", "<title>", "a<b", "<p>\u{0}x\u{1F}\u{FFFE}y",
    "<![CDATA[x]]>",
    "<?php echo 1 ?>x", "<x:y z=''>q</x:y>", "\r\r\n<p>\rq", "<style><p>", "<textarea><p>x",
    "<svg><p>x",
  ])
  func `no page is too broken to read`(page: String) throws { _ = try read(page) }

  @Test func `broken pages cut anywhere keep true anchors`() throws {
    let bytes = try Fixture.sample("reports/filing-8-k.html")
    for length in stride(from: 1, to: bytes.count, by: 997) {
      _ = try read(Array(bytes[..<length]))
    }
  }

  @Test func `inline XBRL shows its facts and not its header`() throws {
    let document = try read(
      """
      <html xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><body><div style="display:none"><ix:header>
      <ix:hidden><ix:nonNumeric name="a">hidden fact</ix:nonNumeric></ix:hidden></ix:header></div>
      <p>Sales were $<ix:nonFraction name="b" scale="6">94,036</ix:nonFraction> million in the quarter.</p></body></html>
      """)
    #expect(ExtractedText(document).text == "Sales were $94,036 million in the quarter.")
  }

  @Test func `a filing and a statute are content from top to bottom`() throws {
    let filing = ExtractedText(try read(try Fixture.sample("reports/filing-8-k.html"))).text
    for words in ["SECURITIES AND EXCHANGE COMMISSION", "Date of Report", "SIGNATURES", "Item 9."] {
      #expect(filing.contains(words), "\(words)")
    }
    let clause = try read(try Fixture.sample("contracts/agreement-clause-technical-data.html"))
    #expect(!clause.blocks.contains { !$0.isRead })
    #expect(ExtractedText(clause).text.contains("(a) Definitions. As used in this clause"))
  }

  @Test func `a million beginnings without an end take no longer than as many with one`() throws {
    for opening in ["<!-- ", "<script>", "<style ", "<p title=\"", "<p title='"] {
      let page = "<p>before</p>" + String(repeating: opening, count: 1 << 20)
      let document = try read(Array(page.utf8))
      #expect(ExtractedText(document).text.hasPrefix("before"), "\(opening)")
    }
  }

  @Test func `a page of fifty megabytes costs a few times its size`() throws {
    var page = "<html><body>"
    var number = 0
    while page.utf8.count < 50_000_000 {
      page +=
        "<div class=\"row r\(number % 7)\"><p>Clause \(number): the parties agree, in any event, to act in good faith.</p></div>\n"
      number += 1
    }
    let bytes = Array(page.utf8)
    page = ""
    let before = Self.peakMemory()
    let document = try HTMLReader().read(bytes, named: "big.html", limits: ReadLimits())
    let grown = Self.peakMemory() - before
    #expect(document.blocks.count == number)
    #expect(grown < 8 * bytes.count, "peak grew by \(grown / 1_000_000) MB")
  }

  /// Bytes of memory the process had at most so far.
  private static func peakMemory() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return 1024 * (Int(line.filter(\.isNumber)) ?? 0)
  }
}
