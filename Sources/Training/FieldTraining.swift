import Foundation
package import Outputs

/// Trains what ranks the answers of fields, from contracts whose annotators marked the answers.
///
/// The clause network first; then trees over candidates whose network was trained on other contracts.
/// What the checkpoint says of a contract that it was itself trained on is too good: independent normal
/// noise is added to it, so that the trees trust it no more than it deserves on a new contract.
package struct FieldTraining {
  package struct Contract {
    package var text: ScalarText
    /// Scalar ranges by label.
    package var answers: [String: [Range<Int>]]
    /// Nil where the checkpoint did not read it: then it trains the network only.
    package var scores: TagScores?

    package init(text: ScalarText, answers: [String: [Range<Int>]], scores: TagScores?) {
      self.text = text
      self.answers = answers
      self.scores = scores
    }
  }

  private enum Setting {
    static let folds = 5
    static let vocabulary = 12_000
    /// An n-gram of fewer contracts is not kept.
    static let leastContracts = 6
    static let firstEpochs = 4
    static let epochs = 8
    /// Standard deviations of the noise, a clause and a stretch of tokens where names are ranked.
    static let clauseNoise = 1.0
    static let nameNoise = 1.5
    static let nameStretch = 8
    /// Of the candidates that are no answer, the share that trains the trees.
    static let negatives = 0.5
  }

  private let contracts: [Contract]
  private let clauses: [[Clause]]
  private let labels: [RankerParameters.Label]
  private let report: (String) -> Void

  /// - Parameter contracts: at least as many as there are folds.
  package init(_ contracts: [Contract], report: @escaping (String) -> Void) {
    self.contracts = contracts
    self.report = report
    clauses = contracts.map { ClauseSplitter.clauses(of: $0.text) }
    let names = Set(contracts.flatMap(\.answers.keys)).sorted()
    labels = names.map { name in
      let all = contracts.flatMap { $0.answers[name] ?? [] }
      let having = contracts.count { !($0.answers[name] ?? []).isEmpty }
      let lengths = all.map(\.count).sorted()
      return RankerParameters.Label(
        name: name, logAnswersPerContract: log(Double(all.count) / Double(contracts.count)),
        logMedianLength: log(Double(max(1, lengths.isEmpty ? 1 : lengths[lengths.count / 2]))),
        logContractShare: log(Double(having) / Double(contracts.count)))
    }
  }

  package func train() -> RankerParameters {
    let (hashes, documents) = vocabulary()
    report("\(hashes.count) n-grams")
    var rows = TreeRows()
    for fold in 0..<Setting.folds {
      let without = documents.indices.filter { $0 % Setting.folds != fold }.map { documents[$0] }
      let network = network(
        without, hashes: hashes, epochs: Setting.epochs, seed: 10 + UInt64(fold))
      let parameters = RankerParameters(labels: labels, network: network, trees: [:])
      for index in contracts.indices
      where index % Setting.folds == fold && contracts[index].scores != nil {
        rows.add(contracts[index], labels: labels, parameters: parameters, noise: noisy(index))
      }
      report("fold \(fold + 1): \(rows.count) candidates so far")
    }
    var trees: [String: GradientTrees] = [:]
    for (name, set) in rows.sets.sorted(by: { $0.key < $1.key }) {
      var settings = GradientBoosting.Settings()
      settings.learningRate = 0.06
      settings.trees = name == "clause" ? 200 : 120
      settings.leaves = name == "clause" ? 15 : 12
      settings.featureShare = name == "clause" ? 0.5 : 0.4
      trees[name] = GradientBoosting.train(
        rows: set.rows, labels: set.labels, weights: set.weights, settings: settings)
      report("\(name): trees over \(set.rows.count) candidates, \(set.labels.count { $0 }) answers")
    }
    return RankerParameters(
      labels: labels,
      network: network(documents, hashes: hashes, epochs: Setting.epochs, seed: 9), trees: trees)
  }

  // MARK: The network

  private func network(
    _ documents: [ClauseNetworkTraining.Contract], hashes: [UInt64], epochs: Int, seed: UInt64
  ) -> ClauseNetwork {
    var training = ClauseNetworkTraining(
      gramCount: hashes.count, labelCount: labels.count, seed: seed)
    training.run(documents, epochs: epochs)
    return training.network(hashes: hashes)
  }

  /// The n-grams that tell most after a first training on all, and the contracts in their terms.
  private func vocabulary() -> ([UInt64], [ClauseNetworkTraining.Contract]) {
    var byClause: [[[UInt64]]] = []
    var frequency: [UInt64: Int] = [:]
    for (index, contract) in contracts.enumerated() {
      let words = ClauseWords(contract.text, clauses: clauses[index])
      var own: [[UInt64]] = []
      var seen: Set<UInt64> = []
      for clause in clauses[index].indices {
        var grams: Set<UInt64> = []
        words.forEachGram(ofClause: clause) { grams.insert($0) }
        own.append(grams.sorted())
        seen.formUnion(grams)
      }
      for gram in seen { frequency[gram, default: 0] += 1 }
      byClause.append(own)
    }
    let first = frequency.filter { $0.value >= Setting.leastContracts }.keys.sorted()
    var training = ClauseNetworkTraining(
      gramCount: first.count, labelCount: labels.count, seed: 1)
    training.run(numbered(byClause, first), epochs: Setting.firstEpochs)
    let norms = training.norms
    let best = first.indices.sorted { a, b in
      let (x, y) = (
        norms[a] * Float(frequency[first[a]] ?? 0).squareRoot(),
        norms[b] * Float(frequency[first[b]] ?? 0).squareRoot()
      )
      return x == y ? a < b : x > y
    }
    let kept = best.prefix(Setting.vocabulary).map { first[$0] }.sorted()
    return (kept, numbered(byClause, kept))
  }

  private func numbered(_ byClause: [[[UInt64]]], _ hashes: [UInt64])
    -> [ClauseNetworkTraining.Contract]
  {
    let numbers = Dictionary(
      uniqueKeysWithValues: hashes.enumerated().map { ($0.element, Int32($0.offset)) })
    return byClause.enumerated().map { index, own in
      ClauseNetworkTraining.Contract(
        grams: own.map { $0.compactMap { numbers[$0] } }, positives: positives(of: index))
    }
  }

  /// Per clause the labels of which an answer covers at least half of it.
  private func positives(of index: Int) -> [[Int]] {
    clauses[index].map { clause in
      labels.indices.filter { label in
        (contracts[index].answers[labels[label].name] ?? []).contains {
          2 * $0.clamped(to: clause.range).count >= clause.range.count
        }
      }
    }
  }

  // MARK: Noise

  /// What the checkpoint says, with noise.
  private func noisy(_ index: Int) -> TagScores {
    guard let scores = contracts[index].scores else {
      return TagScores(labels: [], tokenRanges: [], logits: [])
    }
    let names = scores.labels.indices.filter { SpanCandidates.names.contains(scores.labels[$0]) }
    let others = scores.labels.indices.filter { !SpanCandidates.names.contains(scores.labels[$0]) }
    let stretches = stride(from: 0, to: scores.tokenCount, by: Setting.nameStretch).map { start in
      let end = min(scores.tokenCount, start + Setting.nameStretch)
      return scores.tokenRanges[start]
        .lowerBound..<max(
          scores.tokenRanges[start].lowerBound, scores.tokenRanges[end - 1].upperBound)
    }
    return
      scores
      .withNoise(
        deviation: Setting.nameNoise, over: stretches, labels: names, seed: 1000 + UInt64(index)
      )
      .withNoise(
        deviation: Setting.clauseNoise,
        over: clauses[index].map { contracts[index].text.utf8Range($0.range) }, labels: others,
        seed: 2000 + UInt64(index))
  }

  // MARK: Candidates

  /// What trees are trained on, by their names.
  private struct TreeRows {
    struct Rows {
      var rows: [[Float]] = []
      var labels: [Bool] = []
      var weights: [Float] = []
    }

    private(set) var sets: [String: Rows] = [:]
    private var random = SplitMix(state: 7)

    var count: Int { sets.values.reduce(0) { $0 + $1.rows.count } }

    mutating func add(
      _ contract: Contract, labels: [RankerParameters.Label], parameters: RankerParameters,
      noise: TagScores
    ) {
      let candidates = SpanCandidates(
        text: contract.text, scores: noise, parameters: parameters)
      for label in labels.map(\.name) {
        let isName = SpanCandidates.names.contains(label)
        let answers = (contract.answers[label] ?? []).map { Self.words(contract.text, $0) }
        for (range, features) in candidates.rows(ofLabel: label) {
          let words = answers.isEmpty ? [] : Self.words(contract.text, range)
          let isRight = answers.contains {
            2 * $0.intersection(words).count >= $0.union(words).count
          }
          guard isRight || isName || random.unit() < Setting.negatives else { continue }
          let name = isName ? label : "clause"
          sets[name, default: Rows()].rows.append(features)
          sets[name, default: Rows()].labels.append(isRight)
          sets[name, default: Rows()].weights.append(
            isRight || isName ? 1 : Float(1 / Setting.negatives))
        }
      }
    }

    /// As CUAD's scoring has it: in lower case, split at white space and `/`, without `. , ; :`.
    private static func words(_ text: ScalarText, _ range: Range<Int>) -> Set<String> {
      let kept = text.string(range).unicodeScalars.filter { !".,;:".unicodeScalars.contains($0) }
      return Set(
        String(String.UnicodeScalarView(kept)).lowercased()
          .split { $0.isWhitespace || $0 == "/" }.map(String.init))
    }
  }
}
