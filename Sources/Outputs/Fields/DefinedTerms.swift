/// What a contract's capitalised terms stand for: `“Governing Law” means the laws of Delaware`, or on a cover
/// page `Governing Law: Delaware`, in a table or not.
struct DefinedTerms {
  let text: ScalarText

  struct Definition: Hashable {
    /// From the term to the end of what is said of it; scalar offsets.
    var whole: Range<Int>
    /// What is said of the term.
    var words: Range<Int>
  }

  /// A definition is read up to the line's end, and no further than this, in scalars.
  private static let longest = 400

  /// The terms of more than one word, and `Term` itself, that a stretch of text uses, in its order and without
  /// the small words around them: `the Governing Law`, `the end of the Term of NDA`.
  func terms(in range: Range<Int>) -> [[String]] {
    let words = Lexeme.lexemes(of: text, in: range)
    var terms: [[String]] = []
    var run: [Lexeme] = []
    func close() {
      while let last = run.last, !isCapital(last) { run.removeLast() }
      // `The Governing Law`, `This Agreement`: what a sentence begins with is no part of a term.
      if let first = run.first, Self.openers.contains(first.text) { run.removeFirst() }
      let term = run.map(\.text)
      if term.count > 1 || term == ["term"], !terms.contains(term) { terms.append(term) }
      run = []
    }
    for word in words {
      if word.kind == .word, isCapital(word) {
        run.append(word)
      } else if word.kind == .word, !run.isEmpty, ["of", "and"].contains(word.text) {
        run.append(word)
      } else {
        close()
      }
    }
    close()
    return terms
  }

  private static let openers: Set<String> = [
    "the", "this", "each", "if", "upon", "for", "in", "unless", "any", "all", "no", "either",
    "neither", "during", "as", "such",
  ]

  private func isCapital(_ word: Lexeme) -> Bool {
    ScalarClass.isUpper(text[word.range.lowerBound])
  }

  /// The definition of a term, given by its words in lower case; the first that says something.
  func definition(of term: [String]) -> Definition? {
    let spelled = term.map { $0.unicodeScalars.map(\.value) }
    guard let letter = spelled.first?.first else { return nil }
    for position in 0..<text.count
    where ScalarClass.lowered(text[position]) == letter
      && (position == 0 || !ScalarClass.isLetter(text[position - 1]))
    {
      guard let end = self.end(of: spelled, at: position),
        let start = startOfWords(
          after: end, isQuoted: isQuoted(position), isLine: startsLine(position))
      else { continue }
      let words = text.trimmed(start..<endOfWords(from: start))
      if !words.isEmpty { return Definition(whole: position..<words.upperBound, words: words) }
    }
    return nil
  }

  /// Where the term's words end that begin at `position`; nil where other words stand there.
  private func end(of term: [[UInt32]], at position: Int) -> Int? {
    var next = position
    for (index, word) in term.enumerated() {
      if index > 0 {
        let start = next
        while next < text.count, ScalarClass.isSpace(text[next]), text[next] != 0x0A { next += 1 }
        if next == start { return nil }
      }
      for scalar in word {
        guard next < text.count, ScalarClass.lowered(text[next]) == scalar else { return nil }
        next += 1
      }
    }
    return next < text.count && ScalarClass.isLetter(text[next]) ? nil : next
  }

  private func isQuoted(_ position: Int) -> Bool {
    position > 0 && ScalarClass.isOpeningQuote(text[position - 1])
  }

  /// Whether nothing but a number or a bullet stands before `position` in its line or its cell.
  private func startsLine(_ position: Int) -> Bool {
    var before = position
    while before > 0, text[before - 1] != 0x0A, text[before - 1] != 0x09 {
      let scalar = text[before - 1]
      guard
        ScalarClass.isSpace(scalar) || ScalarClass.isDigit(scalar)
          || [0x2E, 0x29, 0x28, 0x2D, 0x2A, 0x2022, 0x2610, 0x2611, 0x2612].contains(scalar)
      else { return false }
      before -= 1
    }
    return true
  }

  /// Where the words begin that say what the term before `end` stands for; nil where none do.
  private func startOfWords(after end: Int, isQuoted: Bool, isLine: Bool) -> Int? {
    guard isQuoted || isLine else { return nil }
    var next = end
    if isQuoted {
      guard next < text.count, ScalarClass.isClosingQuote(text[next]) else { return nil }
      next += 1
    }
    while next < text.count, ScalarClass.isSpace(text[next]), ![0x0A, 0x09].contains(text[next]) {
      next += 1
    }
    guard next < text.count else { return nil }
    // `:`, a tab between cells, a dash.
    if text[next] == 0x3A || text[next] == 0x09 { return next + 1 }
    if isLine, next > end, [0x2D, 0x2013, 0x2014].contains(text[next]) { return next + 1 }
    let words = Lexeme.lexemes(of: text, in: next..<min(text.count, next + 40))
    let said = words.prefix(2).map(\.text)
    switch said.first {
    case "means", "denotes": return words[0].range.upperBound
    case "shall" where ["mean", "be"].contains(said.last),
      "will" where ["mean", "be"].contains(said.last):
      return words[1].range.upperBound
    case "is" where isQuoted: return words[0].range.upperBound
    default: return nil
    }
  }

  private func endOfWords(from start: Int) -> Int {
    var end = start
    while end < text.count, end - start < Self.longest, text[end] != 0x0A { end += 1 }
    return end
  }

  /// Whether what is said of a term leaves out what it stands for: `____`, `[ ]`, `$____`, `***`.
  func hasBlank(_ range: Range<Int>) -> Bool {
    var run = 0
    for position in range {
      switch text[position] {
      case 0x5F, 0x2A, 0x25CF: run += 1
      case 0x20, 0xA0: break
      case 0x5D where position > range.lowerBound && [0x5B, 0x20].contains(text[position - 1]):
        return true
      default: run = 0
      }
      if run >= 2 { return true }
    }
    return false
  }
}
