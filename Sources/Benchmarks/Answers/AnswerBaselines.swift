import Foundation

/// What anyone can do without reading: the first sentences, random ones, and TextRank.
enum AnswerBaselines {
  enum Order: String, CaseIterable { case lead, random, textRank = "TextRank" }

  /// The sentences in the order a baseline would take them.
  static func order(_ sentences: [String], by order: Order) -> [Int] {
    switch order {
    case .lead: return Array(sentences.indices)
    case .random:
      var state: UInt64 = 20_261_122
      var keys: [UInt64] = []
      for _ in sentences {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        keys.append(state >> 20)
      }
      return sentences.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    case .textRank:
      let rank = textRank(sentences)
      return sentences.indices.sorted { (rank[$1], $0) < (rank[$0], $1) }
    }
  }

  /// The sentences that fit `words`, in document order; at least one.
  static func take(_ order: [Int], of sentences: [String], words: Int) -> [Int] {
    var room = words
    var taken: [Int] = []
    for index in order {
      let count = Rouge.words(sentences[index]).count
      guard count > 0, count <= room || taken.isEmpty else { continue }
      taken.append(index)
      room -= count
      if room <= 0 { break }
    }
    return taken.sorted()
  }

  /// TextRank (Mihalcea and Tarau 2004): word overlap over the logarithms of lengths, damping 0.85.
  /// Texts of more than 1500 sentences are ranked by their first 1500.
  private static func textRank(_ sentences: [String]) -> [Double] {
    let count = min(sentences.count, 1500)
    let words = sentences.prefix(count).map { Set(Rouge.words($0)) }
    var edges: [[(to: Int, weight: Double)]] = Array(repeating: [], count: count)
    var sums = [Double](repeating: 0, count: count)
    for i in 0..<count where words[i].count > 1 {
      for j in 0..<i where words[j].count > 1 {
        let common =
          words[i].count < words[j].count
          ? words[i].count { words[j].contains($0) } : words[j].count { words[i].contains($0) }
        guard common > 0 else { continue }
        let weight = Double(common) / (log(Double(words[i].count)) + log(Double(words[j].count)))
        edges[i].append((j, weight))
        edges[j].append((i, weight))
        sums[i] += weight
        sums[j] += weight
      }
    }
    var rank = [Double](repeating: 1, count: count)
    for _ in 0..<30 {
      rank = (0..<count).map { index in
        0.15 + 0.85 * edges[index].reduce(0) { $0 + rank[$1.to] * $1.weight / sums[$1.to] }
      }
    }
    return rank + [Double](repeating: 0, count: sentences.count - count)
  }
}
