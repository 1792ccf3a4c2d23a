/// Where a run of text stands in its source file.
package enum Place: Hashable, Sendable {
  /// Glyphs on one line of a page, one edge pair a Unicode scalar. Indirect: a page of HTML may have a
  /// million runs, which must not be as large as this.
  indirect case glyphs(GlyphLine)
  /// Bytes of the file, half-open; of a package, bytes of its unpacked parts (``SourcePart``).
  /// `verbatim`: each byte of the text is that byte of the file.
  /// Otherwise (an entity, another encoding) each Unicode scalar of the run takes the same number of
  /// bytes; where the byte count is no multiple of the scalar count, the run as a whole stands for
  /// the range as a whole.
  case bytes(Range<Int>, verbatim: Bool)

  /// The place of the UTF-8 offsets `range` of a run whose whole text is `text`.
  package func part(_ range: Range<Int>, of text: Substring) -> Place {
    switch self {
    case .bytes(let bytes, verbatim: true):
      return .bytes(
        bytes.lowerBound + range.lowerBound..<bytes.lowerBound + range.upperBound, verbatim: true)
    case .bytes(let bytes, verbatim: false):
      let scalars = text.unicodeScalars.count
      guard scalars > 1, bytes.count.isMultiple(of: scalars) else { return self }
      let width = bytes.count / scalars
      let utf8 = text.utf8
      let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
      let end = utf8.index(start, offsetBy: range.count)
      let first =
        bytes.lowerBound + width * text.unicodeScalars.distance(from: text.startIndex, to: start)
      let count = text.unicodeScalars.distance(from: start, to: end)
      return .bytes(first..<first + width * count, verbatim: false)
    case .glyphs(let line):
      let utf8 = text.utf8
      let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
      let end = utf8.index(start, offsetBy: range.count)
      let first = text.unicodeScalars.distance(from: text.startIndex, to: start)
      let count = text.unicodeScalars.distance(from: start, to: end)
      return .glyphs(line.scalars(first..<first + count))
    }
  }
}

/// Scalars that stand on one line of a page.
package struct GlyphLine: Hashable, Sendable {
  /// Physical page from 1.
  package var page: Int
  /// Points, origin top left, of the whole line.
  package var box: Box
  /// Which way the writing runs, since edges are measured along it.
  package var direction: Direction
  /// Where each scalar begins, and after them where the last one ends: scalar count + 1 values in
  /// 1/16 point from the line's start (left edge for `right`, top edge for `down`, …), ascending.
  /// A ligature that became several letters shares its width among them.
  package var edges: [UInt16]

  package enum Direction: UInt8, Hashable, Sendable { case right, down, left, up }

  package init(page: Int, box: Box, direction: Direction = .right, edges: [UInt16]) {
    self.page = page
    self.box = box
    self.direction = direction
    self.edges = edges
  }

  package var scalarCount: Int { max(0, edges.count - 1) }

  /// The line cut to some of its scalars.
  package func scalars(_ range: Range<Int>) -> GlyphLine {
    guard range.upperBound < edges.count, !range.isEmpty, range != 0..<scalarCount else {
      return self
    }
    let first = edges[range.lowerBound]
    let kept = edges[range.lowerBound...range.upperBound].map { $0 - first }
    var box = box
    let start = Double(first) / 16
    let length = Double(kept[kept.count - 1]) / 16
    switch direction {
    case .right:
      box.x0 += start
      box.x1 = box.x0 + length
    case .left:
      box.x1 -= start
      box.x0 = box.x1 - length
    case .down:
      box.y0 += start
      box.y1 = box.y0 + length
    case .up:
      box.y1 -= start
      box.y0 = box.y1 - length
    }
    return GlyphLine(page: page, box: box, direction: direction, edges: kept)
  }
}

/// A rectangle in points, origin at the page's top left, y downwards.
package struct Box: Hashable, Sendable {
  package var x0: Double
  package var y0: Double
  package var x1: Double
  package var y1: Double

  package init(x0: Double, y0: Double, x1: Double, y1: Double) {
    self.x0 = x0
    self.y0 = y0
    self.x1 = x1
    self.y1 = y1
  }

  package func union(_ other: Box) -> Box {
    Box(
      x0: min(x0, other.x0), y0: min(y0, other.y0), x1: max(x1, other.x1), y1: max(y1, other.y1))
  }
}
