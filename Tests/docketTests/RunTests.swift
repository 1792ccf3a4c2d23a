import Foundation
import JSON
import TestSupport
import Testing

/// Whole runs of the real binary on real documents, and what becomes of them when it is killed.
@Suite(.serialized) struct RunTests {
  let folder: TemporaryFolder
  let docket: DocketProgram

  init() throws {
    folder = try TemporaryFolder()
    docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
  }

  private var input: URL { folder.url.appendingPathComponent("documents") }
  private var declaration: URL { folder.url.appendingPathComponent("pipeline.json5") }

  private static let agreement = """
    SERVICES AGREEMENT

    This Services Agreement is entered into as of March 5, 2019 by and between Acme Hosting, Inc. \
    (“Provider”) and Beta Retail LLC (“Customer”).

    1. Term. This Agreement begins on March 5, 2019 and continues for one (1) year. It renews for \
    successive one (1) year periods unless either party gives thirty (30) days' written notice.

    2. Governing Law. This Agreement is governed by the laws of the State of New York, without regard \
    to its conflict of laws rules.

    3. Assignment. Neither party may assign this Agreement without the prior written consent of the \
    other party.
    """

  /// Three small agreements and a declaration with two steps.
  private func prepare() throws {
    let manager = FileManager.default
    try manager.createDirectory(at: input, withIntermediateDirectories: true)
    for number in 1...3 {
      try Self.agreement.replacingOccurrences(of: "2019", with: "201\(number)").write(
        to: input.appendingPathComponent("agreement-\(number).txt"), atomically: true,
        encoding: .utf8)
    }
    try """
    { "type": "object", "properties": {
        "governingLaw": { "type": "string", "x-tag": "governing_law" },
        "agreementDate": { "type": "string", "x-tag": "agreement_date", "x-normalize": "date" } } }
    """.write(
      to: folder.url.appendingPathComponent("fields.schema.json"), atomically: true,
      encoding: .utf8)
    try """
    { format: 1, name: "agreements", input: { dir: "documents", match: ["**/*"] },
      steps: [ { id: "fields", kind: "extract", schema: "fields.schema.json" },
               { id: "summary", kind: "summarize", sentences: 2 } ],
      output: { dir: "out", jsonl: true, csv: ["fields"] } }
    """.write(to: declaration, atomically: true, encoding: .utf8)
  }

  /// Every file of a run's output folder but the temporary ones a crash may leave: path → bytes.
  private func outputs(_ name: String = "out") throws -> [String: Data] {
    try TestSupport.outputs(of: folder.url.appendingPathComponent(name))
  }

  @Test func `a folder becomes cited JSON that verifies, and a second run does nothing`() throws {
    try prepare()
    let first = try docket.run(["run", declaration.path])
    #expect(first.status == 0, "\(first.errors)")
    let files = try outputs()
    for number in 1...3 {
      #expect(files["agreement-\(number).txt.fields.json"] != nil)
      #expect(files["agreement-\(number).txt.summary.json"] != nil)
    }
    let fields = try JSONValue.parse(
      Array(try #require(files["agreement-1.txt.fields.json"])))
    #expect(fields["status"]?.string == "complete")
    for (name, field) in try #require(fields["data"]?["fields"]?.object).members {
      let status = field["status"]?.string
      #expect(["found", "absent", "unsupported"].contains(status), "\(name)")
      if status == "found" { #expect(field["evidence"]?.array?.isEmpty == false, "\(name)") }
    }
    #expect(fields["data"]?["fields"]?["governingLaw"]?["status"]?.string == "found")

    let verified = try docket.run(["verify", folder.url.appendingPathComponent("out").path])
    #expect(verified.status == 0, "\(verified.output)")

    let second = try docket.run(["run", declaration.path, "--json"])
    #expect(second.status == 0)
    #expect(second.output.contains(#""cached":6"#))
    #expect(try outputs() == files)
  }

  @Test func `verify refuses an output in which one character was altered`() throws {
    try prepare()
    #expect(try docket.run(["run", declaration.path]).status == 0)
    let file = folder.url.appendingPathComponent("out/agreement-1.txt.fields.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try text.replacingOccurrences(of: "New York", with: "New Yerk").write(
      to: file, atomically: true, encoding: .utf8)
    let verified = try docket.run(["verify", folder.url.appendingPathComponent("out").path])
    #expect(verified.status == 1)
    #expect(verified.output.contains("agreement-1.txt.fields.json"))
  }

  @Test(arguments: [
    "after-claim:2", "mid-read:3", "before-write:2", "mid-write:4", "before-rename:3",
    "after-rename:5", "before-commit:3", "after-commit:4", "before-finish:1",
    "after-enqueue-commit:1",
  ])
  func `killed at any point, the same command finishes the rest and the bytes are the same`(
    fault: String
  ) throws {
    try prepare()
    let undisturbed = try docket.run([
      "run", declaration.path, "--output", folder.url.appendingPathComponent("reference").path,
      "--workspace", folder.url.appendingPathComponent("other").path,
    ])
    #expect(undisturbed.status == 0)
    let killed = try docket.run(["run", declaration.path, "--fault", fault])
    #expect(killed.status == -9, "SIGKILL at \(fault)")
    let finished = Set(((try? outputs()) ?? [:]).keys)
    let dates = try finished.map { path in
      (path, try modified(path))
    }
    let rerun = try docket.run(["run", declaration.path])
    #expect(rerun.status == 0, "\(rerun.errors)")
    var reference = try outputs("reference")
    var result = try outputs()
    // The input folder is stated relative to the output folder; both stand side by side here.
    #expect(Set(reference.keys) == Set(result.keys))
    for key in reference.keys {
      #expect(reference.removeValue(forKey: key) == result.removeValue(forKey: key), "\(key)")
    }
    if fault.hasPrefix("after-commit") {
      // Four results were complete: they were not made again.
      let same = try dates.filter { path, date in
        path.hasSuffix("fields.json") || path.hasSuffix("summary.json")
          ? try modified(path) == date : false
      }
      #expect(same.count >= 4)
    }
  }

  private func modified(_ path: String) throws -> Date? {
    try folder.url.appendingPathComponent("out/\(path)")
      .resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
  }

  @Test
  func `a very long name keeps its beginning and its end in the tables, and spoils none of them`()
    throws
  {
    try prepare()
    let long =
      "north-wing/"
      + (1...12).map { "\($0)" + String(repeating: "x", count: 200) }
      .joined(separator: "/") + "/lease-of-1999.txt"
    let file = input.appendingPathComponent(long)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Self.agreement.replacingOccurrences(of: "2019", with: "1999").write(
      to: file, atomically: true, encoding: .utf8)
    try Self.agreement.replacingOccurrences(of: "2019", with: "1998").write(
      to: input.appendingPathComponent("red\u{1B}[31m.txt"), atomically: true, encoding: .utf8)
    let ending = try docket.run(["run", declaration.path])
    #expect(ending.status == 0, "\(ending.errors)")
    for output in [ending.output, try docket.run(["jobs"]).output] {
      let rows = output.split(separator: "\n").filter {
        $0.contains("complete") && $0.contains(".txt") && !$0.contains("same bytes")
      }
      #expect(rows.count >= 5)
      #expect(rows.allSatisfy { $0.count < 130 })
      #expect(
        rows.contains {
          $0.contains("north-wing/") && $0.contains("…") && $0.contains("/lease-of-1999.txt ")
        })
      #expect(rows.contains { $0.contains("red\\x1B[31m.txt") })
    }
  }

  @Test func `two workers write the bytes of one`() throws {
    try prepare()
    #expect(try docket.run(["run", declaration.path]).status == 0)
    let one = try outputs()
    let ending = try docket.run([
      "run", declaration.path, "--workers", "2", "--output",
      folder.url.appendingPathComponent("two").path, "--workspace",
      folder.url.appendingPathComponent("other").path,
    ])
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(try outputs("two") == one)
  }

  @Test func `bad files are named with what to do, and the rest goes on`() throws {
    try prepare()
    let manager = FileManager.default
    try Data("%PDF-1.7\nnothing of a PDF follows".utf8).write(
      to: input.appendingPathComponent("damaged.pdf"))
    try Data().write(to: input.appendingPathComponent("empty.txt"))
    try Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 3) }).write(
      to: input.appendingPathComponent("binary.txt"))
    let secret = folder.url.appendingPathComponent("secret.txt")
    try Self.agreement.write(to: secret, atomically: true, encoding: .utf8)
    try manager.createSymbolicLink(
      at: input.appendingPathComponent("link.txt"), withDestinationURL: secret)
    let ending = try docket.run(["run", declaration.path])
    #expect(ending.status == 1, "\(ending.errors)")
    for name in ["damaged.pdf", "empty.txt", "binary.txt", "link.txt"] {
      #expect(ending.output.contains(name), "\(name) is named")
    }
    let files = try outputs()
    for number in 1...3 { #expect(files["agreement-\(number).txt.fields.json"] != nil) }
    #expect(files["link.txt.fields.json"] == nil, "a link out of the folder is not followed")
    let table = String(decoding: try #require(files["fields.csv"]), as: UTF8.self)
    #expect(table.contains("damaged.pdf"), "what failed has its row")
  }

  @Test func `a document over the context limit fails whole, or is read in parts by declaration`()
    throws
  {
    try prepare()
    try String(repeating: Self.agreement + "\n\n", count: 20).write(
      to: input.appendingPathComponent("long.txt"), atomically: true, encoding: .utf8)
    var text = try String(contentsOf: declaration, encoding: .utf8)
    text = text.replacingOccurrences(
      of: "match: [\"**/*\"]", with: "match: [\"**/*\"], maxTokens: 1000, overLimit: \"fail\"")
    try text.write(to: declaration, atomically: true, encoding: .utf8)
    let failing = try docket.run(["run", declaration.path])
    #expect(failing.status == 1)
    #expect(failing.output.contains("failed: long.txt: The text has "))
    try text.replacingOccurrences(of: "\"fail\"", with: "\"split\"").write(
      to: declaration, atomically: true, encoding: .utf8)
    let splitting = try docket.run(["run", declaration.path])
    #expect(splitting.status == 0, "\(splitting.output) \(splitting.errors)")
    #expect(try outputs()["long.txt.fields.json"] != nil)
  }

  @Test(arguments: zip([SIGTERM, SIGINT], [Int32(75), 130]))
  func `a signal stops at a safe point, and the same command goes on`(
    signal: Int32, status: Int32
  ) throws {
    try prepare()
    for number in 10..<60 {
      try (Self.agreement + "\n\nCopy \(number).").write(
        to: input.appendingPathComponent("copy-\(number).txt"), atomically: true, encoding: .utf8)
    }
    let started = try docket.start(["run", declaration.path])
    // As soon as something is finished, there is something to stop in the middle of.
    let deadline = Date().addingTimeInterval(60)
    while ((try? outputs()) ?? [:]).count < 3, Date() < deadline {
      Thread.sleep(forTimeInterval: 0.02)
    }
    kill(started.process.processIdentifier, signal)
    let stopped = try started.wait()
    #expect(stopped.status == status, "\(stopped.errors)")
    #expect(stopped.output.contains("The same command goes on from here."))
    let rerun = try docket.run(["run", declaration.path])
    #expect(rerun.status == 0, "\(rerun.errors)")
    #expect(try outputs().keys.filter { $0.hasSuffix(".fields.json") }.count == 53)
    let standing = try docket.run(["status", "--json"])
    #expect(standing.output.contains(#""state":"finished""#))
  }

  @Test func `a full disk stops the run, and nothing finished is lost`() throws {
    try prepare()
    let ending = try docket.run(["run", declaration.path, "--fault", "disk-full:2"])
    #expect(ending.status == 1)
    #expect(ending.errors.contains("Free some space"))
    let rerun = try docket.run(["run", declaration.path])
    #expect(rerun.status == 0, "\(rerun.output) \(rerun.errors)")
  }
}
