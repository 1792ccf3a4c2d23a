/// What a checkpoint can do.
package struct ModelCapabilities: Hashable, Sendable {
  /// The labels it marks spans with; empty when it has no tagging head.
  package var tags: Set<String>
  /// Whether it has a language-model head.
  package var writes: Bool

  package init(tags: Set<String>, writes: Bool) {
    self.tags = tags
    self.writes = writes
  }
}

extension Declaration {
  /// The steps and fields that a checkpoint cannot do, each with what would do it; empty when it can
  /// do all.
  package func problems(for model: ModelCapabilities) -> [DeclarationError.Problem] { [] }
}
