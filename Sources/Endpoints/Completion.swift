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
    /// Broken off by us: reasoning went on beyond its limit, and no answer had begun.
    case reasoningLimit
    /// Broken off by us: white space without end, as models write that are held to JSON and have
    /// lost their way.
    case whiteSpace
  }

  package init() {}
}

/// Puts a completion together from the events of its stream.
struct CompletionReader {
  private(set) var completion = Completion()
  private(set) var isDone = false
  private var calls: [Int: (name: String, arguments: String)] = [:]
  /// What the content has come to.
  private enum Place { case start, thought, answer }
  private var place = Place.start
  /// Pieces of reasoning that came: servers send a token each, or a few.
  private var reasoningPieces = 0
  /// Bytes of white space that the content ends with.
  private var blankBytes = 0

  /// More white space than this in a row is in no answer.
  private static let mostBlankBytes = 4096

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
    add(
      content: part["content"]?.string ?? "",
      reasoning: part["reasoning_content"]?.string ?? part["reasoning"]?.string ?? "")
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

  private mutating func add(content: String, reasoning: String) {
    completion.content += content
    completion.reasoning += reasoning
    if place == .start {
      let begun = completion.content.drop(while: \.isWhitespace)
      if begun.hasPrefix(Reply.thinkOpen) {
        place = .thought
      } else if !begun.isEmpty, !Reply.thinkOpen.hasPrefix(begun) {
        place = .answer
      }
    }
    if place == .thought,
      completion.content.suffix(content.count + Reply.thinkClose.count).contains(Reply.thinkClose)
    {
      place = .answer
    }
    if !reasoning.isEmpty || place == .thought { reasoningPieces += 1 }
    if content.utf8.contains(where: { !Self.isBlank($0) }) { blankBytes = 0 }
    blankBytes += content.utf8.reversed().prefix(while: Self.isBlank).count
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// The reasoning so far while no answer has begun: set apart by the server, or left in the content.
  private var openThought: Substring? {
    switch place {
    case .start: completion.reasoning.isEmpty ? nil : completion.reasoning[...]
    case .thought:
      completion.content.drop(while: \.isWhitespace).dropFirst(Reply.thinkOpen.count)
    case .answer: nil
    }
  }

  /// The completion as it is, when it makes no sense to hear it out.
  ///
  /// Tokens of reasoning are counted by the stream's pieces and, for servers that send several at
  /// once, by their bytes: four a token, a little less than English has.
  func brokenOff(reasoningLimit: Int?) -> Completion? {
    guard completion.finish == nil else { return nil }
    var result = completion
    if let reasoningLimit, reasoningPieces > 0, let thought = openThought {
      let tokens = max(reasoningPieces, thought.utf8.count / 4)
      if tokens >= reasoningLimit {
        result.finish = .reasoningLimit
        result.reasoning = String(thought)
        result.content = ""
        result.outputTokens = tokens
        return result
      }
    }
    guard blankBytes > Self.mostBlankBytes else { return nil }
    result.finish = .whiteSpace
    return result
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
