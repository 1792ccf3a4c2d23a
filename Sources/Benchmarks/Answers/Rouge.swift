/// ROUGE-1, -2 and -L (Lin 2004), F-measure, over lower-case words without stemming.
struct Rouge {
  var one = 0.0
  var two = 0.0
  var long = 0.0

  static func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  init() {}

  init(_ candidate: String, against reference: String) {
    let a = Self.words(candidate)
    let b = Self.words(reference)
    one = Self.overlap(Self.grams(a, 1), Self.grams(b, 1))
    two = Self.overlap(Self.grams(a, 2), Self.grams(b, 2))
    long = Self.f(Double(Self.commonSubsequence(a, b)), Double(a.count), Double(b.count))
  }

  /// The best of several references, by ROUGE-1.
  static func best(_ candidate: String, against references: [String]) -> Rouge {
    references.map { Rouge(candidate, against: $0) }.max { $0.one < $1.one } ?? Rouge()
  }

  static func mean(_ scores: [Rouge]) -> Rouge {
    var sum = Rouge()
    for score in scores {
      sum.one += score.one / Double(scores.count)
      sum.two += score.two / Double(scores.count)
      sum.long += score.long / Double(scores.count)
    }
    return sum
  }

  private static func grams(_ words: [String], _ length: Int) -> [String: Int] {
    var grams: [String: Int] = [:]
    guard words.count >= length else { return grams }
    for start in 0...(words.count - length) {
      grams[words[start..<start + length].joined(separator: " "), default: 0] += 1
    }
    return grams
  }

  private static func overlap(_ a: [String: Int], _ b: [String: Int]) -> Double {
    var common = 0
    for (gram, count) in a { common += min(count, b[gram] ?? 0) }
    return f(Double(common), Double(a.values.reduce(0, +)), Double(b.values.reduce(0, +)))
  }

  static func f(_ common: Double, _ found: Double, _ wanted: Double) -> Double {
    common > 0 ? 2 * common / (found + wanted) : 0
  }

  private static func commonSubsequence(_ a: [String], _ b: [String]) -> Int {
    var row = [Int](repeating: 0, count: b.count + 1)
    for word in a {
      var diagonal = 0
      for (index, other) in b.enumerated() {
        let above = row[index + 1]
        row[index + 1] = word == other ? diagonal + 1 : max(above, row[index])
        diagonal = above
      }
    }
    return row[b.count]
  }
}
