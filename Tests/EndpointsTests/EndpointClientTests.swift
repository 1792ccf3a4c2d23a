import Chat
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Endpoints

/// A real client against a server that does what servers do at their worst.
@Suite struct EndpointClientTests {
  private typealias Answer = ScriptedServer.Answer

  private static let schema: JSONValue = [
    "type": "object", "properties": ["a": ["type": "string"]],
  ]

  private static func request(schema: JSONValue? = Self.schema) -> CompletionRequest {
    var request = CompletionRequest(
      messages: [.system("Be brief."), .user("Zürich?")], maxTokens: 100, seed: 7)
    request.schema = schema
    return request
  }

  private static func client(
    _ server: ScriptedServer, key: String? = nil, _ change: (inout Endpoint) -> Void = { _ in }
  ) -> EndpointClient {
    var endpoint = Endpoint(base: server.base, model: "tiny", key: key)
    endpoint.retry.baseDelay = .milliseconds(5)
    // A busy machine is no fault of the server's.
    endpoint.timeouts.firstByte = .seconds(20)
    endpoint.timeouts.silence = .seconds(20)
    change(&endpoint)
    return EndpointClient(endpoint)
  }

  /// What becomes of one request that the server answers with `answers` in turn.
  private static func error(
    _ answers: [Answer], _ change: (inout Endpoint) -> Void = { _ in }
  ) throws -> (error: EndpointError?, requests: Int) {
    let server = try ScriptedServer(answers)
    defer { server.close() }
    let client = client(server) {
      $0.retry.attempts = 2
      change(&$0)
    }
    do throws(EndpointError) {
      _ = try client.complete(request())
      return (nil, server.requests.count)
    } catch {
      return (error, server.requests.count)
    }
  }

  @Test func `a streamed answer is put together, and the request says what was asked`() throws {
    let server = try ScriptedServer([.writes("{\"a\": \"Grüße, 世界 👋🏽\"}")])
    defer { server.close() }
    let completion = try Self.client(server, key: "s3cret").complete(Self.request())
    #expect(completion.content == "{\"a\": \"Grüße, 世界 👋🏽\"}")
    #expect(completion.finish == .stop)
    #expect(completion.promptTokens == 11 && completion.outputTokens == 5)
    #expect(completion.hadSchema)
    let request = try #require(server.requests.first)
    #expect(request.path == "/v1/chat/completions")
    #expect(request.headers["authorization"] == "Bearer s3cret")
    let body = try JSONValue.parse(request.body)
    #expect(body["model"] == "tiny")
    #expect(body["messages"]?[1] == ["role": "user", "content": "Zürich?"])
    #expect(body["max_tokens"] == 100 && body["seed"] == 7 && body["temperature"] == 0)
    #expect(body["response_format"]?["json_schema"]?["schema"] == Self.schema)
  }

  @Test func `without a key none is sent`() throws {
    let server = try ScriptedServer([.writes("x")])
    defer { server.close() }
    _ = try Self.client(server).complete(Self.request())
    #expect(server.requests.first?.headers["authorization"] == nil)
  }

  @Test func `a server that does not stream is understood too`() throws {
    let server = try ScriptedServer([
      Answer(
        headers: ["Content-Type": "application/json"],
        #"{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}"#)
    ])
    defer { server.close() }
    #expect(try Self.client(server).complete(Self.request()).content == "yes")
  }

  @Test func `reasoning and calls that the server set apart are read`() throws {
    let server = try ScriptedServer([
      .events([
        #"{"choices":[{"delta":{"reasoning_content":"hm, "}}]}"#,
        #"{"choices":[{"delta":{"reasoning_content":"well"}}]}"#,
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"look","arguments":"{\"at"}}]}}]}"#,
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\": 1}"}}]}}]}"#,
        #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#, "[DONE]",
      ])
    ])
    defer { server.close() }
    let completion = try Self.client(server).complete(Self.request())
    #expect(completion.reasoning == "hm, well")
    #expect(completion.calls == [.init(name: "look", arguments: ["at": 1])])
    #expect(completion.finish == .toolCalls)
  }

  @Test func `an answer that hit its token limit says so and keeps its text`() throws {
    let server = try ScriptedServer([.writes("{\"a\": \"and on", finish: "length")])
    defer { server.close() }
    let completion = try Self.client(server).complete(Self.request())
    #expect(completion.finish == .length)
    #expect(completion.content == "{\"a\": \"and on")
    #expect(server.requests.count == 1)
  }

  // MARK: Faults

  @Test func `passing failures are tried again until the answer comes`() throws {
    let server = try ScriptedServer([
      Answer(status: 500, "oops"),
      .events([#"{"choices":[{"delta":{"content":"ha"}}]}"#], ending: .cut),
      Answer(status: 429, headers: ["Retry-After": "0"], "slow down"), .writes("done"),
    ])
    defer { server.close() }
    var causes: [EndpointError.Cause] = []
    let completion = try Self.client(server).complete(
      Self.request(), retrying: { causes.append($0.cause) })
    #expect(completion.content == "done")
    #expect(causes == [.server, .cut, .busy])
  }

  @Test func `each fault has its class, and only passing ones are tried again`() throws {
    let cases: [(String, Answer, EndpointError.Cause, Int)] = [
      ("500", Answer(status: 500), .server, 2),
      ("429", Answer(status: 429), .busy, 2),
      ("503", Answer(status: 503, headers: ["Retry-After": "0"]), .busy, 2),
      ("401", Answer(status: 401), .refused, 1),
      ("404", Answer(status: 404), .refused, 1),
      ("302", Answer(status: 302, headers: ["Location": "http://127.0.0.1:1/"]), .refused, 1),
      (
        "too long", Answer(status: 400, #"{"error":{"code":"context_length_exceeded"}}"#),
        .overContext, 1
      ),
      (
        "too long, in words",
        Answer(
          status: 400, #"{"error":{"message":"the request exceeds the available context size"}}"#),
        .overContext, 1
      ),
      ("418", Answer(status: 418), .badRequest, 2),
      ("nothing at all", Answer.events([]), .cut, 2),
      (
        "cut", .events([#"{"choices":[{"delta":{"content":"ha"}}]}"#], ending: .cut), .cut, 2
      ),
      ("an end without a reason", .events(["[DONE]"]), .cut, 2),
      ("wrong JSON", .events([#"{"choices":[{"delta":{"content":"#]), .protocolFault, 2),
      ("another shape", .events(["[1, 2]"]), .protocolFault, 2),
      ("an error in the stream", .events([#"{"error":{"message":"no memory"}}"#]), .server, 2),
      ("a page", Answer(headers: ["Content-Type": "text/html"], "<p>Hello"), .protocolFault, 2),
    ]
    for (name, answer, cause, requests) in cases {
      let ending = try Self.error([answer])
      #expect(ending.error?.cause == cause, "\(name): \(ending.error?.description ?? "none")")
      #expect(ending.requests == requests, "\(name)")
    }
  }

  @Test func `bytes that are not UTF-8 are a fault of the server`() throws {
    var answer = Answer.events([])
    answer.pieces = [
      Array("data: {\"choices\":[{\"delta\":{\"content\":\"".utf8) + [0xC3, 0x28]
        + Array("\"}}]}\n\n".utf8)
    ]
    let ending = try Self.error([answer])
    #expect(ending.error?.cause == .protocolFault)
    #expect(ending.error?.description.contains("UTF-8") == true)
  }

  @Test func `a server that never answers, and one that falls silent, are given up in time`() throws
  {
    var silent = Answer()
    silent.ending = .silence
    for answer in [silent, .events([#"{"choices":[]}"#], ending: .silence)] {
      let start = ContinuousClock.now
      let ending = try Self.error([answer]) {
        $0.retry.attempts = 1
        $0.timeouts.firstByte = .milliseconds(400)
        $0.timeouts.silence = .milliseconds(400)
      }
      #expect(ending.error?.cause == .timeout)
      #expect(ContinuousClock.now - start < .seconds(10))
    }
  }

  @Test func `an answer that comes drop by drop ends at the total limit`() throws {
    var slow = Answer.events(
      (0..<200).map { _ in #"{"choices":[{"delta":{"content":"x"}}]}"# }, ending: .silence)
    slow.pause = 20
    let ending = try Self.error([slow]) {
      $0.retry.attempts = 1
      $0.timeouts.total = .milliseconds(300)
    }
    #expect(ending.error?.cause == .timeout)
  }

  @Test func `nobody there is a passing failure`() throws {
    let server = try ScriptedServer([Answer()])
    server.close()
    let client = Self.client(server) { $0.retry.attempts = 2 }
    #expect {
      _ = try client.complete(Self.request())
    } throws: { error in
      (error as? EndpointError)?.cause == .unreachable
        && "\(error)".contains("nothing listens there). (after 2 tries")
    }
  }

  @Test func `a server that asks for too long a wait hands the request back`() throws {
    let ending = try Self.error([Answer(status: 429, headers: ["Retry-After": "3600"])])
    #expect(ending.error?.cause == .busy)
    #expect(ending.error?.retryAfter == .seconds(3600))
    #expect(ending.requests == 1)
  }

  @Test func `a server without schemas is asked without, once and for all`() throws {
    let server = try ScriptedServer { _, request in
      let body = try? JSONValue.parse(request.body)
      return body?["response_format"] == nil ? .writes("{}") : Answer(status: 400, "{}")
    }
    defer { server.close() }
    let client = Self.client(server)
    #expect(try !client.complete(Self.request()).hadSchema)
    #expect(try !client.complete(Self.request()).hadSchema)
    #expect(server.requests.count == 3)
  }

  @Test func `a call that should stop gives the request up at once`() throws {
    var silent = Answer()
    silent.ending = .silence
    let server = try ScriptedServer([silent])
    defer { server.close() }
    let client = Self.client(server) { $0.timeouts.firstByte = .seconds(60) }
    let start = ContinuousClock.now
    #expect {
      _ = try client.complete(
        Self.request(), shouldStop: { ContinuousClock.now - start > .milliseconds(100) })
    } throws: {
      ($0 as? EndpointError)?.cause == .stopped
    }
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func `errors never quote what the server said`() throws {
    let ending = try Self.error([
      Answer(status: 400, #"{"error":{"message":"bad: SECRET WORDS","code":"SECRET WORDS"}}"#)
    ])
    #expect(ending.error?.description.contains("SECRET") == false)
  }

  // MARK: Pace

  @Test func `requests keep the declared pace`() {
    let pace = RequestPace(perMinute: 60)
    let now = ContinuousClock.now
    #expect(pace.place(now: now) == now)
    #expect(pace.place(now: now) == now + .seconds(1))
    pace.hold(until: now + .seconds(9))
    #expect(pace.place(now: now + .seconds(1)) == now + .seconds(9))
    #expect(pace.place(now: now + .seconds(30)) == now + .seconds(30))
  }

  @Test func `waits double up to a limit, and chance spreads them over the upper half`() {
    let retry = Endpoint.Retry()
    #expect(retry.delay(after: 1, chance: 0) == .milliseconds(500))
    #expect(retry.delay(after: 1, chance: 1) == .seconds(1))
    #expect(retry.delay(after: 3, chance: 1) == .seconds(4))
    #expect(retry.delay(after: 60, chance: 1) == .seconds(60))
  }
}
