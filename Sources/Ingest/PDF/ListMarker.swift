/// The marker a list item or a numbered clause begins with.
struct ListMarker: Hashable {
  enum Style: Hashable {
    case bullet(UInt32)
    /// `1.`, `(2)`, `3)`
    case number(Frame)
    /// `a.`, `(b)`
    case lower(Frame)
    case upper(Frame)
    /// `iv.`, `(ii)`
    case lowerRoman(Frame)
    case upperRoman(Frame)
    /// `4.2`, `4.2.1`: the number of dots.
    case decimal(Int)
  }

  enum Frame: Hashable { case dot, parenthesis, closing }

  var style: Style
  /// The first of its kind: `(a)`, `1.`, `i)`.
  var isFirst: Bool
  /// The other way to read it: `(i)` is a letter or a Roman one.
  var alternative: Style?

  /// - Parameter word: the first word of a line, as scalars.
  init?(word: [UInt32], isAlone: Bool) {
    guard let first = word.first else { return nil }
    if word.count == 1, Self.bullets.contains(first), !isAlone {
      style = .bullet(first)
      isFirst = false
      return
    }
    if word.count >= 1, first == 0x2022 || first == 0x25CF || first == 0xF0B7 {
      style = .bullet(first)
      isFirst = false
      return
    }
    // `(a)(1)` is marked by its first part.
    var core = word[...]
    let frame: Frame
    if first == 0x28, let close = core.firstIndex(of: 0x29) {
      let rest = core[(close + 1)...]
      guard rest.isEmpty || rest.first == 0x28 || rest.first.map(Self.isLetter) == true else {
        return nil
      }
      core = core[1..<close]
      frame = .parenthesis
    } else if word.last == 0x29, !word.contains(0x28) {
      core = core.dropLast()
      frame = .closing
    } else if let last = word.last, last == 0x2E || last == 0x3A && word.count <= 3 {
      core = core.dropLast()
      frame = .dot
    } else if word.contains(0x2E) {
      frame = .dot
      guard let dots = Self.decimalDots(core) else { return nil }
      style = .decimal(dots)
      isFirst = false
      return
    } else {
      return nil
    }
    guard !core.isEmpty, core.count <= 8, !isAlone || frame != .dot else { return nil }
    if core.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
      guard core.count <= 3 else { return nil }
      style = .number(frame)
      isFirst = core == [0x31]
      return
    }
    if let dots = Self.decimalDots(core) {
      style = .decimal(dots)
      isFirst = core.last == 0x31
      return
    }
    let isLower = core.allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
    let isUpper = core.allSatisfy { $0 >= 0x41 && $0 <= 0x5A }
    guard isLower || isUpper else { return nil }
    let folded = core.map { $0 | 0x20 }
    let isRoman = folded.allSatisfy { [0x69, 0x76, 0x78, 0x6C].contains($0) } && folded.count <= 6
    let isRepeated = folded.count <= 3 && folded.allSatisfy { $0 == folded[0] }
    if isRoman, folded.count > 1 || folded[0] == 0x69 || folded[0] == 0x76 || folded[0] == 0x78 {
      style = isLower ? .lowerRoman(frame) : .upperRoman(frame)
      isFirst = folded == [0x69]
      if folded.count == 1 { alternative = isLower ? .lower(frame) : .upper(frame) }
    } else if folded.count == 1 || isRepeated && frame != .dot {
      style = isLower ? .lower(frame) : .upper(frame)
      isFirst = folded == [0x61]
    } else {
      return nil
    }
  }

  private static let bullets: Set<UInt32> = [
    0x2022, 0x2023, 0x25E6, 0x25AA, 0x25AB, 0x25A0, 0x25A1, 0x25CF, 0x25CB, 0x25C6, 0x2013, 0x2014,
    0x2D, 0x2A, 0xB7, 0x2043, 0x2219, 0x27A2, 0x2713, 0x2714, 0xF0B7, 0xF0A7, 0xF0D8, 0x6F,
    0x25BA, 0x2756, 0x2610, 0x2611, 0x2612, 0x2666,
  ]

  private static func isLetter(_ scalar: UInt32) -> Bool {
    scalar >= 0x41 && scalar <= 0x5A || scalar >= 0x61 && scalar <= 0x7A
  }

  /// The dots of `4.2.1`, nil for anything else.
  private static func decimalDots(_ core: ArraySlice<UInt32>) -> Int? {
    var dots = 0
    var digits = 0
    for scalar in core {
      if scalar == 0x2E {
        guard digits > 0 else { return nil }
        dots += 1
        digits = 0
      } else if scalar >= 0x30 && scalar <= 0x39 {
        digits += 1
        if digits > 2 { return nil }
      } else {
        return nil
      }
    }
    return dots > 0 && digits > 0 ? dots : nil
  }
}

/// The nesting of list items, from the kinds of marker in use above.
struct ListNesting {
  private var open: [ListMarker.Style] = []

  mutating func reset() { open.removeAll() }

  /// The depth from 0 of an item with this marker.
  mutating func depth(of marker: ListMarker) -> Int {
    if case .decimal(let dots) = marker.style {
      open.removeAll()
      return max(0, dots - 1)
    }
    if let alternative = marker.alternative, !marker.isFirst || open.last == alternative,
      let at = open.lastIndex(of: alternative), !open.contains(marker.style)
    {
      open.removeSubrange((at + 1)...)
      return at
    }
    if let at = open.lastIndex(of: marker.style) {
      open.removeSubrange((at + 1)...)
      return at
    }
    if open.count < 8 { open.append(marker.style) }
    return open.count - 1
  }
}
