package import Constraints

/// What is to be written after a prompt.
package struct GenerationRequest: Sendable {
  /// The whole context. What the session has read of it already is not read again.
  package var prompt: [Int32]
  package var sampling: Sampling
  /// Most tokens of the answer. Thinking does not count.
  package var maxTokens: Int
  /// Texts before which the answer ends, wherever the borders of tokens are.
  package var stop: [String]
  /// Tokens that end the text: `<end_of_sentence>`.
  package var endOfText: Set<Int32>
  /// What the answer fits, whatever the model would say.
  package var constraint: SchemaConstraint?
  /// Where the strings are quoted from that the constraint wants as evidence.
  package var source: SpanIndex?
  /// Whether the model thinks before it answers.
  package var thinking: Thinking?
  /// How many alternatives to tell the probabilities of, besides the token's own; nil for none at all.
  package var logProbabilities: Int?
  package var loopGuard: LoopGuard?

  package init(
    prompt: [Int32], sampling: Sampling = .recommended, maxTokens: Int, stop: [String] = [],
    endOfText: Set<Int32> = [], constraint: SchemaConstraint? = nil, source: SpanIndex? = nil,
    thinking: Thinking? = nil, logProbabilities: Int? = nil,
    loopGuard: LoopGuard? = .recommended
  ) {
    self.prompt = prompt
    self.sampling = sampling
    self.maxTokens = maxTokens
    self.stop = stop
    self.endOfText = endOfText
    self.constraint = constraint
    self.source = source
    self.thinking = thinking
    self.logProbabilities = logProbabilities
    self.loopGuard = loopGuard
  }
}

/// Free text before the answer.
package struct Thinking: Hashable, Sendable {
  /// Most tokens of it; then it is closed, and the answer begins.
  package var maxTokens: Int
  /// Put before it; empty where the prompt ends with it.
  package var open: String
  /// What stands between thinking and answer. Without the white space around it, this is also the mark
  /// by which the model says that it is done.
  package var close: String

  package init(maxTokens: Int, open: String = "", close: String = "</think>\n") {
    self.maxTokens = maxTokens
    self.open = open
    self.close = close
  }
}

/// Ends a text that has got stuck: so many tokens in a row that the model was all but certain of.
package struct LoopGuard: Hashable, Sendable {
  package var tokens: Int
  package var probability: Double

  package init(tokens: Int, probability: Double) {
    self.tokens = tokens
    self.probability = probability
  }

  /// The rule of MiniMax-M1's training: 3000 tokens, each above 0.99.
  package static let recommended = LoopGuard(tokens: 3000, probability: 0.99)
}
