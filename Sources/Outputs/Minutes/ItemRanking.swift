import Foundation

/// How likely each utterance of a talk is evidence for a decision, an action, a problem, or for the
/// meeting's summary: a logistic regression over words, place and the model's labels.
struct ItemRanking {
  /// Logits, one an utterance.
  private(set) var logits: [Double]

  enum Kind: CaseIterable { case decision, action, problem, salient }

  /// The features of a talk, computed once for all kinds.
  struct Features {
    /// `[features][utterances]`
    fileprivate var columns: [[Double]] = []
    fileprivate var count: Int
    fileprivate let hasModel: Bool

    /// Names in the order of ``columns`` and of the weights.
    static var names: [String] {
      let shape = [
        "logWords", "short", "question", "questionNext", "position", "lastTenth", "lastPart",
        "firstPart",
      ]
      let labels = ["salient", "decision", "action", "problem"]
      return shape + (labels + Cue.all.map(\.name)).flatMap { [$0, $0 + "2", $0 + "8"] }
    }

    init(_ talk: Talk, scores: TagScores?) {
      let utterances = talk.utterances
      count = utterances.count
      hasModel = scores?.column(of: "meeting_salient") != nil
      let last = Double(max(1, utterances.count - 1))
      let position = utterances.indices.map { Double($0) / last }
      let question = utterances.map { $0.isQuestion ? 1.0 : 0 }
      func flags(_ condition: (Double) -> Bool) -> [Double] {
        position.map { condition($0) ? 1 : 0 }
      }
      columns = [
        utterances.map { log(1 + Double(min($0.words.count, 40))) },
        utterances.map { $0.words.count <= 3 ? 1 : 0 },
        question,
        Array(question.dropFirst()) + (question.isEmpty ? [] : [0]),
        position,
        flags { $0 > 0.9 },
        flags { $0 > 0.97 },
        flags { $0 < 0.05 },
      ]
      for label in ["meeting_salient", "meeting_decision", "meeting_action", "meeting_problem"] {
        addWithNeighbours(column(label, of: utterances, scores: scores))
      }
      for cue in Cue.all {
        addWithNeighbours(utterances.map { cue.phrases.stand(in: $0.words) ? 1 : 0 })
      }
    }

    /// A column, and its means over the two and the eight utterances on either side.
    private mutating func addWithNeighbours(_ column: [Double]) {
      columns.append(column)
      var sums = [0.0]
      sums.reserveCapacity(column.count + 1)
      for value in column { sums.append(sums[sums.count - 1] + value) }
      for reach in [2, 8] {
        columns.append(
          column.indices.map { index in
            let low = max(0, index - reach)
            let high = min(column.count, index + reach + 1)
            return (sums[high] - sums[low] - column[index]) / Double(max(1, high - low - 1))
          })
      }
    }

    /// The mean logit of a label over each utterance; one without tokens gets the others' mean.
    private func column(_ label: String, of utterances: [Talk.Utterance], scores: TagScores?)
      -> [Double]
    {
      guard let scores, let column = scores.column(of: label) else {
        return utterances.map { _ in 0 }
      }
      let logits = scores.means(ofLabel: column, over: utterances.map(\.range)).map { Double($0) }
      let finite = logits.filter(\.isFinite)
      let mean = finite.isEmpty ? 0 : finite.reduce(0, +) / Double(finite.count)
      return logits.map { $0.isFinite ? $0 : mean }
    }
  }

  init(_ features: Features, kind: Kind) {
    let weights = ItemWeights.weights(of: kind, withModel: features.hasModel)
    precondition(
      weights.values.count == features.columns.count,
      "\(weights.values.count) weights for \(features.columns.count) features")
    var logits = [Double](repeating: weights.intercept, count: features.count)
    for (column, weight) in zip(features.columns, weights.values) where weight != 0 {
      for index in logits.indices { logits[index] += weight * column[index] }
    }
    self.logits = logits
  }
}
