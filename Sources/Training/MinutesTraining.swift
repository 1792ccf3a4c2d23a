package import Documents
package import Outputs

/// Trains what ranks utterances for minutes, from meetings whose annotators said which utterances stand
/// behind each decision, action and problem, and which belong into an extract.
package struct MinutesTraining {
  package struct Meeting {
    /// Meetings of one series are held out together.
    package var series: String
    package var document: Document
    /// Turns by entry; a kind that is missing was not annotated.
    package var entries: [ItemRanking.Kind: [Set<Int>]]

    package init(
      series: String, document: Document, entries: [ItemRanking.Kind: [Set<Int>]]
    ) {
      self.series = series
      self.document = document
      self.entries = entries
    }
  }

  private static let folds = 5
  private static let nearly = 0.025
  private let meetings: [Meeting]
  private let texts: [ExtractedText]
  private let features: [TalkFeatures]
  private let stacked: StackedTraining
  private let report: (String) -> Void

  package init(_ meetings: [Meeting], report: @escaping (String) -> Void) {
    self.meetings = meetings
    self.report = report
    texts = meetings.map { ExtractedText($0.document) }
    features = zip(meetings, texts).map { TalkFeatures(of: $0.document, text: $1) }
    let series = Set(meetings.map(\.series)).sorted()
    stacked = StackedTraining(
      documents: zip(meetings, features).map { meeting, features in
        StackedTraining.Document(
          fold: (series.firstIndex(of: meeting.series) ?? 0) % Self.folds, grams: features.grams,
          labels: Dictionary(
            uniqueKeysWithValues: meeting.entries.map { kind, entries in
              let turns = entries.reduce(into: Set<Int>()) { $0.formUnion($1) }
              return (kind.rawValue, features.turns.map(turns.contains))
            }))
      }, folds: Self.folds, names: ItemRanking.Kind.allCases.map(\.rawValue))
  }

  private func settings(_ kind: ItemRanking.Kind) -> GradientBoosting.Settings {
    var settings = GradientBoosting.Settings()
    settings.trees = kind == .salient ? 160 : 120
    settings.leaves = 10
    settings.featureShare = 0.4
    return settings
  }

  /// Of the utterances that are no evidence, how many take part.
  private func negatives(_ kind: ItemRanking.Kind) -> Double { kind == .salient ? 0.4 : 0.25 }

  package func train() -> SentenceWeights {
    var byFold: [SentenceWeights] = []
    var rows: [[[Float]]] = features.map { _ in [] }
    for fold in 0..<Self.folds {
      let lexicons = stacked.lexicons(without: fold)
      for index in meetings.indices where stacked.documents[index].fold == fold {
        rows[index] = features[index].rows(
          with: ItemRanking.lexical(features[index], lexicons))
      }
      byFold.append(SentenceWeights(lexicons: lexicons, trees: [:]))
    }
    var weights = SentenceWeights(lexicons: stacked.lexicons(without: nil), trees: [:])
    for kind in ItemRanking.Kind.allCases {
      var scored: [(score: Double, isPositive: Bool)] = []
      for fold in 0..<Self.folds {
        let trees = stacked.trees(
          for: kind.rawValue, rows: rows, without: fold, negatives: negatives(kind),
          settings: settings(kind))
        byFold[fold].trees[kind.rawValue] = trees
        for (index, document) in stacked.documents.enumerated() where document.fold == fold {
          guard let labels = document.labels[kind.rawValue] else { continue }
          for (row, label) in zip(rows[index], labels) {
            scored.append((trees.logit(of: row), label))
          }
        }
      }
      weights.trees[kind.rawValue] = stacked.trees(
        for: kind.rawValue, rows: rows, without: nil, negatives: negatives(kind),
        settings: settings(kind))
      let share = Double(scored.count { $0.isPositive }) / Double(max(1, scored.count))
      report(
        "\(kind.rawValue): average precision \(rounded(averagePrecision(scored))) on meetings left out (by chance \(rounded(share)))"
      )
    }
    let selection = selection(byFold)
    weights.thresholds = [
      "decision": Float(selection.decision), "action": Float(selection.action),
      "problem": Float(selection.problem),
    ]
    return weights
  }

  /// The highest thresholds with (nearly) the best F1 of entries on meetings left out, an entry being
  /// found where the proposal shares evidence with it. Where more proposals gain next to nothing, fewer
  /// are better minutes.
  private func selection(_ byFold: [SentenceWeights]) -> Minutes.Selection {
    var best = Minutes.Selection()
    var bestScores: [ItemRanking.Kind: Double] = [:]
    let takings = meetings.enumerated().map { index, meeting in
      MinuteTaking(
        meeting.document, text: texts[index], scores: nil,
        weights: byFold[stacked.documents[index].fold])
    }
    for step in 0..<14 {
      let threshold = -4.0 + 0.25 * Double(step)
      var selection = Minutes.Selection()
      selection.decision = threshold
      selection.action = threshold
      selection.problem = threshold
      var counts: [ItemRanking.Kind: (right: Int, found: Int, wanted: Int)] = [:]
      for (index, meeting) in meetings.enumerated() {
        let minutes = takings[index].minutes(selection: selection)
        let found: [ItemRanking.Kind: [Minutes.Statement]] = [
          .decision: minutes.decisions.map(\.statement),
          .action: minutes.actions.map(\.statement),
          .problem: minutes.problems.map(\.statement),
        ]
        for (kind, statements) in found {
          guard let wanted = meeting.entries[kind] else { continue }
          let turns = statements.map { statement in
            Set(statement.evidence.flatMap { texts[index].turns(of: $0).map(Array.init) ?? [] })
          }
          var count = counts[kind] ?? (0, 0, 0)
          count.found += turns.count
          count.wanted += wanted.count
          count.right += Self.matches(turns, wanted)
          counts[kind] = count
        }
      }
      for (kind, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        let score = 2 * Double(count.right) / Double(max(1, count.found + count.wanted))
        report(
          "  \(kind.rawValue) from \(threshold): F1 \(rounded(score)) (\(count.right) of \(count.found) for \(count.wanted))"
        )
        bestScores[kind] = max(score, bestScores[kind] ?? 0)
        guard score >= (bestScores[kind] ?? 0) - Self.nearly else { continue }
        switch kind {
        case .decision: best.decision = threshold
        case .action: best.action = threshold
        case .problem: best.problem = threshold
        case .salient: break
        }
      }
    }
    return best
  }

  /// How many pairs one to one share a turn, the best pairs taken first.
  static func matches(_ found: [Set<Int>], _ wanted: [Set<Int>]) -> Int {
    var pairs: [(common: Int, found: Int, wanted: Int)] = []
    for (i, one) in found.enumerated() {
      for (j, other) in wanted.enumerated() {
        let common = one.intersection(other).count
        if common > 0 { pairs.append((common, i, j)) }
      }
    }
    pairs.sort { ($1.common, $0.found, $0.wanted) < ($0.common, $1.found, $1.wanted) }
    var usedFound: Set<Int> = []
    var usedWanted: Set<Int> = []
    for pair in pairs where !usedFound.contains(pair.found) && !usedWanted.contains(pair.wanted) {
      usedFound.insert(pair.found)
      usedWanted.insert(pair.wanted)
    }
    return usedFound.count
  }
}

func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
