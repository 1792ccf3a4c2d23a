/// A regular expression as JSON Schema's `pattern` has it: ECMAScript's syntax with the `u` flag,
/// without what needs backtracking.
///
/// Matching takes time proportional to text times pattern, whatever either of them is, so a pattern
/// from a stranger is safe to run. Back references and look-around are refused by name. Works on
/// Unicode scalars.
package struct RegularExpression: Sendable {
  /// Why a pattern is refused, and where: scalars from 0.
  package struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    package var offset: Int
    package var description: String { "\(message) at character \(offset + 1)" }
  }

  package enum Step: Sendable {
    case scalar(ScalarSet)
    /// Goes on at both places.
    case fork(Int, Int)
    case jump(Int)
    case start
    case end
    case wordBorder(Bool)
    case match
  }

  package let pattern: String
  package let steps: [Step]

  /// More steps than this are refused: counted repetition multiplies them.
  static let mostSteps = 20_000

  package init(_ pattern: String) throws(SyntaxError) {
    self.pattern = pattern
    var compiler = RegularExpressionCompiler(pattern)
    steps = try compiler.compile()
  }

  /// Whether the pattern matches anywhere in the text.
  package func matches(_ text: String) -> Bool {
    var active = StepSet(capacity: steps.count)
    var following = StepSet(capacity: steps.count)
    var previous: Unicode.Scalar?
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while true {
      // A match may begin at every place.
      if add(0, to: &active, previous, next) { return true }
      guard let scalar = next else { return false }
      next = scalars.next()
      for index in active.steps {
        if case .scalar(let set) = steps[index], set.contains(scalar),
          add(index + 1, to: &following, scalar, next)
        {
          return true
        }
      }
      swap(&active, &following)
      following.removeAll()
      previous = scalar
    }
  }

  /// Adds a step and all that follow it without taking a scalar; true when one is the match.
  private func add(
    _ first: Int, to set: inout StepSet, _ previous: Unicode.Scalar?, _ next: Unicode.Scalar?
  ) -> Bool {
    var pending = [first]
    while let index = pending.popLast() {
      guard set.insert(index) else { continue }
      switch steps[index] {
      case .match: return true
      case .scalar: break
      case .jump(let target): pending.append(target)
      case .fork(let first, let second): pending += [second, first]
      case .start: if previous == nil { pending.append(index + 1) }
      case .end: if next == nil { pending.append(index + 1) }
      case .wordBorder(let wanted):
        let isBorder = ScalarSet.word.holds(previous) != ScalarSet.word.holds(next)
        if isBorder == wanted { pending.append(index + 1) }
      }
    }
    return false
  }

  /// A set of steps in order of insertion.
  private struct StepSet {
    private(set) var steps: [Int] = []
    private var isIn: [Bool]

    init(capacity: Int) { isIn = Array(repeating: false, count: capacity) }

    mutating func insert(_ step: Int) -> Bool {
      if isIn[step] { return false }
      isIn[step] = true
      steps.append(step)
      return true
    }

    mutating func removeAll() {
      for step in steps { isIn[step] = false }
      steps.removeAll(keepingCapacity: true)
    }
  }
}

/// Some of all Unicode scalars.
package struct ScalarSet: Hashable, Sendable {
  package var ranges: [ClosedRange<UInt32>] = []
  /// General categories by their short names, one letter for a whole group.
  package var categories: [String] = []
  package var excluded: [ScalarSet] = []
  package var isNegated = false

  static let digit = ScalarSet(ranges: [0x30...0x39])
  package static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  /// ECMAScript's WhiteSpace and LineTerminator.
  static let space = ScalarSet(ranges: [
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
    0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])
  /// What `.` does not match.
  static let lineTerminator = ScalarSet(ranges: [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])

  var negated: ScalarSet {
    var set = self
    set.isNegated.toggle()
    return set
  }

  mutating func formUnion(_ other: ScalarSet) {
    if other.isNegated {
      excluded.append(other)
    } else {
      ranges += other.ranges
      categories += other.categories
      excluded += other.excluded
    }
  }

  func holds(_ scalar: Unicode.Scalar?) -> Bool { scalar.map(contains) ?? false }

  package func contains(_ scalar: Unicode.Scalar) -> Bool {
    var found = ranges.contains { $0.contains(scalar.value) }
    if !found, !categories.isEmpty {
      let name = scalar.properties.generalCategory.shortName
      found = categories.contains { name.hasPrefix($0) }
    }
    if !found { found = excluded.contains { $0.contains(scalar) } }
    return found != isNegated
  }

  /// The categories of `\p{…}`: short and long names of General_Category.
  static func category(_ name: String) -> ScalarSet? {
    let long = [
      "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
      "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Nonspacing_Mark": "Mn",
      "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd",
      "Letter_Number": "Nl", "Other_Number": "No", "Punctuation": "P", "Symbol": "S",
      "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So",
      "Separator": "Z", "Space_Separator": "Zs", "Other": "C", "Control": "Cc", "Format": "Cf",
      "digit": "Nd", "punct": "P", "cntrl": "Cc",
    ]
    let short = long[name] ?? name
    let known = Unicode.GeneralCategory.shortNames
    guard known.contains(short) || (short.count == 1 && known.contains { $0.hasPrefix(short) })
    else { return nil }
    return ScalarSet(categories: [short])
  }
}

extension Unicode.GeneralCategory {
  static let shortNames: Set<String> = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  var shortName: String {
    switch self {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
