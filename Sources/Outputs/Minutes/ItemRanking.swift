internal import Foundation

/// How likely each utterance of a talk is evidence for a decision, an action, a problem, or for the
/// meeting's summary: trees over its ``TalkFeatures`` and over what lexicons say of its words. The
/// weights are trained on meetings of the AMI and ICSI corpora, see `Rankers/README.md`.
package struct ItemRanking {
  /// Raw values name the lexicons and trees in the file of weights.
  package enum Kind: String, CaseIterable, Sendable { case decision, action, problem, salient }

  /// Logits, one an utterance.
  private let logits: [Kind: [Double]]

  /// What a standard deviation of the checkpoint's own label adds to the logit; set by hand, because
  /// the checkpoint was trained on the meetings that these weights were. Its labels of decisions,
  /// actions and problems say too little to take part.
  private static let readerWeight = 0.5

  /// - Parameter scores: what a tagging checkpoint says about the text; nil takes words alone.
  init(_ features: TalkFeatures, talk: Talk, scores: TagScores?, weights: SentenceWeights) {
    let lexical = Self.lexical(features, weights.lexicons)
    let rows = features.rows(with: lexical)
    var logits: [Kind: [Double]] = [:]
    for kind in Kind.allCases {
      logits[kind] = weights.trees[kind.rawValue].map { trees in
        rows.map { trees.logit(of: $0) }
      }
    }
    if let scores, let column = scores.column(of: "meeting_salient"), let own = logits[.salient] {
      let means = Summary.standardised(
        scores.means(ofLabel: column, over: talk.utterances.map(\.range)).map { Double($0) })
      logits[.salient] = zip(own, means).map { $0 + Self.readerWeight * $1 }
    }
    self.logits = logits
  }

  func logits(of kind: Kind) -> [Double] { logits[kind] ?? [] }

  /// `[kinds][utterances]`: what each kind's lexicon says.
  package static func lexical(_ features: TalkFeatures, _ lexicons: [String: Lexicon]) -> [[Float]]
  {
    Kind.allCases.map { kind in
      guard let lexicon = lexicons[kind.rawValue] else { return features.grams.map { _ in 0 } }
      return features.grams.map { Float(lexicon.logit(of: $0)) }
    }
  }
}
