/// The text of a document as models read it and outputs quote it: every block that is read, in
/// order, as one string, with the way back to blocks and source.
///
/// - Headings, paragraphs, tables, preformatted text, footnotes and captions are set apart by an
///   empty line (`"\n\n"`); neighbouring list items and neighbouring turns by one `"\n"`.
/// - A table is a line a row, its cells joined by a tab.
/// - A turn is `Speaker: text`.
/// - Furniture is left out.
///
/// Output files count positions in Unicode scalars (code points) of this string; inside the program
/// positions are UTF-8 offsets.
package struct ExtractedText: Hashable, Sendable {
  package let text: String
  /// In order; each text piece of each read block and where it stands in ``text``.
  package let pieces: [Piece]
  /// Of a package: the parts whose bytes places count; otherwise empty.
  package let parts: [SourcePart]
  private let scalarMarks: [Int]

  /// A text piece (a block's text, a table's cell, a turn's speaker or words) in the whole.
  package struct Piece: Hashable, Sendable {
    /// UTF-8 offsets in the whole text.
    package var range: Range<Int>
    /// Index in ``Document/blocks``.
    package var block: Int
    /// The turn's index for transcripts.
    package var turn: Int?
    package var anchored: AnchoredText
  }

  private static let stride = 256

  package init(_ document: Document) {
    var text = ""
    var pieces: [Piece] = []
    var length = 0
    var previous: Block?
    func add(_ anchored: AnchoredText, block: Int, turn: Int? = nil) {
      guard !anchored.isEmpty else { return }
      let count = anchored.text.utf8.count
      text += anchored.text
      pieces.append(
        Piece(range: length..<length + count, block: block, turn: turn, anchored: anchored))
      length += count
    }
    func add(separator: String) {
      text += separator
      length += separator.utf8.count
    }
    for (index, block) in document.blocks.enumerated() where block.isRead {
      if let previous { add(separator: Self.separator(previous, block)) }
      previous = block
      switch block.content {
      case .table(let table):
        var row = 0
        var isFirst = true
        for cell in table.cells {
          if cell.row != row {
            add(separator: "\n")
            row = cell.row
          } else if !isFirst {
            add(separator: "\t")
          }
          isFirst = false
          add(cell.text, block: index)
        }
      case .turn(let turn):
        if let speaker = turn.speaker, !speaker.isEmpty {
          add(speaker, block: index, turn: turn.index)
          add(separator: ": ")
        }
        add(turn.text, block: index, turn: turn.index)
      default:
        for piece in block.texts { add(piece, block: index) }
      }
    }
    self.text = text
    self.pieces = pieces
    parts = document.parts
    var marks: [Int] = []
    var scalars = 0
    var offset = 0
    for byte in text.utf8 {
      if byte & 0xC0 != 0x80 {
        if scalars % Self.stride == 0 { marks.append(offset) }
        scalars += 1
      }
      offset += 1
    }
    scalarMarks = marks
    scalarCount = scalars
  }

  /// The number of Unicode scalars (code points).
  package let scalarCount: Int

  private static func separator(_ first: Block, _ second: Block) -> String {
    switch (first.content, second.content) {
    case (.listItem, .listItem), (.turn, .turn): "\n"
    default: "\n\n"
    }
  }

  /// The scalar (code point) offset of a UTF-8 offset that stands on a scalar's first byte or at
  /// the end.
  package func scalarOffset(ofUTF8 offset: Int) -> Int {
    precondition(offset >= 0 && offset <= text.utf8.count, "UTF-8 offset outside the text")
    var low = 0
    var high = scalarMarks.count
    while low < high {
      let middle = (low + high) / 2
      if scalarMarks[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return 0 }
    let utf8 = text.utf8
    var index = utf8.index(utf8.startIndex, offsetBy: scalarMarks[low - 1])
    var position = scalarMarks[low - 1]
    var scalars = (low - 1) * Self.stride
    while position < offset {
      if utf8[index] & 0xC0 != 0x80 { scalars += 1 }
      utf8.formIndex(after: &index)
      position += 1
    }
    return scalars
  }

  /// The UTF-8 offset of a scalar (code point) offset.
  package func utf8Offset(ofScalar offset: Int) -> Int {
    precondition(offset >= 0 && offset <= scalarCount, "scalar offset outside the text")
    if offset == scalarCount { return text.utf8.count }
    let mark = offset / Self.stride
    let scalars = text.unicodeScalars
    let start = text.utf8.index(text.utf8.startIndex, offsetBy: scalarMarks[mark])
    let index = scalars.index(start, offsetBy: offset - mark * Self.stride)
    return text.utf8.distance(from: start, to: index) + scalarMarks[mark]
  }

  /// The characters at UTF-8 offsets `range`.
  package subscript(range: Range<Int>) -> Substring {
    let start = text.utf8.index(text.utf8.startIndex, offsetBy: range.lowerBound)
    return text[start..<text.utf8.index(start, offsetBy: range.count)]
  }

  /// The pieces that share at least one UTF-8 offset with `range`, found by binary search.
  package func pieces(over range: Range<Int>) -> ArraySlice<Piece> {
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].range.upperBound <= range.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var end = low
    while end < pieces.count, pieces[end].range.lowerBound < range.upperBound { end += 1 }
    return pieces[low..<end]
  }

  /// Where the characters at UTF-8 offsets `range` stand in the source file, in text order.
  package func places(of range: Range<Int>) -> [Place] {
    var places: [Place] = []
    for piece in pieces(over: range) {
      let common = piece.range.clamped(to: range)
      let local =
        common.lowerBound - piece.range.lowerBound..<common.upperBound - piece.range.lowerBound
      for run in piece.anchored.runs(over: local) {
        let part = run.range.clamped(to: local)
        places.append(
          run.place.part(
            part.lowerBound - run.range.lowerBound..<part.upperBound - run.range.lowerBound,
            of: piece.anchored.runText(run)))
      }
    }
    return places
  }

  /// First and last turn touched by `range`, for transcripts.
  package func turns(of range: Range<Int>) -> ClosedRange<Int>? {
    let turns = pieces(over: range).compactMap(\.turn)
    guard let first = turns.first, let last = turns.last else { return nil }
    return first...last
  }
}
