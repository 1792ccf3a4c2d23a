import Foundation
import TestSupport
import Testing

@testable import Ingest

struct DirectoryScannerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ path: String, _ text: String = "Some words.\n") throws {
    let url = folder.url.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func scan(include: [String] = [], exclude: [String] = []) throws -> DirectoryScanner.Scan
  {
    try DirectoryScanner(root: folder.url, include: include, exclude: exclude).scan()
  }

  @Test func `files come in the order of the bytes of their paths`() throws {
    for path in ["b.txt", "a/z.txt", "a.txt", "a-b.txt", "Z.txt", "é.txt", "a/b/c.txt"] {
      try write(path, path)
    }
    let found = try scan().files.map(\.relativePath)
    #expect(found == ["Z.txt", "a-b.txt", "a.txt", "a/b/c.txt", "a/z.txt", "b.txt", "é.txt"])
  }

  @Test func `patterns choose, and what they leave is reported`() throws {
    for path in ["a.pdf.txt", "x/b.txt", "x/y/c.md", "drafts/d.txt", ".hidden.txt"] {
      try write(path, path)
    }
    let scan = try scan(include: ["**/*.{txt,html}"], exclude: ["drafts"])
    #expect(scan.files.map(\.relativePath) == ["a.pdf.txt", "x/b.txt"])
    let reasons = Dictionary(uniqueKeysWithValues: scan.leftOut.map { ($0.path, $0.reason) })
    #expect(
      reasons == ["x/y/c.md": .notMatched, "drafts/": .excluded, ".hidden.txt": .hidden])
  }

  @Test func `the content decides what a file is`() throws {
    try write("page.txt", "<!DOCTYPE html><p>x")
    try write("paper.html", "%PDF-1.7\n")
    try Data([0x50, 0x4B, 3, 4, 0, 0]).write(to: folder.url.appendingPathComponent("text.txt"))
    let scan = try scan()
    #expect(scan.files.map(\.mediaType) == [.html, .pdf])
    #expect(scan.leftOut.map(\.reason) == [.unsupported])
  }

  @Test func `files with the same content are found`() throws {
    try write("a.txt", "same words")
    try write("b/c.txt", "same words")
    try write("d.txt", "same wordz")
    try write("e.txt", "")
    try write("f.txt", "")
    #expect(try scan().files.map(\.duplicateOf) == [nil, "a.txt", nil, nil, nil])
  }

  @Test func `links are not followed, and those that lead out are named`() throws {
    let outside = try TemporaryFolder()
    try Data("secret".utf8).write(to: outside.url.appendingPathComponent("s.txt"))
    try write("in.txt")
    let link = { (name: String, target: String) in
      try FileManager.default.createSymbolicLink(
        atPath: folder.url.appendingPathComponent(name).path, withDestinationPath: target)
    }
    try link("out.txt", outside.url.appendingPathComponent("s.txt").path)
    try link("outdir", outside.url.path)
    try link("inner.txt", "in.txt")
    try link("loop", ".")
    try link("broken", "nowhere")
    let scan = try scan()
    #expect(scan.files.map(\.relativePath) == ["in.txt"])
    let reasons = Dictionary(uniqueKeysWithValues: scan.leftOut.map { ($0.path, $0.reason) })
    #expect(
      reasons == [
        "out.txt": .linkOutside, "outdir": .linkOutside, "inner.txt": .linkInside,
        "loop": .linkInside, "broken": .brokenLink,
      ])
  }

  @Test func `names that are no UTF-8 or hold line feeds are read and shown safely`() throws {
    for name: [UInt8] in [[0x61, 0xFF, 0x62], Array("two\nlines.txt".utf8), Array("tab\t".utf8)] {
      let path = Array(folder.url.path.utf8) + [0x2F] + name + [0]
      let descriptor = unsafe path.withUnsafeBufferPointer { buffer in
        unsafe buffer.withMemoryRebound(to: CChar.self) {
          unsafe open($0.baseAddress!, O_CREAT | O_WRONLY, 0o600)
        }
      }
      #expect(descriptor >= 0)
      _ = unsafe Foundation.write(descriptor, "text", 4)
      close(descriptor)
    }
    let files = try scan().files
    #expect(files.map(\.relativePath) == ["a\\xFFb", "tab\\x09", "two\\x0Alines.txt"])
    for file in files { #expect(try file.contents() == Array("text".utf8)) }
  }

  @Test(arguments: [
    Array("a\\xFF".utf8), [0x61, 0xFF], Array("plain é.txt".utf8), Array("a\\b\nc".utf8),
    [0x5C, 0x5C, 0x78], [0xC3],
  ])
  func `a path as written leads back to its bytes, and to no other's`(path: [UInt8]) {
    let written = DirectoryScanner.printable(path)
    #expect(DirectoryScanner.bytes(ofPrintable: written) == path)
    #expect(!written.utf8.contains(0x0A))
  }

  @Test func `paths beyond the kernel's limit are read`() throws {
    // 60 folders of 100 bytes: made step by step, since no call takes the whole path.
    var descriptor = unsafe open(folder.url.path, O_RDONLY | O_DIRECTORY)
    let name = String(repeating: "d", count: 100)
    for _ in 0..<60 {
      _ = unsafe mkdirat(descriptor, name, 0o700)
      let next = unsafe openat(descriptor, name, O_RDONLY | O_DIRECTORY)
      close(descriptor)
      descriptor = next
    }
    let file = unsafe openat(descriptor, "deep.txt", O_CREAT | O_WRONLY, 0o600)
    _ = unsafe Foundation.write(file, "deep words", 10)
    close(file)
    close(descriptor)
    let scan = try scan()
    let found = try #require(scan.files.first)
    #expect(scan.leftOut.isEmpty)
    #expect(found.pathBytes.count == 60 * 101 + 8)
    #expect(try found.contents() == Array("deep words".utf8))
    // Foundation cannot remove what it cannot name.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/rm")
    process.arguments = ["-rf", folder.url.path]
    try process.run()
    process.waitUntilExit()
  }

  @Test func `a file changed or removed since the scan is an error of that file`() throws {
    try write("a.txt", "before")
    try write("b.txt", "before, too")
    let files = try scan().files
    try write("a.txt", "afterwards")
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("b.txt"))
    for file in files {
      let error = #expect(throws: ReadError.self) { try file.contents() }
      #expect(error?.kind == .unreadable)
      #expect(error?.description.contains("before") == false)
    }
  }

  @Test func `what cannot be read is reported, and the rest goes on`() throws {
    try write("good.txt")
    try write("bad/x.txt", "1")
    try write("secret.txt", "2")
    _ = unsafe mkfifo(folder.url.appendingPathComponent("pipe").path, 0o600)
    chmod("bad", 0)
    chmod("secret.txt", 0)
    defer { chmod("bad", 0o700) }
    let scan = try scan()
    let reasons = Dictionary(uniqueKeysWithValues: scan.leftOut.map { ($0.path, $0.reason) })
    #expect(reasons["pipe"] == .special)
    #expect(scan.files.contains { $0.relativePath == "good.txt" })
    // The superuser may read everything.
    if getuid() != 0 {
      #expect(reasons["bad/"] == .unreadable)
      #expect(reasons["secret.txt"] == .unreadable)
    } else {
      #expect(scan.files.count == 3)
    }
  }

  private func chmod(_ path: String, _ mode: mode_t) {
    _ = unsafe Foundation.chmod(folder.url.appendingPathComponent(path).path, mode)
  }

  @Test func `a folder that is none is an error that says so`() throws {
    try write("file.txt")
    for path in ["file.txt", "missing"] {
      #expect(throws: DirectoryScanner.ScanError.self) {
        try DirectoryScanner(root: folder.url.appendingPathComponent(path)).scan()
      }
    }
  }

  @Test(arguments: [
    ("**/*.pdf", "a.pdf", true), ("**/*.pdf", "x/y/a.pdf", true), ("*.pdf", "x/a.pdf", false),
    ("x/**", "x/y/z", true), ("x/", "x/y", true), ("a?c", "abc", true), ("[a-c]x", "bx", true),
    ("[!a-c]x", "bx", false), ("{a,b{1,2}}.t", "b2.t", true), ("**/a/**/b", "a/b", true),
    ("a*b*c", "aXbYc", true), ("a*b*c", "aXbY", false), ("\\*", "*", true), ("\\*", "a", false),
    ("**/*.pdf", "Scans/SCAN.PDF", true), ("Contracts/**", "contracts/a", true),
    ("[A-C]x", "bX", true), ("É*", "éa", false),
  ])
  func `patterns match as in shells`(pattern: String, path: String, matches: Bool) {
    #expect(GlobPattern(pattern).matches(Array(path.utf8)) == matches)
  }

  @Test func `no pattern takes forever`() {
    let path = Array((String(repeating: "a/", count: 200) + "b").utf8)
    let pattern = GlobPattern(String(repeating: "**/a/", count: 50) + "c")
    #expect(!pattern.matches(path))
    #expect(
      !GlobPattern(String(repeating: "a*", count: 100) + "b").matches(
        Array(repeating: 0x61, count: 5000)))
  }
}
