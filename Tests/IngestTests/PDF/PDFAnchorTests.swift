import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

/// What stands in the boxes of an anchor is what the text says: over all PDFs of the fixtures and
/// the samples, for every block and for ranges of characters at random.
struct PDFAnchorTests {
  private static let files = [
    "Tests/IngestTests/Fixtures/pdf/ts-o05-weasy-2.pdf",
    "Tests/IngestTests/Fixtures/pdf/ts-o09-groff-True.pdf",
    "Tests/IngestTests/Fixtures/pdf/pdfbox-rotation.pdf",
    "Tests/IngestTests/Fixtures/pdf/pypdf-crazyones.pdf",
    "Samples/contracts/agreement-cloud-terms.pdf", "Samples/contracts/agreement-mutual-nda.pdf",
    "Samples/reports/court-tax-memo-opinion.pdf",
    "Samples/reports/federal-register-three-columns.pdf",
    "Samples/reports/regulation-long-132-pages.pdf",
  ]
  /// Those that have no text to be found: two need a password, one is a scan.
  private static let others = [
    "Tests/IngestTests/Fixtures/pdf/encrypted-128-bit.pdf",
    "Tests/IngestTests/Fixtures/pdf/encrypted-256-bit.pdf",
    "Samples/reports/scanned-tax-memo.pdf",
  ]

  @Test func `no PDF of the repository is left out here`() throws {
    var found: [String] = []
    for folder in ["Tests/IngestTests/Fixtures/pdf", "Samples/contracts", "Samples/reports"] {
      let url = Repository.root.appendingPathComponent(folder)
      for name in try FileManager.default.contentsOfDirectory(atPath: url.path)
      where name.hasSuffix(".pdf") {
        found.append("\(folder)/\(name)")
      }
    }
    #expect(Set(found) == Set(Self.files + Self.others))
  }

  @Test(arguments: files)
  func `every anchor of a PDF leads to the glyphs of its text`(path: String) throws {
    let url = Repository.root.appendingPathComponent(path)
    let file = try SourceFile(url, named: path)
    let document = try PDFReader().read(file, named: path)
    let glyphs = try PageGlyphLookup(file)
    var random = SeededGenerator(seed: 7)
    var checked = 0
    // Characters of a formula stand above each other, and a line has one edge after the other: some
    // of its characters alone may be placed beside themselves.
    var misplaced = 0
    for text in document.blocks.flatMap(\.texts) {
      for run in text.runs {
        guard case .glyphs(let line) = run.place else {
          Issue.record("a PDF's text without glyphs")
          continue
        }
        let words = Array(Substring(text.text).utf8[range: run.range].unicodeScalars)
        #expect(line.scalarCount == words.count)
        #expect((1...document.pages.count).contains(line.page))
        checked += 1
        let missing = self.missing(line, words[...], glyphs)
        #expect(missing == 0, "page \(line.page): \(missing) of \(words.count) not in \(line.box)")
        // Some characters of the line.
        let first = Int.random(in: 0..<words.count, using: &random)
        let last = Int.random(in: first..<words.count, using: &random)
        let part = line.scalars(first..<last + 1)
        if self.missing(part, words[first...last], glyphs) > 0 { misplaced += 1 }
      }
    }
    #expect(checked > 0)
    #expect(misplaced * 1000 <= checked, "\(misplaced) of \(checked)")
  }

  /// How many of the words' characters are not in the box.
  private func missing(
    _ line: GlyphLine, _ words: ArraySlice<Unicode.Scalar>, _ glyphs: PageGlyphLookup
  ) -> Int {
    var inside = glyphs.bag(in: line.box, page: line.page)
    var missing = 0
    for scalar in words where scalar != " " && scalar != "\u{FFFD}" {
      if inside[scalar.value, default: 0] > 0 {
        inside[scalar.value]! -= 1
      } else {
        missing += 1
      }
    }
    return missing
  }
}

/// The characters of pages by their boxes, as poppler gives them.
private struct PageGlyphLookup {
  private var pages: [Int: [Glyph]] = [:]

  init(_ file: borrowing SourceFile) throws {
    let pdf = try PDFFile(descriptor: file.descriptor, named: "", password: nil)
    for index in 0..<pdf.pageCount {
      if let page = pdf.page(index) { pages[index + 1] = Array(page.glyphs) }
    }
  }

  /// How often each character has its box's middle in `box`.
  func bag(in box: Box, page: Int) -> [UInt32: Int] {
    var bag: [UInt32: Int] = [:]
    // Edges are kept to 1/16 point.
    let slack = 0.15
    for glyph in pages[page] ?? [] {
      // A ligature that is spelled out shares its box among its letters.
      let isInside =
        Double(glyph.x1) > box.x0 - slack && Double(glyph.x0) < box.x1 + slack
        && Double(glyph.y0 + glyph.y1) / 2 > box.y0 - slack
        && Double(glyph.y0 + glyph.y1) / 2 < box.y1 + slack
      guard isInside else { continue }
      for letter in Spelling.letters(glyph.scalar) { bag[letter, default: 0] += 1 }
    }
    return bag
  }
}

extension Substring.UTF8View {
  /// The characters at UTF-8 offsets `range`.
  fileprivate subscript(range range: Range<Int>) -> Substring {
    let start = index(startIndex, offsetBy: range.lowerBound)
    return Substring(self[start..<index(start, offsetBy: range.count)])
  }
}
