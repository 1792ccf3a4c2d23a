/// Finds the word somebody probably meant.
enum Suggestion {
  /// `; did you mean “steps”?`, or nothing where no known word is near.
  static func ending(for word: String, among known: some Sequence<String>) -> String {
    nearest(to: word, among: known).map { "; did you mean “\($0)”?" } ?? ""
  }

  /// The known word with the fewest edits, of those within a third of the word's length; the first
  /// of several that are as near.
  static func nearest(to word: String, among known: some Sequence<String>) -> String? {
    // Long words are nobody's typing error, and comparing costs the product of the lengths.
    guard word.unicodeScalars.count <= 64 else { return nil }
    let given = Array(word.lowercased().unicodeScalars)
    var best: (word: String, distance: Int)?
    for candidate in known {
      let other = Array(candidate.lowercased().unicodeScalars)
      let longer = max(given.count, other.count)
      // Of one or two letters anything would be near anything.
      let allowed = longer < 3 ? 0 : max(1, longer / 3)
      guard abs(given.count - other.count) <= allowed else { continue }
      let distance = distance(given, other)
      if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
  private static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: second.count + 1)
    var last = Array(0...second.count)
    for (row, scalar) in first.enumerated() {
      var current = [row + 1]
      for (column, other) in second.enumerated() {
        var cost = min(
          last[column + 1] + 1, current[column] + 1, last[column] + (scalar == other ? 0 : 1))
        if row > 0, column > 0, scalar == second[column - 1], first[row - 1] == other {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[second.count]
  }
}
