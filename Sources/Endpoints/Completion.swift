package import Chat
import JSON

/// What a server answered.
package struct Completion: Hashable, Sendable {
  /// What the model wrote, reasoning and blocks of calls included where the server left them in.
  package var content = ""
  /// Reasoning that the server set apart itself.
  package var reasoning = ""
  /// Calls that the server read itself.
  package var calls: [Reply.Call] = []
  package var finish: Finish?
  /// As the server counted; 0 where it does not say.
  package var promptTokens = 0
  package var outputTokens = 0
  /// Whether the server was told the schema.
  package var hadSchema = false

  package enum Finish: Hashable, Sendable {
    case stop
    /// The token limit was reached: the content is not whole.
    case length
    case toolCalls
    /// The server held the answer back.
    case filtered
  }

  package init() {}
}

/// Puts a completion together from the events of its stream.
struct CompletionReader {
  private(set) var completion = Completion()
  private(set) var isDone = false
  private var calls: [Int: (name: String, arguments: String)] = [:]

  /// One event's data.
  mutating func read(_ data: [UInt8]) throws(EndpointError) {
    if data.elementsEqual("[DONE]".utf8) {
      isDone = true
      return
    }
    try read(Self.json(data))
  }

  /// A chunk of a stream, or a whole completion of a server that does not stream.
  mutating func read(_ json: JSONValue) throws(EndpointError) {
    if let error = json["error"], !error.isNull {
      throw EndpointError(
        .server, "The server broke the answer off with an error\(Self.code(of: error)).")
    }
    guard json.object != nil else {
      throw EndpointError(
        .protocolFault, "The server sent JSON that is no completion (\(json.typeName)).")
    }
    if let usage = json["usage"] {
      completion.promptTokens = usage["prompt_tokens"]?.integer ?? completion.promptTokens
      completion.outputTokens = usage["completion_tokens"]?.integer ?? completion.outputTokens
    }
    guard let choice = json["choices"]?[0] else { return }
    let part = choice["delta"] ?? choice["message"] ?? [:]
    completion.content += part["content"]?.string ?? ""
    completion.reasoning +=
      part["reasoning_content"]?.string ?? part["reasoning"]?.string ?? ""
    for (position, call) in (part["tool_calls"]?.array ?? []).enumerated() {
      let index = call["index"]?.integer ?? position
      var known = calls[index] ?? ("", "")
      known.name += call["function"]?["name"]?.string ?? ""
      known.arguments += call["function"]?["arguments"]?.string ?? ""
      calls[index] = known
    }
    switch choice["finish_reason"]?.string {
    case nil: break
    case "length": completion.finish = .length
    case "tool_calls", "function_call": completion.finish = .toolCalls
    case "content_filter": completion.finish = .filtered
    default: completion.finish = .stop
    }
  }

  /// The completion, when its stream has ended.
  mutating func finish() throws(EndpointError) -> Completion {
    guard completion.finish != nil else {
      throw EndpointError(
        .cut,
        isDone
          ? "The server ended the stream without saying how the answer ended."
          : "The connection ended in the middle of the answer, after \(completion.content.utf8.count) bytes."
      )
    }
    for (_, call) in calls.sorted(by: { $0.key < $1.key }) {
      guard let arguments = try? JSONValue.parse(Array(call.arguments.utf8)).object else {
        continue
      }
      completion.calls.append(Reply.Call(name: call.name, arguments: arguments))
    }
    return completion
  }

  static func json(_ data: [UInt8]) throws(EndpointError) -> JSONValue {
    guard String(validating: data, as: UTF8.self) != nil else {
      throw EndpointError(.protocolFault, "The server sent bytes that are not UTF-8.")
    }
    do {
      return try JSONValue.parse(data)
    } catch {
      throw EndpointError(.protocolFault, "The server sent an event that is not JSON.")
    }
  }

  /// The error's code where it is a mere identifier: anything longer may quote the prompt.
  static func code(of error: JSONValue) -> String {
    for key in ["code", "type"] {
      if let code = error[key]?.string, (1...64).contains(code.utf8.count),
        code.utf8.allSatisfy({
          ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
            || $0 == 0x2D
        })
      {
        return " (\(code))"
      }
    }
    return ""
  }
}
