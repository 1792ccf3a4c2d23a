import Documents
import Ingest
import Testing

/// Over all fixtures of HTML, text and transcripts.
struct AnchorTests {
  @Test(arguments: ["html", "charset", "transcripts"])
  func `every anchor leads to the bytes of its text`(folder: String) throws {
    let names = Fixture.names(in: folder)
    #expect(names.count > 10)
    for name in names {
      let bytes = try Fixture.bytes("\(folder)/\(name)")
      let document = try read(bytes, name)
      let check = AnchorCheck(document, of: bytes)
      #expect(check.faults.isEmpty, "\(name): \(check.faults.prefix(3))")
      #expect(check.runs > 0 || !document.blocks.contains(where: \.isRead), "\(name)")
    }
  }

  @Test(arguments: ["html", "charset", "transcripts"])
  func `nearly all text has an anchor`(folder: String) throws {
    for name in Fixture.names(in: folder) {
      let document = try read(try Fixture.bytes("\(folder)/\(name)"), name)
      var all = 0
      var anchored = 0
      for text in document.blocks.flatMap(\.texts) {
        all += text.text.utf8.count
        anchored += text.runs.reduce(0) { $0 + $1.range.count }
      }
      // The rest are spaces in place of line breaks, and numbers of list items.
      #expect(anchored * 100 >= all * 90, "\(name): \(anchored) of \(all)")
    }
  }

  @Test func `a quote in another encoding leads to exactly its bytes`() throws {
    for name in Fixture.names(in: "charset") where name.hasPrefix("ru.") || name.hasPrefix("ja.") {
      let bytes = try Fixture.bytes("charset/\(name)")
      let document = try read(bytes, name)
      let text = ExtractedText(document)
      let utf8 = Array(text.text.utf8)
      let middle = utf8.count / 2
      var first = middle
      while utf8[first] & 0xC0 == 0x80 { first += 1 }
      var last = first + 30
      while utf8[last] & 0xC0 == 0x80 { last += 1 }
      let encoding = try #require(TextEncoding(label: document.metadata.encoding!))
      var found = ""
      for place in text.places(of: first..<last) {
        guard case .bytes(let range, _) = place else { continue }
        if case .iso2022JP = encoding { return }
        let piece = SourceText(Array(bytes[range]), encoding: encoding)
        found += piece.string(0..<piece.utf8.count)
      }
      let wanted = String(decoding: utf8[first..<last], as: UTF8.self).filter {
        $0 != " " && $0 != "\n"
      }
      #expect(found.filter { $0 != " " } == wanted, "\(name)")
    }
  }

  private func read(_ bytes: [UInt8], _ name: String) throws -> Document {
    let limits = ReadLimits()
    return switch MediaType(of: bytes) {
    case .html: try HTMLReader().read(bytes, named: name, limits: limits)
    case .webVTT, .subRip: try CueReader().read(bytes, named: name, limits: limits)
    default: try PlainTextReader().read(bytes, named: name, limits: limits)
    }
  }
}
