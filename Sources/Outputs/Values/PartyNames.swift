/// What can be somebody's name in a contract, and where it ends.
extension PartyParser {
  /// Whether a span can be somebody's name rather than a defined term, a heading or a sentence.
  static func isName(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    guard range.count > 1, !isQuoted(text, range) else { return false }
    let words = Lexeme.lexemes(of: text, in: range).filter { $0.kind == .word }
    if words.isEmpty || words.count > 24 { return false }
    if words.contains(where: { notInNames.contains($0.text) }) { return false }
    // `Inc. 12 High Street`, `None of the Company`
    if strongEndings.contains(words[0].text) { return false }
    for (word, next) in zip(words.dropFirst(), words.dropFirst(2))
    where word.text == "the" && isRole(text.string(next.range)) {
      return false
    }
    let hasEnding =
      companyEndings.contains(words[words.count - 1].text)
      || words.contains { strongEndings.contains($0.text) }
    if !hasEnding, words.contains(where: { headingWords.contains($0.text) }) { return false }
    if isDescription(text, range, words) { return false }
    // `Company`, `Customer Affiliate`, `Company and Employee`, `L.L.C.`, `D. The Company`
    return words.contains {
      $0.range.count > 1 && !companyEndings.contains($0.text) && !emptyWords.contains($0.text)
        && !isRole($0.text)
    }
  }

  /// `Delaware corporation`, `New York limited liability company`: what a company is, not who.
  private static func isDescription(_ text: ScalarText, _ range: Range<Int>, _ words: [Lexeme])
    -> Bool
  {
    guard let place = JurisdictionParser.jurisdictions(in: text, range: range).first,
      place.range.lowerBound == words[0].range.lowerBound
    else { return false }
    let rest = words.filter { $0.range.lowerBound >= place.range.upperBound }
    return !rest.isEmpty && rest.allSatisfy { legalForms.contains($0.text) }
  }

  /// Whether a name ends as a company's does.
  static func isCompany(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    Lexeme.lexemes(of: text, in: range).contains {
      $0.text.utf8.count > 1 && companyEndings.contains($0.text)
    }
  }

  /// Whether the last word of a name is one that ends a company's, or one of them can end nothing else.
  static func endsAsCompany(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    let words = Lexeme.lexemes(of: text, in: range).filter { $0.kind == .word }
    return words.last.map { companyEndings.contains($0.text) } == true
      || words.contains { strongEndings.contains($0.text) }
  }

  /// Whether a name can only be a human's, by its initial: `J. Patrick Mulcahy`, `Shirley P. Fiano`.
  static func isPerson(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    let lexemes = Lexeme.lexemes(of: text, in: range)
    let words = lexemes.filter { $0.kind == .word }
    // `U.S. Dollars` has one word only beside its letters.
    return (2...4).contains(words.count) && words[words.count - 1].range.count > 2
      && words.count(where: { $0.range.count > 2 }) >= 2
      && lexemes.allSatisfy { $0.kind == .word || $0.text == "." || $0.text == "-" }
      && words.dropLast().contains { $0.range.count == 1 }
      && words.allSatisfy {
        ScalarClass.isUpper(text[$0.range.lowerBound]) && !headingWords.contains($0.text)
          && !emptyWords.contains($0.text) && !isRole(text.string($0.range))
      } && words.contains { $0.range.contains { ScalarClass.isLower(text[$0]) } }
  }

  static func isQuotedInside(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    range.contains { ScalarClass.isClosingQuote(text[$0]) }
  }

  static func isQuoted(_ text: ScalarText, _ range: Range<Int>) -> Bool {
    guard range.lowerBound > 0 else { return false }
    return ScalarClass.isOpeningQuote(text[range.lowerBound - 1])
  }

  /// `range` without marks, quotes, joining words and enumerators at its ends, and without what describes
  /// the name after it.
  static func trimmedName(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    var range = withoutMarks(text, range)
    // `Licensor: Acme` and `Acme ("Supplier`: the name is after the colon, before the definition.
    if let colon = range.last(where: { text[$0] == 0x3A }), colon + 2 < range.upperBound {
      range = text.trimmed(colon + 1..<range.upperBound)
    }
    for position in range.dropFirst() where text[position] == 0x28 {
      let isDefinition = (position..<range.upperBound).contains {
        ScalarClass.isOpeningQuote(text[$0])
      }
      if isDefinition {
        range = text.trimmed(range.lowerBound..<position)
        break
      }
    }
    // `the "Licensor`
    if range.contains(where: { ScalarClass.isOpeningQuote(text[$0]) }),
      text.string(range).lowercased().hasPrefix("the ")
    {
      return range.lowerBound..<range.lowerBound
    }
    let name = described(text, unled(text, unburdened(text, range)))
    return completed(text, withoutMarks(text, closed(text, name)))
  }

  private static func withoutMarks(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    var range = text.trimmed(range)
    while !range.isEmpty,
      [0x2C, 0x3B, 0x3A, 0x28, 0x22, 0x201C, 0x201D].contains(text[range.lowerBound])
    {
      range = text.trimmed(range.lowerBound + 1..<range.upperBound)
    }
    while !range.isEmpty,
      [0x2C, 0x3B, 0x3A, 0x22, 0x201C, 0x201D].contains(text[range.upperBound - 1])
    {
      range = text.trimmed(range.lowerBound..<range.upperBound - 1)
    }
    return range
  }

  /// Without `and`, `between`, `Copy` at its beginning; `B. Company` at a line's start is no name at all.
  private static func unled(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    var words = Lexeme.lexemes(of: text, in: range)[...]
    while let first = words.first, leadingWords.contains(first.text), words.count > 1 {
      words = words.dropFirst()
    }
    guard let first = words.first else { return range }
    let rest = first.range.lowerBound..<max(first.range.lowerBound, range.upperBound)
    let startsLine = rest.lowerBound == 0 || text[rest.lowerBound - 1] == 0x0A
    if startsLine, first.kind == .word, first.range.count == 1,
      words.dropFirst().first?.text == ".",
      words.count(where: { $0.kind == .word }) < 3, !isCompany(text, rest)
    {
      return rest.lowerBound..<rest.lowerBound
    }
    return rest
  }

  /// Without a description after the name: `Otsuka Co. Ltd. a Japanese corporation`.
  private static func described(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    let words = Lexeme.lexemes(of: text, in: range)
    for (index, word) in words.enumerated().dropFirst()
    where ["a", "an", "dba", "whose", "having"].contains(word.text)
      && ScalarClass.isLower(text[word.range.lowerBound])
    {
      let before = words[..<index].last { $0.kind == .word }
      guard word.text == "dba" || before.map({ companyEndings.contains($0.text) }) == true else {
        continue
      }
      return withoutMarks(text, range.lowerBound..<word.range.lowerBound)
    }
    return range
  }

  // MARK: Definitions without a name

  /// The name that a definition such as `Acme Inc., a Delaware company (the "Supplier")` is for, where
  /// `term` are the words in quotation marks; nil where they stand in no such definition.
  static func nameDefined(by term: Range<Int>, in text: ScalarText) -> Range<Int>? {
    var open = term.lowerBound
    while open > 0, term.lowerBound - open < 60, text[open] != 0x28 { open -= 1 }
    guard text[open] == 0x28, open > 0 else { return nil }
    // Back to the sentence's start, or to the definition before.
    var start = open
    while start > 0, open - start < 300 {
      let scalar = text[start - 1]
      if ScalarClass.isClosingQuote(scalar) || (scalar == 0x0A && text[start] == 0x0A) { break }
      start -= 1
    }
    let words = Lexeme.lexemes(of: text, in: start..<open)
    var index = 0
    var best: Range<Int>?
    while index < words.count {
      guard isCapital(text, words[index]) else {
        index += 1
        continue
      }
      var last = index
      var next = index + 1
      while next < words.count {
        if isCapital(text, words[next]) {
          last = next
        } else if !["&", ".", "of", "-", "'", ","].contains(words[next].text) || next - last > 1 {
          break
        } else if words[next].text == ",",
          next + 1 < words.count, !companyEndings.contains(words[next + 1].text)
        {
          break
        }
        next += 1
      }
      let range = words[index].range.lowerBound..<words[last].range.upperBound
      let joins = index > 0 ? words[index - 1].text : ""
      let isFull = last > index || companyEndings.contains(words[last].text)
      // The last name after a joining word; a name right before the parenthesis needs none.
      if isFull, isName(text, range),
        ["between", "among", "and", "by", "with", "from", ":", "of", ")", ","].contains(joins)
          && joins != "of" && (joins != "," || best == nil) || last >= words.count - 3
      {
        if best == nil || joins == "and" || joins == "between" { best = range }
      }
      index = max(next, last + 1)
    }
    return best.map { trimmedName(text, $0) }.flatMap { isName(text, $0) ? $0 : nil }
  }

  private static func isCapital(_ text: ScalarText, _ word: Lexeme) -> Bool {
    word.kind == .word && ScalarClass.isUpper(text[word.range.lowerBound])
      && !notInNames.contains(word.text)
      && !["this", "the", "agreement", "whereas", "now", "between", "and", "by"].contains(word.text)
  }

  // MARK: Words

  private static let notInNames: Set<String> = [
    "party", "parties", "hereinafter", "referred", "individually", "collectively", "publicly",
  ]
  private static let legalForms: Set<String> = [
    "corporation", "company", "limited", "liability", "partnership", "general", "llc", "lp",
  ]
  static let companyEndings: Set<String> = [
    "inc", "incorporated", "llc", "l", "ltd", "limited", "lp", "llp", "corp", "corporation", "co",
    "plc", "gmbh", "ag", "bv", "b", "v", "n", "nv", "sa", "s", "a", "pty", "pte", "kg", "ab", "asa",
    "oy", "spa", "srl", "company", "trust", "bank", "c", "p",
  ]
  private static let emptyWords: Set<String> = [
    "and", "or", "of", "the", "its", "their", "each", "all", "any", "an", "other", "neither",
    "during", "upon", "for", "by", "between", "to", "group", "affiliates", "subsidiaries", "copy",
    "service", "disclosing", "receiving", "contracting", "potential", "prospective", "acquirer",
    "members", "agents", "employees", "will", "new", "key", "series", "seed", "preferred", "common",
    "stock", "share", "shares", "securities",
  ]
  private static let headingWords: Set<String> = [
    "agreement", "confidentiality", "confidential", "disclosure", "nondisclosure",
    "noncompetition", "competition", "employment", "nonuse", "solicitation", "nonsolicitation",
    "covenant", "witnesseth", "witness", "whereof", "recitals", "exhibit", "appendix",
    "schedule", "representations", "warranties", "definitions", "miscellaneous", "amendment",
    "notices", "terms", "conditions", "rights", "assignment", "secrets", "resolution", "product",
    "conduct", "release", "access", "invention", "intellectual", "discharge", "dispute", "act",
    "commission", "severance", "compete", "solicit", "restrictive", "covenants", "address", "title",
    "contact", "your", "our", "my", "continuation", "information", "interference", "sources",
    "name",
    "third", "permitted", "non",
  ]
  private static let leadingWords: Set<String> = [
    "and", "by", "between", "among", "copy", "during", "with", "upon", ",", ".", "-",
  ]
}
