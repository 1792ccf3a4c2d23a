import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

struct PageDrawingTests {
  @Test(arguments: [
    "Tests/IngestTests/Fixtures/pdf/ts-o05-weasy-2.pdf",
    "Tests/IngestTests/Fixtures/pdf/ts-o09-groff-True.pdf",
    "Tests/IngestTests/Fixtures/pdf/pypdf-crazyones.pdf",
    "Tests/IngestTests/Fixtures/pdf/pdfbox-rotation.pdf",
    "Samples/reports/federal-register-three-columns.pdf",
    "Samples/contracts/agreement-cloud-terms.pdf",
  ])
  func `characters and pictures are the same after the drawing was looked at`(path: String) throws {
    let file = try SourceFile(Repository.root.appendingPathComponent(path), named: path)
    let pdf = try PDFFile(descriptor: file.descriptor, named: path, password: nil)
    for index in 0..<min(pdf.pageCount, 6) {
      let before = pdf.page(index)
      let picture = pdf.picture(index, scale: 1)
      _ = pdf.drawing(index, scale: 1)
      let after = pdf.page(index)
      #expect(before?.glyphs == after?.glyphs, "page \(index + 1)")
      #expect(before?.glyphs.isEmpty == false)
      let pictureAfter = pdf.picture(index, scale: 1)
      #expect(picture?.pixels == pictureAfter?.pixels, "page \(index + 1)")
    }
  }

  @Test func `a drawing shows lines, no letters, no large picture; what shows nothing has none`()
    throws
  {
    var builder = PDFBuilder()
    builder.pages = [
      [
        .text("Letters", x: 72, y: 100, size: 40), .line(x0: 100, y0: 300, x1: 400, y1: 300),
        .picture(
          pixels: [UInt8](repeating: 0, count: 600 * 600), width: 600, x0: 50, y0: 350, x1: 550,
          y1: 750),
      ],
      [.text("Letters", x: 72, y: 100, size: 40)],
    ]
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("file.pdf")
    try Data(builder.bytes).write(to: url)
    let file = try SourceFile(url, named: "file.pdf")
    let pdf = try PDFFile(descriptor: file.descriptor, named: "file.pdf", password: nil)
    let drawn = pdf.drawing(0, scale: 1)
    let picture = try #require(drawn)
    let dark = picture.pixels.indices.filter { picture.pixels[$0] < 200 }
    #expect(dark.count >= 300)
    #expect(Set(dark.map { $0 / picture.width }).isSubset(of: [299, 300]))
    let nothing = pdf.drawing(1, scale: 1)
    #expect(nothing == nil)
  }

  @Test func `what annotations show is read on every page, where it stands`() throws {
    var builder = PDFBuilder()
    let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
    builder.pages = words.map { word in
      [
        .text("The tenant signs below and keeps one of the two copies.", x: 72, y: 100),
        .text("Signed by:", x: 72, y: 300),
        .stamp("filled \(word)", x0: 200, y0: 288, x1: 400, y1: 304),
      ]
    }
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("file.pdf")
    try Data(builder.bytes).write(to: url)
    let document = try PDFReader().read(SourceFile(url, named: "file.pdf"), named: "file.pdf")
    for (at, word) in words.enumerated() {
      let line = document.blocks.flatMap(\.texts).filter { $0.text.contains(word) }
        .flatMap(\.runs).compactMap { run -> GlyphLine? in
          guard case .glyphs(let line) = run.place, line.page == at + 1 else { return nil }
          return line
        }.first { $0.box.x1 > 200 && $0.box.y0 > 280 && $0.box.y1 < 310 }
      #expect(line != nil, "\(word)")
    }
  }
}
