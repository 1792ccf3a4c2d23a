/// Reads a pattern by recursive descent and writes its steps.
struct RegularExpressionCompiler {
  private typealias Step = RegularExpression.Step
  private typealias SyntaxError = RegularExpression.SyntaxError

  private indirect enum Node {
    case empty
    case set(ScalarSet)
    case start, end
    case wordBorder(Bool)
    case sequence([Node])
    case choice([Node])
    /// `most` is nil for no limit.
    case repeated(Node, least: Int, most: Int?)
  }

  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var depth = 0
  private var steps: [RegularExpression.Step] = []

  private static let deepest = 200

  init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

  mutating func compile() throws(RegularExpression.SyntaxError) -> [RegularExpression.Step] {
    let node = try choice()
    guard place == scalars.count else { throw error("“)” without “(”") }
    try write(node)
    try emit(.match)
    return steps
  }

  private func error(_ message: String, at offset: Int? = nil) -> RegularExpression.SyntaxError {
    RegularExpression.SyntaxError(message: message, offset: offset ?? place)
  }

  // MARK: Reading

  private var current: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    place += 1
    return true
  }

  private mutating func choice() throws(RegularExpression.SyntaxError) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("groups nested deeper than \(Self.deepest)") }
    var choices = [try sequence()]
    while take("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(RegularExpression.SyntaxError) -> Node {
    var parts: [Node] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      let atom = try atom()
      parts.append(try quantified(atom))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func atom() throws(RegularExpression.SyntaxError) -> Node {
    let start = place
    let scalar = scalars[place]
    place += 1
    switch scalar {
    case "^": return .start
    case "$": return .end
    case ".": return .set(ScalarSet.lineTerminator.negated)
    case "[": return .set(try scalarClass())
    case "(": return try group(start)
    case "\\":
      switch current {
      case "b":
        place += 1
        return .wordBorder(true)
      case "B":
        place += 1
        return .wordBorder(false)
      default: return .set(try escape(inClass: false))
      }
    case "*", "+", "?": throw error("“\(scalar)” without anything to repeat", at: start)
    case "{", "}", "]": throw error("“\(scalar)” that is not escaped", at: start)
    default: return .set(ScalarSet(ranges: [scalar.value...scalar.value]))
    }
  }

  private mutating func group(_ start: Int) throws(RegularExpression.SyntaxError) -> Node {
    if take("?") {
      switch current {
      case ":": place += 1
      case "=", "!": throw error("look-ahead is not supported", at: start)
      case "<":
        place += 1
        guard current != "=", current != "!" else {
          throw error("look-behind is not supported", at: start)
        }
        while let scalar = current, scalar != ">" {
          guard ScalarSet.word.contains(scalar) else { throw error("group name") }
          place += 1
        }
        guard take(">") else { throw error("group name is not closed", at: start) }
      default: throw error("unknown kind of group", at: start)
      }
    }
    let node = try choice()
    guard take(")") else { throw error("“(” is not closed", at: start) }
    return node
  }

  private mutating func quantified(_ atom: Node) throws(RegularExpression.SyntaxError) -> Node {
    let start = place
    var least = 1
    var most: Int? = 1
    switch current {
    case "*": (least, most) = (0, nil)
    case "+": (least, most) = (1, nil)
    case "?": (least, most) = (0, 1)
    case "{":
      place += 1
      guard let count = number() else { throw error("“{” that is not escaped", at: start) }
      least = count
      most = count
      if take(",") { most = number() }
      guard current == "}" else { throw error("expected “}” here") }
      if let most, most < least { throw error("numbers out of order in “{}”", at: start) }
    default: return atom
    }
    switch atom {
    case .start, .end, .wordBorder: throw error("an assertion cannot be repeated", at: start)
    default: break
    }
    place += 1
    // Lazy or greedy, the texts that match are the same.
    _ = take("?")
    return .repeated(atom, least: least, most: most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = current, (0x30...0x39).contains(scalar.value) {
      value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), 1_000_000)
      place += 1
    }
    return value
  }

  private mutating func scalarClass() throws(RegularExpression.SyntaxError) -> ScalarSet {
    let start = place - 1
    let isNegated = take("^")
    var set = ScalarSet()
    while let scalar = current, scalar != "]" {
      let first = try classAtom()
      if current == "-", place + 1 < scalars.count, scalars[place + 1] != "]" {
        place += 1
        let last = try classAtom()
        guard let low = first.single, let high = last.single, low <= high else {
          throw error("range in “[]” is out of order or of whole classes", at: place - 1)
        }
        set.ranges.append(low...high)
      } else {
        set.formUnion(first)
      }
    }
    guard take("]") else { throw error("“[” is not closed", at: start) }
    return isNegated ? set.negated : set
  }

  private mutating func classAtom() throws(RegularExpression.SyntaxError) -> ScalarSet {
    guard let scalar = current else { throw error("“[” is not closed") }
    place += 1
    if scalar == "\\" { return try escape(inClass: true) }
    return ScalarSet(ranges: [scalar.value...scalar.value])
  }

  /// What stands after a backslash.
  private mutating func escape(inClass: Bool) throws(RegularExpression.SyntaxError) -> ScalarSet {
    let start = place - 1
    guard let scalar = current else { throw error("the pattern ends in a backslash", at: start) }
    place += 1
    func single(_ value: UInt32) -> ScalarSet { ScalarSet(ranges: [value...value]) }
    switch scalar {
    case "d": return .digit
    case "D": return ScalarSet.digit.negated
    case "w": return .word
    case "W": return ScalarSet.word.negated
    case "s": return .space
    case "S": return ScalarSet.space.negated
    case "t": return single(0x09)
    case "n": return single(0x0A)
    case "v": return single(0x0B)
    case "f": return single(0x0C)
    case "r": return single(0x0D)
    case "b" where inClass: return single(0x08)
    case "-" where inClass: return single(0x2D)
    case "0":
      if let next = current, (0x30...0x39).contains(next.value) {
        throw error("octal escapes are not supported", at: start)
      }
      return single(0)
    case "c":
      guard let letter = current, letter.isASCII, letter.properties.isAlphabetic else {
        throw error("“\\c” without a letter", at: start)
      }
      place += 1
      return single(letter.value & 31)
    case "x": return single(try hexadecimal(2, start))
    case "u": return single(try unicodeEscape(start))
    case "p", "P":
      guard take("{") else { throw error("“\\p” without “{”", at: start) }
      var name = ""
      while let scalar = current, scalar != "}" {
        name.unicodeScalars.append(scalar)
        place += 1
      }
      guard take("}") else { throw error("“\\p{” is not closed", at: start) }
      let category = name.split(separator: "=", maxSplits: 1).map(String.init)
      guard category.count == 1 || ["gc", "General_Category"].contains(category[0]),
        let set = ScalarSet.category(category.last ?? "")
      else { throw error("unknown property \(name)", at: start) }
      return scalar == "P" ? set.negated : set
    case "1"..."9", "k": throw error("back references are not supported", at: start)
    case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/":
      return single(scalar.value)
    default: throw error("unknown escape “\\\(scalar)”", at: start)
    }
  }

  private mutating func hexadecimal(_ digits: Int, _ start: Int)
    throws(RegularExpression.SyntaxError) -> UInt32
  {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let scalar = current, let digit = Character(scalar).hexDigitValue, scalar.isASCII else {
        throw error("escape without its hexadecimal digits", at: start)
      }
      value = value << 4 | UInt32(digit)
      place += 1
    }
    return value
  }

  private mutating func unicodeEscape(_ start: Int) throws(RegularExpression.SyntaxError) -> UInt32
  {
    if take("{") {
      var value: UInt32 = 0
      while let scalar = current, scalar != "}" {
        value = value << 4 | (try hexadecimal(1, start))
        guard value <= 0x10FFFF else { throw error("escape beyond U+10FFFF", at: start) }
      }
      guard take("}") else { throw error("“\\u{” is not closed", at: start) }
      return value
    }
    let high = try hexadecimal(4, start)
    guard (0xD800..<0xDC00).contains(high), current == "\\", place + 1 < scalars.count,
      scalars[place + 1] == "u"
    else { return high }
    place += 2
    let low = try hexadecimal(4, start)
    guard (0xDC00..<0xE000).contains(low) else {
      throw error("half of a surrogate pair", at: start)
    }
    return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
  }

  // MARK: Writing

  private mutating func emit(_ step: RegularExpression.Step) throws(RegularExpression.SyntaxError) {
    guard steps.count < RegularExpression.mostSteps else {
      throw error("the pattern is longer than \(RegularExpression.mostSteps) steps", at: 0)
    }
    steps.append(step)
  }

  private mutating func write(_ node: Node) throws(RegularExpression.SyntaxError) {
    switch node {
    case .empty: break
    case .set(let set): try emit(.scalar(set))
    case .start: try emit(.start)
    case .end: try emit(.end)
    case .wordBorder(let wanted): try emit(.wordBorder(wanted))
    case .sequence(let parts): for part in parts { try write(part) }
    case .choice(let choices):
      var jumps: [Int] = []
      for (index, choice) in choices.enumerated() {
        guard index < choices.count - 1 else {
          try write(choice)
          break
        }
        let fork = steps.count
        try emit(.fork(fork + 1, 0))
        try write(choice)
        jumps.append(steps.count)
        try emit(.jump(0))
        steps[fork] = .fork(fork + 1, steps.count)
      }
      for jump in jumps { steps[jump] = .jump(steps.count) }
    case .repeated(let node, let least, let most):
      // A body without steps is written once: the limit on steps would never end its repetition.
      let before = steps.count
      try write(node)
      guard steps.count > before else { return }
      if least == 0 { steps.removeSubrange(before...) }
      for _ in 0..<max(0, least - 1) { try write(node) }
      if let most {
        var forks: [Int] = []
        for _ in least..<max(least, most) {
          forks.append(steps.count)
          try emit(.fork(steps.count + 1, 0))
          try write(node)
        }
        for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
      } else {
        let fork = steps.count
        try emit(.fork(fork + 1, 0))
        try write(node)
        try emit(.jump(fork))
        steps[fork] = .fork(fork + 1, steps.count)
      }
    }
  }
}

extension ScalarSet {
  /// The one scalar it holds.
  fileprivate var single: UInt32? {
    guard !isNegated, categories.isEmpty, excluded.isEmpty, ranges.count == 1,
      ranges[0].count == 1
    else { return nil }
    return ranges[0].lowerBound
  }
}
