internal import Foundation

/// A sum of regression trees whose logistic is a probability.
package struct GradientTrees: Hashable, Sendable {
  /// Per tree its first node, or a leaf (`-1 - n` is leaf n).
  package let roots: [Int32]
  /// Per node: go left where the feature is at most the threshold.
  package let features: [UInt16]
  package let thresholds: [Float]
  package let left: [Int32]
  package let right: [Int32]
  package let leaves: [Float]

  package init(
    roots: [Int32], features: [UInt16], thresholds: [Float], left: [Int32], right: [Int32],
    leaves: [Float]
  ) {
    self.roots = roots
    self.features = features
    self.thresholds = thresholds
    self.left = left
    self.right = right
    self.leaves = leaves
  }

  package func probability(of row: [Float]) -> Double { 1 / (1 + exp(-logit(of: row))) }

  package func logit(of row: [Float]) -> Double {
    var sum = 0.0
    for root in roots {
      var node = root
      while node >= 0 {
        let index = Int(node)
        node = row[Int(features[index])] <= thresholds[index] ? left[index] : right[index]
      }
      sum += Double(leaves[Int(-1 - node)])
    }
    return sum
  }

  /// As they stand in a file of weights: u32 trees, u32 nodes, u32 leaves, an i32 root a tree, and of
  /// the nodes u16 features, f32 thresholds, i32 left and i32 right children; f32 leaves.
  init?(_ reader: inout ByteReader) {
    guard let treeCount = reader.count(), let nodeCount = reader.count(),
      let leafCount = reader.count(), let roots = reader.integers(treeCount, as: Int32.self),
      let features = reader.integers(nodeCount, as: UInt16.self),
      let thresholds = reader.floats(nodeCount),
      let left = reader.integers(nodeCount, as: Int32.self),
      let right = reader.integers(nodeCount, as: Int32.self),
      let leaves = reader.floats(leafCount)
    else { return nil }
    self.init(
      roots: roots, features: features, thresholds: thresholds, left: left, right: right,
      leaves: leaves)
  }

  func write(to writer: inout ByteWriter) {
    for count in [roots.count, features.count, leaves.count] { writer.append(UInt32(count)) }
    writer.append(roots)
    writer.append(features)
    writer.append(thresholds)
    writer.append(left)
    writer.append(right)
    writer.append(leaves)
  }
}
