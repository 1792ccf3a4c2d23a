import Documents
import Foundation
import TestSupport
import Testing

@testable import Ingest

/// Packages read in a process of their own.
struct PackageProcessTests {
  private let folder: TemporaryFolder
  private let program: URL

  init() throws {
    folder = try TemporaryFolder()
    program = try DocketProgram.link(in: folder)
  }

  private func read(
    _ bytes: [UInt8], limits: ReadLimits = ReadLimits(), by program: URL? = nil
  ) throws -> Document {
    let url = folder.url.appendingPathComponent("\(UUID().uuidString).docx")
    try Data(bytes).write(to: url)
    return try DocumentReader(pdfProgram: program ?? self.program).read(
      SourceFile(url, named: "a.docx"), named: "a.docx", limits: limits)
  }

  @Test(arguments: Fixture.names(in: "word").filter { $0.hasSuffix(".docx") })
  func `a child process reads what this process reads`(name: String) throws {
    let bytes = try Fixture.bytes("word/\(name)")
    let here = try PackageReading(bytes).document
    #expect(try read(bytes) == here)
    #expect(!here.blocks.isEmpty && !here.parts.isEmpty)
  }

  @Test func `what the child finds wrong is an error here, and the next document is read`() throws {
    let good = WordBuilder(WordBuilder.paragraph("good")).package.bytes
    let error = try #require(throws: ReadError.self) { try read(Array(good.dropLast(40))) }
    #expect(error.kind == .damaged && error.file == "a.docx")
    #expect(ExtractedText(try read(good)).text == "good")
    #expect(ReadingProcessPool.shared.take(program.path)?.served == 2)
  }

  @Test func `a hang ends at the time limit and says nothing of pages`() throws {
    let script = folder.url.appendingPathComponent("script")
    try Data("#!/bin/sh\nsleep 100\n".utf8).write(to: script)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script.path)
    var limits = ReadLimits()
    limits.seconds = 0.4
    let error = try #require(throws: ReadError.self) {
      try read(
        WordBuilder(WordBuilder.paragraph("x")).package.bytes, limits: limits, by: script)
    }
    #expect(error.kind == .overLimit && !error.what.contains("page"), "\(error)")
  }
}
