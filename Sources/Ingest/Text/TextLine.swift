/// One line of a text: UTF-8 offsets of its content, without the line's end.
struct TextLine: Hashable, Sendable {
  var range: Range<Int>
  /// Without white space at either end.
  var content: Range<Int>
  /// A form feed stands before the line's content.
  var startsPage = false

  var isBlank: Bool { content.isEmpty }
  /// Columns of white space before the content; a tab counts as four.
  var indent = 0

  /// The lines of `range`; LF, CR LF and CR end a line.
  static func lines(of source: SourceText, in range: Range<Int>? = nil) -> [TextLine] {
    let utf8 = source.utf8
    let range = range ?? source.range
    var lines: [TextLine] = []
    var start = range.lowerBound
    var position = start
    while position < range.upperBound {
      let byte = utf8[position]
      guard byte == 0x0A || byte == 0x0D else {
        position += 1
        continue
      }
      lines.append(TextLine(utf8, start..<position))
      if byte == 0x0D, position + 1 < range.upperBound, utf8[position + 1] == 0x0A { position += 1 }
      position += 1
      start = position
    }
    if start < range.upperBound { lines.append(TextLine(utf8, start..<range.upperBound)) }
    return lines
  }

  init(_ utf8: [UInt8], _ range: Range<Int>) {
    self.range = range
    var first = range.lowerBound
    var last = range.upperBound
    while first < last {
      let byte = utf8[first]
      if byte == 0xC2, first + 1 < last, utf8[first + 1] == 0xA0 {
        indent += 1
        first += 2
        continue
      }
      guard byte <= 0x20 else { break }
      if byte == 0x0C { startsPage = true }
      indent += byte == 0x09 ? 4 : 1
      first += 1
    }
    while last > first, utf8[last - 1] <= 0x20 { last -= 1 }
    content = first..<last
  }
}
