import JSON

/// Which strings are meant.
struct StringShape: Hashable, Sendable {
  /// Lengths in Unicode scalars.
  var least = 0
  var most: Int?
  /// Patterns that must match somewhere, and patterns that must not.
  var patterns: Set<String> = []
  var refusedPatterns: Set<String> = []
  var excluded: Set<String> = []
  /// Whether it is a span of the source.
  var isGrounded = false

  var isFree: Bool {
    patterns.isEmpty && refusedPatterns.isEmpty && excluded.isEmpty && !isGrounded
  }

  /// The automaton of the strings, quotes included; nil when there are none. Not for a shape whose only
  /// condition is the length: counting is done elsewhere, without a state for each count.
  func automaton() throws(ByteAutomaton.TooManyStates) -> ByteAutomaton? {
    if isFree, least == 0, most == nil { return FreeString.automaton }
    return try StringAutomaton(self).build()
  }
}
