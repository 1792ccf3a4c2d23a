/// Suggestions for a mistyped word.
enum Spelling {
  /// The candidate within two edits of `word` (a third of its letters at most), nearest first.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    let scored = candidates.map { ($0, distance(Array(word), Array($0))) }
    guard let best = scored.min(by: { $0.1 < $1.1 }) else { return nil }
    return best.1 <= max(1, min(2, word.count / 3)) ? best.0 : nil
  }

  /// Edits between two words: insertion, deletion, substitution, swap of neighbours
  /// (optimal string alignment).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var older: [Int] = []
    var previous = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var row = [i + 1]
      for (j, other) in b.enumerated() {
        var best = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (letter == other ? 0 : 1))
        if i > 0, j > 0, letter == b[j - 1], other == a[i - 1] {
          best = min(best, older[j - 1] + 1)
        }
        row.append(best)
      }
      older = previous
      previous = row
    }
    return previous[b.count]
  }
}
