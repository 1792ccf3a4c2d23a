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
  func `characters are the same with the drawing and without`(path: String) throws {
    let file = try SourceFile(Repository.root.appendingPathComponent(path), named: path)
    let pdf = try PDFFile(descriptor: file.descriptor, named: path, password: nil)
    for index in 0..<min(pdf.pageCount, 6) {
      let alone = pdf.page(index)
      let along = pdf.page(index, hasDrawing: true)
      #expect(alone?.drawing == nil && along?.drawing != nil)
      #expect(alone?.glyphs == along?.glyphs, "page \(index + 1)")
      #expect(alone?.glyphs.isEmpty == false)
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
    let drawn = pdf.drawing(0)?.picture(scale: 1)
    let picture = try #require(drawn)
    let dark = picture.pixels.indices.filter { picture.pixels[$0] < 200 }
    #expect(dark.count >= 300)
    #expect(Set(dark.map { $0 / picture.width }).isSubset(of: [299, 300]))
    let nothing = pdf.drawing(1)?.picture(scale: 1)
    #expect(nothing == nil)
  }
}
