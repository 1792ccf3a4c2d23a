import Foundation
import Outputs

extension TagScores {
  /// The scores with independent normal noise: one draw for each label of `labels` and each stretch of
  /// text, added to the logits of the stretch's tokens.
  ///
  /// - Parameter stretches: UTF-8 ranges of the extracted text, in order and apart.
  func withNoise(deviation: Double, over stretches: [Range<Int>], labels: [Int], seed: UInt64)
    -> TagScores
  {
    var random = SplitMix(state: seed)
    var noisy = logits
    let count = self.labels.count
    var next = 0
    for stretch in stretches {
      let noise = labels.map { _ in Float(deviation * random.normal()) }
      // A token on a border belongs to the first of the two.
      let tokens = tokens(over: stretch)
      for token in max(next, tokens.lowerBound)..<max(next, tokens.lowerBound, tokens.upperBound) {
        for (label, noise) in zip(labels, noise) { noisy[token * count + label] += noise }
      }
      next = max(next, tokens.upperBound)
    }
    return TagScores(labels: self.labels, tokenRanges: tokenRanges, logits: noisy)
  }
}

extension SplitMix {
  /// From the standard normal distribution (Box and Muller 1958).
  mutating func normal() -> Double {
    let radius = (-2 * log(max(1e-300, unit()))).squareRoot()
    return radius * cos(2 * .pi * unit())
  }
}
