import Foundation

/// Chooses the most telling of many statements, word for word: what a digest is without a model that
/// writes.
enum DigestSelection {
  /// From this likeness on a statement says nothing new.
  private static let repetition = 0.6

  /// Indices of the chosen statements, in their order.
  ///
  /// A statement counts for how much of what all of them are about it holds: the mean weight of its
  /// terms, each weighed by in how many statements it stands, tempered as rare ones tell little of
  /// the whole and those that stand everywhere nothing.
  static func choose(_ statements: [String], words: Int?, most: Int?) -> [Int] {
    let terms = statements.map { Set(Terms.of(Array($0.utf8)[...])) }
    var frequency: [String: Int] = [:]
    for set in terms { for term in set { frequency[term, default: 0] += 1 } }
    let count = Double(max(1, statements.count))
    let scores = terms.map { set -> Double in
      // Sorted, as the order of a sum changes its last digits.
      let weights = set.sorted().map { term -> Double in
        let share = Double(frequency[term] ?? 0)
        return share < 2 ? 0 : share * log(1 + count / share)
      }
      return set.isEmpty ? 0 : weights.reduce(0, +) / Double(set.count + 4)
    }
    let order = statements.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var chosen: [Int] = []
    var used = 0
    for index in order {
      if let most, chosen.count >= most { break }
      let length = statements[index].split(whereSeparator: \.isWhitespace).count
      if let words, used + length > words, !chosen.isEmpty { continue }
      guard !chosen.contains(where: { likeness(terms[$0], terms[index]) >= repetition }) else {
        continue
      }
      chosen.append(index)
      used += length
    }
    return chosen.sorted()
  }

  private static func likeness(_ first: Set<String>, _ second: Set<String>) -> Double {
    let all = first.union(second).count
    return all == 0 ? 1 : Double(first.intersection(second).count) / Double(all)
  }
}
