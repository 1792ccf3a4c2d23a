import Documents

/// A paragraph of Word, and what kind of block it is.
struct WordParagraph {
  /// With its label in front.
  var text: AnchoredText
  /// UTF-8 bytes of the text without the label.
  var ownLength: Int
  /// As counted by Word.
  var label: WordNumbering.Label?
  var style: WordStyles.Style
  /// From 0; 9 is body text, as nil is.
  var outlineLevel: Int?
  var isBold: Bool
  var isCentered: Bool

  /// Bytes above which what its style calls a heading is text: contracts are numbered by such styles.
  private static let longHeading = 250
  private static let longSentence = 120

  func block(_ hierarchy: inout ClauseHierarchy, followsItem: Bool) -> Block {
    if style.name == "caption" { return Block(.caption(text)) }
    if let outlineLevel, (0..<9).contains(outlineLevel) {
      if ownLength <= Self.longHeading, !(ownLength > Self.longSentence && endsSentence) {
        hierarchy.reset()
        return Block(.heading(text, level: outlineLevel + 1))
      }
      return label == nil
        ? Block(.paragraph(text)) : Block(.listItem(text, depth: outlineLevel))
    }
    if let label { return Block(.listItem(text, depth: label.level)) }
    if style.name.hasPrefix("toc ") { return Block(.paragraph(text)) }
    return typed(&hierarchy, followsItem: followsItem)
  }

  /// Numbers and titles that were typed and laid out by hand, as in a text without styles.
  private func typed(_ hierarchy: inout ClauseHierarchy, followsItem: Bool) -> Block {
    let bytes = Array(text.text.utf8)
    let shape = ParagraphShape(bytes)
    // In Word, a line that ends in a colon introduces what follows.
    let isTitle = isBold && shape.isTitle && bytes.last != UInt8(ascii: ":")
    if let marker = shape.marker {
      let depth = hierarchy.depth(of: marker, followsItem: followsItem)
      let isShort = shape.count <= Self.longSentence
      switch marker.style {
      case .article, .section:
        if isShort, isBold || isCentered || shape.isCapitals {
          return Block(.heading(text, level: min(depth + 1, 6)))
        }
        return Block(.paragraph(text))
      case .decimal where isShort && isTitle:
        return Block(.heading(text, level: min(depth + 1, 6)))
      default: return Block(.listItem(text, depth: depth))
      }
    }
    if isTitle || isCentered && shape.isCapitals, shape.count >= 3, shape.hasLetter,
      !bytes.contains(0x0A)
    {
      return Block(.heading(text, level: isCentered ? 2 : 3))
    }
    return Block(.paragraph(text))
  }

  private var endsSentence: Bool {
    guard let last = text.text.utf8.last else { return false }
    return last == 0x2C || last == 0x3A || last == 0x3B || last == 0x2E && ownLength > 60
  }
}
