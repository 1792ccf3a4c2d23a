package import JSON

/// What a model wrote, taken apart: its reasoning, its words to the user, its calls of tools.
package struct Reply: Hashable, Sendable {
  /// Between `<think>` and `</think>`, without white space around it; nil where there is none.
  package var reasoning: String?
  /// Whether the reasoning came to its end. Where it did not, everything is reasoning.
  package var isReasoningClosed: Bool
  /// The rest, without the blocks of calls and without white space around it.
  package var text: String
  package var calls: [Call]
  /// Lines in blocks of calls that are no call: passed over, as the model's guide has it.
  package var linesPassedOver: Int

  package struct Call: Hashable, Sendable {
    package var name: String
    package var arguments: JSONObject

    package init(name: String, arguments: JSONObject) {
      self.name = name
      self.arguments = arguments
    }
  }

  package static let thinkOpen = "<think>"
  package static let thinkClose = "</think>"
  package static let callsOpen = "<tool_calls>"
  package static let callsClose = "</tool_calls>"

  /// - Parameter written: the model's turn, without the mark that ends it. Reasoning may have been
  ///   opened by the prompt already: then only its end stands there.
  package init(_ written: String) {
    let written = written[...]
    let start = written.drop(while: \.isWhitespace)
    var rest = written
    reasoning = nil
    isReasoningClosed = true
    if start.hasPrefix(Self.thinkOpen) {
      let thought = start.dropFirst(Self.thinkOpen.count)
      if let end = thought.firstRange(of: Self.thinkClose) {
        reasoning = Self.trimmed(thought[..<end.lowerBound])
        rest = thought[end.upperBound...]
      } else {
        reasoning = Self.trimmed(thought)
        isReasoningClosed = false
        rest = ""
      }
    } else if let end = written.firstRange(of: Self.thinkClose) {
      reasoning = Self.trimmed(written[..<end.lowerBound])
      rest = written[end.upperBound...]
    }
    calls = []
    linesPassedOver = 0
    text = ""
    var words = ""
    while let open = rest.firstRange(of: Self.callsOpen) {
      words += rest[..<open.lowerBound]
      let block = rest[open.upperBound...]
      // A block that the end of the turn cut off still has whole lines.
      let close = block.firstRange(of: Self.callsClose)
      readCalls(block[..<(close?.lowerBound ?? block.endIndex)])
      rest = block[(close?.upperBound ?? block.endIndex)...]
    }
    text = Self.trimmed(words + rest)
  }

  private mutating func readCalls(_ block: Substring) {
    for line in block.split(whereSeparator: \.isNewline) {
      let line = Self.trimmed(line)
      guard !line.isEmpty else { continue }
      guard let value = try? JSONValue.parse(Array(line.utf8)), let name = value["name"]?.string,
        let arguments = value["arguments"]?.object
      else {
        linesPassedOver += 1
        continue
      }
      calls.append(Call(name: name, arguments: arguments))
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
