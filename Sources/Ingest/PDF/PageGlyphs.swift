import Documents

/// One page as poppler gives it: characters with boxes, in poppler's order.
///
/// That order is evidence for what belongs together in a word; it is not trusted as reading order.
struct PageGlyphs {
  /// Physical, from 1.
  let number: Int
  let label: String?
  /// Points, after rotation.
  let width: Float
  let height: Float
  var glyphs: ContiguousArray<Glyph> = []
  /// Never empty: the last one stands for "none known".
  var styles: [GlyphStyle] = []
  var links: [(target: Link.Target, area: Box)] = []

  init(number: Int, label: String?, width: Float, height: Float) {
    self.number = number
    self.label = label
    self.width = width
    self.height = height
  }
}

extension PageGlyphs {
  /// The words in an area: of the glyphs that have their middle in it, white space collapsed.
  func text(in area: Box) -> String {
    var bytes: [UInt8] = []
    let (left, right) = (area.x0 * 2, area.x1 * 2)
    let (top, bottom) = (area.y0 * 2, area.y1 * 2)
    for glyph in glyphs {
      let y = Double(glyph.y0 + glyph.y1)
      guard y > top, y < bottom else { continue }
      let x = Double(glyph.x0 + glyph.x1)
      guard x > left, x < right else { continue }
      if glyph.scalar <= 0x20 || glyph.scalar == 0xA0 {
        if (bytes.last ?? 0x20) != 0x20 { bytes.append(0x20) }
      } else {
        for letter in Spelling.letters(glyph.scalar) { Spelling.append(letter, to: &bytes) }
      }
    }
    if bytes.last == 0x20 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A character (one Unicode scalar) and its box in points, origin top left.
struct Glyph: Equatable {
  var scalar: UInt32
  var x0: Float
  var y0: Float
  var x1: Float
  var y1: Float
  /// Index in ``PageGlyphs/styles``.
  var style: UInt16
}

struct GlyphStyle {
  let font: String
  /// Points.
  let size: Float
  /// 0xRRGGBB.
  let color: UInt32
  let isUnderlined: Bool
  let isBold: Bool
  let isItalic: Bool

  init(font: String, look: FontLook, size: Float, color: UInt32, isUnderlined: Bool) {
    self.font = font
    self.size = size
    self.color = color
    self.isUnderlined = isUnderlined
    isBold = look.isBold
    isItalic = look.isItalic
  }
}

/// What a font's name says about its letters.
struct FontLook {
  let isBold: Bool
  let isItalic: Bool

  init(of font: String) {
    // The only trace of weight that poppler-glib gives is the font's name. Subset prefixes
    // (`ABCDEF+`) may contain anything, and Computer Modern says bold as `bx`.
    var name = Array(font.utf8)
    if let plus = name.firstIndex(of: UInt8(ascii: "+")) { name.removeFirst(plus + 1) }
    for at in name.indices where name[at] >= 0x41 && name[at] <= 0x5A { name[at] |= 0x20 }
    isBold =
      Self.boldWords.contains { Self.contains(name, $0) } || name.starts(with: "lmb".utf8)
      || Self.contains(name, Self.medium) && Self.contains(name, Self.nimbus)
    isItalic = Self.italicWords.contains { Self.contains(name, $0) }
  }

  private static let boldWords = ["bold", "black", "heavy", "cmbx", "sfbx", "bx1", "demi"]
    .map { Array($0.utf8) }
  private static let italicWords = ["italic", "oblique", "cmti", "slant"].map { Array($0.utf8) }
  private static let medium = Array("medi".utf8)
  private static let nimbus = Array("nimbus".utf8)

  private static func contains(_ name: [UInt8], _ word: [UInt8]) -> Bool {
    guard name.count >= word.count else { return false }
    return (0...name.count - word.count).contains { name[$0...].starts(with: word) }
  }
}
