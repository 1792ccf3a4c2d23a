/// How many tokens one context may hold, marks among them, and what happens to a text with more.
package struct TokenBudget: Hashable, Sendable {
  package enum OverLimit: String, Hashable, Sendable {
    /// The text is not read at all, and a notice says so: nothing is cut off in silence.
    case fail
    /// The text becomes several contexts, one after the other, which together hold all of it.
    case split
  }

  /// Tokens.
  package let limit: Int
  package let overLimit: OverLimit

  /// The least limit: room for the marks and for one scalar of four tokens.
  package static let leastLimit = 16

  /// - Precondition: `limit` is at least ``leastLimit``.
  package init(limit: Int, overLimit: OverLimit = .fail) {
    precondition(limit >= Self.leastLimit, "a token budget of \(limit) is too small")
    self.limit = limit
    self.overLimit = overLimit
  }
}
