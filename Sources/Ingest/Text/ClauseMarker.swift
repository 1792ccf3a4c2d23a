/// The printed marker at the head of a list item or a clause: `4.2`, `(b)`, `•`, `Section 3`.
struct ClauseMarker: Hashable, Sendable {
  var style: Style
  /// Where the text after the marker begins: UTF-8 offset, white space skipped.
  var textStart: Int
  /// The number or letter's place in its sequence (1 for `a`, `i`, `1`), where it has one.
  var ordinal: Int?

  enum Style: Hashable, Sendable {
    case bullet
    /// `4`, `4.2`, `4.2.1` with that many components.
    case decimal(components: Int)
    case article
    case section
    case lowerLetter, upperLetter, lowerRoman, upperRoman, number
    /// `a.`, `A.`, `i.`, `IV.` as against the bracketed ones above.
    case lowerLetterDot, upperLetterDot, lowerRomanDot, upperRomanDot
  }

  /// The marker at the beginning of `range`, which begins with something other than white space.
  static func parse(_ utf8: [UInt8], _ range: Range<Int>) -> ClauseMarker? {
    guard let first = range.first else { return nil }
    func skipSpace(_ from: Int) -> Int? {
      var position = from
      while position < range.upperBound {
        if utf8[position] <= 0x20 {
          position += 1
        } else if utf8[position] == 0xC2, position + 1 < range.upperBound,
          utf8[position + 1] == 0xA0
        {
          position += 2
        } else {
          break
        }
      }
      return position > from && position < range.upperBound ? position : nil
    }
    switch utf8[first] {
    case 0x2D, 0x2A, 0x2B:  // - * +
      guard let text = skipSpace(first + 1) else { return nil }
      return ClauseMarker(style: .bullet, textStart: text)
    case 0xE2, 0xC2, 0xEF:  // • ‣ ◦ – — · ▪ ● ○ ■ □ ✓ and private-use bullets
      let length = utf8[first] == 0xC2 ? 2 : 3
      guard first + length <= range.upperBound,
        bullets.contains(Array(utf8[first..<first + length])), let text = skipSpace(first + length)
      else { return nil }
      return ClauseMarker(style: .bullet, textStart: text)
    case 0x28: return bracketed(utf8, range, skipSpace)
    case 0x30...0x39: return decimal(utf8, range, skipSpace)
    case 0x41...0x5A, 0x61...0x7A: return lettered(utf8, range, skipSpace)
    default: return nil
    }
  }

  private static let bullets: Set<[UInt8]> = Set(
    ["•", "‣", "◦", "–", "—", "·", "▪", "●", "○", "■", "□", "➢", "✓", "►", "", ""].map {
      Array($0.utf8)
    })

  /// `(a)`, `(iv)`, `(12)`, `(A)`.
  private static func bracketed(
    _ utf8: [UInt8], _ range: Range<Int>, _ skipSpace: (Int) -> Int?
  ) -> ClauseMarker? {
    let first = range.lowerBound
    var end = first + 1
    while end < range.upperBound, utf8[end] != 0x29, end - first <= 7 { end += 1 }
    guard end < range.upperBound, utf8[end] == 0x29, end > first + 1 else { return nil }
    let label = utf8[first + 1..<end]
    guard let text = skipSpace(end + 1) ?? (end + 1 < range.upperBound ? end + 1 : nil),
      let (style, ordinal) = sequence(label)
    else { return nil }
    return ClauseMarker(style: style, textStart: text, ordinal: ordinal)
  }

  private static func sequence(_ label: ArraySlice<UInt8>) -> (Style, Int)? {
    if label.allSatisfy({ (0x30...0x39).contains($0) }) {
      // `(408)` begins a telephone number.
      guard label.count <= 2 else { return nil }
      return (.number, Int(String(decoding: label, as: UTF8.self)) ?? 0)
    }
    let isLower = label.allSatisfy { (0x61...0x7A).contains($0) }
    let isUpper = label.allSatisfy { (0x41...0x5A).contains($0) }
    guard isLower || isUpper else { return nil }
    if let roman = roman(label),
      label.count > 1 || [0x69, 0x76, 0x78].contains(label.first! | 0x20)
    {
      return (isLower ? .lowerRoman : .upperRoman, roman)
    }
    guard label.count == 1 || label.count == 2 && label.first == label.last else { return nil }
    let letter = Int(label.first! | 0x20) - 0x60
    return (isLower ? .lowerLetter : .upperLetter, label.count == 2 ? letter + 26 : letter)
  }

  static func roman(_ label: ArraySlice<UInt8>) -> Int? {
    let values: [UInt8: Int] = [
      0x69: 1, 0x76: 5, 0x78: 10, 0x6C: 50, 0x63: 100, 0x64: 500, 0x6D: 1000,
    ]
    var total = 0
    var previous = Int.max
    for byte in label {
      guard let value = values[byte | 0x20] else { return nil }
      if value > previous { total -= 2 * previous }
      total += value
      previous = value
    }
    return total > 0 && label.count <= 7 ? total : nil
  }

  /// `4.`, `4)`, `4.2`, `4.2.1.`; not a bare number, an amount or a date.
  private static func decimal(
    _ utf8: [UInt8], _ range: Range<Int>, _ skipSpace: (Int) -> Int?
  ) -> ClauseMarker? {
    var position = range.lowerBound
    var components = 0
    var ordinal = 0
    while position < range.upperBound, (0x30...0x39).contains(utf8[position]) {
      var digits = 0
      ordinal = 0
      while position < range.upperBound, (0x30...0x39).contains(utf8[position]), digits < 4 {
        ordinal = ordinal * 10 + Int(utf8[position] - 0x30)
        digits += 1
        position += 1
      }
      if digits > 3 { return nil }
      components += 1
      guard position + 1 < range.upperBound, utf8[position] == 0x2E,
        (0x30...0x39).contains(utf8[position + 1])
      else { break }
      position += 1
    }
    guard position < range.upperBound else { return nil }
    var isClosed = false
    if utf8[position] == 0x2E || utf8[position] == 0x29 {
      isClosed = true
      position += 1
    }
    guard isClosed || components > 1, let text = skipSpace(position) else { return nil }
    // "4.2 million" and "1.5 hours" are amounts, "3. März" is a date.
    if !isClosed || components == 1, (0x61...0x7A).contains(utf8[text]), !isClosed { return nil }
    return ClauseMarker(
      style: .decimal(components: components), textStart: text, ordinal: ordinal)
  }

  private static let words: [(String, Style)] = [
    ("article", .article), ("chapter", .article), ("part", .article), ("title", .article),
    ("schedule", .article), ("exhibit", .article), ("appendix", .article), ("annex", .article),
    ("section", .section), ("clause", .section), ("artikel", .section), ("§", .section),
  ]

  /// `ARTICLE IV`, `Section 4.2`, `a.`, `IV.`
  private static func lettered(
    _ utf8: [UInt8], _ range: Range<Int>, _ skipSpace: (Int) -> Int?
  ) -> ClauseMarker? {
    var end = range.lowerBound
    while end < range.upperBound, end - range.lowerBound < 10,
      (0x61...0x7A).contains(utf8[end] | 0x20)
    { end += 1 }
    let word = utf8[range.lowerBound..<end]
    let lowered = String(decoding: word.map { $0 | 0x20 }, as: UTF8.self)
    if let (_, style) = words.first(where: { $0.0 == lowered }) {
      guard (0x41...0x5A).contains(utf8[range.lowerBound]), let label = skipSpace(end) else {
        return nil
      }
      var labelEnd = label
      while labelEnd < range.upperBound, utf8[labelEnd] > 0x20, utf8[labelEnd] != 0x3A {
        labelEnd += 1
      }
      let digits = utf8[label..<labelEnd].filter { (0x30...0x39).contains($0) }
      var trimmed = utf8[label..<labelEnd]
      while let last = trimmed.last, [0x2E, 0x2C, 0x29, 0x2D].contains(last) {
        trimmed.removeLast()
      }
      let ordinal = Int(String(decoding: digits.prefix(9), as: UTF8.self)) ?? roman(trimmed)
      let isSingleLetter = trimmed.count == 1 && (0x41...0x5A).contains(trimmed.first!)
      guard ordinal != nil || isSingleLetter else { return nil }
      return ClauseMarker(
        style: style, textStart: skipSpace(labelEnd) ?? labelEnd, ordinal: ordinal)
    }
    guard end < range.upperBound, utf8[end] == 0x2E || utf8[end] == 0x29, word.count <= 5,
      let text = skipSpace(end + 1), let (style, ordinal) = sequence(word)
    else { return nil }
    let dotted: Style =
      switch style {
      case .lowerLetter: .lowerLetterDot
      case .upperLetter: .upperLetterDot
      case .lowerRoman: .lowerRomanDot
      default: .upperRomanDot
      }
    return ClauseMarker(style: dotted, textStart: text, ordinal: ordinal)
  }
}

/// How deep a marker stands among those before it.
///
/// Styles nest in the order in which they open: a style seen first is one level deeper than the
/// one before it, and a style seen again closes everything opened since.
struct ClauseHierarchy: Sendable {
  private var open: [(style: ClauseMarker.Style, ordinal: Int, indent: Int)] = []

  mutating func reset() { open.removeAll() }

  /// The marker's depth from 0.
  ///
  /// - Parameter followsItem: the block before has a marker as well, with nothing in between.
  mutating func depth(of marker: ClauseMarker, indent: Int = 0, followsItem: Bool = false) -> Int {
    var style = marker.style
    var ordinal = marker.ordinal ?? 0
    // `(i)` after `(h)` is a letter; otherwise it is a Roman one. The same for `v` and `x`.
    if let letter = letterStyle(of: style), let value = letterOrdinal(of: ordinal),
      open.contains(where: { $0.style == letter && $0.ordinal == value - 1 }),
      !open.contains(where: { $0.style == style && $0.ordinal == ordinal - 1 })
    {
      style = letter
      ordinal = value
    }
    if let index = continued(style, ordinal) {
      open.removeSubrange((index + 1)...)
      open[index].ordinal = ordinal
      return index
    }
    if ordinal == 1, followsItem, style != .bullet, open.last?.style == style {
      // A new count of the same kind right under an item: a list in it.
      open.append((style, ordinal, indent))
      return open.count - 1
    }
    if case .decimal(let components) = style {
      // 4.2.1 stands below 4.2 below 4, whatever was printed between them.
      while let last = open.last {
        if case .decimal(let other) = last.style, other < components { break }
        let isOuter = open.contains { if case .decimal = $0.style { true } else { false } }
        if case .decimal = last.style {
          open.removeLast()
        } else if last.style == .article || last.style == .section {
          break
        } else if isOuter {
          open.removeLast()
        } else {
          break
        }
      }
      open.append((style, ordinal, indent))
      return open.count - 1
    }
    if let index = open.lastIndex(where: {
      $0.style == style && (style != .bullet || $0.indent <= indent)
    }) {
      if style == .bullet, open[index].indent < indent, index == open.count - 1 {
        open.append((style, ordinal, indent))
      } else {
        open.removeSubrange((index + 1)...)
        open[index].ordinal = ordinal
      }
    } else {
      if style == .article { open.removeAll() }
      if style == .section { open.removeAll { $0.style != .article } }
      open.append((style, ordinal, indent))
    }
    return open.count - 1
  }

  /// The innermost open level in which the marker is the next one.
  private func continued(_ style: ClauseMarker.Style, _ ordinal: Int) -> Int? {
    guard style != .bullet, ordinal > 1 else { return nil }
    return open.lastIndex { $0.style == style && $0.ordinal == ordinal - 1 }
  }

  private func letterStyle(of style: ClauseMarker.Style) -> ClauseMarker.Style? {
    switch style {
    case .lowerRoman: .lowerLetter
    case .upperRoman: .upperLetter
    case .lowerRomanDot: .lowerLetterDot
    case .upperRomanDot: .upperLetterDot
    default: nil
    }
  }

  /// The place in the alphabet of the letter that is this Roman number.
  private func letterOrdinal(of roman: Int) -> Int? {
    switch roman {
    case 1: 9
    case 5: 22
    case 10: 24
    default: nil
    }
  }
}
