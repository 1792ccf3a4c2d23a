package import Documents

/// One sentence of a document's extracted text.
package struct Sentence: Hashable, Sendable {
  /// UTF-8 offsets in ``ExtractedText/text``, without white space at the ends.
  package var range: Range<Int>
  /// Index in ``Document/blocks``.
  package var block: Int
  /// The turn's index, for transcripts. The speaker's name is no part of any sentence.
  package var turn: Int?
}

/// Where sentences end, for every output that quotes or ranks them.
///
/// A sentence ends at `.`, `!`, `?`, `…` or `。！？` (with closing quotes and brackets) where white
/// space follows and the next word could begin one, and at the end of its piece of text (a
/// paragraph, a list item, a table's cell, a turn). Not at the dot of an abbreviation, an initial or
/// a section number.
package enum Sentences {
  package static func of(_ text: ExtractedText, in document: Document) -> [Sentence] {
    var sentences: [Sentence] = []
    let bytes = Array(text.text.utf8)
    var previousBlock: Int?
    for piece in text.pieces {
      defer { previousBlock = piece.block }
      if piece.block != previousBlock, case .turn(let turn) = document.blocks[piece.block].content,
        let speaker = turn.speaker, !speaker.isEmpty
      {
        continue
      }
      for range in ranges(in: bytes, within: piece.range) {
        sentences.append(Sentence(range: range, block: piece.block, turn: piece.turn))
      }
    }
    return sentences
  }

  /// The sentences of one stretch of UTF-8 text, white space at their ends left off.
  package static func ranges(in bytes: [UInt8], within whole: Range<Int>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = whole.lowerBound
    func close(at end: Int) {
      var first = start
      var last = end
      while first < last, isSpace(bytes[first]) { first += 1 }
      while last > first, isSpace(bytes[last - 1]) { last -= 1 }
      if first < last { ranges.append(first..<last) }
      start = end
    }
    var at = whole.lowerBound
    while at < whole.upperBound {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\n"), at + 1 < whole.upperBound, bytes[at + 1] == byte {
        close(at: at)
        at += 2
        continue
      }
      let length = terminatorLength(in: bytes, at: at, end: whole.upperBound)
      guard length > 0 else {
        at += 1
        continue
      }
      let terminator = at
      at += length
      while at < whole.upperBound {
        let more = max(
          terminatorLength(in: bytes, at: at, end: whole.upperBound),
          closerLength(in: bytes, at: at, end: whole.upperBound))
        if more == 0 { break }
        at += more
      }
      if length == 3, byte != 0xE2 {
        // Ideographic full stops need no space after them.
        close(at: at)
      } else if at < whole.upperBound, isSpace(bytes[at]),
        canBegin(in: bytes, at: at, end: whole.upperBound),
        byte != UInt8(ascii: ".")
          || !isAbbreviation(
            in: bytes, dot: terminator, from: start, next: at, end: whole.upperBound)
      {
        close(at: at)
      }
    }
    close(at: whole.upperBound)
    return ranges
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte >= 0x80 || isUpper(byte) || (0x61...0x7A).contains(byte)
  }

  private static func terminatorLength(in bytes: [UInt8], at: Int, end: Int) -> Int {
    switch bytes[at] {
    case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): 1
    case 0xE2 where at + 2 < end && bytes[at + 1] == 0x80 && bytes[at + 2] == 0xA6: 3  // …
    case 0xE3 where at + 2 < end && bytes[at + 1] == 0x80 && bytes[at + 2] == 0x82: 3  // 。
    case 0xEF
    where at + 2 < end && bytes[at + 1] == 0xBC && (bytes[at + 2] == 0x81 || bytes[at + 2] == 0x9F):
      3  // ！？
    default: 0
    }
  }

  private static func closerLength(in bytes: [UInt8], at: Int, end: Int) -> Int {
    switch bytes[at] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ")"), UInt8(ascii: "]"): 1
    case 0xE2 where at + 2 < end && bytes[at + 1] == 0x80 && (0x98...0x9F).contains(bytes[at + 2]):
      3  // quotation marks
    default: 0
    }
  }

  /// Whether what follows the white space at `at` could be the first word of a sentence.
  private static func canBegin(in bytes: [UInt8], at: Int, end: Int) -> Bool {
    var next = at
    while next < end, isSpace(bytes[next]) { next += 1 }
    guard next < end else { return true }
    return !(0x61...0x7A).contains(bytes[next])
      && ![UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":")].contains(bytes[next])
  }

  /// Whether the dot at `dot` belongs to the word before it.
  private static func isAbbreviation(
    in bytes: [UInt8], dot: Int, from start: Int, next: Int, end: Int
  ) -> Bool {
    var first = dot
    while first > start, isLetter(bytes[first - 1]) || bytes[first - 1] == UInt8(ascii: ".") {
      first -= 1
    }
    let word = bytes[first..<dot]
    guard !word.isEmpty else {
      // "4." or "(4.2)." alone is a number in front of a sentence, not a sentence.
      var number = dot
      while number > start, isDigit(bytes[number - 1]) || bytes[number - 1] == UInt8(ascii: ".") {
        number -= 1
      }
      return number < dot && bytes[start..<number].allSatisfy(isSpace)
    }
    if word.count == 1, isUpper(word[word.startIndex]) { return true }
    let lower = String(decoding: word, as: UTF8.self).lowercased()
    if beforeName.contains(lower) { return true }
    if beforeNumber.contains(lower) {
      var after = next
      while after < end, isSpace(bytes[after]) { after += 1 }
      return after < end && isDigit(bytes[after])
    }
    return false
  }

  /// Abbreviations that a capital letter follows within a sentence.
  private static let beforeName: Set<String> = [
    "mr", "mrs", "ms", "messrs", "dr", "prof", "hon", "rev", "gen", "col", "sgt", "capt", "lt",
    "gov", "sen", "rep", "st", "mt", "ft", "vs", "v", "cf", "e.g", "i.e", "viz", "approx", "ca",
    "u.s", "u.k", "e.u", "attn", "dept", "fig", "eq", "ref", "al",
  ]

  /// Abbreviations that a number follows within a sentence.
  private static let beforeNumber: Set<String> = [
    "no", "nos", "art", "arts", "sec", "secs", "para", "paras", "ch", "chap", "vol", "p", "pp",
    "pt", "ex", "exh", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec", "tit", "cl", "reg", "stat",
  ]
}
