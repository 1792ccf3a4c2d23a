internal import Foundation

/// A stretch of text that may answer a label, in scalar offsets, with the probability that it does.
struct RankedSpan: Hashable, Sendable {
  var range: Range<Int>
  var score: Double
}

/// Ranks runs of clauses as answers of labels whose answers are sentences.
///
/// For each label the clauses with the best sum of network logit and half the reader's mean logit are
/// seeds; runs grow from them over neighbours that fit, or that stand in the same sentence; trees give
/// each run the probability that it shares half its words with an answer.
struct ClauseRanker {
  let text: ScalarText
  let clauses: [Clause]
  let parameters: RankerParameters
  /// `[clauses, labels]`: logits of the clause network.
  let network: [Float]
  /// `[clauses, labels]`: the reader's mean logit and largest probability over a clause's tokens.
  let readerMeans: [Float]
  let readerMaxima: [Float]

  /// Below any logit: what stands beyond the first and last clause.
  private static let outside = -12.0
  private static let seedCount = 16
  private static let rankLimit = 50
  private static let spanLimit = 20
  /// What remains of the probability of a run that overlaps a better one.
  private static let overlapFactor = 0.5

  private let labelCount: Int

  init(text: ScalarText, clauses: [Clause], scores: TagScores, parameters: RankerParameters) {
    self.text = text
    self.clauses = clauses
    self.parameters = parameters
    labelCount = parameters.labels.count
    let words = ClauseWords(text, clauses: clauses)
    network = parameters.network.logits(of: words, clauseCount: clauses.count)
    let columns = parameters.labels.map { scores.column(of: $0.name) }
    var means: [Float] = []
    var maxima: [Float] = []
    means.reserveCapacity(clauses.count * labelCount)
    maxima.reserveCapacity(clauses.count * labelCount)
    for clause in clauses {
      let tokens = scores.tokens(over: text.utf8Range(clause.range))
      for column in columns {
        guard let column, !tokens.isEmpty else {
          means.append(column == nil ? -8 : 0)
          maxima.append(0)
          continue
        }
        var sum = 0.0
        var best = -Float.infinity
        for token in tokens {
          let logit = scores[token, column]
          sum += Double(logit)
          best = max(best, logit)
        }
        means.append(Float(sum / Double(tokens.count)))
        maxima.append(TagScores.probability(ofLogit: best))
      }
    }
    readerMeans = means
    readerMaxima = maxima
  }

  /// Best first; overlapping runs are kept with what their probability adds.
  func spans(ofLabel name: String) -> [RankedSpan] {
    guard let label = parameters.columns[name], let trees = parameters.trees["clause"] else {
      return []
    }
    let column = Column(self, label)
    let ranked = column.runs().map { run in
      (run: run, score: trees.probability(of: column.features(of: run)))
    }.sorted { ($1.score, $0.run) < ($0.score, $1.run) }
    var kept: [RankedSpan] = []
    for (run, probability) in ranked where kept.count < Self.spanLimit {
      let range = clauses[run.first].range.lowerBound..<clauses[run.last].range.upperBound
      var score = probability
      var isSame = false
      for other in kept {
        let common = range.clamped(to: other.range).count
        guard common > 0 else { continue }
        let whole =
          max(range.upperBound, other.range.upperBound)
          - min(range.lowerBound, other.range.lowerBound)
        if Double(common) / Double(whole) > 0.6 {
          isSame = true
          break
        }
        score = min(score, Self.overlapFactor * probability)
      }
      if !isSame { kept.append(RankedSpan(range: range, score: score)) }
    }
    return kept.sorted {
      ($1.score, $0.range.lowerBound, $0.range.upperBound)
        < ($0.score, $1.range.lowerBound, $1.range.upperBound)
    }
  }

  func rows(ofLabel name: String) -> [(range: Range<Int>, features: [Float])] {
    guard let label = parameters.columns[name], !clauses.isEmpty else { return [] }
    let column = Column(self, label)
    return column.runs().map { run in
      (
        clauses[run.first].range.lowerBound..<clauses[run.last].range.upperBound,
        column.features(of: run)
      )
    }
  }

  struct Run: Hashable, Comparable {
    var first: Int
    var last: Int

    static func < (a: Run, b: Run) -> Bool { (a.first, a.last) < (b.first, b.last) }
  }

  /// One label's view of the clauses.
  struct Column {
    private let ranker: ClauseRanker
    private let label: Int
    /// The best clauses, best first.
    private let best: [Int]
    private let rank: [Int: Int]

    init(_ ranker: ClauseRanker, _ label: Int) {
      self.ranker = ranker
      self.label = label
      var best: [(score: Double, clause: Int)] = []
      for clause in ranker.clauses.indices {
        let score = Self.blend(ranker, clause, label)
        if best.count == ClauseRanker.rankLimit, best[best.count - 1].score >= score { continue }
        var place = best.count
        while place > 0, best[place - 1].score < score { place -= 1 }
        best.insert((score, clause), at: place)
        if best.count > ClauseRanker.rankLimit { best.removeLast() }
      }
      self.best = best.map(\.clause)
      rank = Dictionary(
        uniqueKeysWithValues: best.enumerated().map { ($0.element.clause, $0.offset) })
    }

    private static func blend(_ ranker: ClauseRanker, _ clause: Int, _ label: Int) -> Double {
      let index = clause * ranker.labelCount + label
      return Double(ranker.network[index]) + 0.5 * Double(ranker.readerMeans[index])
    }

    private func blend(_ clause: Int) -> Double { Self.blend(ranker, clause, label) }
    private func network(_ clause: Int) -> Double {
      Double(ranker.network[clause * ranker.labelCount + label])
    }
    private func mean(_ clause: Int) -> Double {
      Double(ranker.readerMeans[clause * ranker.labelCount + label])
    }
    private func maximum(_ clause: Int) -> Double {
      Double(ranker.readerMaxima[clause * ranker.labelCount + label])
    }

    func runs() -> [Run] {
      let clauses = ranker.clauses
      var runs: Set<Run> = []
      for seed in best.prefix(ClauseRanker.seedCount) where clauses[seed].range.count >= 15 {
        let threshold = max(blend(seed) - 4.5, -7)
        var firsts = [seed]
        for step in 1...3 {
          let clause = seed - step
          guard clause >= 0, blend(clause) > threshold || clauses[clause].end == .clause else {
            break
          }
          firsts.append(clause)
        }
        var lasts = [seed]
        for step in 1...6 {
          let clause = seed + step
          guard clause < clauses.count,
            blend(clause) > threshold || clauses[clause - 1].end == .clause
          else { break }
          lasts.append(clause)
        }
        for first in firsts {
          for last in lasts where last - first < 8 { runs.insert(Run(first: first, last: last)) }
        }
      }
      return runs.sorted()
    }

    /// What the trees look at; the order is that of their training.
    func features(of run: Run) -> [Float] {
      let clauses = ranker.clauses
      let parameters = ranker.parameters.labels[label]
      let count = clauses.count
      var total = 0.0
      var networkSum = 0.0
      var meanSum = 0.0
      var networkRange = (low: Double.infinity, high: -Double.infinity)
      var meanRange = (low: Double.infinity, high: -Double.infinity)
      var maximum = 0.0
      var bestBlend = -Double.infinity
      var bestRank = ClauseRanker.rankLimit
      var others = -Double.infinity
      var shortest = Double.infinity
      for clause in run.first...run.last {
        let length = Double(clauses[clause].range.count)
        total += length
        let z = network(clause)
        let m = mean(clause)
        networkSum += z * length
        meanSum += m * length
        networkRange = (min(networkRange.low, z), max(networkRange.high, z))
        meanRange = (min(meanRange.low, m), max(meanRange.high, m))
        maximum = max(maximum, self.maximum(clause))
        bestBlend = max(bestBlend, blend(clause))
        bestRank = min(bestRank, rank[clause] ?? ClauseRanker.rankLimit)
        others = max(others, bestOther(clause))
        shortest = min(shortest, length)
      }
      let span = clauses[run.first].range.lowerBound..<clauses[run.last].range.upperBound
      let logLength = log(Double(span.count))
      func beyond(_ clause: Int, _ value: (Int) -> Double, _ fallback: Double) -> Double {
        (0..<count).contains(clause) ? value(clause) : fallback
      }
      let outside = ClauseRanker.outside
      let row: [Double] = [
        networkSum / total, networkRange.high, networkRange.low, network(run.first),
        network(run.last), beyond(run.first - 1, network, outside),
        beyond(run.last + 1, network, outside),
        meanSum / total, meanRange.high, meanRange.low, mean(run.first), mean(run.last),
        beyond(run.first - 1, mean, outside), beyond(run.last + 1, mean, outside),
        maximum, beyond(run.first - 1, self.maximum, 0), beyond(run.last + 1, self.maximum, 0),
        Double(run.last - run.first + 1), logLength, logLength - parameters.logMedianLength,
        Double(clauses[run.last].end.rawValue),
        run.first > 0 ? Double(clauses[run.first - 1].end.rawValue) : 2,
        Double(bestRank), blend(best[0]) - bestBlend,
        Double(span.lowerBound) / Double(max(1, clauses[count - 1].range.upperBound)),
        parameters.logAnswersPerContract, parameters.logContractShare, others,
        log(max(1, shortest)), beyond(run.first - 2, network, outside),
        beyond(run.last + 2, network, outside),
        clauses[run.first].range.count < 40 ? 1 : 0, log(Double(count)),
      ]
      return row.map(Float.init)
    }

    /// The best network logit of any other label of sentences.
    private func bestOther(_ clause: Int) -> Double {
      let start = clause * ranker.labelCount
      var other = -Float.infinity
      for label in 0..<ranker.labelCount
      where label != self.label && !NameRanker.labels.contains(ranker.parameters.labels[label].name)
      {
        other = max(other, ranker.network[start + label])
      }
      return Double(other)
    }
  }
}

extension ClauseRanker {
  /// The clause network's logit of a label.
  func network(of clause: Int, _ label: Int) -> Double {
    Double(network[clause * parameters.labels.count + label])
  }
}
