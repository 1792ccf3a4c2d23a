/// Cuts an expression into tokens.
struct ExpressionLexer {
  enum Token: Hashable {
    /// A letter or `_`, then letters, digits, `_` and `-`: there is no subtraction, so ids may
    /// have hyphens.
    case name(String)
    case string(String)
    case number(Double)
    /// An operator or a bracket.
    case mark(String)
    case end

    /// How messages name the token; never the contents of a string.
    var description: String {
      switch self {
      case .name(let name): "“\(name)”"
      case .string: "a text"
      case .number: "a number"
      case .mark(let mark): "“\(mark)”"
      case .end: "the end"
      }
    }
  }

  private let scalars: [Unicode.Scalar]
  /// In Unicode scalars.
  private(set) var offset = 0

  init(_ source: String) { scalars = Array(source.unicodeScalars) }

  var count: Int { scalars.count }

  /// The next token and where it begins.
  mutating func next() throws(ExpressionError) -> (Token, Int) {
    while let scalar = current, scalar.properties.isWhitespace { offset += 1 }
    let start = offset
    guard let scalar = current else { return (.end, start) }
    switch scalar {
    case "'", "\"": return (.string(try string(scalar)), start)
    case "0"..."9": return (.number(try number()), start)
    case "-":
      if let next = peek(1), ("0"..."9").contains(next) { return (.number(try number()), start) }
      throw ExpressionError(
        message: "“-” only stands before a number; there is no arithmetic", offset: start)
    case "_",
      _ where scalar.properties.isAlphabetic:
      while let scalar = current, isName(scalar) { offset += 1 }
      return (.name(text(start..<offset)), start)
    default: return (.mark(try mark(scalar)), start)
    }
  }

  private var current: Unicode.Scalar? { peek(0) }
  private func peek(_ distance: Int) -> Unicode.Scalar? {
    offset + distance < scalars.count ? scalars[offset + distance] : nil
  }

  private func text(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[range])
    return String(text)
  }

  private func isName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "_", "-", "0"..."9": true
    default: scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark
    }
  }

  private mutating func mark(_ scalar: Unicode.Scalar) throws(ExpressionError) -> String {
    let start = offset
    if let second = peek(1) {
      let pair = "\(scalar)\(second)"
      switch pair {
      case "==", "!=", "<=", ">=":
        offset += 2
        return pair
      case "&&": throw ExpressionError(message: "write “and” for “&&”", offset: start)
      case "||": throw ExpressionError(message: "write “or” for “||”", offset: start)
      case "<>": throw ExpressionError(message: "write “!=” for “<>”", offset: start)
      default: break
      }
    }
    switch scalar {
    case "<", ">", "(", ")", "[", "]", ",", ".":
      offset += 1
      return String(scalar)
    case "=": throw ExpressionError(message: "write “==” to compare", offset: start)
    case "!": throw ExpressionError(message: "write “not” for “!”", offset: start)
    case "+", "*", "/", "%":
      throw ExpressionError(message: "“\(scalar)”: there is no arithmetic", offset: start)
    default:
      throw ExpressionError(
        message: "unexpected character U+\(String(scalar.value, radix: 16, uppercase: true))",
        offset: start)
    }
  }

  private mutating func string(_ quote: Unicode.Scalar) throws(ExpressionError) -> String {
    let start = offset
    offset += 1
    var text = String.UnicodeScalarView()
    while let scalar = current {
      offset += 1
      if scalar == quote { return String(text) }
      guard scalar == "\\" else {
        text.append(scalar)
        continue
      }
      guard let escaped = current else { break }
      switch escaped {
      case "\\", "'", "\"": text.append(escaped)
      case "n": text.append("\n")
      case "t": text.append("\t")
      default:
        throw ExpressionError(
          message: #"unknown escape; there are \\, \', \", \n and \t"#, offset: offset - 1)
      }
      offset += 1
    }
    throw ExpressionError(message: "the text is not closed", offset: start)
  }

  private mutating func number() throws(ExpressionError) -> Double {
    let start = offset
    if current == "-" { offset += 1 }
    digits()
    if current == ".", let next = peek(1), ("0"..."9").contains(next) {
      offset += 1
      digits()
    }
    if let scalar = current, isName(scalar) {
      throw ExpressionError(
        message: "a number goes straight into a name; a date is a text, as in '2027-01-31'",
        offset: start)
    }
    guard let number = Double(text(start..<offset)), number.isFinite else {
      throw ExpressionError(message: "the number is too large", offset: start)
    }
    return number
  }

  private mutating func digits() {
    while let scalar = current, ("0"..."9").contains(scalar) { offset += 1 }
  }
}
