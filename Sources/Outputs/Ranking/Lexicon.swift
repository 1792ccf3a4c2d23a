/// How much the words of a sentence speak for something: a weight a word and a pair of neighbours, kept
/// by hash, summed over the distinct ones and divided by the root of their number.
package struct Lexicon: Hashable, Sendable {
  /// Words and pairs share 2¹⁴ weights.
  package static let buckets = 1 << 14

  package let bias: Float
  /// What a weight of 1 counts.
  package let scale: Float
  /// [buckets]
  package let weights: [Int8]

  package init(bias: Float, scale: Float, weights: [Int8]) {
    precondition(weights.count == Self.buckets, "\(weights.count) weights")
    self.bias = bias
    self.scale = scale
    self.weights = weights
  }

  package func logit(of grams: [Int]) -> Double {
    guard !grams.isEmpty else { return Double(bias) }
    var sum = 0
    for gram in grams { sum += Int(weights[gram]) }
    return Double(bias) + Double(scale) * Double(sum) / Double(grams.count).squareRoot()
  }

  /// The buckets of words (lower case) and of neighbouring pairs, each once, ascending: FNV-1a of their
  /// UTF-8, numbers as `0`.
  package static func grams(of words: [String]) -> [Int] {
    var grams: Set<Int> = []
    var previous: UInt64?
    for word in words {
      let isNumber = word.utf8.allSatisfy { (0x30...0x39).contains($0) }
      let bytes = isNumber ? Array("0".utf8) : Array(word.utf8)
      let alone = hash(bytes, from: 0xCBF2_9CE4_8422_2325)
      grams.insert(Int(truncatingIfNeeded: alone >> 32 ^ alone) & (buckets - 1))
      if let previous {
        let pair = hash(bytes, from: (previous ^ 0x20) &* 0x0000_0100_0000_01B3)
        grams.insert(Int(truncatingIfNeeded: pair >> 32 ^ pair) & (buckets - 1))
      }
      previous = alone
    }
    return grams.sorted()
  }

  private static func hash(_ bytes: [UInt8], from start: UInt64) -> UInt64 {
    bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
