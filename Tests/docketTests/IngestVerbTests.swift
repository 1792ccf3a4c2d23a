import Foundation
import JSON
import TestSupport
import Testing

/// What `docket ingest --json` prints leads back to the file.
struct IngestVerbTests {
  private let folder: TemporaryFolder
  private let docket: DocketProgram

  init() throws {
    folder = try TemporaryFolder()
    docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
  }

  private func document(_ path: String) throws -> JSONValue {
    let ending = try docket.run(["ingest", "--json", path])
    #expect(ending.status == 0, "\(ending.errors)")
    return try JSONValue.parse(ending.output)
  }

  @Test func `links of a page of HTML have their words, their address and their bytes`() throws {
    let file = folder.url.appendingPathComponent("page.html")
    let html = """
      <!DOCTYPE html><meta charset="utf-8"><title>Terms</title><body><h1>Terms of use</h1>
      <p>Rent is due as <a href="https://example.org/terms?a=1&amp;b=2">our  terms</a> say, on the
      first day of each month, and it is paid in advance to the landlord named below.</p>
      <p>Questions go to <a href="mailto:rent@example.org">the office – Zürich</a>.</p></body>
      """
    try Data(html.utf8).write(to: file)
    let links = try #require(try document(file.path)["links"]?.array)
    #expect(
      links.map { $0["uri"]?.string } == [
        "https://example.org/terms?a=1&b=2", "mailto:rent@example.org",
      ])
    #expect(links.map { $0["text"]?.string } == ["our terms", "the office – Zürich"])
    let bytes = Array(html.utf8)
    for (link, words) in zip(links, ["our  terms", "the office – Zürich"]) {
      let range = (link["bytes"]?.array ?? []).compactMap(\.integer)
      try #require(range.count == 2 && range[1] <= bytes.count)
      let found = String(decoding: bytes[range[0]..<range[1]], as: UTF8.self)
      #expect(found.contains(words), "\(found)")
    }
  }

  @Test func `links of a PDF have their page and box, and where they lead`() throws {
    let path = SampleRun.samples.appendingPathComponent("contracts/agreement-cloud-terms.pdf").path
    let value = try document(path)
    let pages = try #require(value["pages"]?.array)
    let links = try #require(value["links"]?.array)
    #expect(!links.isEmpty)
    for link in links {
      let page = try #require(link["page"]?.integer)
      try #require((1...pages.count).contains(page))
      let box = (link["bbox"]?.array ?? []).compactMap(\.double)
      try #require(box.count == 4)
      #expect(box[0] < box[2] && box[1] < box[3])
      let target = link["toPage"]?.integer ?? 0
      #expect(link["uri"]?.string != nil || (1...pages.count).contains(target))
      #expect(link["text"]?.string != nil)
    }
  }

  @Test func `the bytes of a text's blocks hold their words`() throws {
    let url = SampleRun.samples.appendingPathComponent("meetings/meeting-committee.txt")
    let bytes = [UInt8](try Data(contentsOf: url))
    let blocks = try #require(try document(url.path)["blocks"]?.array)
    var checked = 0
    for block in blocks {
      guard let range = block["bytes"]?.array?.compactMap(\.integer), range.count == 2,
        let text = block["text"]?.string
      else { continue }
      let source = String(decoding: bytes[range[0]..<range[1]], as: UTF8.self)
      let words = text.split(whereSeparator: \.isWhitespace)
      for word in words.prefix(3) { #expect(source.contains(word), "\(word)") }
      checked += 1
    }
    #expect(checked > 20)
  }

  @Test func `the process that reads PDFs ends with the program, whatever ends that`() throws {
    let path = SampleRun.samples.appendingPathComponent("reports/regulation-long-132-pages.pdf")
      .path
    // Often enough to be at work when it is killed.
    let started = try docket.start(["ingest", "--json"] + Array(repeating: path, count: 500))
    var reader: Int32?
    for _ in 0..<500 where reader == nil {
      reader = Self.child(of: started.process.processIdentifier)
      if reader == nil { usleep(10_000) }
    }
    kill(started.process.processIdentifier, SIGKILL)
    #expect(try started.wait().status == -SIGKILL)
    let child = try #require(reader)
    var isGone = false
    for _ in 0..<500 where !isGone {
      isGone = Self.state(of: child).map { $0.letter == "Z" } ?? true
      if !isGone { usleep(10_000) }
    }
    #expect(isGone)
  }

  /// A process that another one has started.
  private static func child(of parent: Int32) -> Int32? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.lazy.compactMap { Int32($0) }.first { state(of: $0)?.parent == parent }
  }

  /// The letter of a process's state and its parent; nil where there is no such process.
  private static func state(of process: Int32) -> (letter: Substring, parent: Int32)? {
    // `id (name) state parent …`, and the name may hold anything.
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 1
    else { return nil }
    return (fields[0], Int32(fields[1]) ?? 0)
  }
}
