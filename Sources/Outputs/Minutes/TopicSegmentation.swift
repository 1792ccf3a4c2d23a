import Foundation

/// Cuts talk into topics where its words change.
///
/// At each turn's start the terms of the utterances before and after are compared (after TextTiling,
/// Hearst 1997: cosine of two windows); where they have least in common, and the more so if the turn
/// announces something new, a topic begins.
///
/// The settings are those with the least Pk on every second training meeting of the AMI and ICSI
/// corpora: 26.5, where one single topic gives 31.6. They keep to few, long topics.
struct TopicSegmentation {
  /// Index of the first utterance of each topic, ascending, from 0.
  private(set) var starts: [Int]

  private enum Setting {
    /// Terms on either side of a gap.
    static let windowTerms = 300
    /// Fewer terms than this between two starts are not a topic.
    static let leastTerms = 100
    /// Standard deviations under the mean likeness from which a gap is a border.
    static let threshold = 1.5
    static let announcement = 1.2
  }

  private static let announcements = Phrases(
    "next|moving on|move on|let's move|let's start|let's begin|let's talk|let's go|first of all|agenda|"
      + "item|the next|next item|next thing|anything else|any other|another thing|other thing|"
      + "last thing|presentation|welcome|call the meeting|turn to|start with|to begin|back to|"
      + "finally|we'll now|we will now|we now|petition|petitions|question period|order of business")

  init(_ talk: Talk, bytes: [UInt8]) {
    let utterances = talk.utterances
    guard !utterances.isEmpty else {
      starts = []
      return
    }
    // Terms of the whole talk, by number, with how many utterances have each.
    var numbers: [String: Int] = [:]
    var frequency: [Double] = []
    var terms: [[Int]] = []
    for utterance in utterances {
      let own = Terms.of(bytes[utterance.range]).map { term -> Int in
        if let known = numbers[term] { return known }
        numbers[term] = frequency.count
        frequency.append(0)
        return frequency.count - 1
      }
      for term in Set(own) { frequency[term] += 1 }
      terms.append(own)
    }
    let total = Double(utterances.count)
    let weights = frequency.map { log(1 + total / $0) }
    var termsBefore = [0]
    for own in terms { termsBefore.append(termsBefore[termsBefore.count - 1] + own.count) }

    let gaps = talk.turns.map(\.utterances.lowerBound).filter { $0 > 0 }
    let similarity = gaps.map { gap -> Double in
      var before = gap
      while before > 0, termsBefore[gap] - termsBefore[before] < Setting.windowTerms { before -= 1 }
      var after = gap
      while after < terms.count, termsBefore[after] - termsBefore[gap] < Setting.windowTerms {
        after += 1
      }
      return Self.cosine(terms[before..<gap], terms[gap..<after], weights)
    }
    let mean = similarity.reduce(0, +) / Double(max(similarity.count, 1))
    let variance =
      similarity.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(similarity.count, 1))
    let deviation = max(variance.squareRoot(), 1e-9)
    var scores = similarity.map { (mean - $0) / deviation }
    for (index, gap) in gaps.enumerated()
    where Self.announcements.stand(in: Array(utterances[gap].words.prefix(14))) {
      scores[index] += Setting.announcement
    }
    // The best gaps first, each far enough from those taken.
    var taken = [0]
    let order = gaps.indices.sorted { (scores[$0], -$0) > (scores[$1], -$1) }
    for index in order where scores[index] > Setting.threshold {
      let gap = gaps[index]
      let isApart = taken.allSatisfy {
        abs(termsBefore[$0] - termsBefore[gap]) >= Setting.leastTerms
      }
      if isApart, termsBefore[terms.count] - termsBefore[gap] >= Setting.leastTerms / 2 {
        taken.append(gap)
      }
    }
    starts = taken.sorted()
  }

  private static func cosine(
    _ first: ArraySlice<[Int]>, _ second: ArraySlice<[Int]>, _ weights: [Double]
  ) -> Double {
    func counts(_ slice: ArraySlice<[Int]>) -> [(term: Int, weight: Double)] {
      var counts: [Int: Double] = [:]
      for own in slice { for term in own { counts[term, default: 0] += 1 } }
      return counts.sorted { $0.key < $1.key }.map {
        ($0.key, (1 + log($0.value)) * weights[$0.key])
      }
    }
    let (a, b) = (counts(first), counts(second))
    let lengths =
      a.reduce(0) { $0 + $1.weight * $1.weight } * b.reduce(0) { $0 + $1.weight * $1.weight }
    return lengths > 0 ? TermVectors.product(a, b) / lengths.squareRoot() : 0
  }
}
