/// Where the names of companies stand again in a contract's opening: what a cover page names is defined in the
/// paragraph after it, there perhaps in other letters.
enum PartyOccurrences {
  /// `names`, and where each company among them stands in the opening. Of a name that was found there without
  /// its first words the whole takes the place.
  static func added(to names: [Range<Int>], in text: ScalarText) -> [Range<Int>] {
    let opening = Lexeme.lexemes(of: text, in: 0..<min(text.count, PartyParser.opening))
      .filter { $0.kind != .mark }
    var placed = names
    var seen: Set<[String]> = []
    // Longer names first, so that they are not taken for the shorter ones within them.
    for name in names.sorted(by: { ($1.count, $0.lowerBound) < ($0.count, $1.lowerBound) })
    where PartyParser.endsAsCompany(text, name) {
      let words = Lexeme.lexemes(of: text, in: name).filter { $0.kind != .mark }.map(\.text)
      guard words.count > 1, seen.insert(words).inserted, opening.count >= words.count else {
        continue
      }
      for start in 0...(opening.count - words.count)
      where opening[start].text == words[0]
        && zip(opening[start...], words).allSatisfy({ $0.text == $1 })
      {
        let first = opening[start].range.lowerBound
        var end = opening[start + words.count - 1].range.upperBound
        if end < text.count, text[end] == 0x2E { end += 1 }
        let found = first..<end
        // The words may stand apart, in two lines of a list.
        guard ScalarClass.isUpper(text[first]), found.count <= name.count + 6 else { continue }
        placed.removeAll { found.overlaps($0) && $0.count + 1 < found.count }
        if !placed.contains(where: found.overlaps) { placed.append(found) }
      }
    }
    return placed
  }
}
