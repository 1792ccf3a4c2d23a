import Outputs
import Testing
import Training

@Suite struct `Gradient boosting` {
  /// Right where one of the first two features is over a half, but not both; the third is noise.
  private func exclusive(_ count: Int, seed: UInt64) -> (rows: [[Float]], labels: [Bool]) {
    var random = SplitMix(state: seed)
    var rows: [[Float]] = []
    var labels: [Bool] = []
    for _ in 0..<count {
      let row = (0..<3).map { _ in Float(random.unit()) }
      rows.append(row)
      labels.append((row[0] > 0.5) != (row[1] > 0.5))
    }
    return (rows, labels)
  }

  private var settings: GradientBoosting.Settings {
    var settings = GradientBoosting.Settings()
    settings.trees = 60
    settings.leaves = 6
    settings.learningRate = 0.2
    settings.leastRows = 10
    settings.featureShare = 1
    return settings
  }

  @Test func `learns what no single feature tells, and knows it on rows it never saw`() {
    let seen = exclusive(800, seed: 3)
    let unseen = exclusive(400, seed: 4)
    let trees = GradientBoosting.train(rows: seen.rows, labels: seen.labels, settings: settings)
    let right = zip(unseen.rows, unseen.labels).count { (trees.probability(of: $0) > 0.5) == $1 }
    #expect(right >= 380)
  }

  @Test func `gives the same trees for the same rows, and others for another seed`() {
    let (rows, labels) = exclusive(300, seed: 3)
    let first = GradientBoosting.train(rows: rows, labels: labels, settings: settings)
    #expect(GradientBoosting.train(rows: rows, labels: labels, settings: settings) == first)
    var other = settings
    other.seed = 2
    #expect(GradientBoosting.train(rows: rows, labels: labels, settings: other) != first)
  }

  @Test func `says the share of the right ones where no feature tells anything`() {
    let rows = (0..<400).map { _ in [Float(1)] }
    let labels = (0..<400).map { $0 % 4 == 0 }
    let trees = GradientBoosting.train(rows: rows, labels: labels, settings: settings)
    #expect(abs(trees.probability(of: [1]) - 0.25) < 0.02)
  }

  @Test func `counts a row of weight three as three rows`() {
    let rows: [[Float]] = (0..<200).map { _ in [1] }
    let labels = (0..<200).map { $0 < 50 }
    let trees = GradientBoosting.train(
      rows: rows, labels: labels, weights: labels.map { $0 ? 3 : 1 }, settings: settings)
    #expect(abs(trees.probability(of: [1]) - 0.5) < 0.03)
  }
}
