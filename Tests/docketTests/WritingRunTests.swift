import Foundation
import JSON
import TestSupport
import Testing

/// Whole runs of the real binary with a checkpoint that writes (random weights), and what becomes of
/// them when it is killed.
@Suite(.serialized) struct WritingRunTests {
  let folder: TemporaryFolder
  let docket: DocketProgram

  init() throws {
    folder = try TemporaryFolder()
    docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
    try TinyWriter.make(in: folder.url.appendingPathComponent("tiny"))
    let input = folder.url.appendingPathComponent("documents")
    try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
    for number in 1...2 {
      try write(
        "documents/note-\(number).txt",
        "The fee is \(number),200 dollars a month. Payment is due within thirty days. The law of Texas applies."
      )
    }
    try write(
      "questions.schema.json",
      #"{ "type": "object", "properties": { "fee": { "x-normalize": "money" }, "isDue": { "type": "boolean" } } }"#
    )
    try write(
      "pipeline.json5",
      """
      { format: 1, name: "notes", input: { dir: "documents" },
        model: { weights: "tiny", temperature: 0.7, seed: 3, answerTokens: 120, thinking: 20, reasoning: "keep" },
        steps: [
          { id: "fields", kind: "extract", schema: "questions.schema.json" },
          { id: "summary", kind: "summarize", sentences: 2 },
          { id: "digest", kind: "reduce", from: ["summary", "fields"], sentences: 3 } ],
        output: { dir: "out" } }
      """)
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
  }

  private func outputs(_ name: String) throws -> [String: Data] {
    try TestSupport.outputs(of: folder.url.appendingPathComponent(name))
  }

  private var declaration: String { folder.url.appendingPathComponent("pipeline.json5").path }

  @Test(arguments: ["mid-read:2", "after-claim:3", "before-commit:2", "after-commit:4"])
  func `killed anywhere, the same command ends with the same bytes`(fault: String) throws {
    let undisturbed = try docket.run([
      "run", declaration, "--output", folder.url.appendingPathComponent("reference").path,
      "--workspace", folder.url.appendingPathComponent("other").path, "--workers", "2",
    ])
    #expect(undisturbed.status == 0, "\(undisturbed.output) \(undisturbed.errors)")
    let killed = try docket.run(["run", declaration, "--fault", fault])
    #expect(killed.status == -9, "SIGKILL at \(fault)")
    let rerun = try docket.run(["run", declaration])
    #expect(rerun.status == 0, "\(rerun.output) \(rerun.errors)")
    let reference = try outputs("reference")
    let result = try outputs("out")
    #expect(Set(reference.keys) == Set(result.keys))
    #expect(result.keys.contains("digest/all.json"))
    #expect(result.keys.contains("digest/all.reasoning.md"))
    for (path, bytes) in reference { #expect(result[path] == bytes, "\(path)") }
    let verified = try docket.run(["verify", folder.url.appendingPathComponent("out").path])
    #expect(verified.status == 0, "\(verified.output)")
  }

  @Test func `plan names how the model writes where that changed, and what follows the documents`()
    throws
  {
    #expect(try docket.run(["run", declaration]).status == 0)
    let text = try String(contentsOfFile: declaration, encoding: .utf8)
    func reasons(after old: String, becomes new: String) throws -> Set<String> {
      try write("pipeline.json5", text.replacing(old, with: new))
      let ending = try docket.run(["plan", declaration, "--quick", "--json"])
      let lines = try ending.output.split(separator: "\n").map {
        try JSONValue.parse(Array($0.utf8))
      }
      #expect(lines.compactMap { $0["follows"]?.string } == ["digest"])
      return Set(lines.compactMap { $0["reason"]?.string })
    }
    #expect(try reasons(after: "seed: 3", becomes: "seed: 3") == ["up to date"])
    #expect(
      try reasons(after: "seed: 3", becomes: "seed: 4") == ["changed: temperature or seed"])
    #expect(
      try reasons(after: "answerTokens: 120", becomes: "answerTokens: 121") == [
        "changed: how the model writes (model.topP, thinking, answerTokens or tools)"
      ])
  }

  @Test func `plan lists the groups of a reduce step where the results they are made of are there`()
    throws
  {
    func plan() throws -> (group: JSONValue?, groups: [JSONValue]?, toMake: Int?) {
      let ending = try docket.run(["plan", declaration, "--quick", "--json"])
      let lines = try ending.output.split(separator: "\n").map {
        try JSONValue.parse(Array($0.utf8))
      }
      let groups = lines.first { $0["follows"]?.string == "digest" }?["groups"]?.array
      return (groups?.first, groups, lines.last?["toMake"]?.integer)
    }
    let before = try plan()
    #expect(before.groups == nil)
    #expect(before.toMake == 4)
    #expect(try docket.run(["run", declaration]).status == 0)
    let after = try plan()
    #expect(after.groups?.count == 1)
    #expect(after.group?["documents"]?.integer == 2)
    #expect(after.group?["cached"] == .bool(true))
    #expect(after.toMake == 0)
    let digest = folder.url.appendingPathComponent("out/digest/all.json")
    #expect(after.group?["output"]?.string == "digest/all.json")
    try FileManager.default.removeItem(at: digest)
    let gone = try plan()
    #expect(gone.group?["reason"]?.string == "its output file is gone")
    #expect(gone.toMake == 1)
    #expect(try docket.run(["run", declaration]).status == 0)
    #expect(FileManager.default.fileExists(atPath: digest.path))
    try write(
      "documents/note-3.txt", "The fee is 3,200 dollars a month. Payment is due within thirty days."
    )
    #expect(try plan().groups == nil, "one of the documents is still to be read")
  }

  // MARK: Long documents

  /// A declaration about one document of 12 to 15 pieces, each of which passes `mid-read` once.
  private func long() throws -> String {
    let input = folder.url.appendingPathComponent("long")
    try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
    let sentences = (0..<580).map {
      "Item \($0): the fee is \($0 * 37 % 1000) dollars, due in \($0 % 90) days."
    }
    try write("long/long.txt", sentences.joined(separator: "\n"))
    try write(
      "long.json5",
      """
      { format: 1, name: "long", input: { dir: "long" },
        model: { weights: "tiny", temperature: 0.7, seed: 3, answerTokens: 120 },
        steps: [
          { id: "fields", kind: "extract", schema: "questions.schema.json" },
          { id: "summary", kind: "summarize", sentences: 2 } ],
        output: { dir: "out" } }
      """)
    return folder.url.appendingPathComponent("long.json5").path
  }

  private var snapshots: [String] {
    let url = docket.workspace.appendingPathComponent("snapshots")
    return (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
  }

  @Test(.timeLimit(.minutes(3)))
  func `a long document that was killed over is not read again, and is answered the same`() throws {
    let long = try long()
    let reference = try docket.run([
      "run", long, "--output", folder.url.appendingPathComponent("reference").path,
      "--workspace", folder.url.appendingPathComponent("other").path,
    ])
    #expect(reference.status == 0, "\(reference.output) \(reference.errors)")

    // In the middle of the reading: what is left has fewer than 8 of at least 12 pieces.
    let control = try docket.run([
      "run", long, "--workspace", folder.url.appendingPathComponent("third").path, "--fault",
      "mid-read:12",
    ])
    #expect(control.status == -9)
    let every = ["run", long, "--snapshot-every", "1536", "--fault"]
    #expect(try docket.run(every + ["after-snapshot:8"]).status == -9)
    #expect(snapshots.count == 1)
    // It goes on from there, and dies again when all is read and one step is done.
    #expect(try docket.run(every + ["after-commit:1"]).status == -9)
    #expect(snapshots.count == 1, "kept for the questions to come")
    // Not a piece is read any more.
    let rest = try docket.run(every + ["mid-read:1"])
    #expect(rest.status == 0, "\(rest.output) \(rest.errors)")
    #expect(snapshots.isEmpty, "no question is left")
    for (path, bytes) in try outputs("reference") where path.hasPrefix("long.txt") {
      #expect(try outputs("out")[path] == bytes, "\(path)")
    }
  }

  @Test(.timeLimit(.minutes(3)))
  func `a reading killed in the middle goes on from its snapshot`() throws {
    let long = try long()
    let every = ["run", long, "--snapshot-every", "1536", "--fault"]
    #expect(try docket.run(every + ["after-snapshot:8"]).status == -9)
    let rest = try docket.run(every + ["mid-read:8"])
    #expect(rest.status == 0, "fewer pieces than the whole has: \(rest.errors)")
    #expect(snapshots.isEmpty)
  }
}
