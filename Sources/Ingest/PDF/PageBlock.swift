import Documents

/// A block of one page, before pages are joined.
struct PageBlock {
  enum Kind {
    case paragraph
    case listItem(ListMarker)
    case footnote(mark: String)
    case caption
    case table(Table)
    case preformatted
    case furniture(Block.Furniture)
  }

  var kind: Kind
  var text: AnchoredText
  /// Size in points and weight of most of its letters.
  var size: Float
  var isBold: Bool
  var isItalic = false
  /// Letters without a lower-case one among them.
  var isCapitals = false
  var isCentered = false
  var lineCount: Int
  /// White above and below in lines, as far as the column goes.
  var gapAbove: Float = 0
  var gapBelow: Float = 0
  /// The first line stands further right than the next one, or than its neighbours begin.
  var isIndented = false
  /// First or last of its column: text may run on there.
  var startsColumn = false
  var endsColumn = false
  /// White at the end of the last line, in points.
  var room: Float = 0
  /// Width of the first word, in points.
  var firstWordWidth: Float = 0
  /// Marks of footnotes that the text refers to.
  var references: [String] = []
}
