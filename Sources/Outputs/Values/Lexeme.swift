/// A word, a run of digits, or a single mark: what the value parsers read.
package struct Lexeme: Hashable, Sendable {
  package var kind: Kind
  /// Scalar offsets in the text.
  package var range: Range<Int>
  /// Lower case; dashes and quotes in their ASCII form.
  package var text: String

  package enum Kind: Hashable, Sendable { case word, number, mark }

  /// The lexemes of `range` of `text`, in order; white space is left out.
  package static func lexemes(of text: ScalarText, in range: Range<Int>) -> [Lexeme] {
    var lexemes: [Lexeme] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let scalar = text[position]
      if ScalarClass.isSpace(scalar) {
        position += 1
        continue
      }
      let start = position
      let kind: Kind
      if ScalarClass.isDigit(scalar) {
        kind = .number
        while position < range.upperBound, ScalarClass.isDigit(text[position]) { position += 1 }
      } else if ScalarClass.isLetter(scalar) {
        kind = .word
        while position < range.upperBound, ScalarClass.isLetter(text[position]) { position += 1 }
      } else {
        kind = .mark
        position += 1
      }
      var view = String.UnicodeScalarView()
      for index in start..<position {
        if let scalar = Unicode.Scalar(folded(text[index])) { view.append(scalar) }
      }
      lexemes.append(Lexeme(kind: kind, range: start..<position, text: String(view)))
    }
    return lexemes
  }

  private static func folded(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0x2010...0x2015, 0x2212: 0x2D
    case 0x2018, 0x2019: 0x27
    case 0x201C, 0x201D, 0x201E: 0x22
    default: ScalarClass.lowered(scalar)
    }
  }

  /// The value of a number lexeme of at most nine digits.
  var number: Int? { kind == .number && text.utf8.count <= 9 ? Int(text) : nil }
}

/// A list of lexemes that can be asked beyond its ends.
struct LexemeList {
  let lexemes: [Lexeme]

  init(_ lexemes: [Lexeme]) { self.lexemes = lexemes }
  init(_ text: ScalarText, in range: Range<Int>) {
    lexemes = Lexeme.lexemes(of: text, in: range)
  }

  var count: Int { lexemes.count }
  func lexeme(_ index: Int) -> Lexeme? { lexemes.indices.contains(index) ? lexemes[index] : nil }
  func text(_ index: Int) -> String { lexemes.indices.contains(index) ? lexemes[index].text : "" }
  func number(_ index: Int) -> Int? {
    lexemes.indices.contains(index) ? lexemes[index].number : nil
  }
  func isWord(_ index: Int) -> Bool {
    lexemes.indices.contains(index) && lexemes[index].kind == .word
  }
  /// Whether no space stands between two neighbours.
  func touches(_ index: Int) -> Bool {
    guard lexemes.indices.contains(index), lexemes.indices.contains(index + 1) else { return false }
    return lexemes[index].range.upperBound == lexemes[index + 1].range.lowerBound
  }
  func range(_ first: Int, _ end: Int) -> Range<Int> {
    lexemes[first].range.lowerBound..<lexemes[end - 1].range.upperBound
  }
  /// Which lexemes begin in `range` of the text.
  func indices(in range: Range<Int>) -> Range<Int> {
    let first = lexemes.firstIndex { $0.range.lowerBound >= range.lowerBound } ?? 0
    let end = lexemes.firstIndex { $0.range.lowerBound >= range.upperBound } ?? count
    return first..<end
  }
  /// The words and marks before `index`, `reach` at most, since the last of `ends`.
  func sentence(before index: Int, ends: Set<String>, reach: Int = .max) -> ArraySlice<String> {
    let before = lexemes[(index - min(reach, index))..<index].map(\.text)
    return before.lastIndex(where: ends.contains).map { before[($0 + 1)...] } ?? before[...]
  }
}
