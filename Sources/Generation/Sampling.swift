/// How tokens are drawn from a model's distribution.
package struct Sampling: Hashable, Sendable {
  /// Logits are divided by it; 0 takes the most likely token, whatever else is said here.
  package var temperature: Double
  /// Only the most likely tokens that together have this probability; 1 for all.
  package var topP: Double
  /// Only so many of the most likely tokens; nil for all.
  package var topK: Int?
  /// Only tokens with at least this share of the likeliest token's probability; 0 for all.
  package var minP: Double
  /// Logits of tokens in the prompt or the text so far are divided by it when above 0, multiplied when
  /// below; 1 leaves them.
  package var repetitionPenalty: Double
  /// Taken from the logits of tokens that were written; 0 leaves them.
  package var presencePenalty: Double
  /// Taken from the logits of tokens once for each time they were written; 0 leaves them.
  package var frequencyPenalty: Double
  /// The same seed gives the same text, however many sessions are in a batch and threads at work.
  package var seed: UInt64

  package init(
    temperature: Double = 1, topP: Double = 0.95, topK: Int? = nil, minP: Double = 0,
    repetitionPenalty: Double = 1, presencePenalty: Double = 0, frequencyPenalty: Double = 0,
    seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topP = topP
    self.topK = topK
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.presencePenalty = presencePenalty
    self.frequencyPenalty = frequencyPenalty
    self.seed = seed
  }

  /// As the authors of MiniMax-M1 recommend: temperature 1, top-p 0.95.
  package static let recommended = Sampling()
  /// Always the most likely token.
  package static let greedy = Sampling(temperature: 0, topP: 1)

  var hasPenalties: Bool {
    repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0
  }

  /// What is wrong with the numbers; nil when they make sense.
  package var problem: String? {
    if !(temperature >= 0 && temperature.isFinite) {
      return "The temperature is \(temperature); it is a number from 0."
    }
    if !(topP > 0 && topP <= 1) { return "top-p is \(topP); it is above 0 and at most 1." }
    if let topK, topK < 1 { return "top-k is \(topK); it is a whole number from 1." }
    if !(minP >= 0 && minP <= 1) { return "min-p is \(minP); it is from 0 to 1." }
    if !(repetitionPenalty > 0 && repetitionPenalty.isFinite) {
      return "The repetition penalty is \(repetitionPenalty); it is a number above 0."
    }
    if !presencePenalty.isFinite || !frequencyPenalty.isFinite {
      return "The presence and frequency penalties are finite numbers."
    }
    return nil
  }
}
