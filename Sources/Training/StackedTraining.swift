import Outputs

/// Trains a lexicon and, over what it says and other features, trees: the lexicons that the trees see in
/// training were trained on other documents, so that they are as good there as they will be on new ones.
struct StackedTraining {
  /// One document's sentences.
  struct Document {
    /// What must not be on both sides of a fold: documents of one series have one number.
    var fold: Int
    var grams: [[Int]]
    /// Names of lexicons, with the labels of the sentences; a name that is missing was not annotated.
    var labels: [String: [Bool]]
    /// How much a sentence of the document counts.
    var weight: Float = 1
  }

  let documents: [Document]
  let folds: Int
  let names: [String]
  var lexiconSettings = LexiconTraining.Settings()

  /// The lexicons trained on all documents but those of one fold; nil leaves none out.
  func lexicons(without fold: Int?) -> [String: Lexicon] {
    var lexicons: [String: Lexicon] = [:]
    for name in names {
      var examples: [[Int]] = []
      var labels: [Bool] = []
      var weights: [Float] = []
      for document in documents where document.fold != fold {
        guard let own = document.labels[name] else { continue }
        examples += document.grams
        labels += own
        weights += own.map { _ in document.weight }
      }
      lexicons[name] = LexiconTraining.train(
        examples, labels: labels, exampleWeights: weights, settings: lexiconSettings)
    }
    return lexicons
  }

  /// Trees for `name` over the rows of all annotated documents but those of one fold.
  ///
  /// Of the sentences that are not positive, `negatives` take part, each for so many more.
  func trees(
    for name: String, rows: [[[Float]]], without fold: Int?, negatives: Double,
    settings: GradientBoosting.Settings
  ) -> GradientTrees {
    var chosen: [[Float]] = []
    var labels: [Bool] = []
    var weights: [Float] = []
    var random = SplitMix(state: settings.seed)
    for (index, document) in documents.enumerated() where document.fold != fold {
      guard let own = document.labels[name] else { continue }
      for (sentence, isPositive) in own.enumerated() {
        guard isPositive || random.unit() < negatives else { continue }
        chosen.append(rows[index][sentence])
        labels.append(isPositive)
        weights.append(document.weight * (isPositive ? 1 : Float(1 / negatives)))
      }
    }
    return GradientBoosting.train(
      rows: chosen, labels: labels, weights: weights, settings: settings)
  }
}

/// Average precision: the mean, over the positive ones, of the precision down to each.
func averagePrecision(_ scored: [(score: Double, isPositive: Bool)]) -> Double {
  var right = 0
  var sum = 0.0
  for (index, entry) in scored.sorted(by: { $0.score > $1.score }).enumerated()
  where entry.isPositive {
    right += 1
    sum += Double(right) / Double(index + 1)
  }
  return right == 0 ? 0 : sum / Double(right)
}
