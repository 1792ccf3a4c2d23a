package import Documents
package import Outputs

/// Trains what ranks sentences for summaries, from documents beside summaries people wrote.
package struct SummaryTraining {
  package struct Example {
    /// Examples of one source count as much as those of any other.
    package var source: String
    package var document: Document
    /// How much each candidate sentence has in common with what people wrote, 0…1.
    package var gain: (String) -> Double

    package init(source: String, document: Document, gain: @escaping (String) -> Double) {
      self.source = source
      self.document = document
      self.gain = gain
    }
  }

  private static let folds = 4
  private static let name = "summary"
  private let candidates: [SummaryCandidates]
  private let stacked: StackedTraining
  private let report: (String) -> Void

  package init(_ examples: [Example], report: @escaping (String) -> Void) {
    self.report = report
    let ofSource = Dictionary(grouping: examples, by: \.source).mapValues(\.count)
    let largest = ofSource.values.max() ?? 1
    var candidates: [SummaryCandidates] = []
    var documents: [StackedTraining.Document] = []
    for (index, example) in examples.enumerated() {
      let text = ExtractedText(example.document)
      let found = SummaryCandidates(of: example.document, text: text)
      let gains = found.ranges.map { example.gain(String(text[$0])) }
      // A long document has more than one sentence that tells what it is about.
      let wanted = gains.count < 15 ? 1 : 3
      let best = gains.sorted(by: >).prefix(wanted).last ?? 0
      let weight =
        Double(largest) / Double(ofSource[example.source] ?? 1)
        * (gains.count < 15 ? 1 : (15 / Double(gains.count)).squareRoot())
      candidates.append(found)
      documents.append(
        StackedTraining.Document(
          fold: index % Self.folds, grams: found.grams,
          labels: [Self.name: gains.map { $0 > 0 && $0 >= best }], weight: Float(min(8, weight))))
    }
    self.candidates = candidates
    var stacked = StackedTraining(
      documents: documents, folds: Self.folds, names: [Self.name])
    stacked.lexiconSettings.step = 0.1
    self.stacked = stacked
  }

  package func train() -> SentenceWeights {
    var settings = GradientBoosting.Settings()
    settings.trees = 200
    var rows: [[[Float]]] = candidates.map { _ in [] }
    for fold in 0..<Self.folds {
      let lexicon = stacked.lexicons(without: fold)[Self.name]
      for index in candidates.indices where stacked.documents[index].fold == fold {
        rows[index] = rowsOf(index, lexicon)
      }
    }
    reportLeftOut(rows, settings)
    let lexicons = stacked.lexicons(without: nil)
    let trees = stacked.trees(
      for: Self.name, rows: rows, without: nil, negatives: 0.5, settings: settings)
    return SentenceWeights(lexicons: lexicons, trees: [Self.name: trees])
  }

  /// Says how good the first choices are in the documents of the first fold.
  private func reportLeftOut(_ rows: [[[Float]]], _ settings: GradientBoosting.Settings) {
    let fold = 0
    let trees = stacked.trees(
      for: Self.name, rows: rows, without: fold, negatives: 0.5, settings: settings)
    var hits = 0
    var lead = 0
    var all = 0
    for (index, document) in stacked.documents.enumerated() where document.fold == fold {
      guard let labels = document.labels[Self.name], labels.contains(true) else { continue }
      let logits = rows[index].map { trees.logit(of: $0) }
      let best = logits.indices.max { (logits[$0], -$0) < (logits[$1], -$1) } ?? 0
      hits += labels[best] ? 1 : 0
      lead += labels[0] ? 1 : 0
      all += 1
    }
    report(
      "on \(all) documents left out, the first choice is one of the best sentences in \(rounded(Double(hits) / Double(max(1, all)))); the first sentence is in \(rounded(Double(lead) / Double(max(1, all))))"
    )
  }

  private func rowsOf(_ index: Int, _ lexicon: Lexicon?) -> [[Float]] {
    candidates[index].rows(
      with: candidates[index].grams.map { Float(lexicon?.logit(of: $0) ?? 0) })
  }
}
