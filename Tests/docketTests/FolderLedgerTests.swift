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
        String(repeating: "n", count: 251) + ".txt": "complete",
        String(repeating: "m", count: 220) + ".txt": "complete", deep + "/deep.txt": "complete",
        "inside.txt": "link-inside", "outside.txt": "link-outside", "broken.txt": "broken-link",
        "pipe.txt": "special",
      ])
  }

  /// The entries of `run.json`'s list of documents, by their paths.
  private func documents() throws -> [String: JSONValue] {
    let file = folder.url.appendingPathComponent("out/run.json")
    let run = try JSONValue.parse(String(contentsOf: file, encoding: .utf8))
    var entries: [String: JSONValue] = [:]
    for entry in run["documents"]?.array ?? [] { entries[entry["path"]?.string ?? ""] = entry }
    return entries
  }

  @Test func `a document whose name is too long for its result's has a shortened one`() throws {
    let long = String(repeating: "n", count: 251) + ".txt"
    let longToo = String(repeating: "n", count: 250) + "x.txt"
    // Bytes that are no text take four characters each where the path is printed.
    let latin = [UInt8](repeating: 0xE9, count: 120) + Array(".txt".utf8)
    try write(long, Self.words)
    try write(longToo, Self.words + " Two.")
    try write(bytes: latin, Self.words + " Three.")
    let deep = (0..<16).map { "\($0)" + String(repeating: "d", count: 200) }.joined(separator: "/")
    try write(bytes: Array("short.txt".utf8), Self.words + " Four.")
    try makeDeep(deep, "deep.txt", Self.words + " Five.")
    let declaration = try declare()

    let ending = try docket.run(["run", declaration])
    #expect(ending.status == 0, "\(ending.output) \(ending.errors)")
    let entries = try documents()
    #expect(entries.count == 5)
    var outputs: [String: String] = [:]
    for (path, entry) in entries {
      let output = try #require(entry["steps"]?.array?.first?["output"]?.string, "\(path)")
      outputs[path] = output
      let file = folder.url.appendingPathComponent("out/\(output)")
      let envelope = try JSONValue.parse(String(contentsOf: file, encoding: .utf8))
      #expect(envelope["source"]?["path"]?.string == path)
      #expect(output.split(separator: "/").allSatisfy { $0.utf8.count <= 255 })
    }
    #expect(Set(outputs.values).count == 5)
    #expect(outputs["short.txt"] == "short.txt.summary.json")
    let shortened = try #require(outputs[long])
    #expect(
      try #/n+~[0-9a-f]{24}\.txt\.summary\.json/#.wholeMatch(in: shortened) != nil, "\(shortened)")

    // Nothing is made again, and everything finds its way back to the document.
    let again = try docket.run(["run", declaration, "--json"])
    #expect(again.output.contains("\"cached\":5"), "\(again.output)")
    let out = folder.url.appendingPathComponent("out")
    let verification = try docket.run(["verify", out.path])
    #expect(verification.status == 0, "\(verification.output) \(verification.errors)")
    let explanation = try docket.run([
      "explain", out.appendingPathComponent(shortened).path, "/data/points/0",
    ])
    #expect(explanation.output.contains(long), "\(explanation.output) \(explanation.errors)")
    let report = try docket.run(["report", out.path])
    #expect(report.status == 0, "\(report.errors)")
  }

  /// A file below folders whose path is longer than the system takes in one piece.
  private func makeDeep(_ path: String, _ name: String, _ text: String) throws {
    var folder = unsafe open(input.path, O_RDONLY | O_DIRECTORY)
    for part in path.split(separator: "/") {
      let part = String(part)
      #expect(unsafe mkdirat(folder, part, 0o700) == 0)
      let next = unsafe openat(folder, part, O_RDONLY | O_DIRECTORY)
      close(folder)
      folder = next
    }
    let file = unsafe openat(folder, name, O_WRONLY | O_CREAT, 0o600)
    let bytes = Array(text.utf8)
    #expect(unsafe Glibc.write(file, bytes, bytes.count) == bytes.count)
    close(file)
    close(folder)
  }

  @Test func `a copy says which document it is a copy of`() throws {
    try write("a.txt", Self.words)
    try write("b.txt", Self.words + " Other.")
    try write("copies/a.txt", Self.words)
    let ending = try docket.run(["run", try declare()])
    #expect(ending.status == 0, "\(ending.errors)")
    let entries = try documents()
    #expect(entries["copies/a.txt"]?["duplicateOf"]?.string == "a.txt")
    #expect(entries["a.txt"]?["duplicateOf"] == nil && entries["b.txt"]?["duplicateOf"] == nil)
    #expect(ending.output.contains("copies/a.txt and a.txt"), "\(ending.output)")
    let again = try docket.run(["run", try declare()])
    #expect(again.errors.contains("0 results to make, 3 up to date"), "\(again.errors)")
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
