/// MiniMax-M1's way to write a conversation down: its own chat template, rendering for rendering.
///
/// Source: `chat_template` of the model's `tokenizer_config.json`. A rendering comes in pieces, so
/// that only marks become marks: the words of a message are text, also where they spell
/// `<end_of_sentence>`.
package struct ChatTemplate: Sendable {
  /// How the example line of the tools block is written.
  package enum CallExample: Sendable {
    /// `{name: …, arguments: …}`: what the published template renders, as its quotes are lost in it.
    case asPublished
    /// `{"name": …, "arguments": …}`: what the model's guide to function calls shows, and what it
    /// must write to be understood.
    case quoted
  }

  package var callExample: CallExample

  package init(callExample: CallExample = .quoted) { self.callExample = callExample }

  /// A piece of a rendering.
  package enum Piece: Hashable, Sendable {
    /// An added token of the model, by its content.
    case mark(String)
    /// Words; what they spell means nothing but itself.
    case text(String)

    package var string: String {
      switch self {
      case .mark(let string), .text(let string): string
      }
    }
  }

  package static let begin = "<begin_of_document>"
  package static let open = "<beginning_of_sentence>"
  /// The end of a turn: the model stops here.
  package static let close = "<end_of_sentence>"

  /// - Parameter asksForAnswer: whether the model's turn is opened at the end.
  package func pieces(
    _ messages: [ChatMessage], tools: [ChatTool] = [], asksForAnswer: Bool = true
  ) -> [Piece] {
    var pieces: [Piece] = [.mark(Self.begin)]
    func turn(_ head: String, _ body: String) {
      pieces += [.mark(Self.open), .text("\(head)\n\(body)"), .mark(Self.close), .text("\n")]
    }
    let system = messages.reduce(into: "") { text, message in
      if case .system(let more) = message.content { text += more }
    }
    if !system.isEmpty { turn("system ai_setting=assistant", system) }
    if !tools.isEmpty { turn("system tool_setting=tools", toolsText(tools)) }
    for message in messages {
      switch message.content {
      case .system: break
      case .user(let text): turn("user name=user", text)
      case .assistant(let parts): turn("ai name=assistant", parts.joined())
      case .toolResults(let results):
        turn(
          "tool name=tools",
          results.map { "tool name: \($0.name)\ntool result: \($0.text)\n\n" }.joined())
      }
    }
    if asksForAnswer { pieces += [.mark(Self.open), .text("ai name=assistant\n")] }
    return Self.joined(pieces)
  }

  /// The conversation as one text.
  package func text(
    _ messages: [ChatMessage], tools: [ChatTool] = [], asksForAnswer: Bool = true
  ) -> String {
    pieces(messages, tools: tools, asksForAnswer: asksForAnswer).map(\.string).joined()
  }

  private func toolsText(_ tools: [ChatTool]) -> String {
    let example =
      switch callExample {
      case .asPublished: "{name: <tool-name-1>, arguments: <args-json-object-1>}"
      case .quoted: "{\"name\": <tool-name-1>, \"arguments\": <args-json-object-1>}"
      }
    return """
      You are provided with these tools:
      <tools>
      \(tools.map { ShownJSON.text(of: $0.json) + "\n" }.joined())</tools>

      If you need to call tools, please respond with <tool_calls></tool_calls> XML tags, and provide \
      tool-name and json-object of arguments, following the format below:
      <tool_calls>
      \(example)
      ...
      </tool_calls>
      """
  }

  /// Neighbouring texts as one: a tokenizer merges across them.
  private static func joined(_ pieces: [Piece]) -> [Piece] {
    var joined: [Piece] = []
    for piece in pieces {
      if case .text(let text) = piece, case .text(let before)? = joined.last {
        joined[joined.count - 1] = .text(before + text)
      } else {
        joined.append(piece)
      }
    }
    return joined
  }
}
