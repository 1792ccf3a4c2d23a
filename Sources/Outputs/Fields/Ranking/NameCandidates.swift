/// Finds what may be a name, a defined term, a title or a date: the hand-written half of ranking them.
struct NameCandidates {
  let text: ScalarText
  /// Of the whole text.
  let lexemes: [Lexeme]
  let clauses: [Clause]

  /// How a candidate was found; the raw value is a feature's index.
  enum Kind: Int, Comparable {
    /// A text in double quotation marks.
    case quoted = 0
    /// Capitalised words, or the words of a date.
    case pattern = 1
    /// A clause, or most of one.
    case clause = 2
    /// A run of high logits.
    case logits = 3

    static func < (first: Kind, second: Kind) -> Bool { first.rawValue < second.rawValue }
  }

  struct Candidate: Hashable, Comparable {
    var range: Range<Int>
    var kind: Kind

    static func < (a: Candidate, b: Candidate) -> Bool {
      (a.range.lowerBound, a.range.upperBound, a.kind)
        < (b.range.lowerBound, b.range.upperBound, b.kind)
    }
  }

  /// How far past a contract's beginning its parties are introduced: 0 where it begins with them, further
  /// behind a cover page or a table of contents. In scalars.
  var preamble: Int {
    for index in lexemes.indices {
      let position = lexemes[index].range.lowerBound
      guard position < Self.farthestPreamble else { break }
      func follow(_ words: String...) -> Bool {
        index + words.count <= lexemes.count
          && zip(lexemes[index...], words).allSatisfy { $0.text == $1 }
      }
      // A table of contents has no such words.
      if follow("by", "and", "between") || follow("by", "and", "among")
        || follow("made", "and", "entered") || follow("is", "entered", "into")
        || follow("is", "made", "as", "of")
      {
        return position
      }
    }
    return 0
  }

  private static let farthestPreamble = 60_000

  /// The index of the first lexeme that starts at or after `position`.
  func lexeme(from position: Int) -> Int {
    var low = 0
    var high = lexemes.count
    while low < high {
      let middle = (low + high) / 2
      if lexemes[middle].range.lowerBound < position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether text is set apart here: three spaces or more, or an empty line.
  func isGap(_ range: Range<Int>) -> Bool {
    if range.count >= 3 { return true }
    var lines = 0
    for position in range where text[position] == 0x0A { lines += 1 }
    return lines >= 2
  }

  private func isGap(after lexeme: Int) -> Bool {
    isGap(lexemes[lexeme].range.upperBound..<lexemes[lexeme + 1].range.lowerBound)
  }

  private func startsUpper(_ index: Int) -> Bool {
    lexemes[index].kind == .word && ScalarClass.isUpper(text[lexemes[index].range.lowerBound])
  }

  // MARK: Quotations

  /// Texts of 2 to 79 scalars in double quotation marks that start before `limit`.
  func quotations(before limit: Int) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var open: Int?
    for position in 0..<min(limit, text.count) {
      let scalar = text[position]
      if let start = open, ScalarClass.isClosingQuote(scalar) {
        var inner = text.trimmed(start..<position)
        while inner.count > 1, [0x2C, 0x2E, 0x3B].contains(text[inner.upperBound - 1]) {
          inner = inner.lowerBound..<inner.upperBound - 1
        }
        if position - start < 80, !hasEmptyLine(start..<position) {
          if inner.count > 1 { found.append(inner) }
          open = nil
        } else {
          open = position + 1
        }
      } else if ScalarClass.isOpeningQuote(scalar) {
        open = position + 1
      }
    }
    return found
  }

  private func hasEmptyLine(_ range: Range<Int>) -> Bool {
    for position in range.dropLast() where text[position] == 0x0A && text[position + 1] == 0x0A {
      return true
    }
    return false
  }

  // MARK: Names

  /// Runs of capitalised words that start before `limit`, whole and split at `and`.
  func names(before limit: Int) -> [Range<Int>] {
    var found: [Range<Int>] = []
    let count = lexemes.count
    var index = 0
    while index < count, lexemes[index].range.lowerBound < limit {
      guard isNameWord(index), lexemes[index].text != "and" else {
        index += 1
        continue
      }
      var ands: [Int] = []
      var last = index
      var next = index + 1
      while next < count {
        if isGap(after: next - 1) { break }
        let word = lexemes[next].text
        if (isNameWord(next) && word != "and") || lexemes[next].kind == .number {
          last = next
          next += 1
          continue
        }
        if word == "and", next + 1 < count, isNameWord(next + 1), !isGap(after: next) {
          ands.append(next)
          next += 1
          continue
        }
        if Self.connectors.contains(word), next + 1 < count {
          next += 1
        } else if word == ",", next + 1 < count, Self.nameEndings.contains(lexemes[next + 1].text),
          ScalarClass.isUpper(text[lexemes[next + 1].range.lowerBound])
        {
          next += 1
        } else if word == ".", isAbbreviated(next - 1) {
          last = next
          next += 1
        } else {
          break
        }
        if next - last > 4 { break }
      }
      append(index, last, to: &found)
      ands = ands.filter { $0 < last }
      if !ands.isEmpty {
        var start = index
        for end in ands + [last + 1] {
          append(start, end - 1, to: &found)
          start = end + 1
        }
      }
      index = last + 1
    }
    return found
  }

  private func append(_ first: Int, _ last: Int, to found: inout [Range<Int>]) {
    var first = first
    var last = last
    while first <= last,
      Self.connectors.contains(lexemes[first].text)
        || ["and", ",", "."].contains(lexemes[first].text)
    {
      first += 1
    }
    while last >= first {
      let word = lexemes[last].text
      let isLoose =
        Self.connectors.contains(word) || word == "and" || word == ","
        || (word == "." && !(last > 0 && isAbbreviated(last - 1)))
      guard isLoose else { break }
      last -= 1
    }
    guard last >= first else { return }
    let range = lexemes[first].range.lowerBound..<lexemes[last].range.upperBound
    if range.count > 1, range.count < 120 { found.append(range) }
  }

  private func isAbbreviated(_ index: Int) -> Bool {
    let word = lexemes[index].text
    return word.unicodeScalars.count == 1 || ClauseSplitter.abbreviations.contains(word)
  }

  private func isNameWord(_ index: Int) -> Bool {
    guard startsUpper(index) else { return false }
    if !Self.breaks.contains(lexemes[index].text) { return true }
    return lexemes[index].range.count == 1 && index + 1 < lexemes.count
      && lexemes[index + 1].text == "."
  }

  // MARK: Titles

  /// Runs of capitalised words with a word like `agreement` among them, that start before `limit`:
  /// from the run's start or after `this`, `between`, …, to its last such word, its first, or its end.
  func titles(before limit: Int) -> [Range<Int>] {
    var found: [Range<Int>] = []
    let count = lexemes.count
    var index = 0
    while index < count, lexemes[index].range.lowerBound < limit {
      guard startsUpper(index) else {
        index += 1
        continue
      }
      var last = index
      var next = index + 1
      while next < count, !isGap(after: next - 1) {
        if startsUpper(next) {
          last = next
        } else if !(Self.titleConnectors.contains(lexemes[next].text) && next - last <= 3) {
          break
        }
        next += 1
      }
      let nouns = (index...last).filter { Self.titleNouns.contains(lexemes[$0].text) }
      if let lastNoun = nouns.last {
        var starts = [index]
        if index < last {
          for word in index..<last where Self.titleOpeners.contains(lexemes[word].text) {
            starts.append(word + 1)
          }
        }
        for start in starts.filter({ $0 <= lastNoun }).prefix(4) {
          let firstNoun = nouns.first { $0 >= start } ?? lastNoun
          for end in Set([last, lastNoun, firstNoun]) where end >= start {
            let range = lexemes[start].range.lowerBound..<lexemes[end].range.upperBound
            if range.count < 160 { found.append(range) }
          }
        }
      }
      index = last + 1
    }
    return found
  }

  // MARK: Dates

  /// Words that look like a date, complete or not: `the ___ day of May, 2019`, `5/6/2019`.
  func dates() -> [Range<Int>] {
    var found: [Range<Int>] = []
    let count = lexemes.count
    var index = 0
    while index < count {
      if let end = numericDate(at: index) {
        found.append(lexemes[index].range.lowerBound..<lexemes[end].range.upperBound)
        index = end + 1
        continue
      }
      guard DateParser.months[lexemes[index].text] != nil, startsUpper(index),
        lexemes[index].text != "febuary"
      else {
        index += 1
        continue
      }
      var first = index
      while first > 0, index - first < 8 {
        let lexeme = lexemes[first - 1]
        let isPart =
          (Self.dateWords.contains(lexeme.text))
          || (lexeme.kind == .number && lexeme.range.count <= 2)
          || Self.blanks.contains(lexeme.text) || ["-", "(", ")"].contains(lexeme.text)
        guard isPart, !isGap(after: first - 1) else { break }
        first -= 1
      }
      var last = index
      while last + 1 < count, last - index < 12 {
        let lexeme = lexemes[last + 1]
        let isPart =
          (lexeme.kind == .number && lexeme.range.count <= 4)
          || ["st", "nd", "rd", "th", "of"].contains(lexeme.text)
          || (lexeme.kind == .mark
            && (Self.blanks.contains(lexeme.text)
              || [",", ".", "-", "/", "'"].contains(lexeme.text)))
        guard isPart, !isGap(after: last) else { break }
        last += 1
        if lexeme.kind == .number, lexeme.range.count == 4 { break }
      }
      while first < index,
        ["of", "day", ")", "(", "-", "]", ".", "*"].contains(lexemes[first].text)
      {
        first += 1
      }
      while last > index, [",", ".", "of", "-", "[", "'", "/"].contains(lexemes[last].text) {
        last -= 1
      }
      if first < index || last > index {
        found.append(lexemes[first].range.lowerBound..<lexemes[last].range.upperBound)
      }
      index = last + 1
    }
    return found
  }

  private func numericDate(at index: Int) -> Int? {
    guard lexemes[index].kind == .number, index + 4 < lexemes.count,
      lexemes[index].range.count <= 4
    else { return nil }
    let separator = lexemes[index + 1].text
    guard ["-", "/", "."].contains(separator), lexemes[index + 3].text == separator,
      lexemes[index + 2].kind == .number, lexemes[index + 4].kind == .number,
      lexemes[index + 2].range.count <= 2, [1, 2, 4].contains(lexemes[index + 4].range.count)
    else { return nil }
    for neighbour in index..<index + 4
    where lexemes[neighbour].range.upperBound != lexemes[neighbour + 1].range.lowerBound {
      return nil
    }
    return index + 4
  }

  // MARK: Clauses that name the parties

  /// Clauses that define `Party` and `Parties`, without the marks at their end.
  func partyClauses(before limit: Int) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for clause in clauses {
      if clause.range.lowerBound > limit { break }
      guard clause.range.count < 450 else { continue }
      let words = lexemes[
        lexeme(from: clause.range.lowerBound)..<lexeme(from: clause.range.upperBound)]
      guard words.contains(where: { $0.text == "party" }),
        words.contains(where: { $0.text == "parties" })
      else { continue }
      var end = clause.range.upperBound
      while end > clause.range.lowerBound,
        [0x2E, 0x2C, 0x3B, 0x29, 0x22, 0x201D, 0x20].contains(text[end - 1])
      {
        end -= 1
      }
      if end > clause.range.lowerBound { found.append(clause.range.lowerBound..<end) }
    }
    return found
  }

  // MARK: Words

  static let nameEndings = words(
    "inc llc ltd lp corp co plc limited incorporated gmbh ag llp bv pty company corporation l s n b sa nv trust bank"
  )
  static let titleNouns = words(
    """
    agreement contract amendment addendum license lease plan policy terms conditions statement schedule arrangement
    memorandum letter undertaking deed note guaranty guarantee sow order agreements
    """)
  private static let breaks = words(
    """
    between among by with agreement this whereas dated as made entered into hereinafter collectively exhibit execution
    copy effective date source whose having is a an that such each any all in on at to if no section article dear re
    page table contents schedule annex appendix witnesseth recitals now therefore amendment contract license addendum
    """)
  private static let connectors = words("of the de for & - ' von la des et")
  private static let titleConnectors = words("of and for to the a & - / ' in on by with as")
  private static let titleOpeners = words("this the no number copy exhibit between by")
  private static let dateWords = words(
    """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
    sixteenth seventeenth eighteenth nineteenth twentieth thirtieth st nd rd th day of
    """)
  private static let blanks: Set<String> = ["_", "[", "]", "*", "\u{25CF}", "\u{2022}"]

  static func words(_ list: String) -> Set<String> {
    Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
  }
}
