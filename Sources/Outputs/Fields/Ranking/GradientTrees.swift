internal import Foundation

/// A sum of regression trees whose logistic is a probability.
struct GradientTrees: Sendable {
  /// Per tree its first node, or a leaf (`-1 - n` is leaf n).
  let roots: [Int32]
  /// Per node: go left where the feature is at most the threshold.
  let features: [UInt16]
  let thresholds: [Float]
  let left: [Int32]
  let right: [Int32]
  let leaves: [Float]

  func probability(of row: [Float]) -> Double {
    var sum = 0.0
    for root in roots {
      var node = root
      while node >= 0 {
        let index = Int(node)
        node = row[Int(features[index])] <= thresholds[index] ? left[index] : right[index]
      }
      sum += Double(leaves[Int(-1 - node)])
    }
    return 1 / (1 + exp(-sum))
  }
}
