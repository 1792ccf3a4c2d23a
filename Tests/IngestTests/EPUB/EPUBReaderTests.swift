import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

struct EPUBReaderTests {
  private struct Book {
    var pages: [(id: String, name: String, text: String)]
    var spine: [String]
    var extra: [(name: String, text: String)] = []
    var package = "OPS/package.opf"

    var bytes: [UInt8] {
      var package = PackageBuilder()
      package.add("mimetype", "application/epub+zip")
      package.add(
        "META-INF/container.xml",
        #"<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"#
      )
      let items = pages.map {
        #"<item id="\#($0.id)" href="\#($0.name)" media-type="\#($0.name.hasSuffix("svg") ? "image/svg+xml" : "application/xhtml+xml")"\#($0.id == "nav" ? #" properties="nav""# : "")/>"#
      }
      package.add(
        self.package,
        #"""
        <?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
        <dc:title>Mills &amp; Millers</dc:title><dc:creator>Ann Bo</dc:creator><dc:creator>Cy Di</dc:creator>
        <dc:language>en</dc:language><dc:date>2026-11-20T00:00:00Z</dc:date></metadata>
        <manifest>\#(items.joined())</manifest><spine>\#(spine.map { "<itemref idref=\"\($0)\"/>" }.joined())</spine></package>
        """#)
      for page in pages where !page.text.isEmpty {
        package.add("OPS/" + page.name.replacing("%20", with: " "), page.text)
      }
      for (name, text) in extra { package.add(name, text) }
      return package.bytes
    }
  }

  private static func page(_ body: String) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>t</title></head><body>\(body)</body></html>"
  }

  private let book = Book(
    pages: [
      ("nav", "nav.xhtml", page("<nav><ol><li><a href=\"a.xhtml\">One</a></li></ol></nav>")),
      (
        "a", "text/chapter%20one.xhtml",
        page("<h1>One</h1><p>Z&#252;rich &amp; its <a href=\"b.xhtml\">mills</a>.</p>")
      ),
      ("b", "text/b.xhtml", page("<h1>Two</h1><ul><li>wheat</li></ul>")),
    ], spine: ["nav", "b", "a"])

  @Test func `pages come in the order of the spine, the table of contents as furniture`() throws {
    #expect(MediaType(of: book.bytes) == .epub)
    let reading = try PackageReading(book.bytes)
    #expect(
      reading.texts == [
        "furniture 1. One", "heading Two", "list_item wheat", "heading One",
        "paragraph Zürich & its mills.",
      ])
    let document = reading.document
    #expect(document.mediaType == "application/epub+zip")
    #expect(document.metadata.title == "Mills & Millers")
    #expect(document.metadata.author == "Ann Bo; Cy Di")
    #expect(document.metadata.language == "en" && document.metadata.date == "2026-11-20")
    #expect(document.notices.isEmpty)
    #expect(
      document.parts.map(\.name) == [
        "OPS/nav.xhtml", "OPS/text/b.xhtml", "OPS/text/chapter one.xhtml",
      ])
    #expect(reading.check.faults.isEmpty && reading.check.runs > 5)
    guard case .bytes(let range) = document.links.last?.spot else {
      Issue.record("no link")
      return
    }
    #expect(String(decoding: reading.bytes[range], as: UTF8.self) == "mills")
  }

  @Test func `what is missing or of another kind costs a page, not the book`() throws {
    var book = book
    book.pages += [("c", "c.xhtml", ""), ("d", "d.svg", "<svg/>")]
    book.spine += ["c", "d", "e", "a"]
    let reading = try PackageReading(book.bytes)
    #expect(reading.texts.count == 5)
    #expect(reading.document.notices.map(\.reason) == [.damaged, .unsupported, .damaged])
  }

  @Test func `encrypted books are named, obfuscated fonts are none`() throws {
    func encryption(_ method: String) -> String {
      #"<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod Algorithm="\#(method)"/></enc:EncryptedData></encryption>"#
    }
    var book = book
    book.extra = [
      ("META-INF/encryption.xml", encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    ]
    let error = try #require(throws: ReadError.self) { try PackageReading(book.bytes) }
    #expect(error.reason == .encrypted && error.what.contains("encrypted"))
    book.extra = [("META-INF/encryption.xml", encryption("http://www.idpf.org/2008/embedding"))]
    #expect(try PackageReading(book.bytes).texts.count == 5)
  }

  @Test func `a book without its package document or its pages is damaged`() throws {
    var other = book
    other.package = "OPS/other.opf"
    let missing = try #require(throws: ReadError.self) { try PackageReading(other.bytes) }
    #expect(missing.what == "OPS/package.opf is missing from the package")
    other = book
    other.spine = []
    let empty = try #require(throws: ReadError.self) { try PackageReading(other.bytes) }
    #expect(empty.what == "OPS/package.opf lists no pages to read")
  }
}
