import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

/// Pages without a text layer, read by a stand-in for `tesseract` and, where it is installed, by the
/// program itself.
struct RecogniserTests {
  private let folder: TemporaryFolder
  private let program: URL

  init() throws {
    folder = try TemporaryFolder()
    program = try DocketProgram.link(in: folder)
  }

  /// A grey page with a dark bar on it, and a page of text after it.
  private func scan() throws -> URL {
    var pixels = [UInt8](repeating: 230, count: 200 * 260)
    for x in 40..<160 { for y in 100..<110 { pixels[y * 200 + x] = 10 } }
    var builder = PDFBuilder()
    builder.pages = [
      [.picture(pixels: pixels, width: 200, x0: 0, y0: 0, x1: 612, y1: 792)],
      [.text("A page with a text layer.", x: 72, y: 100)],
    ]
    return try file(builder.bytes)
  }

  private func file(_ bytes: [UInt8]) throws -> URL {
    let url = folder.url.appendingPathComponent("\(UUID().uuidString).pdf")
    try Data(bytes).write(to: url)
    return url
  }

  private func standIn(_ lines: String, secondsPerPage: Double = 20) throws -> Recogniser {
    let url = folder.url.appendingPathComponent("tesseract")
    try Data(
      """
      #!/bin/sh
      if [ "$1" = --list-langs ]; then echo 'List of languages (3):'; echo deu; echo eng; echo osd; exit; fi
      \(lines)

      """.utf8
    ).write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: url.path)
    return Recogniser(program: url.path, secondsPerPage: secondsPerPage)
  }

  private func read(_ file: URL, _ recogniser: Recogniser?) throws -> Document {
    try PDFReaderProcess(program: program, recogniser: recogniser)
      .read(SourceFile(file, named: "scan.pdf"), named: "scan.pdf")
  }

  /// Two lines, at 300 dots an inch.
  private static let twoLines = #"""
    printf 'level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext\n'
    printf '4\t1\t1\t1\t1\t0\t300\t400\t600\t50\t-1\t\n'
    printf '5\t1\t1\t1\t1\t1\t300\t402\t250\t40\t96\tScanned\n'
    printf '5\t1\t1\t1\t1\t2\t580\t402\t320\t40\t90\twords,\n'
    printf '4\t1\t1\t1\t2\t0\t300\t460\t500\t50\t-1\t\n'
    printf '5\t1\t1\t1\t2\t1\t300\t462\t500\t40\t84\tbelow.\n'
    """#

  @Test func `pages without text are read by the program, and marked`() throws {
    let recogniser = try standIn(
      "head -c 2 | grep -q P5 || exit 9\ncat >/dev/null\n" + Self.twoLines)
    let file = try scan()
    let document = try read(file, recogniser)
    #expect(document.notices.map(\.reason) == [.recognised])
    #expect(document.notices.first?.page == 1)
    #expect(document.notices.first?.detail.contains("3 words") == true)
    #expect(document.notices.first?.detail.contains("90 %") == true)
    #expect(
      ExtractedText(document).text == "Scanned words, below.\n\nA page with a text layer.")
    // The same without a child process.
    let here = try PDFReader(recogniser: recogniser)
      .read(SourceFile(file, named: "scan.pdf"), named: "scan.pdf")
    #expect(here == document)
  }

  @Test func `recognised words have boxes in points on their page`() throws {
    let document = try read(
      try scan(), try standIn("cat >/dev/null\n" + Self.twoLines))
    let text = try #require(document.blocks.first?.texts.first)
    guard case .glyphs(let line)? = text.runs.first?.place else {
      Issue.record("no glyphs")
      return
    }
    #expect(line.page == 1)
    #expect(abs(line.box.x0 - 72) < 0.1 && abs(line.box.x1 - 216) < 0.1)
    #expect(abs(line.box.y0 - 96) < 0.1 && abs(line.box.y1 - 108) < 0.1)
    // "words," of the first line.
    let word = line.scalars(8..<14)
    #expect(abs(word.box.x0 - 139.2) < 0.2)
  }

  @Test func `the installed languages are passed on, without those that are none`() throws {
    let note = folder.url.appendingPathComponent("arguments")
    // A reading process may write no files, so this runs here.
    let recogniser = try standIn("echo \"$@\" > '\(note.path)'; cat >/dev/null\n" + Self.twoLines)
    _ = try PDFReader(recogniser: recogniser)
      .read(SourceFile(try scan(), named: "scan.pdf"), named: "scan.pdf")
    #expect(
      try String(contentsOf: note, encoding: .utf8) == "stdin stdout --dpi 300 -l deu+eng tsv\n")
  }

  @Test func `without the program the page is named, and the rest is read`() throws {
    let document = try read(try scan(), nil)
    #expect(document.notices.map(\.reason) == [.noTextLayer])
    #expect(document.notices.first?.page == 1)
    #expect(ExtractedText(document).text == "A page with a text layer.")
  }

  @Test(arguments: [
    ("exit 3", "tesseract failed on it"), ("cat >/dev/null", "sees no words"),
    ("echo hello", "sees no words"),
  ])
  func `a program that fails leaves the page named, with the reason`(
    lines: String, reason: String
  ) throws {
    let document = try read(try scan(), try standIn(lines))
    #expect(document.notices.map(\.reason) == [.noTextLayer])
    #expect(document.notices.first?.detail.contains(reason) == true)
    #expect(ExtractedText(document).text == "A page with a text layer.")
  }

  @Test func `a page has a time limit of its own, and the rest is read`() throws {
    let recogniser = try standIn("sleep 100", secondsPerPage: 0.5)
    let start = ContinuousClock.now
    let document = try read(try scan(), recogniser)
    #expect(ContinuousClock.now - start < .seconds(60))
    #expect(document.notices.first?.reason == .noTextLayer)
    #expect(document.notices.first?.detail.contains("took more than 0.5 s") == true)
    #expect(ExtractedText(document).text == "A page with a text layer.")
  }

  @Test func `a program that is not there is named in the notice`() throws {
    let document = try read(try scan(), Recogniser(program: "/nowhere/tesseract"))
    #expect(document.notices.first?.reason == .noTextLayer)
    #expect(document.notices.first?.detail.contains("/nowhere/tesseract cannot be started") == true)
  }

  @Test func `characters the file has are kept, and recognised ones added around them`() throws {
    var builder = PDFBuilder()
    builder.pages = [
      [
        .picture(
          pixels: [UInt8](repeating: 200, count: 100), width: 10, x0: 0, y0: 0, x1: 612, y1: 792),
        // Where the stand-in sees "below.".
        .text("STAMP 17", x: 80, y: 120),
      ]
    ]
    let document = try read(
      try file(builder.bytes), try standIn("cat >/dev/null\n" + Self.twoLines))
    let text = ExtractedText(document).text
    #expect(text.contains("STAMP 17"))
    #expect(text.contains("Scanned words,"))
    #expect(!text.contains("below."))
  }

  @Test(
    .enabled(
      if: Recogniser.installed != nil, "no tesseract on the PATH: not tried with the real one"))
  func `the real program reads a picture of text`() throws {
    var builder = PDFBuilder()
    builder.pages = [
      PDFBuilder.lines(
        ["The supplier delivers the goods", "before the end of September."], x: 72, y: 120,
        pitch: 24, size: 18)
    ]
    let original = try file(builder.bytes)
    let source = try SourceFile(original, named: "")
    let pdf = try PDFFile(descriptor: source.descriptor, named: "", password: nil)
    let drawn = pdf.picture(0, scale: 2)
    let picture = try #require(drawn)
    #expect(picture.pixels.contains { $0 < 100 }, "no font to draw the page with")
    var scanned = PDFBuilder()
    scanned.pages = [
      [.picture(pixels: picture.pixels, width: picture.width, x0: 0, y0: 0, x1: 612, y1: 792)]
    ]
    let document = try read(try file(scanned.bytes), Recogniser.installed)
    #expect(document.notices.map(\.reason) == [.recognised])
    #expect(
      ExtractedText(document).text
        == "The supplier delivers the goods before the end of September.")
    let runs = document.blocks.flatMap(\.texts).flatMap(\.runs)
    for run in runs {
      guard case .glyphs(let line) = run.place else { continue }
      #expect(line.box.x0 > 60 && line.box.x1 < 400 && line.box.y0 > 90 && line.box.y1 < 160)
    }
  }
}
