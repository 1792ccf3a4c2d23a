/// Where a party's name begins and ends: spans that name somebody often take a heading, an address or
/// an office along, or stop at a hyphen or an apostrophe.
extension PartyParser {
  // MARK: What is not of the name before it

  /// Without what leads up to a name: `the date last written below between`, `Chief Executive Officer`,
  /// `Board of Directors of`, `MD 21017`, `Company and`.
  static func unburdened(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    var words = Lexeme.lexemes(of: text, in: range)[...]
    if let joiner = words.lastIndex(where: { ["between", "among"].contains($0.text) }),
      joiner + 1 < words.endIndex, ScalarClass.isLower(text[words[joiner].range.lowerBound])
    {
      words = words[(joiner + 1)...]
    }
    // The end of another party's definition: `(the “Executive”) and Acme Inc.`
    if let close = words.lastIndex(where: { $0.text == ")" }), close + 1 < words.endIndex,
      !words[..<close].contains(where: { $0.text == "(" })
    {
      words = words[(close + 1)...]
    }
    // A heading before the name.
    if let heading = words.lastIndex(where: { ["agreement", "release"].contains($0.text) }),
      heading + 2 < words.endIndex, isCompany(text, span(words[(heading + 1)...], range))
    {
      words = words[(heading + 1)...]
    }
    if isEnumerator(text, words) {
      words = words.dropFirst(2)
      // What a section begins with is a name only where it says so.
      if !isCompany(text, span(words, range)) { return range.upperBound..<range.upperBound }
    }
    // An address before the name.
    if let code = words.lastIndex(where: { $0.kind == .number && $0.range.count == 5 }),
      code + 2 < words.endIndex, isCompany(text, span(words[(code + 1)...], range))
    {
      words = words[(code + 1)...]
    }
    if let of = words.lastIndex(where: { $0.text == "of" }), of + 1 < words.endIndex,
      words[..<of].contains(where: { offices.contains($0.text) })
    {
      words = words[(of + 1)...]
    }
    while let first = words.first, words.count > 1,
      joiners.contains(first.text)
        || first.kind == .word && isLowerCase(text, first) && !particles.contains(first.text)
        || titles.contains(first.text)
          && isCompany(text, span(words.dropFirst(), range)) && words.count > 2
    {
      words = words.dropFirst()
    }
    return withoutRoles(text, span(words, range))
  }

  /// `B.` at the beginning of a sentence: mostly a section's letter. `J. Crew Group` is a name.
  private static func isEnumerator(_ text: ScalarText, _ words: ArraySlice<Lexeme>) -> Bool {
    guard words.count > 2, let first = words.first, first.range.count == 1,
      words[words.startIndex + 1].text == ".", ("a"..."g").contains(first.text)
    else { return false }
    var before = first.range.lowerBound
    while before > 0, text[before - 1] == 0x20 { before -= 1 }
    return before == 0 || [0x0A, 0x2E, 0x3B, 0x3A].contains(text[before - 1])
  }

  /// `Company and Acme Inc.` and `Acme Inc. and Company` without the role.
  private static func withoutRoles(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    let words = Lexeme.lexemes(of: text, in: range)
    guard let and = words.firstIndex(where: { $0.text == "and" }), and > 0, and + 1 < words.count
    else { return range }
    let before = words[..<and].filter { $0.text != "the" }
    let after = words[(and + 1)...].filter { $0.text != "the" }
    // `Sears, Roebuck and Company` ends so.
    let endsName =
      after.first.map { ["co", "company"].contains($0.text) } == true && before.count > 1
    if before.count == 1, isRoleWord(text, before[0]) {
      return words[and + 1].range.lowerBound..<range.upperBound
    }
    if after.count == 1, !endsName, isRoleWord(text, after[0]) {
      return range.lowerBound..<words[and - 1].range.upperBound
    }
    return range
  }

  // MARK: What is not of the name after it

  /// Ending with the words that end a company's name: `Acme Inc. 12 High Street`, `Acme Corp. MUTUAL`.
  static func closed(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    let words = Array(
      Lexeme.lexemes(of: text, in: unquoted(text, range)).enumerated().prefix {
        $0.offset == 0 || !salutations.contains($0.element.text)
      }.map(\.element))
    var index = 1
    while index < words.count {
      let word = words[index]
      guard strongEndings.contains(word.text) || word.text == "co" else {
        index += 1
        continue
      }
      let hasStop = index + 1 < words.count && words[index + 1].text == "."
      var next = index + (hasStop ? 2 : 1)
      let end = words[hasStop ? index + 1 : index].range.upperBound
      if next < words.count, words[next].text == "," { next += 1 }
      guard next < words.count else { break }
      let follower = words[next].text
      let goesOn =
        companyEndings.contains(follower) || ["of", "&", "-", "/"].contains(follower)
        || numerals.contains(follower) || word.text == "co" && (!hasStop || follower == "and")
        || word.text == "corporation" && follower == "and"
      if !goesOn { return words[0].range.lowerBound..<end }
      index += 1
    }
    guard let first = words.first, let last = words.last else { return range }
    return first.range.lowerBound..<last.range.upperBound
  }

  /// Without what an opening quotation mark, or a parenthesis that is a role or is never closed, begins.
  private static func unquoted(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    for position in range.dropFirst(3) {
      let isMark = ScalarClass.isOpeningQuote(text[position])
      guard isMark || text[position] == 0x28 else { continue }
      let inside = position + 1..<range.upperBound
      let close = inside.first { text[$0] == 0x29 }
      let isRoleInside = close.map { isRole(text.string(inside.lowerBound..<$0)) } ?? true
      let startsWithDigit = !inside.isEmpty && ScalarClass.isDigit(text[inside.lowerBound])
      if isMark || isRoleInside || startsWithDigit {
        return text.trimmed(range.lowerBound..<position)
      }
    }
    return range
  }

  // MARK: What is of the name around it

  /// With the words that a span broke off: `Build-A-|Bear Workshop`, `Morton’s |Restaurant Group`,
  /// `John J. |Donahoe`, `The |Hershey Company`, `Sears, |Roebuck and Co.`, `Sony Corporation| of America`.
  static func completed(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty else { return range }
    var range = withParenthesis(text, range)
    for _ in 0..<3 {
      let before = wordBefore(text, range.lowerBound)
      if isMixed(text, before), isCompany(text, range) {
        range = before.lowerBound..<range.upperBound
        break
      }
      guard !before.isEmpty, ScalarClass.isUpper(text[before.lowerBound]) else { break }
      let word = text.string(before)
      let isAttached = before.upperBound == range.lowerBound
      let name = Lexeme.lexemes(of: text, in: range).filter { $0.kind != .mark }
      let last = name.last?.text ?? ""
      if isAttached {
        guard ["-", "/", "\u{2010}", "\u{2011}"].contains(word.suffix(1)) else { break }
      } else if word.hasSuffix("’s") || word.hasSuffix("'s") || word.hasSuffix("’S")
        || word.hasSuffix("'S")
      {
        guard isCompany(text, range), !isRole(String(word.dropLast(2))) else { break }
      } else if before.count == 2, word.hasSuffix("."), !isCompany(text, range) {
        let first = wordBefore(text, before.lowerBound)
        guard first.count > 2, ScalarClass.isUpper(text[first.lowerBound]),
          ScalarClass.isLower(text[first.upperBound - 1])
        else { break }
        range = first.lowerBound..<range.upperBound
        break
      } else if word == "The"
        || (word == "THE" && text.string(range).allSatisfy { !$0.isLowercase })
      {
        guard wholeEndings.contains(last), name.count > 1 else { break }
        range = before.lowerBound..<range.upperBound
        break
      } else if word.hasSuffix(","), name.count == 3, ["and", "&"].contains(name[1].text),
        ["co", "company"].contains(last)
      {
        range = before.lowerBound..<range.upperBound
        break
      } else {
        break
      }
      range = before.lowerBound..<range.upperBound
    }
    return withPlace(text, range)
  }

  /// `Fonterra (USA) |Inc.`: a company's ending with the name before the parenthesis.
  private static func withParenthesis(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    let name = Lexeme.lexemes(of: text, in: range)
    guard let first = name.first, companyEndings.contains(first.text) else { return range }
    let before = wordBefore(text, range.lowerBound)
    guard before.count > 2, text[before.lowerBound] == 0x28, text[before.upperBound - 1] == 0x29,
      ScalarClass.isUpper(text[before.lowerBound + 1]),
      !isRole(text.string(before.lowerBound + 1..<before.upperBound - 1))
    else { return range }
    var start: Int?
    var position = before.lowerBound
    for _ in 0..<4 {
      let word = wordBefore(text, position)
      guard !word.isEmpty, ScalarClass.isUpper(text[word.lowerBound]),
        ScalarClass.isLetter(text[word.upperBound - 1])
      else { break }
      start = word.lowerBound
      position = word.lowerBound
    }
    return start.map { $0..<range.upperBound } ?? range
  }

  /// `A3`, `3M`: letters and figures without a space, which begin a name.
  private static func isMixed(_ text: ScalarText, _ word: Range<Int>) -> Bool {
    (2...5).contains(word.count) && word.contains { ScalarClass.isDigit(text[$0]) }
      && word.contains { ScalarClass.isUpper(text[$0]) }
      && word.allSatisfy { ScalarClass.isDigit(text[$0]) || ScalarClass.isUpper(text[$0]) }
  }

  /// `Sony Corporation` with ` of America` after it.
  private static func withPlace(_ text: ScalarText, _ range: Range<Int>) -> Range<Int> {
    let name = Lexeme.lexemes(of: text, in: range)
    guard let last = name.last, wholeEndings.contains(last.text) else { return range }
    let after = Lexeme.lexemes(
      of: text, in: range.upperBound..<min(text.count, range.upperBound + 60))
    guard after.first?.text == "of" else { return range }
    var end = range.upperBound
    for word in after.dropFirst() {
      guard word.kind == .word, ScalarClass.isUpper(text[word.range.lowerBound]) else { break }
      end = word.range.upperBound
    }
    return range.lowerBound..<end
  }

  /// The run of scalars without white space before `position`, over at most one space.
  private static func wordBefore(_ text: ScalarText, _ position: Int) -> Range<Int> {
    var end = position
    if end > 0, ScalarClass.isSpace(text[end - 1]) { end -= 1 }
    var start = end
    while start > 0, end - start < 40, !ScalarClass.isSpace(text[start - 1]) { start -= 1 }
    return start..<end
  }

  // MARK: Words

  private static func span(_ words: ArraySlice<Lexeme>, _ range: Range<Int>) -> Range<Int> {
    let start = words.first?.range.lowerBound ?? range.upperBound
    return start..<max(start, range.upperBound)
  }

  /// Whether no letter is a capital: `eBay` is a name.
  private static func isLowerCase(_ text: ScalarText, _ word: Lexeme) -> Bool {
    word.range.allSatisfy { !ScalarClass.isUpper(text[$0]) }
  }

  private static func isRoleWord(_ text: ScalarText, _ word: Lexeme) -> Bool {
    isRole(text.string(word.range))
  }

  static let strongEndings: Set<String> = [
    "inc", "incorporated", "llc", "ltd", "llp", "plc", "corp", "gmbh", "corporation",
  ]
  private static let wholeEndings: Set<String> = ["company", "corporation", "bank", "trust"]
  private static let numerals: Set<String> = ["ii", "iii", "iv", "v", "vi", "vii"]
  private static let joiners: Set<String> = ["and", ",", ".", "-", ")", "]", ":", ";"]
  private static let particles: Set<String> = ["the", "von", "van", "de", "di", "da", "la", "le"]
  private static let offices: Set<String> = [
    "directors", "secretary", "member", "officer", "partner", "behalf", "president", "none",
    "chairman",
  ]
  private static let salutations: Set<String> = [
    "ladies", "gentlemen", "dear", "attn", "attention",
  ]
  private static let titles: Set<String> = [
    "logo", "ceo", "president", "chairman", "secretary", "treasurer", "employee", "executive",
    "consultant", "recipient", "attn", "attention", "dear",
  ]
}
