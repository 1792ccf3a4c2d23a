import Foundation
package import Outputs

/// Fits a ``Lexicon``: logistic regression by stochastic gradients with one step size a weight (AdaGrad,
/// Duchi, Hazan, Singer 2011) and a ridge. Deterministic: one thread, shuffled from the seed.
package struct LexiconTraining {
  package struct Settings: Sendable {
    package var epochs = 6
    package var step = 0.15
    /// Pulls each weight to nought whenever its word occurs.
    package var ridge = 2e-4
    package var seed: UInt64 = 1
    package init() {}
  }

  /// - Parameter examples: of each sentence its grams, see ``Lexicon/grams(of:)``.
  package static func train(
    _ examples: [[Int]], labels: [Bool], exampleWeights: [Float]? = nil,
    settings: Settings = Settings()
  ) -> Lexicon {
    var weights = [Double](repeating: 0, count: Lexicon.buckets)
    var squares = [Double](repeating: 1e-2, count: Lexicon.buckets)
    let share = Double(max(1, labels.count { $0 })) / Double(max(1, labels.count))
    var bias = log(share / max(1e-6, 1 - share))
    var biasSquares = 1.0
    var random = SplitMix(state: settings.seed)
    var order = Array(examples.indices)
    for _ in 0..<settings.epochs {
      for place in stride(from: order.count - 1, to: 0, by: -1) {
        order.swapAt(place, random.below(place + 1))
      }
      for index in order where !examples[index].isEmpty {
        let grams = examples[index]
        let factor = 1 / Double(grams.count).squareRoot()
        var logit = bias
        for gram in grams { logit += weights[gram] * factor }
        let error =
          (1 / (1 + exp(-logit)) - (labels[index] ? 1 : 0)) * Double(exampleWeights?[index] ?? 1)
        for gram in grams {
          let gradient = error * factor + settings.ridge * weights[gram]
          squares[gram] += gradient * gradient
          weights[gram] -= settings.step * gradient / squares[gram].squareRoot()
        }
        biasSquares += error * error
        bias -= settings.step * error / biasSquares.squareRoot()
      }
    }
    let largest = weights.map(abs).max() ?? 0
    let scale = largest > 0 ? largest / 127 : 1
    return Lexicon(
      bias: Float(bias), scale: Float(scale),
      weights: weights.map { Int8(($0 / scale).rounded()) })
  }
}
