import Endpoints
import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipelines

/// What a declaration may say about a model that writes.
@Suite struct ModelReadingTests {
  private static func text(_ model: String) -> String {
    """
    { format: 1, name: "m", input: { dir: "in" }, model: \(model),
      steps: [{ id: "s", kind: "summarize", words: 100 }], output: { dir: "out" } }
    """
  }

  @Test func `everything that is said about a server is read`() throws {
    let folder = try DeclarationFolder()
    let read = try folder.read(
      Self.text(
        """
        { endpoint: "http://127.0.0.1:8000", name: "M1", key: "DOCKET_KEY", jsonSchema: "no",
          requestsPerMinute: 30, timeoutSeconds: 5, temperature: 1, topP: 0.9, seed: 3,
          thinking: "40k", reasoning: "keep", answerTokens: 1000 }
        """))
    guard case .endpoint(let remote) = read.model.weights else {
      Issue.record("no server")
      return
    }
    #expect(remote.endpoint.absoluteString == "http://127.0.0.1:8000/v1")
    #expect(remote.name == "M1" && remote.keyVariable == "DOCKET_KEY")
    #expect(remote.schemaMode == .no && remote.requestsPerMinute == 30)
    #expect(read.model.writing.thinking == 40_000 && read.model.writing.keepsReasoning)
    #expect(read.model.writing.topP == 0.9 && read.model.writing.answerTokens == 1000)
    // The key itself is in the environment, and a missing one is said before anything is sent.
    #expect(throws: PipelineError.self) { try remote.connection(environment: [:]) }
    #expect(try remote.connection(environment: ["DOCKET_KEY": "k"]).key == "k")
  }

  @Test func `what contradicts or endangers is refused with the cure`() throws {
    let folder = try DeclarationFolder()
    for (model, part) in [
      (#"{ endpoint: "http://x", weights: "default", name: "m" }"#, "contradict"),
      (#"{ endpoint: "http://x" }"#, "needs “name”"),
      (#"{ endpoint: "ftp://x", name: "m" }"#, "http://127.0.0.1:8000/v1"),
      (#"{ endpoint: "http://me:pw@x", name: "m" }"#, "environment variable"),
      (#"{ endpoint: "http://x", name: "m", key: "AWS_SECRET_ACCESS_KEY" }"#, "DOCKET_"),
      (#"{ endpoint: "http://x", name: "m", key: "sk-123" }"#, "never the key itself"),
      (#"{ name: "m" }"#, "needs “endpoint”"),
      (#"{ thinking: "lots" }"#, "\"40k\" or \"80k\""),
      (#"{ tools: [{ name: "t", command: ["./nowhere"] }] }"#, "no program"),
      (#"{ tools: [{ name: "a b", command: ["/bin/true"] }] }"#, "letters, digits"),
    ] {
      let found = folder.problems(Self.text(model)).found
      #expect(found.contains { $0.contains(part) }, "\(model): \(found)")
    }
  }

  @Test func `a model that tags has no use for what is about writing`() throws {
    let folder = try DeclarationFolder()
    let read = try folder.read(Self.text("{ thinking: 100 }"))
    let problems = read.problems(
      for: try LoadedModel.capabilities(of: read.model.weights))
    #expect(problems.count == 1)
    #expect(problems.first?.message.contains("about models that write") == true)
  }

  @Test func `a context without room for a document is found before the night`() throws {
    let folder = try DeclarationFolder()
    let read = try folder.read(
      """
      { format: 1, name: "m", input: { dir: "in", maxTokens: 4000 },
        model: { endpoint: "http://x", name: "m", answerTokens: 4000 },
        steps: [{ id: "s", kind: "summarize", words: 100 }], output: { dir: "out" } }
      """)
    #expect(
      read.problems(for: .remote).map(\.message).contains { $0.contains("no room for a document") })
  }
}
