import Documents

/// The text of a message, in which lines that begin with `>` quote an earlier one.
enum QuotedText {
  /// Each block of a quote begins with as many `>` as it is levels deep; those at the beginning of its
  /// other lines are not text.
  static func blocks(of source: SourceText) -> [Block] {
    var blocks: [Block] = []
    var lines: [TextLine] = []
    var depth = 0
    func flush() {
      guard !lines.isEmpty else { return }
      var layout = PlainTextLayout(source, lines: lines)
      let marks = String(repeating: ">", count: depth) + (depth > 0 ? " " : "")
      blocks += layout.blocks().map { quoted($0, marks) }
      lines.removeAll()
    }
    for line in TextLine.lines(of: source) {
      let (marks, start) = prefix(source.utf8, line)
      if marks != depth {
        // An empty line between two quotes parts them; it does not end the first.
        flush()
        depth = marks
      }
      lines.append(marks == 0 ? line : TextLine(source.utf8, start..<line.range.upperBound))
    }
    flush()
    return blocks
  }

  /// How many quote marks a line begins with, and where its text begins: `> > text`, `>>text`.
  private static func prefix(_ utf8: [UInt8], _ line: TextLine) -> (Int, Int) {
    var marks = 0
    var position = line.range.lowerBound
    while position < line.range.upperBound, utf8[position] == 0x3E, marks < 100 {
      marks += 1
      position += 1
      if position < line.range.upperBound, utf8[position] == 0x20 { position += 1 }
    }
    return (marks, position)
  }

  private static func quoted(_ block: Block, _ marks: String) -> Block {
    func quoted(_ text: AnchoredText) -> AnchoredText {
      guard !marks.isEmpty else { return text }
      var result = AnchoredText(unanchored: marks)
      result.append(text)
      return result
    }
    switch block.content {
    // A short line of a message is a greeting, not a heading.
    case .heading(let text, _), .paragraph(let text): return Block(.paragraph(quoted(text)))
    case .listItem(let text, let depth): return Block(.listItem(quoted(text), depth: depth))
    case .preformatted(let text): return Block(.preformatted(quoted(text)))
    case .furniture, .table, .footnote, .caption, .turn: return block
    }
  }
}
