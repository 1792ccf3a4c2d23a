/// Proposes, for labels of a tagging checkpoint, the stretches of text that may be answers, each with
/// the probability that it is one.
///
/// Patterns find candidates (clauses, names, defined terms, titles, dates), a bag-of-words network and
/// the checkpoint's logits describe them, and trees rank them. Labels the ranker was not trained on
/// are proposed by the checkpoint's logits alone.
struct SpanRanker {
  let text: ScalarText
  let clauses: [Clause]
  private let scores: TagScores
  private let clauseRanker: ClauseRanker
  private let nameRanker: NameRanker

  /// - Parameter parameters: those that ship, unless they are being trained.
  init(text: ScalarText, scores: TagScores, parameters: RankerParameters = .shipped) {
    self.text = text
    self.scores = scores
    clauses = ClauseSplitter.clauses(of: text)
    clauseRanker = ClauseRanker(
      text: text, clauses: clauses, scores: scores, parameters: parameters)
    nameRanker = NameRanker(scores: scores, clauseRanker: clauseRanker)
  }

  /// Whether the ranker knows the label, so that its scores are calibrated.
  static func isTrained(on label: String) -> Bool {
    RankerParameters.shipped.columns[label] != nil
  }

  /// Best first.
  func spans(ofLabel label: String) -> [RankedSpan] {
    guard !clauses.isEmpty else { return [] }
    if NameRanker.labels.contains(label) { return nameRanker.spans(ofLabel: label) }
    if Self.isTrained(on: label) { return clauseRanker.spans(ofLabel: label) }
    guard let column = scores.column(of: label) else { return [] }
    let runs = LogitRuns(text: text, scores: scores)
    let found =
      Self.shortLabels.contains(label)
      ? runs.runs(ofColumn: column) : runs.clauseRuns(ofColumn: column, clauses: clauses)
    return Array(
      found.sorted {
        ($1.score, $0.range.lowerBound, $0.range.upperBound)
          < ($0.score, $1.range.lowerBound, $1.range.upperBound)
      }.prefix(30))
  }

  /// Labels beyond the ranker's whose answers are names and dates rather than sentences.
  private static let shortLabels: Set<String> = [
    "nda_party", "nda_effective_date", "nda_jurisdiction", "nda_term",
  ]

  /// What the trees of a label look at, to be trained on.
  func rows(ofLabel label: String) -> [(range: Range<Int>, features: [Float])] {
    NameRanker.labels.contains(label)
      ? nameRanker.rows(ofLabel: label) : clauseRanker.rows(ofLabel: label)
  }
}

/// The candidates of a contract with what the trees look at, to train them on.
package struct SpanCandidates {
  /// Labels whose trees are their own; the others share those called `clause`.
  package static let names = NameRanker.labels

  private let ranker: SpanRanker

  package init(text: ScalarText, scores: TagScores, parameters: RankerParameters) {
    ranker = SpanRanker(text: text, scores: scores, parameters: parameters)
  }

  /// Ranges in scalars.
  package func rows(ofLabel label: String) -> [(range: Range<Int>, features: [Float])] {
    ranker.rows(ofLabel: label)
  }
}
