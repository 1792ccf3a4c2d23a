import Foundation
import Outputs

/// Trains a ``ClauseNetwork``: vectors of n-grams, summed, rectified and projected to one logit a label;
/// binary cross entropy by stochastic gradients, one clause at a time, with a step size a number
/// (AdaGrad). Deterministic: one thread, drawn from the seed.
struct ClauseNetworkTraining {
  struct Contract {
    /// Per clause, its n-grams by number.
    var grams: [[Int32]]
    /// Per clause, the labels it answers.
    var positives: [[Int]]
  }

  static let width = 64
  /// Of a clause's n-grams, the share left out at random each time; of the clauses that answer nothing,
  /// the share seen an epoch.
  private static let dropped = 0.3
  private static let negatives = 0.5
  private static let step: Float = 0.05

  let gramCount: Int
  let labelCount: Int
  private(set) var vectors: [Float]
  private var vectorSquares: [Float]
  private(set) var weights: [Float]
  private var weightSquares: [Float]
  private(set) var biases: [Float]
  private var biasSquares: [Float]
  private var random: SplitMix

  init(gramCount: Int, labelCount: Int, seed: UInt64) {
    self.gramCount = gramCount
    self.labelCount = labelCount
    var random = SplitMix(state: seed)
    let width = Self.width
    vectors = (0..<gramCount * width).map { _ in Float(random.unit() - 0.5) * 0.1 }
    weights = (0..<labelCount * width).map { _ in Float(random.unit() - 0.5) * 0.25 }
    vectorSquares = [Float](repeating: 1e-3, count: gramCount * width)
    weightSquares = [Float](repeating: 1e-1, count: labelCount * width)
    biases = [Float](repeating: -5, count: labelCount)
    biasSquares = [Float](repeating: 1, count: labelCount)
    self.random = random
  }

  mutating func run(_ contracts: [Contract], epochs: Int) {
    var order: [(contract: Int, clause: Int)] = []
    for (index, contract) in contracts.enumerated() {
      for clause in contract.grams.indices { order.append((index, clause)) }
    }
    for _ in 0..<epochs {
      for place in stride(from: order.count - 1, to: 0, by: -1) {
        order.swapAt(place, random.below(place + 1))
      }
      for (index, clause) in order {
        let positives = contracts[index].positives[clause]
        if positives.isEmpty, random.unit() >= Self.negatives { continue }
        learn(contracts[index].grams[clause], positives)
      }
    }
  }

  private mutating func learn(_ all: [Int32], _ positives: [Int]) {
    let width = Self.width
    let grams = all.filter { _ in random.unit() >= Self.dropped }
    guard !grams.isEmpty else { return }
    let factor = 3 / Float(grams.count).squareRoot()
    var hidden = [Float](repeating: 0, count: width)
    for gram in grams {
      let start = Int(gram) * width
      for column in 0..<width { hidden[column] += vectors[start + column] }
    }
    for column in 0..<width { hidden[column] = max(0, hidden[column] * factor) }
    var back = [Float](repeating: 0, count: width)
    for label in 0..<labelCount {
      let start = label * width
      var logit = biases[label]
      for column in 0..<width { logit += weights[start + column] * hidden[column] }
      let error = 1 / (1 + exp(-logit)) - (positives.contains(label) ? 1 : 0)
      // What is as good as certain teaches nothing.
      guard abs(error) > 1e-3 else { continue }
      biasSquares[label] += error * error
      biases[label] -= Self.step * error / biasSquares[label].squareRoot()
      for column in 0..<width {
        let at = start + column
        back[column] += error * weights[at]
        let gradient = error * hidden[column]
        weightSquares[at] += gradient * gradient
        weights[at] -= Self.step * gradient / weightSquares[at].squareRoot()
      }
    }
    for column in 0..<width { back[column] = hidden[column] > 0 ? back[column] * factor : 0 }
    for gram in grams {
      let start = Int(gram) * width
      for column in 0..<width where back[column] != 0 {
        let at = start + column
        vectorSquares[at] += back[column] * back[column]
        vectors[at] -= Self.step * back[column] / vectorSquares[at].squareRoot()
      }
    }
  }

  /// The network as it is kept: rows as bytes with a scale each, in the order of their hashes.
  ///
  /// - Parameter hashes: of the n-grams, ascending.
  func network(hashes: [UInt64]) -> ClauseNetwork {
    let width = Self.width
    var scales: [Float] = []
    var rows: [Int8] = []
    rows.reserveCapacity(vectors.count)
    for gram in 0..<gramCount {
      let row = vectors[gram * width..<(gram + 1) * width]
      let scale = max(1e-9, (row.map { abs($0) }.max() ?? 0) / 127)
      scales.append(scale)
      rows += row.map { Int8(($0 / scale).rounded()) }
    }
    return ClauseNetwork(
      hashes: hashes, scales: scales, rows: rows, weights: weights, biases: biases, width: width)
  }

  /// How long each n-gram's vector is.
  var norms: [Float] {
    let width = Self.width
    return (0..<gramCount).map { gram in
      vectors[gram * width..<(gram + 1) * width].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }
}
