/// A piece of a document: a heading, a paragraph, a table, a speaker's turn, …
package struct Block: Hashable, Sendable {
  package var content: Content

  package init(_ content: Content) { self.content = content }

  package enum Content: Hashable, Sendable {
    /// Level 1 is the outermost.
    case heading(AnchoredText, level: Int)
    /// Joined across lines, columns and pages, with hyphens at line ends resolved.
    case paragraph(AnchoredText)
    /// The text includes the printed marker (`(b)`, `4.2`, `•`); `depth` counts from 0.
    case listItem(AnchoredText, depth: Int)
    case table(Table)
    /// Line breaks and spaces are the source's own.
    case preformatted(AnchoredText)
    case footnote(AnchoredText)
    case caption(AnchoredText)
    /// One speaker's unbroken contribution.
    case turn(Turn)
    /// Running heads, feet, page numbers: kept and typed, but not in the text the model reads.
    case furniture(AnchoredText, Furniture)
  }

  package enum Furniture: String, Hashable, Sendable {
    case runningHead = "running-head"
    case runningFoot = "running-foot"
    case pageNumber = "page-number"
    /// Navigation, banners, cookie notices and the like around a web page's main content.
    case boilerplate
  }

  /// Whether the block is part of the text a model reads and outputs quote.
  package var isRead: Bool {
    if case .furniture = content { false } else { true }
  }

  /// The block's text pieces in order: one for most, one a cell for a table.
  package var texts: [AnchoredText] {
    switch content {
    case .heading(let text, _), .listItem(let text, _), .furniture(let text, _): [text]
    case .paragraph(let text), .preformatted(let text), .footnote(let text), .caption(let text):
      [text]
    case .table(let table): table.cells.map(\.text)
    case .turn(let turn): [turn.text]
    }
  }

  /// The name used in JSON: `heading`, `paragraph`, `list_item`, `table`, …
  package var kind: String {
    switch content {
    case .heading: "heading"
    case .paragraph: "paragraph"
    case .listItem: "list_item"
    case .table: "table"
    case .preformatted: "preformatted"
    case .footnote: "footnote"
    case .caption: "caption"
    case .turn: "turn"
    case .furniture: "furniture"
    }
  }
}

/// A speaker's turn in a transcript.
package struct Turn: Hashable, Sendable {
  /// From 0, in order of appearance; turns, not cues: neighbouring cues of one speaker are one turn.
  package var index: Int
  /// As written in the source; nil where the source names nobody.
  package var speaker: AnchoredText?
  /// Seconds from the start of the recording.
  package var start: Double?
  package var end: Double?
  package var text: AnchoredText

  package init(
    index: Int, speaker: AnchoredText?, start: Double? = nil, end: Double? = nil, text: AnchoredText
  ) {
    self.index = index
    self.speaker = speaker
    self.start = start
    self.end = end
    self.text = text
  }
}

/// A grid of cells. Positions count from 0; a cell may span rows and columns.
package struct Table: Hashable, Sendable {
  package var rowCount: Int
  package var columnCount: Int
  /// Row by row, left to right; no two cells cover the same position.
  package var cells: [Cell]

  package init(rowCount: Int, columnCount: Int, cells: [Cell]) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.cells = cells
  }

  package struct Cell: Hashable, Sendable {
    package var row: Int
    package var column: Int
    package var rowSpan: Int
    package var columnSpan: Int
    package var isHeader: Bool
    package var text: AnchoredText

    package init(
      row: Int, column: Int, rowSpan: Int = 1, columnSpan: Int = 1, isHeader: Bool = false,
      text: AnchoredText
    ) {
      self.row = row
      self.column = column
      self.rowSpan = rowSpan
      self.columnSpan = columnSpan
      self.isHeader = isHeader
      self.text = text
    }
  }
}
