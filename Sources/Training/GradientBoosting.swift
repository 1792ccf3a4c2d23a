import Foundation
package import Outputs

/// Trains sums of regression trees for a probability: gradient boosting with the logistic loss (Friedman
/// 2001), second-order leaf values, trees grown leaf by leaf over histograms of binned features.
///
/// The same rows and settings give the same trees, bit for bit: sums are taken in a fixed order, on one
/// thread, and what is drawn at random is drawn from the seed.
package struct GradientBoosting {
  package struct Settings: Sendable {
    package var trees = 200
    /// The most leaves a tree.
    package var leaves = 12
    package var learningRate = 0.05
    /// The fewest rows a leaf.
    package var leastRows = 40
    /// Added to the sum of second derivatives of a leaf.
    package var ridge = 5.0
    /// Of the features, how many a tree may look at; of the rows, how many it is grown on.
    package var featureShare = 0.5
    package var rowShare = 0.7
    package var seed: UInt64 = 1

    package init() {}
  }

  private let settings: Settings
  private let bins: [FeatureBins]
  /// Per feature, the bin of each row.
  private let binned: [[UInt8]]
  private let labels: [Bool]
  private let weights: [Float]
  private let count: Int
  private var random: SplitMix
  private var trees = GrowingTrees()

  /// - Parameters:
  ///   - rows: of equal length, at least one.
  ///   - labels: one a row.
  ///   - weights: how much each row counts; nil for 1 each.
  package static func train(
    rows: [[Float]], labels: [Bool], weights: [Float]? = nil, settings: Settings = Settings()
  ) -> GradientTrees {
    precondition(rows.count == labels.count, "\(rows.count) rows for \(labels.count) labels")
    var training = GradientBoosting(
      rows: rows, labels: labels, weights: weights ?? rows.map { _ in 1 }, settings: settings)
    training.run()
    return training.trees.finished
  }

  private init(rows: [[Float]], labels: [Bool], weights: [Float], settings: Settings) {
    self.settings = settings
    self.labels = labels
    self.weights = weights
    count = rows.count
    random = SplitMix(state: settings.seed)
    let features = rows.first?.count ?? 0
    var bins: [FeatureBins] = []
    var binned: [[UInt8]] = []
    for feature in 0..<features {
      let values = rows.map { $0[feature] }
      let cut = FeatureBins(values)
      bins.append(cut)
      binned.append(values.map { cut.bin(of: $0) })
    }
    self.bins = bins
    self.binned = binned
  }

  private mutating func run() {
    var right = 0.0
    var all = 0.0
    for row in 0..<count {
      all += Double(weights[row])
      if labels[row] { right += Double(weights[row]) }
    }
    // A share of none or all has no logit.
    let share = min(max(right / max(1e-9, all), 1e-6), 1 - 1e-6)
    let prior = log(share / (1 - share))
    trees.add(constant: prior)
    var sums = [Double](repeating: prior, count: count)
    var gradients = [Float](repeating: 0, count: count)
    var hessians = [Float](repeating: 0, count: count)
    for _ in 0..<settings.trees {
      for row in 0..<count {
        let probability = 1 / (1 + exp(-sums[row]))
        gradients[row] = weights[row] * Float(probability - (labels[row] ? 1 : 0))
        hessians[row] = weights[row] * Float(max(probability * (1 - probability), 1e-12))
      }
      let rows = draw(count, share: settings.rowShare)
      let features = draw(bins.count, share: settings.featureShare)
      var tree = TreeGrowth(
        bins: bins, binned: binned, gradients: gradients, hessians: hessians, features: features,
        settings: settings)
      tree.grow(from: rows)
      let values = trees.add(tree)
      for row in 0..<count {
        sums[row] += values[tree.leaf(ofRow: row)]
      }
    }
  }

  /// A share of the numbers below `count`, ascending; at least one.
  private mutating func draw(_ count: Int, share: Double) -> [Int32] {
    guard share < 1, count > 1 else { return (0..<Int32(count)).map { $0 } }
    var drawn: [Int32] = []
    for number in 0..<count where random.unit() < share { drawn.append(Int32(number)) }
    return drawn.isEmpty ? [Int32(random.below(count))] : drawn
  }
}

/// Where a feature's values are cut: at most 64 bins of about equally many values, or one a value where
/// it has few.
struct FeatureBins {
  /// Ascending; bin n holds the values over threshold n - 1 and up to threshold n.
  let thresholds: [Float]

  static let most = 64

  init(_ values: [Float]) {
    let sorted = values.sorted()
    var thresholds: [Float] = []
    var distinct: [Float] = []
    for value in sorted where distinct.last != value {
      distinct.append(value)
      if distinct.count > Self.most { break }
    }
    if distinct.count <= Self.most {
      for (low, high) in zip(distinct, distinct.dropFirst()) {
        thresholds.append(low + (high - low) / 2)
      }
    } else {
      for part in 1..<Self.most {
        let value = sorted[part * sorted.count / Self.most]
        if thresholds.last != value, value < sorted[sorted.count - 1] { thresholds.append(value) }
      }
    }
    self.thresholds = thresholds
  }

  func bin(of value: Float) -> UInt8 {
    var low = 0
    var high = thresholds.count
    while low < high {
      let middle = (low + high) / 2
      if value <= thresholds[middle] { high = middle } else { low = middle + 1 }
    }
    return UInt8(low)
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
package struct SplitMix {
  package var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0 up to, not including, 1.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
}
