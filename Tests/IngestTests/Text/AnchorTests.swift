import Documents
import Foundation
import Ingest
import TestSupport
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

  @Test func `every anchor of the samples leads to the bytes of its text`() throws {
    let samples = Repository.root.appendingPathComponent("Samples")
    var read = 0
    for folder in ["contracts", "meetings", "reports"] {
      let folder = samples.appendingPathComponent(folder)
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      where !name.hasSuffix(".pdf") {
        let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
        let check = AnchorCheck(try self.read(bytes, name), of: bytes)
        #expect(check.faults.isEmpty, "\(name): \(check.faults.prefix(3))")
        #expect(check.runs > 0, "\(name)")
        read += 1
      }
    }
    #expect(read >= 8)
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

  @Test(arguments: ["html", "charset", "transcripts"])
  func `ranges of characters at random lead to the bytes of their text`(folder: String) throws {
    var random = SeededGenerator(seed: 11)
    for name in Fixture.names(in: folder) {
      let bytes = try Fixture.bytes("\(folder)/\(name)")
      let document = try read(bytes, name)
      let text = ExtractedText(document)
      guard text.scalarCount > 1 else { continue }
      for _ in 0..<20 {
        let first = Int.random(in: 0..<text.scalarCount, using: &random)
        let last = Int.random(in: first..<min(text.scalarCount, first + 400), using: &random)
        let range = text.utf8Offset(ofScalar: first)..<text.utf8Offset(ofScalar: last + 1)
        // What lies verbatim in the file must be found there, in order; the rest is checked run by
        // run elsewhere.
        var end = 0
        for place in text.places(of: range) {
          guard case .bytes(let found, let verbatim) = place else {
            Issue.record("\(name): no bytes")
            continue
          }
          #expect(found.upperBound <= bytes.count, "\(name)")
          guard verbatim else { continue }
          let words = String(decoding: bytes[found], as: UTF8.self)
          let rest = text[range].utf8.dropFirst(end)
          let whole = String(decoding: rest, as: UTF8.self)
          #expect(whole.contains(words), "\(name): \(found)")
          if let at = whole.range(of: words) {
            end += whole[..<at.upperBound].utf8.count
          }
        }
      }
    }
  }

  @Test func `every turn of a transcript is found by its words, with its time`() throws {
    var timed = 0
    for name in Fixture.names(in: "transcripts") {
      let document = try read(try Fixture.bytes("transcripts/\(name)"), name)
      let text = ExtractedText(document)
      var start = -Double.infinity
      for piece in text.pieces {
        guard case .turn(let turn) = document.blocks[piece.block].content else { continue }
        #expect(text.turns(of: piece.range) == turn.index...turn.index, "\(name)")
        if let begins = turn.start, let ends = turn.end {
          timed += 1
          #expect(ends >= begins, "\(name): turn \(turn.index)")
          #expect(begins >= start, "\(name): turn \(turn.index)")
          start = begins
        }
      }
    }
    #expect(timed > 10)
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
