import Chat
import Endpoints
import Foundation
import JSON
import Jobs
import Synchronization
import TestSupport
import Testing

@testable import Pipelines

/// What becomes of a question when its server does what servers do at their worst: passing faults go back
/// to the queue, invalid answers are asked for again, and where no document would fare better the run ends.
@Suite struct RemoteFaultTests {
  private typealias Answer = ScriptedServer.Answer

  private enum Class: Equatable {
    /// Asked again, up to `attempts`.
    case invalid
    /// Of the job.
    case job(FailureClass)
    /// The run ends.
    case run
    case answered
  }

  private static let question = Question(
    id: "q", text: "Is it so?",
    schema: [
      "type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"],
    ])

  private static func conversation(
    _ base: URL, thinking: Int = 0, _ change: (inout Endpoint) -> Void = { _ in }
  ) throws -> any Conversation {
    var endpoint = Endpoint(base: base, model: "tiny")
    endpoint.retry.attempts = 1
    endpoint.timeouts.firstByte = .seconds(20)
    endpoint.timeouts.silence = .seconds(20)
    change(&endpoint)
    var writing = Pipelines.Declaration.Model.Writing()
    writing.thinking = thinking
    let remote = RemoteModel(endpoint: base, name: "tiny")
    return try RemoteWriter(
      EndpointClient(endpoint),
      model: .init(weights: .endpoint(remote), temperature: 0, seed: 0, writing: writing),
      prompts: .shipped, room: 10_000, concurrency: 1, tools: ToolBox(tools: [])
    ).conversation(about: DocumentPart(text: "It is so.", tokens: []), watch: Watch())
  }

  private static func ending(
    _ base: URL, _ change: (inout Endpoint) -> Void = { _ in }
  ) throws -> (Class, String) {
    do {
      _ = try conversation(base, change).ask([question], watch: Watch())[0].get()
      return (.answered, "")
    } catch let fault as AnswerFault {
      return (.invalid, fault.message)
    } catch let fault as JobFault {
      return (.job(fault.cause), fault.message)
    } catch let error as PipelineError {
      return (.run, error.message)
    }
  }

  @Test func `each fault has the class that says what is done about it`() throws {
    var silent = Answer()
    silent.ending = .silence
    var notText = Answer.events([])
    notText.pieces = [
      Array("data: {\"choices\":[{\"delta\":{\"content\":\"".utf8) + [0xC3, 0x28]
        + Array("\"}}]}\n\n".utf8)
    ]
    let blank = String(repeating: " \\n", count: 300)
    let cases: [(name: String, answer: Answer, class: Class)] = [
      ("right", .writes(#"{"a": 1}"#), .answered),
      ("hangs", silent, .job(.engine)),
      (
        "falls silent", .events([#"{"choices":[{"delta":{"content":"{"}}]}"#], ending: .silence),
        .job(.engine)
      ),
      (
        "cut", .events([#"{"choices":[{"delta":{"content":"{"}}]}"#], ending: .cut), .job(.engine)
      ),
      ("busy", Answer(status: 429, headers: ["Retry-After": "7"]), .job(.engine)),
      ("fails", Answer(status: 500), .job(.engine)),
      ("not UTF-8", notText, .job(.engine)),
      ("no JSON in the stream", .events([#"{"choices":[{"#]), .job(.engine)),
      ("a page", Answer(headers: ["Content-Type": "text/html"], "<p>Hello"), .job(.engine)),
      ("no JSON in the answer", .writes("Well, let me see"), .invalid),
      ("another schema", .writes(#"{"a": "one"}"#), .invalid),
      ("nothing", .writes(""), .invalid),
      ("at the token limit", .writes(#"{"a": 1"#, finish: "length"), .invalid),
      ("held back", .writes("", finish: "content_filter"), .invalid),
      (
        "white space without end",
        .events(
          [#"{"choices":[{"delta":{"content":"{"}}]}"#]
            + (0..<2000).map { _ in #"{"choices":[{"delta":{"content":"\#(blank)"}}]}"# },
          ending: .silence), .invalid
      ),
      (
        "too long a prompt", Answer(status: 400, #"{"error":{"code":"context_length_exceeded"}}"#),
        .job(.overContext)
      ),
      ("wrong model", Answer(status: 404, #"{"error":{"code":"model_not_found"}}"#), .run),
      (
        "wrong model, as some say it",
        Answer(status: 400, #"{"error":{"code":"model_not_found"}}"#),
        .run
      ),
      ("wrong key", Answer(status: 401), .run),
      ("request refused", Answer(status: 422), .job(.fault)),
    ]
    for (name, answer, expected) in cases {
      let server = try ScriptedServer([answer])
      defer { server.close() }
      let isSilent = answer.ending == .silence && expected != .invalid
      let (found, message) = try Self.ending(server.base) {
        if isSilent {
          $0.timeouts.firstByte = .milliseconds(300)
          $0.timeouts.silence = .milliseconds(300)
        }
      }
      #expect(found == expected, "\(name): \(message)")
      #expect(!message.contains("let me see"), "\(name): \(message)")
    }
  }

  @Test
  func
    `an answer larger than any can be is broken off, and a server that is not there is waited for`()
    throws
  {
    let endless = Answer.events(
      (0..<400).map { _ in
        #"{"choices":[{"delta":{"content":"\#(String(repeating: "x", count: 500))"}}]}"#
      }, ending: .silence)
    let server = try ScriptedServer([endless])
    let (found, message) = try Self.ending(server.base) { $0.largestAnswer = 100_000 }
    #expect(found == .job(.engine) && message.contains("100000 bytes"))
    server.close()
    #expect(try Self.ending(server.base).0 == .job(.engine))
  }

  // MARK: Reasoning

  private static func thought(_ pieces: Int, _ key: String = "reasoning_content") -> [String] {
    (0..<pieces).map { #"{"choices":[{"delta":{"\#(key)":"hm \#($0) "}}]}"# }
  }

  @Test(arguments: ["reasoning_content", "content"])
  func `reasoning is closed at its budget, and the answer goes on from there`(key: String) throws {
    let opening = key == "content" ? [#"{"choices":[{"delta":{"content":"<think>\n"}}]}"#] : []
    let server = try ScriptedServer([
      .events(opening + Self.thought(500, key), ending: .silence), .writes(#"{"a": 4}"#),
    ])
    defer { server.close() }
    let answer = try Self.conversation(server.base, thinking: 40).ask(
      [Self.question], watch: Watch())[0].get()
    #expect(answer.value == ["a": 4])
    #expect(answer.reasoning?.contains("hm 30 ") == true)
    #expect(answer.outputTokens >= 40)
    let second = try JSONValue.parse(server.requests[1].body)
    #expect(second["continue_final_message"] == true && second["add_generation_prompt"] == false)
    let begun = try #require(second["messages"]?.array?.last)
    #expect(begun["role"] == "assistant")
    let text = try #require(begun["content"]?.string)
    #expect(text.hasPrefix("<think>\n") && text.hasSuffix("\n</think>\n"))
    #expect(second["max_tokens"] == 8192)
  }

  @Test func `reasoning within its budget is let be, and one that cannot be closed says so`() throws
  {
    let short = try ScriptedServer([
      .events(
        Self.thought(10) + [
          #"{"choices":[{"delta":{"content":"{\"a\": 1}"}}]}"#,
          #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, "[DONE]",
        ])
    ])
    defer { short.close() }
    let answer = try Self.conversation(short.base, thinking: 400).ask(
      [Self.question], watch: Watch())[0].get()
    #expect(answer.value == ["a": 1] && short.requests.count == 1)
    #expect(answer.reasoning?.hasPrefix("hm 0") == true)

    let stubborn = try ScriptedServer { _, request in
      let body = try? JSONValue.parse(request.body)
      return body?["continue_final_message"] == nil
        ? .events(Self.thought(500), ending: .silence) : Answer(status: 400)
    }
    defer { stubborn.close() }
    #expect {
      try Self.conversation(stubborn.base, thinking: 40).ask([Self.question], watch: Watch())[0]
        .get()
    } throws: {
      ($0 as? AnswerFault)?.message.contains("does not let it be closed") == true
    }
  }

  // MARK: Side by side

  @Test(arguments: [1, 3]) func `requests of a document go side by side, as many as declared`(
    concurrency: Int
  ) throws {
    let model = ObedientModel(quote: "governed by the laws of the State of New York")
    let open = Mutex((now: 0, most: 0))
    let server = try ScriptedServer { _, request in
      open.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      Thread.sleep(forTimeInterval: 0.3)
      open.withLock { $0.now -= 1 }
      return model.answer(request)
    }
    defer { server.close() }
    let run = try WrittenRun(documents: 1)
    let ending = try run.run(
      try run.declaration(
        """
        { format: 1, name: "side", input: { dir: "contracts" },
          model: { endpoint: "\(server.base.absoluteString)", name: "tiny", concurrency: \(concurrency) },
          steps: [
            { id: "fields",  kind: "extract", schema: "contract.schema.json" },
            { id: "summary", kind: "summarize", words: 300 },
            { id: "sort",    kind: "classify", labels: ["services", "lease"] },
            { id: "minutes", kind: "minutes" } ],
          output: { dir: "out" } }
        """))
    #expect(ending.ending.results.isComplete, "\(ending.events)")
    #expect(server.requests.count == 4, "each question once")
    #expect(open.withLock { $0.most } == concurrency)
    #expect(try run.outputs().keys.filter { $0.hasPrefix("agreement-1") }.count >= 4)
  }
}
