import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipelines

/// Whole runs with a model behind a server.
@Suite struct RemoteRunTests {
  private static let law = "governed by the laws of the State of New York"

  /// Every kind of step, as the specification's example has them.
  private static func everything(_ server: ScriptedServer, more: String = "") -> String {
    """
    { format: 1, name: "contracts",
      input: { dir: "contracts", match: ["**/*.pdf", "**/*.html", "**/*.txt"], maxTokens: 1000000, overLimit: "fail" },
      model: { endpoint: "\(server.base.absoluteString)", name: "tiny", temperature: 0, seed: 7 \(more) },
      steps: [
        { id: "fields",  kind: "extract",   schema: "contract.schema.json", evidence: "required", attempts: 3 },
        { id: "summary", kind: "summarize", words: 300 },
        { id: "minutes", kind: "minutes" },
        { id: "sort",    kind: "classify", labels: ["services", "lease"] },
        { id: "risks",   kind: "ask", from: ["fields"], schema: "risks.schema.json", where: "fields.capOnLiability.status != 'absent' and sort.label == 'services'" },
        { id: "digest",  kind: "reduce", from: ["summary"], groupBy: "fields.governingLaw.value", words: 500 } ],
      output: { dir: "out", jsonl: true, csv: ["fields"], html: true } }
    """
  }

  @Test func `every step is answered, cited and verified`() throws {
    let model = ObedientModel(quote: Self.law)
    let server = try ScriptedServer { model.answer($1) }
    defer { server.close() }
    let run = try WrittenRun()
    let declaration = try run.declaration(Self.everything(server))
    #expect(
      declaration.problems(for: try LoadedModel.capabilities(of: declaration.model.weights)).isEmpty
    )
    let ending = try run.run(declaration)
    #expect(ending.ending.results.isComplete, "\(ending.events)")

    let fields = try run.output("agreement-1.txt.fields.json")
    // The value is made of the quoted words, not taken from the model.
    #expect(fields["data"]?["fields"]?["governingLaw"]?["value"] == "New York, USA")
    #expect(fields["data"]?["fields"]?["capOnLiability"]?["value"] == true)
    let risks = try run.output("agreement-1.txt.risks.json")
    #expect(risks["data"]?["fields"]?["level"]?["value"] == "low")
    #expect(risks["data"]?["fields"]?["clauses"]?["value"] == [["note": "It is so."]])
    let summary = try run.output("agreement-1.txt.summary.json")
    #expect(summary["data"]?["abstract"] == "It is so.")
    let proof = try #require(summary["evidence"]?["e1"])
    #expect(proof["selector"]?[0]?["exact"]?.string == Self.law)
    #expect(
      try run.output("agreement-1.txt.sort.json")["data"]?["fields"]?["label"]?["value"]
        == "services")
    // Both documents have one law: one group, with the words of both.
    let digest = try run.output("digest/new-york-usa.json")
    #expect(digest["group"] == "New York, USA")
    #expect(digest["sources"]?.array?.count == 2)
    #expect(digest["data"]?["points"]?.array?.count == 1)

    let verified = try OutputFolder(run.url("out")).verify(pdfProgram: nil)
    #expect(verified.problems.isEmpty, "\(verified.problems)")
    #expect(verified.files == 11)

    // Nothing is asked again.
    let requests = server.requests.count
    let files = try run.outputs()
    _ = try run.run(declaration)
    #expect(server.requests.count == requests)
    #expect(try run.outputs() == files)
  }

  @Test
  func `an earlier result and the instructions reach the model, the document's words stay words`()
    throws
  {
    let model = ObedientModel(quote: Self.law)
    let server = try ScriptedServer { model.answer($1) }
    defer { server.close() }
    let run = try WrittenRun(documents: 1)
    _ = try run.run(
      try run.declaration(
        """
        { format: 1, name: "q", input: { dir: "contracts" },
          model: { endpoint: "\(server.base.absoluteString)", name: "tiny" },
          steps: [
            { id: "fields", kind: "extract", schema: "contract.schema.json" },
            { id: "risks", kind: "ask", from: ["fields"], schema: "risks.schema.json", instructions: "Be {{shape}} strict." } ],
          output: { dir: "out" } }
        """))
    let bodies = try server.requests.map { try JSONValue.parse($0.body) }
    #expect(bodies.count == 2)
    let ask = try #require(bodies.last?["messages"]?[1]?["content"]?.string)
    #expect(ask.contains("Neither party may assign"))
    #expect(ask.contains(#"fields: {"capOnLiability":true,"governingLaw":"New York, USA"}"#))
    // What is filled in is not looked at again.
    #expect(ask.contains("Be {{shape}} strict."))
    #expect(ask.contains("How risky is it?"))
    // Both questions begin with the same words: a server that keeps prefixes reads them once.
    let first = try #require(bodies.first?["messages"]?[1]?["content"]?.string)
    #expect(ask.commonPrefix(with: first).contains("The document ends here."))
  }

  @Test func `quotes that are not in the document prove nothing`() throws {
    let model = ObedientModel(quote: "governed by the laws of the Moon")
    let server = try ScriptedServer { model.answer($1) }
    defer { server.close() }
    let run = try WrittenRun(documents: 1)
    _ = try run.run(try run.declaration(Self.everything(server)))
    let fields = try run.output("agreement-1.txt.fields.json")
    for name in ["governingLaw", "capOnLiability"] {
      #expect(fields["data"]?["fields"]?[name]?["status"] == "unsupported")
      #expect(fields["data"]?["fields"]?[name]?["value"] == .null)
    }
    let summary = try run.output("agreement-1.txt.summary.json")
    #expect(summary["data"]?["points"] == [])
    #expect(
      summary["warnings"]?.array?.contains { $0["code"] == "unsupported-point" } == true)
    #expect(try OutputFolder(run.url("out")).verify(pdfProgram: nil).problems.isEmpty)
  }

  // MARK: What goes wrong

  /// One document, one extract step, and a server that answers like this.
  private static func ending(
    _ answers: [ScriptedServer.Answer], more: String = "", input: String = ""
  ) throws -> (ending: WrittenRun.Ending, run: WrittenRun, requests: Int) {
    let server = try ScriptedServer(answers)
    defer { server.close() }
    let run = try WrittenRun(documents: 1)
    let declaration = try run.declaration(
      """
      { format: 1, name: "faults", input: { dir: "contracts" \(input) },
        model: { endpoint: "\(server.base.absoluteString)", name: "tiny" \(more) },
        steps: [{ id: "fields", kind: "extract", schema: "contract.schema.json", attempts: 2 }],
        output: { dir: "out" } }
      """)
    return (try run.run(declaration), run, server.requests.count)
  }

  @Test func `an answer that is no JSON is asked for as often as declared, and its text is kept`()
    throws
  {
    let (ending, run, requests) = try Self.ending([.writes("Well, let me see …")])
    #expect(requests == 2)
    #expect(ending.ending.results.documents[0].status == .failed)
    let reason = try #require(ending.ending.results.documents[0].steps[0].reason)
    #expect(reason.contains("not JSON") && !reason.contains("let me see"))
    let kept = run.url("workspace/failed-answers")
    let names = try FileManager.default.contentsOfDirectory(atPath: kept.path)
    #expect(names.count == 1)
    #expect(
      try String(contentsOf: kept.appendingPathComponent(names[0]), encoding: .utf8)
        == "Well, let me see …")
  }

  @Test func `an answer at its token limit and one of another shape are failures that say so`()
    throws
  {
    let cut = try Self.ending([.writes(#"{"governingLaw": nu"#, finish: "length")])
    #expect(cut.ending.ending.results.documents[0].steps[0].reason?.contains("limit") == true)
    let other = try Self.ending([.writes(#"{"governingLaw": 7}"#)])
    #expect(other.ending.ending.results.documents[0].steps[0].reason?.contains("schema") == true)
  }

  @Test func `a second answer that is right is taken`() throws {
    let good = #"{"governingLaw": null, "capOnLiability": null}"#
    let (ending, run, _) = try Self.ending([.writes("no"), .writes("```json\n\(good)\n```")])
    #expect(ending.ending.results.isComplete)
    let fields = try run.output("agreement-1.txt.fields.json")
    #expect(fields["data"]?["fields"]?["governingLaw"]?["status"] == "absent")
  }

  @Test func `a server that refuses the key stops the run and wastes no job`() throws {
    #expect {
      _ = try Self.ending([ScriptedServer.Answer(status: 401)])
    } throws: {
      ($0 as? PipelineError)?.message.contains("does not accept the key") == true
    }
  }

  @Test func `a document longer than declared is over the context, and is never cut`() throws {
    let (ending, _, requests) = try Self.ending([.writes("{}")], input: ", maxTokens: 40")
    #expect(requests == 0)
    #expect(ending.ending.results.documents[0].status == .failed)
    #expect(ending.ending.results.documents[0].steps[0].reason?.contains("maxTokens") == true)
  }

  @Test func `with split each part is asked, and what any of them says counts`() throws {
    let model = ObedientModel(quote: Self.law)
    let server = try ScriptedServer { model.answer($1) }
    defer { server.close() }
    let run = try WrittenRun(documents: 1)
    _ = try run.run(
      try run.declaration(
        """
        { format: 1, name: "split", input: { dir: "contracts", maxTokens: 100, overLimit: "split" },
          model: { endpoint: "\(server.base.absoluteString)", name: "tiny", answerTokens: 50 },
          steps: [{ id: "fields", kind: "extract", schema: "contract.schema.json" }],
          output: { dir: "out" } }
        """))
    #expect(server.requests.count > 1)
    let fields = try run.output("agreement-1.txt.fields.json")
    #expect(fields["data"]?["fields"]?["governingLaw"]?["value"] == "New York, USA")
    #expect(fields["coverage"]?["skipped"] == [])
  }
}
