import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

struct PDFLinkTests {
  private func builder(rotation: Int = 0) -> PDFBuilder {
    var builder = PDFBuilder()
    builder.rotation = rotation
    builder.pages = [
      [
        .text("See our terms for more, and part two.", x: 72, y: 100),
        .link(x0: 91, y0: 90, x1: 136, y1: 103, uri: "https://example.org/terms?a=1"),
        .jump(x0: 200, y0: 90, x1: 250, y1: 103, page: 1),
      ],
      [.text("Part two.", x: 72, y: 100)],
    ]
    return builder
  }

  private func read(_ builder: PDFBuilder, by program: URL?) throws -> Document {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) {
      let url = folder.url.appendingPathComponent("file.pdf")
      try Data(builder.bytes).write(to: url)
      return try DocumentReader(pdfProgram: program, recogniser: nil).read(
        SourceFile(url, named: "file.pdf"), named: "file.pdf")
    }
  }

  @Test(arguments: [true, false])
  func `links have their words, their box and where they lead`(inChild: Bool) throws {
    let links = try read(builder(), by: inChild ? DocketProgram.url : nil).links
    try #require(links.count == 2)
    #expect(links[0].target == .address("https://example.org/terms?a=1"))
    #expect(links[0].text == "our terms")
    guard case .area(page: 1, let box) = links[0].spot else {
      Issue.record("\(links[0].spot)")
      return
    }
    #expect(abs(box.x0 - 91) < 0.01 && abs(box.x1 - 136) < 0.01)
    #expect(abs(box.y0 - 90) < 0.01 && abs(box.y1 - 103) < 0.01)
    #expect(links[1].target == .page(2))
  }

  @Test(arguments: [90, 180, 270])
  func `a page that is shown turned has its links where their words are`(rotation: Int) throws {
    let links = try read(builder(rotation: rotation), by: nil).links
    #expect(links.map(\.text).first == "our terms")
  }
}
