import Constraints
import Foundation

/// Counts tokens in a row that the model was all but certain of. One that nothing else might have stood for says
/// nothing of the model: it is passed over.
struct LoopCount {
  private let limit: LoopGuard?
  private var count = 0

  init(_ limit: LoopGuard?) { self.limit = limit }

  /// - Parameter usable: what the token was chosen from.
  mutating func isStuck(after token: Int32, _ logits: Span<Float>, among usable: TokenMask) -> Bool
  {
    guard let limit else { return false }
    guard usable.hasSeveral else { return count >= limit.tokens }
    count = Self.isAbove(limit.probability, token, logits, usable) ? count + 1 : 0
    return count >= limit.tokens
  }

  /// Whether the softmax of the logits of `usable` gives `token` more than `probability`. Stops as soon as it
  /// cannot any more: on most texts after few tokens.
  private static func isAbove(
    _ probability: Double, _ token: Int32, _ logits: Span<Float>, _ usable: TokenMask
  ) -> Bool {
    let own = logits[Int(token)]
    let most = 1 / probability
    var sum = 0.0
    for (index, word) in usable.words.enumerated() {
      var word = word
      while word != 0 {
        let logit = logits[index << 6 + word.trailingZeroBitCount] - own
        // Less than 1e-10 each: not even a million of them count.
        if logit > -23 { sum += Double(exp(logit)) }
        word &= word - 1
      }
      if sum >= most { return false }
    }
    return sum < most
  }
}

extension TokenLogProbability {
  init(_ token: Int32, in logits: Span<Float>, among usable: TokenMask, alternatives: Int) {
    var best: [(token: Int32, logit: Float)] = []
    var top = -Float.infinity
    usable.forEach { id in
      let logit = logits[Int(id)]
      top = max(top, logit)
      guard alternatives > 0, best.count < alternatives || logit > best[best.count - 1].logit
      else { return }
      let place = best.firstIndex { $0.logit < logit } ?? best.count
      best.insert((id, logit), at: place)
      if best.count > alternatives { best.removeLast() }
    }
    var sum = 0.0
    usable.forEach { sum += Double(exp(logits[Int($0)] - top)) }
    let normaliser = top + Float(log(sum))
    self.token = token
    logProbability = logits[Int(token)] - normaliser
    self.alternatives = best.map {
      Alternative(token: $0.token, logProbability: $0.logit - normaliser)
    }
  }
}
