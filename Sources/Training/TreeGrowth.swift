import Outputs

/// One tree, grown leaf by leaf: the leaf whose best split gains most is split next.
struct TreeGrowth {
  private let bins: [FeatureBins]
  private let binned: [[UInt8]]
  private let gradients: [Float]
  private let hessians: [Float]
  private let features: [Int32]
  private let settings: GradientBoosting.Settings

  struct Node {
    var feature: Int
    var bin: UInt8
    var threshold: Float
    /// A node, or `-1 - leaf`.
    var left = 0
    var right = 0
  }

  private(set) var nodes: [Node] = []
  /// Per leaf its value.
  private(set) var values: [Double] = []

  private struct Leaf {
    var rows: [Int32]
    /// `[features, bins]`: sums of gradients and hessians, and counts.
    var histogram: [Cell]
    var gradient: Double
    var hessian: Double
    var split: Split?
    /// The node and the side it hangs from.
    var parent: (node: Int, isLeft: Bool)?
  }

  private struct Cell {
    var gradient = 0.0
    var hessian = 0.0
    var count: Int32 = 0
  }

  private struct Split {
    var gain: Double
    var feature: Int
    var bin: Int
  }

  init(
    bins: [FeatureBins], binned: [[UInt8]], gradients: [Float], hessians: [Float],
    features: [Int32], settings: GradientBoosting.Settings
  ) {
    self.bins = bins
    self.binned = binned
    self.gradients = gradients
    self.hessians = hessians
    self.features = features
    self.settings = settings
  }

  mutating func grow(from rows: [Int32]) {
    var leaves = [leaf(rows, histogram: histogram(rows), parent: nil)]
    while leaves.count < settings.leaves {
      var best: Int?
      for (index, leaf) in leaves.enumerated() {
        guard let split = leaf.split else { continue }
        if best.map({ split.gain > leaves[$0].split!.gain }) ?? true { best = index }
      }
      guard let best, let split = leaves[best].split else { break }
      let parent = leaves.remove(at: best)
      let node = nodes.count
      nodes.append(
        Node(
          feature: split.feature, bin: UInt8(split.bin),
          threshold: bins[split.feature].thresholds[split.bin]))
      if let above = parent.parent {
        if above.isLeft { nodes[above.node].left = node } else { nodes[above.node].right = node }
      }
      let column = binned[split.feature]
      var low: [Int32] = []
      var high: [Int32] = []
      for row in parent.rows {
        if Int(column[Int(row)]) <= split.bin { low.append(row) } else { high.append(row) }
      }
      // The smaller half is counted, the larger one is what remains.
      let counted = histogram(low.count < high.count ? low : high)
      var rest = parent.histogram
      for index in rest.indices {
        rest[index].gradient -= counted[index].gradient
        rest[index].hessian -= counted[index].hessian
        rest[index].count -= counted[index].count
      }
      let isLowCounted = low.count < high.count
      leaves.append(
        leaf(low, histogram: isLowCounted ? counted : rest, parent: (node, true)))
      leaves.append(
        leaf(high, histogram: isLowCounted ? rest : counted, parent: (node, false)))
    }
    for leaf in leaves {
      if let above = leaf.parent {
        if above.isLeft {
          nodes[above.node].left = -1 - values.count
        } else {
          nodes[above.node].right = -1 - values.count
        }
      }
      values.append(
        -settings.learningRate * leaf.gradient / (leaf.hessian + settings.ridge))
    }
  }

  func leaf(ofRow row: Int) -> Int {
    guard !nodes.isEmpty else { return 0 }
    var node = 0
    while node >= 0 {
      node =
        binned[nodes[node].feature][row] <= nodes[node].bin ? nodes[node].left : nodes[node].right
    }
    return -1 - node
  }

  private func histogram(_ rows: [Int32]) -> [Cell] {
    var cells = [Cell](repeating: Cell(), count: features.count * FeatureBins.most)
    for (place, feature) in features.enumerated() {
      let column = binned[Int(feature)]
      let start = place * FeatureBins.most
      for row in rows {
        let index = start + Int(column[Int(row)])
        cells[index].gradient += Double(gradients[Int(row)])
        cells[index].hessian += Double(hessians[Int(row)])
        cells[index].count += 1
      }
    }
    return cells
  }

  private func leaf(_ rows: [Int32], histogram: [Cell], parent: (node: Int, isLeft: Bool)?) -> Leaf
  {
    var gradient = 0.0
    var hessian = 0.0
    for row in rows {
      gradient += Double(gradients[Int(row)])
      hessian += Double(hessians[Int(row)])
    }
    return Leaf(
      rows: rows, histogram: histogram, gradient: gradient, hessian: hessian,
      split: split(histogram, rows: rows.count, gradient: gradient, hessian: hessian),
      parent: parent)
  }

  private func split(_ histogram: [Cell], rows: Int, gradient: Double, hessian: Double) -> Split? {
    guard rows >= 2 * settings.leastRows else { return nil }
    func worth(_ gradient: Double, _ hessian: Double) -> Double {
      gradient * gradient / (hessian + settings.ridge)
    }
    let whole = worth(gradient, hessian)
    var best: Split?
    for (place, feature) in features.enumerated() {
      var lowGradient = 0.0
      var lowHessian = 0.0
      var lowRows = 0
      for bin in bins[Int(feature)].thresholds.indices {
        let cell = histogram[place * FeatureBins.most + bin]
        lowGradient += cell.gradient
        lowHessian += cell.hessian
        lowRows += Int(cell.count)
        guard lowRows >= settings.leastRows else { continue }
        guard rows - lowRows >= settings.leastRows else { break }
        let gain =
          worth(lowGradient, lowHessian)
          + worth(gradient - lowGradient, max(0, hessian - lowHessian)) - whole
        if gain > 1e-9, gain > best?.gain ?? 0 {
          best = Split(gain: gain, feature: Int(feature), bin: bin)
        }
      }
    }
    return best
  }
}

/// Trees in the flat form they are kept in.
struct GrowingTrees {
  private var roots: [Int32] = []
  private var features: [UInt16] = []
  private var thresholds: [Float] = []
  private var left: [Int32] = []
  private var right: [Int32] = []
  private var leaves: [Float] = []

  mutating func add(constant: Double) {
    roots.append(Int32(-1 - leaves.count))
    leaves.append(Float(constant))
  }

  /// Adds a tree; returns its leaves' values as they are kept.
  mutating func add(_ tree: TreeGrowth) -> [Double] {
    let firstNode = nodes
    let firstLeaf = leaves.count
    func place(_ child: Int) -> Int32 {
      Int32(child >= 0 ? firstNode + child : child - firstLeaf)
    }
    roots.append(tree.nodes.isEmpty ? Int32(-1 - firstLeaf) : Int32(firstNode))
    for node in tree.nodes {
      features.append(UInt16(node.feature))
      thresholds.append(node.threshold)
      left.append(place(node.left))
      right.append(place(node.right))
    }
    let kept = tree.values.map { Float($0) }
    leaves += kept
    return kept.map(Double.init)
  }

  private var nodes: Int { features.count }

  var finished: GradientTrees {
    GradientTrees(
      roots: roots, features: features, thresholds: thresholds, left: left, right: right,
      leaves: leaves)
  }
}
