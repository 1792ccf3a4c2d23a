import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

/// Files that Word-processing programs wrote.
struct WordFixtureTests {
  private static let names = Fixture.names(in: "word").filter { $0.hasSuffix(".docx") }

  @Test func `every anchor leads to the bytes of its text`() throws {
    #expect(Self.names.count >= 2)
    for name in Self.names {
      let reading = try PackageReading(try Fixture.bytes("word/\(name)"))
      let check = reading.check
      #expect(check.faults.isEmpty, "\(name): \(check.faults.prefix(3))")
      #expect(check.runs > 40, "\(name)")
      for block in reading.document.blocks {
        for run in block.texts.flatMap(\.runs) {
          guard case .bytes(let range, _) = run.place else { continue }
          let part = try #require(reading.document.parts.part(at: range.lowerBound))
          #expect(range.upperBound <= part.bytes.upperBound, "\(name)")
        }
      }
    }
  }

  @Test func `ranges of characters at random lead to the bytes of their text`() throws {
    var random = SeededGenerator(seed: 3)
    for name in Self.names {
      let reading = try PackageReading(try Fixture.bytes("word/\(name)"))
      let text = ExtractedText(reading.document)
      for _ in 0..<200 {
        let first = Int.random(in: 0..<text.scalarCount, using: &random)
        let last = Int.random(in: first..<min(text.scalarCount, first + 300), using: &random)
        let range = text.utf8Offset(ofScalar: first)..<text.utf8Offset(ofScalar: last + 1)
        var rest = String(text[range])[...]
        for place in text.places(of: range) {
          guard case .bytes(let found, verbatim: true) = place else { continue }
          let words = String(decoding: reading.bytes[found], as: UTF8.self)
          let at = try #require(rest.range(of: words), "\(name): \(found)")
          rest = rest[at.upperBound...]
        }
      }
    }
  }

  @Test func `the same agreement reads the same whichever program wrote it`() throws {
    let wanted = String(
      decoding: try Fixture.bytes("word/supply-agreement.txt"), as: UTF8.self
    ).split(separator: "\n").map(String.init)
    for name in Self.names {
      let document = try PackageReading(try Fixture.bytes("word/\(name)")).document
      let found = document.blocks.filter(\.isRead).map { block in
        "\(block.kind): "
          + block.texts.map { $0.text.replacing("\n", with: " / ") }.joined(separator: " | ")
      }
      #expect(found == wanted, "\(name)")
      #expect(document.notices.map(\.reason) == [.trackedChanges], "\(name)")
      #expect(document.blocks.contains { $0.kind == "furniture" }, "\(name)")
      #expect(document.metadata.title == "Supply Agreement", "\(name)")
      #expect(
        document.links.map(\.target) == [.address("https://example.org/incoterms")], "\(name)")
    }
  }
}
