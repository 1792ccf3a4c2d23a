/// Fields that are open at a point of the text: of a field the result is shown, not the code.
struct WordFields {
  private var open: [Field] = []

  private struct Field {
    var code = ""
    var isResult = false
  }

  /// Whether text here is shown.
  var isShown: Bool { open.allSatisfy(\.isResult) }

  /// Deeper ones are none: no document has them.
  private static let deepest = 64

  mutating func begin() {
    if open.count < Self.deepest { open.append(Field()) }
  }

  mutating func add(code: String) {
    guard let last = open.indices.last, !open[last].isResult, open[last].code.utf8.count < 4096
    else { return }
    open[last].code += code
  }

  /// The result begins; where the field is a link, its address.
  mutating func separate() -> String? {
    guard let last = open.indices.last, !open[last].isResult else { return nil }
    open[last].isResult = true
    return Self.address(open[last].code)
  }

  /// The field ends; true where it was a link whose result was shown.
  mutating func end() -> Bool {
    guard let field = open.popLast() else { return false }
    return field.isResult && Self.address(field.code) != nil
  }

  /// `HYPERLINK "https://…"`, `HYPERLINK \l "bookmark"`.
  static func address(_ code: String) -> String? {
    let trimmed = code.drop(while: \.isWhitespace)
    guard trimmed.prefix(9).uppercased() == "HYPERLINK" else { return nil }
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in trimmed.dropFirst(9) {
      if character == "\"" {
        if isQuoted { words.append(word) }
        word = ""
        isQuoted.toggle()
      } else if !isQuoted, character.isWhitespace {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    var address = ""
    var position = 0
    while position < words.count {
      let word = words[position]
      position += 1
      switch word {
      case "\\l":
        if position < words.count { address += "#\(words[position])" }
        position += 1
      case "\\o", "\\t": position += 1
      case "\\n", "\\m", "\\h": break
      default: if address.isEmpty { address = word }
      }
    }
    return address.isEmpty ? nil : address
  }
}
