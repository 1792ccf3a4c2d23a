/// The date a transcript's header states.
enum MeetingDate {
  /// The first whole date in `lines`, as ISO 8601; nil where there is none, or only an ambiguous one
  /// (`03/04/2026`).
  static func find(in lines: [String]) -> String? {
    for line in lines {
      if let date = find(in: line) { return date }
    }
    return nil
  }

  static func find(in line: String) -> String? {
    let tokens = tokens(of: line.lowercased())
    for index in tokens.indices {
      if let date = numeric(tokens, index) ?? worded(tokens, index) { return date }
    }
    return nil
  }

  private enum Token {
    case number(Int, digits: Int)
    case word(String)
    case mark(Character)
  }

  private static func tokens(of line: String) -> [Token] {
    var tokens: [Token] = []
    var current = ""
    func flush() {
      guard !current.isEmpty else { return }
      if let number = Int(current), current.utf8.count <= 4 {
        tokens.append(.number(number, digits: current.utf8.count))
      } else {
        tokens.append(.word(current))
      }
      current = ""
    }
    for character in line {
      let isDigit = character.isASCII && character.isNumber
      if isDigit || character.isLetter {
        if let last = current.last, (last.isASCII && last.isNumber) != isDigit { flush() }
        current.append(character)
      } else {
        flush()
        if character != " " { tokens.append(.mark(character)) }
      }
    }
    flush()
    return tokens
  }

  /// `2026-11-20`, `2026/11/20`, `20.11.2026`, and `11/20/2026` where only one reading is a date.
  private static func numeric(_ tokens: [Token], _ index: Int) -> String? {
    guard index + 4 < tokens.count, case .number(let first, let digits) = tokens[index],
      case .mark(let mark) = tokens[index + 1], case .number(let second, _) = tokens[index + 2],
      case .mark(mark) = tokens[index + 3],
      case .number(let third, let lastDigits) = tokens[index + 4]
    else { return nil }
    if digits == 4, "-/.".contains(mark) { return iso(first, second, third) }
    guard lastDigits == 4 else { return nil }
    switch mark {
    case ".": return iso(third, second, first)
    case "/", "-":
      if first > 12 { return iso(third, second, first) }
      return second > 12 || first == second ? iso(third, first, second) : nil
    default: return nil
    }
  }

  /// `November 20, 2026`, `20 November 2026`, `20. November 2026`, `20th of November 2026`.
  private static func worded(_ tokens: [Token], _ index: Int) -> String? {
    guard case .word(let word) = tokens[index], let month = month(word) else { return nil }
    var after: [Int] = []
    var position = index + 1
    while position < tokens.count, after.count < 2 {
      switch tokens[position] {
      case .number(let value, _): after.append(value)
      case .mark(let mark) where mark == "," || mark == ".": break
      case .word(let word) where ["st", "nd", "rd", "th", "de", "del"].contains(word): break
      default: position = tokens.count
      }
      position += 1
    }
    if after.count == 2, after[1] > 1000 { return iso(after[1], month, after[0]) }
    guard let year = after.first, year > 1000 else { return nil }
    position = index - 1
    while position >= 0 {
      switch tokens[position] {
      case .number(let day, _): return iso(year, month, day)
      case .mark("."): break
      case .word(let word) where ["st", "nd", "rd", "th", "of", "de", "er"].contains(word): break
      default: return nil
      }
      position -= 1
    }
    return nil
  }

  private static func month(_ word: String) -> Int? {
    for (index, names) in months.enumerated() where names.contains(word) { return index + 1 }
    return nil
  }

  private static let months: [Set<String>] = [
    ["january", "jan", "januar", "janvier", "enero", "gennaio"],
    ["february", "feb", "februar", "février", "febrero", "febbraio"],
    ["march", "mar", "märz", "mars", "marzo"],
    ["april", "apr", "avril", "abril", "aprile"],
    ["may", "mai", "mayo", "maggio"],
    ["june", "jun", "juni", "juin", "junio", "giugno"],
    ["july", "jul", "juli", "juillet", "julio", "luglio"],
    ["august", "aug", "août", "agosto"],
    ["september", "sep", "sept", "septembre", "septiembre", "settembre"],
    ["october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre"],
    ["november", "nov", "novembre", "noviembre"],
    ["december", "dec", "dezember", "dez", "décembre", "diciembre", "dicembre"],
  ]

  private static func iso(_ year: Int, _ month: Int, _ day: Int) -> String? {
    guard (1800...2200).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(year)-\(padded(month))-\(padded(day))"
  }
}
