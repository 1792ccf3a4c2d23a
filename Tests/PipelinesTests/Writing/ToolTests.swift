import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipelines

/// Programs that a model calls.
@Suite struct ToolTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func tool(
    _ script: String, parameters: JSONValue = ["type": "object"], timeout: Int = 10,
    limit: Int = 1000
  ) throws -> LocalTool {
    let program = folder.url.appendingPathComponent("tool-\(UUID().uuidString)")
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: program)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: program.path)
    return LocalTool(
      name: "lookup", description: nil, parameters: parameters, program: program,
      arguments: ["one two", "$HOME;"], timeoutSeconds: timeout, outputLimit: limit,
      programSHA256: "")
  }

  private func failure(of tool: LocalTool) -> String? {
    do throws(LocalTool.Failure) {
      _ = try tool.call(["a": 1])
      return nil
    } catch { return error.message }
  }

  @Test func `a program gets one object and gives one value`() throws {
    let tool = try tool(#"read line; echo "{\"got\": $line, \"with\": \"$1|$2\"}""#)
    #expect(
      try tool.call(["a": [1, "x"]]) == [
        "got": ["name": "lookup", "arguments": ["a": [1, "x"]]], "with": "one two|$HOME;",
      ])
  }

  @Test func `a program sees no secret of the environment`() throws {
    unsafe setenv("DOCKET_TEST_KEY", "s3cret", 1)
    let tool = try tool(#"echo "\"${DOCKET_TEST_KEY:-none}\"""#)
    #expect(try tool.call([:]) == "none")
  }

  @Test func `a program that takes too long is killed with all it started`() throws {
    let start = ContinuousClock.now
    #expect(failure(of: try tool("sleep 60 & sleep 60", timeout: 1))?.contains("1 s") == true)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func `a program that will not be told to end is killed like any other`() throws {
    let mark = folder.url.appendingPathComponent("alive").path
    let deaf = "trap '' TERM INT HUP; (trap '' TERM INT HUP; sleep 3; touch \(mark)) & sleep 60"
    #expect(failure(of: try tool(deaf, timeout: 1)) == "took more than 1 s")
    sleep(3)
    #expect(!FileManager.default.fileExists(atPath: mark))
  }

  @Test func `what a program leaves behind is not waited for, and does not outlive it`() throws {
    let mark = folder.url.appendingPathComponent("alive").path
    let tool = try tool("(sleep 3; touch \(mark)) & echo 7")
    #expect(try tool.call([:]) == 7)
    sleep(4)
    #expect(!FileManager.default.fileExists(atPath: mark))
  }

  @Test func `every way to fail says which it was`() throws {
    #expect(failure(of: try tool("exit 3")) == "ended with status 3")
    #expect(failure(of: try tool("echo '{'")) == "wrote what is not JSON")
    #expect(failure(of: try tool("yes", limit: 5000)) == "wrote more than 5000 bytes")
    #expect(failure(of: try tool("kill -9 $$")) == "died of signal 9")
    var gone = try tool("true")
    gone.program = folder.url.appendingPathComponent("nowhere")
    #expect(failure(of: gone)?.contains("cannot be started") == true)
    let strict = try tool("true", parameters: ["type": "object", "required": ["city"]])
    #expect(failure(of: strict)?.contains("parameters") == true)
  }

  @Test func `large arguments do not block a program that reads none of them`() throws {
    let tool = try tool("echo 1")
    #expect(try tool.call(["a": .string(String(repeating: "x", count: 1 << 20))]) == 1)
  }

  // MARK: In a run

  @Test func `a model's calls are answered, and its answer follows`() throws {
    let program = try tool(#"echo '{"rate": 7}'"#).program
    let server = try ScriptedServer { number, request in
      number == 0
        ? .writes(
          "<think>\nI need the rate.\n</think>\n<tool_calls>\n{\"name\": \"rate\", \"arguments\": {}}\n</tool_calls>",
          finish: "tool_calls")
        : .writes(#"<think>Seven.</think>{"level": null, "clauses": null}"#)
    }
    defer { server.close() }
    let run = try WrittenRun(documents: 1)
    let declaration = try run.declaration(
      """
      { format: 1, name: "tools", input: { dir: "contracts" },
        model: { endpoint: "\(server.base.absoluteString)", name: "tiny", reasoning: "keep",
                 tools: [{ name: "rate", command: ["\(program.path)"] }] },
        steps: [{ id: "risks", kind: "ask", schema: "risks.schema.json" }],
        output: { dir: "out" } }
      """)
    // A declaration may come from a stranger.
    #expect {
      _ = try run.run(declaration)
    } throws: {
      ($0 as? PipelineError)?.message.contains("--allow-tools") == true
    }
    #expect(server.requests.isEmpty)
    let ending = try run.run(declaration, allowsTools: true)
    #expect(ending.ending.results.isComplete, "\(ending.events)")
    let second = try JSONValue.parse(server.requests[1].body)
    #expect(second["messages"]?[3]?["content"]?.string?.contains(#"{"rate":7}"#) == true)
    let reasoning = try String(
      contentsOf: run.url("out/agreement-1.txt.fields.reasoning.md"), encoding: .utf8)
    #expect(reasoning.contains("I need the rate.") && reasoning.contains("Seven."))
    let answer = try String(
      contentsOf: run.url("out/agreement-1.txt.fields.json"), encoding: .utf8)
    #expect(!answer.contains("Seven"))
  }
}
