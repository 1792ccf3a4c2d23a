import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// A folder with everything that can be wrong with a file, and what `run.json` says of each.
struct FolderLedgerTests {
  private let folder: TemporaryFolder
  private let docket: DocketProgram
  private var input: URL { folder.url.appendingPathComponent("documents") }

  init() throws {
    folder = try TemporaryFolder()
    docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
    try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
  }

  private func write(_ path: String, _ text: String) throws {
    let url = input.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  /// By bytes, since a path may be no text.
  private func write(bytes name: [UInt8], _ text: String) throws {
    let path = Array((input.path + "/").utf8) + name + [0]
    let file = unsafe path.withUnsafeBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe fopen($0.baseAddress!, "w") }
    }
    let opened = try unsafe #require(file)
    unsafe fputs(text, opened)
    unsafe fclose(opened)
  }

  private func declare() throws -> String {
    let file = folder.url.appendingPathComponent("pipeline.json5")
    try """
    { format: 1, name: "ledger",
      input: { dir: "documents", match: ["**/*.{txt,pdf,html}"], exclude: ["drafts"] },
      steps: [ { id: "summary", kind: "summarize", sentences: 1 } ], output: { dir: "out" } }
    """.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  /// `run.json`: path → status of a document, or the reason it was left out. No path comes twice.
  private func ledger() throws -> [String: String] {
    let file = folder.url.appendingPathComponent("out/run.json")
    let run = try JSONValue.parse(String(contentsOf: file, encoding: .utf8))
    var ledger: [String: String] = [:]
    for (list, key) in [("documents", "status"), ("leftOut", "reason")] {
      for entry in run[list]?.array ?? [] {
        let path = entry["path"]?.string ?? ""
        #expect(ledger[path] == nil, "\(path) comes twice")
        ledger[path] = entry[key]?.string
      }
    }
    return ledger
  }

  private static let words =
    "The parties agree that the rent is due on the first day of each month. It is paid in advance."

  @Test func `everything that is in the folder is accounted for once`() throws {
    try write("a.txt", Self.words)
    try write("copies/a.txt", Self.words)
    try write("notes.md", Self.words)
    try write(".hidden.txt", Self.words)
    try write("drafts/one.txt", Self.words)
    try write("empty.txt", "")
    try write("image.txt", "\u{89}PNG")
    try Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).write(
      to: input.appendingPathComponent("image.txt"))
    try write("damaged.pdf", "%PDF-1.7\nnothing of a PDF follows")
    let fixtures = SampleRun.samples.deletingLastPathComponent()
      .appendingPathComponent("Tests/IngestTests/Fixtures/pdf")
    try FileManager.default.copyItem(
      at: fixtures.appendingPathComponent("encrypted-256-bit.pdf"),
      to: input.appendingPathComponent("locked.pdf"))
    try write(bytes: Array("latin-".utf8) + [0xE9] + Array(".txt".utf8), Self.words + " One.")
    try write("two\nlines.txt", Self.words + " Two.")
    try write(String(repeating: "n", count: 251) + ".txt", Self.words + " Three.")
    try write(String(repeating: "m", count: 220) + ".txt", Self.words + " Five.")
    let deep = (0..<12).map { "\($0)" + String(repeating: "d", count: 200) }.joined(separator: "/")
    try write(deep + "/deep.txt", Self.words + " Four.")
    let manager = FileManager.default
    try manager.createSymbolicLink(
      atPath: input.appendingPathComponent("inside.txt").path, withDestinationPath: "a.txt")
    try manager.createSymbolicLink(
      atPath: input.appendingPathComponent("outside.txt").path,
      withDestinationPath: "/etc/hostname")
    try manager.createSymbolicLink(
      atPath: input.appendingPathComponent("broken.txt").path, withDestinationPath: "nowhere")
    #expect(unsafe mkfifo(input.appendingPathComponent("pipe.txt").path, 0o600) == 0)

    let ending = try docket.run(["run", try declare()])
    #expect(ending.status == 1, "\(ending.errors)")
    #expect(
      try ledger() == [
        "a.txt": "complete", "copies/a.txt": "complete", "notes.md": "not-matched",
        ".hidden.txt": "hidden", "drafts/": "excluded", "empty.txt": "partial",
        "image.txt": "unsupported", "damaged.pdf": "failed", "locked.pdf": "failed",
        "latin-\\xE9.txt": "complete", "two\\x0Alines.txt": "complete",
        // A document whose result would need a name longer than file systems allow.
        String(repeating: "n", count: 251) + ".txt": "failed",
        String(repeating: "m", count: 220) + ".txt": "complete", deep + "/deep.txt": "complete",
        "inside.txt": "link-inside", "outside.txt": "link-outside", "broken.txt": "broken-link",
        "pipe.txt": "special",
      ])
  }

  @Test func `a file that changes or goes while the run reads others fails by itself`() throws {
    let report = SampleRun.samples.appendingPathComponent(
      "reports/regulation-long-132-pages.pdf")
    try FileManager.default.copyItem(at: report, to: input.appendingPathComponent("a.pdf"))
    for name in ["x-changed.txt", "y-gone.txt", "z-same.txt"] { try write(name, Self.words + name) }
    let run = try docket.start(["run", try declare(), "--json", "--workers", "1"])
    while run.process.isRunning, !run.outputSoFar.contains("planned") { usleep(1000) }
    #expect(run.process.isRunning)
    try write("x-changed.txt", "Other words.")
    try FileManager.default.removeItem(at: input.appendingPathComponent("y-gone.txt"))
    let ending = try run.wait()
    #expect(ending.status == 1, "\(ending.errors)")
    let ledger = try ledger()
    #expect(
      ledger == [
        "a.pdf": "complete", "x-changed.txt": "failed", "y-gone.txt": "failed",
        "z-same.txt": "complete",
      ])
  }
}
