import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipelines

/// Whole runs with a model in this process that has random weights: what it says is nonsense, and still
/// follows its schema, rests on words of the document and ends within its budget.
@Suite(.serialized) struct EmbeddedRunTests {
  private let run: WrittenRun

  init() throws {
    run = try WrittenRun(documents: 3)
    try TinyWriter.make(in: run.url("tiny"))
  }

  /// The steps of the specification's example.
  private func everything(_ more: String = "") throws -> Pipelines.Declaration {
    try run.declaration(
      """
      { format: 1, name: "contracts",
        input: { dir: "contracts", match: ["**/*.pdf", "**/*.html", "**/*.txt"], maxTokens: 1000000, overLimit: "fail" },
        model: { weights: "tiny", temperature: 0.8, seed: 7, answerTokens: 160 \(more) },
        steps: [
          { id: "fields",  kind: "extract",   schema: "contract.schema.json", evidence: "required", attempts: 3 },
          { id: "summary", kind: "summarize", words: 300 },
          { id: "minutes", kind: "minutes" },
          { id: "sort",    kind: "classify", labels: ["services", "lease"] },
          { id: "risks",   kind: "ask", from: ["fields"], schema: "risks.schema.json", where: "fields.capOnLiability.status != 'unsupported'" },
          { id: "digest",  kind: "reduce", from: ["summary"], groupBy: "fields.governingLaw.status", words: 500 } ],
        output: { dir: "out", jsonl: true, csv: ["fields"], html: true } }
      """)
  }

  @Test func `every step of every document ends well, is grounded, and comes out the same again`()
    throws
  {
    let declaration = try everything()
    let capabilities = try LoadedModel.capabilities(of: declaration.model.weights)
    #expect(declaration.problems(for: capabilities).isEmpty)
    let first = try run.run(declaration)
    #expect(first.ending.results.isComplete, "\(first.events)")
    let verified = try OutputFolder(run.url("out")).verify(pdfProgram: nil)
    #expect(verified.problems.isEmpty, "\(verified.problems)")
    #expect(verified.files >= 13)
    // A quote that is bound to the document cannot be missing from it.
    for number in 1...3 {
      for kind in ["fields", "sort"] {
        let output = try run.output("agreement-\(number).txt.\(kind).json")
        for (name, field) in output["data"]?["fields"]?.object?.members.map({ ($0, $1) }) ?? [] {
          #expect(field["status"] != "notRead", "\(name)")
        }
      }
      let sort = try run.output("agreement-\(number).txt.sort.json")
      #expect(sort["data"]?["fields"]?["label"]?["status"] == "found")
    }

    let one = try run.outputs()
    try FileManager.default.removeItem(at: run.url("out"))
    _ = try run.run(declaration, workers: 2, workspace: "other")
    let two = try run.outputs()
    #expect(Set(one.keys) == Set(two.keys))
    for (path, bytes) in one where path.hasSuffix(".json") && path != "run.json" {
      #expect(bytes == two[path], "\(path)")
    }
  }

  @Test func `thinking is closed at its budget, and kept only on request`() throws {
    let steps = """
      { format: 1, name: "t", input: { dir: "contracts", match: ["agreement-1.txt"] },
        model: { weights: "tiny", temperature: 1, answerTokens: 100, thinking: 40, reasoning: "KEEP" },
        steps: [{ id: "sort", kind: "classify", labels: ["services", "lease"] }],
        output: { dir: "out" } }
      """
    let kept = try run.run(try run.declaration(steps.replacing("KEEP", with: "keep")))
    #expect(kept.ending.results.isComplete, "\(kept.events)")
    let sort = try run.output("agreement-1.txt.sort.json")
    #expect(sort["data"]?["fields"]?["label"]?["status"] == "found")
    #expect(try run.outputs().keys.contains("agreement-1.txt.sort.reasoning.md"))
    let dropped = try run.declaration(
      steps.replacing("KEEP", with: "drop").replacing("\"out\"", with: "\"dropped\""))
    _ = try run.run(dropped, workspace: "second")
    #expect(try !run.outputs("dropped").keys.contains { $0.contains("reasoning") })
  }

  @Test func `a field that no value fits is said before the night, and not found absent`() throws {
    try Data(
      #"{ "type": "object", "properties": { "ok": { "type": "boolean" }, "never": { "type": "integer", "minimum": 5, "maximum": 4 } } }"#
        .utf8
    ).write(to: run.url("never.schema.json"))
    let declaration = try run.declaration(
      """
      { format: 1, name: "never", input: { dir: "contracts" }, model: { weights: "tiny" },
        steps: [{ id: "risks", kind: "ask", schema: "never.schema.json" }], output: { dir: "out" } }
      """)
    let problems = declaration.problems(
      for: try LoadedModel.capabilities(of: declaration.model.weights))
    #expect(problems.count == 1)
    #expect(problems.first?.message.contains("the field “never” cannot be written") == true)
  }

  @Test func `a budget that no answer fits is said before the night`() throws {
    let declaration = try run.declaration(
      """
      { format: 1, name: "small", input: { dir: "contracts" },
        model: { weights: "tiny", answerTokens: 16 },
        steps: [{ id: "minutes", kind: "minutes" }], output: { dir: "out" } }
      """)
    let problems = declaration.problems(
      for: try LoadedModel.capabilities(of: declaration.model.weights))
    #expect(problems.count == 1)
    #expect(problems.first?.message.contains("answerTokens") == true)
  }
}
