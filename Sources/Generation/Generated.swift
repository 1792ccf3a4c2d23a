package import Constraints

/// A text that was written, and how its writing ended.
package struct Generated: Sendable {
  package var answer: String
  /// What stood before the answer, without its marks; nil when there was no thinking.
  package var reasoning: String?
  package var finish: FinishReason
  /// All tokens after the prompt, those of thinking and its marks too.
  package var tokens: [Int32]
  package var promptTokens: Int
  package var reasoningTokens: Int
  package var answerTokens: Int
  /// The quotes of an answer whose constraint asked for evidence.
  package var spans: [GroundedSpan]
  /// One a token of ``tokens``; empty unless asked for.
  package var logProbabilities: [TokenLogProbability]
}

/// How a text ended.
package enum FinishReason: Hashable, Sendable {
  /// The model said that it was done.
  case endOfText
  /// The value that the constraint asks for is closed.
  case complete
  /// Before this text.
  case stopSequence(String)
  /// At the most tokens allowed: a failure.
  case length
  /// The loop guard ended it: a failure.
  case loop
  /// The caller asked to stop.
  case cancelled
}

/// ln π of a token, before temperature, penalties and constraints.
package struct TokenLogProbability: Hashable, Sendable {
  package var token: Int32
  package var logProbability: Float
  /// The likeliest tokens there, likeliest first; as many as were asked for.
  package var alternatives: [Alternative]

  package struct Alternative: Hashable, Sendable {
    package var token: Int32
    package var logProbability: Float
  }
}

/// A part of a text as it is written: whole Unicode scalars, in order.
package enum GenerationEvent: Hashable, Sendable {
  /// Tokens of the prompt read so far, of those that were not read before.
  case reading(done: Int, of: Int)
  case reasoning(String)
  case answer(String)
}
