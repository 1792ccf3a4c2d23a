/// Characters that documents of Word name by a font of symbols and a code (`w:sym`).
enum WordSymbols {
  /// The character that is shown; nil where that is not known.
  static func scalar(font: String, code: String) -> Unicode.Scalar? {
    guard var value = UInt32(code, radix: 16) else { return nil }
    let font = font.lowercased()
    let isSymbolFont = ["symbol", "wingdings", "wingdings 2", "wingdings 3", "webdings"].contains(
      font)
    guard isSymbolFont || (0xF000...0xF0FF).contains(value) else {
      return value >= 0x20 ? Unicode.Scalar(value) : nil
    }
    // Fonts of symbols have their codes both as they are and in the private use area.
    if (0xF000...0xF0FF).contains(value) { value -= 0xF000 }
    return switch font {
    case "symbol": symbol(value)
    case "wingdings": wingdings[value]
    case "wingdings 2": wingdings2[value]
    default: nil
    }
  }

  private static let capitals = Array("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ".unicodeScalars)
  private static let smalls = Array("αβχδεφγηιϕκλμνοπθρστυϖωξψζ".unicodeScalars)

  private static func symbol(_ code: UInt32) -> Unicode.Scalar? {
    switch code {
    case 0x41...0x5A: return capitals[Int(code - 0x41)]
    case 0x61...0x7A: return smalls[Int(code - 0x61)]
    default: break
    }
    if let special = symbols[code] { return special }
    // Digits and most punctuation are as in ASCII.
    return (0x20...0x7E).contains(code) ? Unicode.Scalar(code) : nil
  }

  private static let symbols: [UInt32: Unicode.Scalar] = [
    0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅", 0x5C: "∴", 0x5E: "⊥",
    0x60: "‾", 0x7E: "∼", 0xA0: "€", 0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xA6: "ƒ",
    0xA7: "♣", 0xA8: "♦", 0xA9: "♥", 0xAA: "♠", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→",
    0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅",
    0xC7: "∩", 0xC8: "∪", 0xCC: "⊂", 0xCE: "∈", 0xCF: "∉", 0xD0: "∠", 0xD1: "∇", 0xD2: "®",
    0xD3: "©", 0xD4: "™", 0xD5: "∏", 0xD6: "√", 0xD7: "⋅", 0xD8: "¬", 0xD9: "∧", 0xDA: "∨",
    0xDB: "⇔", 0xDC: "⇐", 0xDE: "⇒", 0xE2: "®", 0xE3: "©", 0xE4: "™", 0xE5: "∑", 0xF2: "∫",
  ]

  private static let wingdings: [UInt32: Unicode.Scalar] = [
    0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "□",
    0x71: "❑", 0x72: "❒", 0x74: "⧫", 0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x9E: "·", 0x9F: "•",
    0xA1: "○", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓",
    0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
  ]

  private static let wingdings2: [UInt32: Unicode.Scalar] = [
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐", 0x97: "•",
  ]
}
