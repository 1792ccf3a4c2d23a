import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

/// Packages that are damaged or made to do harm: an error that names what is wrong, or a notice.
struct PackageTests {
  private let words = WordBuilder(WordBuilder.paragraph("Words of a contract"))

  private func failure(_ file: [UInt8], limits: PackageLimits = PackageLimits()) throws -> ReadError
  {
    try #require(throws: ReadError.self) { try PackageReading(file, limits: limits) }
  }

  @Test func `a package that is cut off anywhere is damaged, not read in part`() throws {
    let file = words.package.bytes
    for count in stride(from: 4, to: file.count - 1, by: 37) {
      let error = try failure(Array(file.prefix(count)))
      #expect(error.kind == .damaged, "\(count): \(error)")
    }
    #expect(try failure(Array(file.prefix(200))).what.contains("directory cannot be read"))
  }

  @Test(arguments: ["word/document.xml", "[Content_Types].xml"])
  func `a missing part is named`(part: String) throws {
    var builder = words
    builder.leftOut = [part]
    let error = try failure(builder.package.bytes)
    #expect(error.kind == .damaged && error.what == "\(part) is missing from the package")
  }

  @Test func `without relationships the main part is found by its type`() throws {
    var builder = words
    builder.leftOut = ["_rels/.rels"]
    #expect(try PackageReading(builder).texts == ["paragraph Words of a contract"])
  }

  @Test func `a part that is there twice is not guessed at`() throws {
    var package = words.package
    package.add("word/document.xml", "<other/>")
    let error = try failure(package.bytes)
    #expect(error.what == "the package holds word/document.xml twice")
  }

  @Test func `an encrypted part needs a password`() throws {
    var package = PackageBuilder()
    for entry in words.package.entries {
      package.add(entry.name, entry.bytes, flags: entry.name == "word/document.xml" ? 1 : 0)
    }
    let error = try failure(package.bytes)
    #expect(error.kind == .missingPassword && error.reason == .encrypted)
    #expect(error.what == "word/document.xml is encrypted in the package")
  }

  @Test func `names that lead out of the package are left alone and counted`() throws {
    var package = words.package
    package.add("../../etc/passwd", "x")
    package.add("..\\..\\windows\\x", "x")
    package.add("C:/x", "x")
    let reading = try PackageReading(package.bytes)
    #expect(reading.texts == ["paragraph Words of a contract"])
    #expect(reading.document.notices.map(\.reason) == [.damaged])
    #expect(reading.document.notices[0].detail.hasPrefix("3 files"))
    #expect(OfficePackage.resolve("../../etc/passwd", from: "word/") == nil)
    #expect(OfficePackage.resolve("%2e%2e/%2e%2e/x", from: "word/") == nil)
    #expect(OfficePackage.resolve("../media/a.png", from: "word/") == "media/a.png")
    #expect(OfficePackage.resolve("/word/a.xml", from: "x/") == "word/a.xml")
  }

  @Test func `backslashes and slashes in front are what some programs write`() throws {
    var package = PackageBuilder()
    for entry in words.package.entries {
      package.add("/" + entry.name.replacing("/", with: "\\"), entry.bytes)
    }
    #expect(MediaType(of: package.bytes) == .word)
    #expect(try PackageReading(package.bytes).texts == ["paragraph Words of a contract"])
  }

  // MARK: Bombs

  @Test func `a part that unpacks to far too much is refused long before`() throws {
    var builder = words
    builder.leftOut = ["word/document.xml"]
    var package = builder.package
    package.addBomb("word/document.xml", unpacked: 40 << 20)
    #expect(package.bytes.count < 400_000)
    var limits = PackageLimits()
    limits.ratio = 50
    let ratio = try failure(package.bytes, limits: limits)
    #expect(ratio.kind == .overLimit && ratio.what.contains("more than 50 times its"), "\(ratio)")
    limits = PackageLimits()
    limits.bytes = 8 << 20
    let size = try failure(package.bytes, limits: limits)
    #expect(size.kind == .overLimit && size.what.contains("8 MiB"), "\(size)")
  }

  @Test func `too many files are refused with both numbers`() throws {
    var limits = PackageLimits()
    limits.entries = 3
    let error = try failure(words.package.bytes, limits: limits)
    #expect(error.kind == .overLimit)
    #expect(error.what == "the package holds 4 files, and the limit is 3")
  }

  @Test func `entities that expand are never expanded`() throws {
    var builder = words
    let bomb =
      "<!DOCTYPE d [<!ENTITY a \"ha\">"
      + (1...20).map { "<!ENTITY a\($0) \"&a\($0 - 1 == 0 ? "" : "\($0 - 1)");&a;\">" }.joined()
      + "]>"
    builder.document = Array(
      (bomb
        + "<w:document \(WordBuilder.namespaces)><w:body><w:p><w:r><w:t>&a20;</w:t></w:r></w:p></w:body></w:document>")
        .utf8)
    let error = try failure(builder.package.bytes)
    #expect(error.kind == .damaged && error.what.contains("declares a document type"), "\(error)")
  }

  @Test func `elements too deep are an end, not a crash`() throws {
    let deep =
      WordBuilder.paragraph("before") + String(repeating: "<w:sdt><w:sdtContent>", count: 5000)
      + WordBuilder.paragraph("inside")
      + String(repeating: "</w:sdtContent></w:sdt>", count: 5000)
    let reading = try PackageReading(WordBuilder(deep))
    #expect(reading.texts == ["paragraph before"])
    #expect(reading.document.notices.map(\.reason) == [.overLimit])
  }

  // MARK: Damage inside

  @Test func `XML that breaks off is read up to there`() throws {
    var builder = words
    builder.document = Array(
      "<w:document \(WordBuilder.namespaces)><w:body>\(WordBuilder.paragraph("One"))\(WordBuilder.paragraph("Two"))<w:p><w:r></w:x>"
        .utf8)
    let reading = try PackageReading(builder)
    #expect(reading.texts == ["paragraph One", "paragraph Two"])
    #expect(reading.check.faults.isEmpty)
    let notice = try #require(reading.document.notices.first)
    #expect(notice.reason == .damaged && notice.detail.contains("no well-formed XML from byte"))
    #expect((notice.bytes?.lowerBound ?? 0) > 400)
  }

  @Test func `what is no XML, or another kind of it, is named`() throws {
    var builder = words
    builder.document = Array("nothing of the kind".utf8)
    #expect(try failure(builder.package.bytes).what.contains("word/document.xml is no well-formed"))
    builder.document = Array("<w:other xmlns:w=\"x\"><a/></w:other>".utf8)
    #expect(try failure(builder.package.bytes).what == "word/document.xml is no document of Word")
    builder.document = []
    #expect(try failure(builder.package.bytes).kind == .damaged)
  }

  @Test func `styles that cannot be read cost the styles`() throws {
    var builder = WordBuilder(
      WordBuilder.paragraph("Words", #"<w:pStyle w:val="U1"/>"#))
    builder.styles = "</w:oops>"
    let reading = try PackageReading(builder)
    #expect(reading.texts == ["paragraph Words"])
    #expect(reading.document.notices.map(\.reason) == [.damaged])
  }

  @Test func `another document of Office in Word's folders is named`() throws {
    var package = PackageBuilder()
    for entry in words.package.entries {
      let text = String(decoding: entry.bytes, as: UTF8.self)
      package.add(
        entry.name,
        text.replacing("wordprocessingml.document.main", with: "spreadsheetml.sheet.main"))
    }
    let error = try failure(package.bytes)
    #expect(error.kind == .unsupported && error.what.contains("an Excel workbook"))
  }

  @Test func `damage at random is an error or a notice`() throws {
    var random = SeededGenerator(seed: 5)
    let file = try Fixture.bytes("word/supply-agreement.docx")
    var read = 0
    for _ in 0..<300 {
      var copy = file
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        copy[Int.random(in: 4..<copy.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      do {
        let reading = try PackageReading(copy)
        read += 1
        #expect(reading.check.faults.isEmpty)
      } catch is ReadError {
        continue
      }
    }
    #expect(read > 10)
  }

  // MARK: What a file is

  private func zip(_ names: [String], mimetype: String? = nil) -> [UInt8] {
    var package = PackageBuilder()
    if let mimetype { package.add("mimetype", mimetype) }
    for name in names { package.add(name, "x") }
    return package.bytes
  }

  @Test func `packages are told by what is in them`() {
    let types = "[Content_Types].xml"
    #expect(MediaType(of: words.package.bytes) == .word)
    #expect(MediaType(of: zip([types, "word/document2.xml"])) == .word)
    #expect(
      MediaType(of: zip([types, "xl/workbook.xml"])) == .unsupported("an Excel workbook (XLSX)"))
    #expect(
      MediaType(of: zip([types, "ppt/presentation.xml"]))
        == .unsupported("a PowerPoint presentation (PPTX)"))
    #expect(MediaType(of: zip(["a"], mimetype: "application/epub+zip")) == .epub)
    #expect(
      MediaType(of: zip(["content.xml"], mimetype: "application/vnd.oasis.opendocument.text"))
        == .unsupported("an OpenDocument text (ODT)"))
    #expect(
      MediaType(of: zip(["META-INF/MANIFEST.MF", "a.class"]))
        == .unsupported("a Java archive (JAR)"))
    #expect(MediaType(of: zip(["a.txt"])) == .unsupported("a ZIP archive"))
    // Cut off, it is still what it was.
    #expect(MediaType(of: Array(words.package.bytes.prefix(900))) == .word)
    #expect(MediaType(of: [0x50, 0x4B, 3, 4, 20, 0]).name == nil)
  }

  @Test func `a document under a password is named encrypted`() throws {
    // Header, and a directory of two entries in the first sector.
    var file = CompoundFile.signature + [UInt8](repeating: 0, count: 504)
    file[30] = 9
    for name in ["Root Entry", "EncryptedPackage"] {
      var entry = Array((name + "\0").utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      let length = entry.count
      entry += [UInt8](repeating: 0, count: 128 - length)
      entry[64] = UInt8(length)
      file += entry
    }
    file += [UInt8](repeating: 0, count: 256)
    #expect(MediaType(of: file) == .encryptedOffice)
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("secret.docx")
    try Data(file).write(to: url)
    let error = try #require(throws: ReadError.self) {
      try DocumentReader().read(SourceFile(url, named: "secret.docx"), named: "secret.docx")
    }
    #expect(error.reason == .encrypted && error.what.contains("encrypted"))
    let scan = try DirectoryScanner(root: folder.url).scan()
    #expect(scan.files.map(\.mediaType) == [.encryptedOffice])
  }

  @Test func `a scan tells documents from other packages whatever their names`() throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in [
      ("contract.zip", words.package.bytes),
      ("sheet.docx", zip(["[Content_Types].xml", "xl/workbook.xml"])),
      ("tool.docx", zip(["META-INF/MANIFEST.MF"])),
    ] {
      try Data(bytes).write(to: folder.url.appendingPathComponent(name))
    }
    let scan = try DirectoryScanner(root: folder.url).scan()
    #expect(scan.files.map(\.relativePath) == ["contract.zip"])
    #expect(scan.leftOut.map(\.path) == ["sheet.docx", "tool.docx"])
    #expect(scan.leftOut[0].detail.contains("an Excel workbook (XLSX)"))
    #expect(scan.leftOut.allSatisfy { $0.reason == .unsupported })
  }
}
