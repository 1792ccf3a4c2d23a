import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

struct PDFReaderProcessTests {
  private let folder: TemporaryFolder
  private let program: URL

  init() throws {
    folder = try TemporaryFolder()
    program = try DocketProgram.link(in: folder)
  }

  private func file(_ bytes: [UInt8]) throws -> URL {
    let url = folder.url.appendingPathComponent("\(UUID().uuidString).pdf")
    try Data(bytes).write(to: url)
    return url
  }

  private func pdf(_ words: String, pages: Int = 1) throws -> URL {
    var builder = PDFBuilder()
    builder.pages = (0..<pages).map { [.text("\(words) \($0)", x: 72, y: 100)] }
    return try file(builder.bytes)
  }

  private func script(_ lines: String) throws -> URL {
    let url = folder.url.appendingPathComponent("script-\(UUID().uuidString)")
    try Data("#!/bin/sh\n\(lines)\n".utf8).write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: url.path)
    return url
  }

  private func read(
    _ file: URL, by program: URL? = nil, password: String? = nil, limits: ReadLimits = ReadLimits()
  ) throws -> Document {
    try PDFReaderProcess(program: program ?? self.program).read(
      SourceFile(file, named: "file.pdf"), named: "file.pdf", password: password, limits: limits)
  }

  @Test func `a child process reads what this process reads`() throws {
    for name in ["ts-o05-weasy-2", "ts-o09-groff-True", "pypdf-crazyones", "pdfbox-rotation"] {
      let url = Repository.root.appendingPathComponent("Tests/IngestTests/Fixtures/pdf/\(name).pdf")
      let here = try PDFReader().read(SourceFile(url, named: name), named: name)
      #expect(try read(url) == here, "\(name)")
    }
  }

  @Test func `one process serves one document after another`() throws {
    for number in 0..<5 {
      let document = try read(try pdf("document \(number)"))
      #expect(ExtractedText(document).text == "document \(number) 0")
    }
    let process = try #require(ReadingProcessPool.shared.take(program.path))
    #expect(process.served == 5)
    #expect(ReadingProcessPool.shared.take(program.path) == nil)
  }

  @Test func `a document that cannot be read leaves the process to the next one`() throws {
    let good = try pdf("good")
    let bad = try file(Array("%PDF-1.7\nno more than that".utf8))
    _ = try read(good)
    let error = #expect(throws: ReadError.self) { try read(bad) }
    #expect(error?.kind == .damaged)
    #expect(ExtractedText(try read(good)).text == "good 0")
    #expect(ReadingProcessPool.shared.take(program.path)?.served == 3)
  }

  @Test func `a process that died while it waited is replaced, and no document is lost`() throws {
    let file = try pdf("words")
    _ = try read(file)
    let process = try #require(ReadingProcessPool.shared.take(program.path))
    process.kill()
    ReadingProcessPool.shared.put(process, program.path)
    #expect(ExtractedText(try read(file)).text == "words 0")
  }

  @Test func `a crash is an error of its document that names the signal`() throws {
    let file = try pdf("words")
    let error = #expect(throws: ReadError.self) {
      try read(file, by: try script("kill -SEGV $$"))
    }
    #expect(error?.kind == .crashed)
    #expect(error?.what.contains("died of signal 11") == true)
    #expect(error?.reason == .damaged)
  }

  @Test func `a process that answers nonsense is told from ours`() throws {
    let file = try pdf("words")
    let error = #expect(throws: ReadError.self) {
      try read(file, by: try script("echo hello >&0; sleep 60"))
    }
    #expect(error?.what == "the reading process answered nonsense")
  }

  @Test func `a hang ends at the time limit, with all that the process had started`() throws {
    let file = try pdf("words")
    let note = folder.url.appendingPathComponent("pid")
    var limits = ReadLimits()
    limits.seconds = 0.7
    let program = try script("sleep 1000 & echo $! > '\(note.path)'; wait")
    let error = #expect(throws: ReadError.self) { try read(file, by: program, limits: limits) }
    #expect(error?.kind == .overLimit)
    let pid = try #require(
      Int32(try String(contentsOf: note, encoding: .utf8).filter(\.isNumber)))
    // The kernel needs a moment.
    var isGone = false
    for _ in 0..<100 where !isGone {
      let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
      isGone = state == nil || state?.contains(") Z ") == true
      if !isGone { usleep(20_000) }
    }
    #expect(isGone)
  }

  @Test func `memory beyond the limit costs one document`() throws {
    var limits = ReadLimits()
    limits.memoryBytes = 8 << 20
    // A page of a hundred thousand letters.
    var builder = PDFBuilder()
    builder.height = 36_200
    builder.pages = [
      PDFBuilder.lines((0..<3000).map { "line \($0) of a page of many lines" }, x: 72, y: 72)
    ]
    let large = folder.url.appendingPathComponent("large.pdf")
    try Data(builder.bytes).write(to: large)
    let error = #expect(throws: ReadError.self) { try read(large, limits: limits) }
    #expect(error?.kind == .crashed || error?.kind == .damaged)
    #expect(ExtractedText(try read(large)).text.contains("line 2999 of"))
    #expect(ExtractedText(try read(try pdf("words"))).text == "words 0")
  }

  @Test func `more pages than the limit are refused with both numbers`() throws {
    var limits = ReadLimits()
    limits.pages = 3
    let error = #expect(throws: ReadError.self) {
      try read(try pdf("page", pages: 4), limits: limits)
    }
    #expect(error?.kind == .overLimit)
    #expect(error?.what == "the PDF has 4 pages, and the limit is 3")
  }

  @Test func `passwords open what they belong to, and their lack is told from a wrong one`() throws
  {
    for name in ["encrypted-128-bit.pdf", "encrypted-256-bit.pdf"] {
      let url = Repository.root.appendingPathComponent("Tests/IngestTests/Fixtures/pdf/\(name)")
      let missing = #expect(throws: ReadError.self) { try read(url) }
      #expect(missing?.kind == .missingPassword)
      let wrong = #expect(throws: ReadError.self) { try read(url, password: "nonsense") }
      #expect(wrong?.kind == .wrongPassword)
      #expect(wrong?.reason == .encrypted)
      for password in ["open", "own"] {
        #expect(ExtractedText(try read(url, password: password)).text.contains("crazy ones"))
      }
    }
    // A password declared for all files does not close those that need none.
    #expect(ExtractedText(try read(try pdf("open"), password: "nonsense")).text == "open 0")
  }

  @Test func `a PDF whose name is not UTF-8 is read from its folder`() throws {
    let inside = try TemporaryFolder()
    let name: [UInt8] = Array("caf".utf8) + [0xE9] + Array("\n.pdf".utf8)
    let path = Array(inside.url.path.utf8) + [0x2F] + name + [0]
    let original = try pdf("named oddly")
    #expect(
      unsafe path.withUnsafeBufferPointer { buffer in
        unsafe buffer.withMemoryRebound(to: CChar.self) {
          unsafe rename(original.path, $0.baseAddress!)
        }
      } == 0)
    let scan = try DirectoryScanner(root: inside.url, include: ["**/*.pdf"]).scan()
    let found = try #require(scan.files.first)
    #expect(found.relativePath == "caf\\xE9\\x0A.pdf")
    let reader = DocumentReader(pdfProgram: program)
    let document = try reader.read(found.open(), named: found.relativePath)
    #expect(ExtractedText(document).text == "named oddly 0")
    // The path as outputs have it leads back to the file.
    let again = try reader.read(
      SourceFile(found.relativePath, in: inside.url, named: found.relativePath),
      named: found.relativePath)
    #expect(again == document)
  }

  @Test func `a file that is written to while it is read is not taken for either version`() throws {
    let file = try pdf("before")
    let source = try SourceFile(file, named: "file.pdf")
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("% more".utf8))
    try handle.close()
    let error = #expect(throws: ReadError.self) {
      try DocumentReader(pdfProgram: program).read(source, named: "file.pdf")
    }
    #expect(error?.what.contains("changed while it was read") == true)
  }
}
