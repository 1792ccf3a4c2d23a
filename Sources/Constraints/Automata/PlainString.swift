import JSON

/// JSON strings of which each text has one spelling: no `\u…`, no `\/`. Quotes included.
enum PlainString {
  static let automaton: ByteAutomaton = {
    guard
      let automaton = try? ByteAutomaton(
        start: FreeString.State.open, bytes: ByteAutomaton.allBytes, accepts: { $0 == .closed },
        step: { state, byte in
          if state == .escape, byte == 0x75 || byte == 0x2F { return nil }
          return FreeString.step(state, byte)
        })
    else { preconditionFailure("strings have an end") }
    return automaton
  }()

  /// How a text is spelled, without the quotes.
  static func content(_ text: String) -> [UInt8] {
    Array(JSONValue.string(text).text().utf8.dropFirst().dropLast())
  }
}
