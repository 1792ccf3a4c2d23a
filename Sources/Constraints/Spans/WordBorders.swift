/// Where spans of a text may begin and end: not within a word, a number or an accented letter, and not
/// at white space. Scripts that put no spaces between words have a border at each of their characters.
struct WordBorders: Sendable {
  /// One bit a byte of the text, and one for its end.
  private(set) var begins: [UInt64]
  private(set) var ends: [UInt64]

  private enum Kind { case space, word, digit, mark, unspaced, separator, apostrophe, other }

  init(_ text: [UInt8]) {
    begins = Array(repeating: 0, count: text.count / 64 + 1)
    ends = begins
    // The two scalars before a place and the one behind it decide; `1,000` is one number, `isn't` one
    // word.
    var before = Kind.other
    var last = Kind.space
    var lastPlace = 0
    var index = 0
    while index <= text.count {
      var length = 1
      let next = index < text.count ? Self.kind(text, index, &length) : .space
      if index == 0 || Self.isBorder(last, next) {
        let joins =
          (last == .separator && before == .digit && next == .digit)
          || (last == .apostrophe && before == .word && next == .word)
        if !joins {
          if next != .space { begins[index >> 6] |= 1 << UInt64(index & 63) }
          if last != .space { ends[index >> 6] |= 1 << UInt64(index & 63) }
        } else {
          // Neither before the separator nor behind it.
          begins[lastPlace >> 6] &= ~(1 << UInt64(lastPlace & 63))
          ends[lastPlace >> 6] &= ~(1 << UInt64(lastPlace & 63))
        }
      }
      before = last
      last = next
      lastPlace = index
      index += length
    }
  }

  func canBegin(at place: Int) -> Bool { begins[place >> 6] >> UInt64(place & 63) & 1 == 1 }
  func canEnd(at place: Int) -> Bool { ends[place >> 6] >> UInt64(place & 63) & 1 == 1 }

  private static func isBorder(_ last: Kind, _ next: Kind) -> Bool {
    if next == .mark { return false }
    func isWord(_ kind: Kind) -> Bool { kind == .word || kind == .digit || kind == .mark }
    return !(isWord(last) && isWord(next))
  }

  private static func kind(_ text: [UInt8], _ index: Int, _ length: inout Int) -> Kind {
    let byte = text[index]
    if byte < 0x80 {
      switch byte {
      case 0x30...0x39: return .digit
      case 0x41...0x5A, 0x61...0x7A, 0x5F: return .word
      case 0x09...0x0D, 0x20: return .space
      case UInt8(ascii: "."), UInt8(ascii: ","): return .separator
      case UInt8(ascii: "'"): return .apostrophe
      default: return .other
      }
    }
    length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    var value = UInt32(byte) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length where index + offset < text.count {
      value = value << 6 | UInt32(text[index + offset] & 0x3F)
    }
    guard let scalar = Unicode.Scalar(value) else { return .other }
    switch value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x2E80...0x2FDF, 0x3040...0x30FF,
      0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
      default: return .unspaced
      }
    default: break
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .letterNumber, .connectorPunctuation:
      return .word
    case .decimalNumber, .otherNumber: return .digit
    case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: return .space
    case .format where value == 0x200D: return .mark
    case .finalPunctuation where value == 0x2019: return .apostrophe
    default: return .other
    }
  }
}
