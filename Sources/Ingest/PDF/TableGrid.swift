import Documents

/// A table found on a page: which words stand in which cell.
struct TableGrid {
  struct Cell {
    var row: Int
    var column: Int
    var rowSpan = 1
    var columnSpan = 1
    /// Lines of the cell from the top, each with its words.
    var lines: [[Int]]
    var isHeader = false
  }

  var rowCount: Int
  var columnCount: Int
  var cells: [Cell]
  var box: (x0: Float, y0: Float, x1: Float, y1: Float)

  func table(_ speller: LineSpeller, _ memory: WordMemory) -> Table {
    Table(
      rowCount: rowCount, columnCount: columnCount,
      cells: cells.sorted { ($0.row, $0.column) < ($1.row, $1.column) }.map { cell in
        var text = AnchoredText()
        for (n, line) in cell.lines.enumerated() {
          var join = WordMemory.Join.space
          if n + 1 < cell.lines.count, let last = line.last, let first = cell.lines[n + 1].first {
            join = memory.join(
              last: speller.words[last], of: speller.page, first: speller.words[first],
              of: speller.page)
          } else {
            join = .nothing
          }
          text.append(speller.spell(line, droppingHyphen: join == .droppingHyphen))
          if join == .space { text.append(unanchored: " ") }
        }
        return Table.Cell(
          row: cell.row, column: cell.column, rowSpan: cell.rowSpan, columnSpan: cell.columnSpan,
          isHeader: cell.isHeader, text: text)
      })
  }

  /// Leaves out rows and columns without any text.
  mutating func dropEmpty() {
    var usedRows = Set<Int>()
    var usedColumns = Set<Int>()
    for cell in cells where !cell.lines.isEmpty {
      usedRows.insert(cell.row)
      usedColumns.insert(cell.column)
    }
    let rows = usedRows.sorted()
    let columns = usedColumns.sorted()
    cells = cells.compactMap { cell in
      guard !cell.lines.isEmpty else { return nil }
      var cell = cell
      let lastRow = cell.row + cell.rowSpan
      let lastColumn = cell.column + cell.columnSpan
      cell.rowSpan = max(1, rows.count { $0 >= cell.row && $0 < lastRow })
      cell.columnSpan = max(1, columns.count { $0 >= cell.column && $0 < lastColumn })
      cell.row = rows.firstIndex(of: cell.row) ?? 0
      cell.column = columns.firstIndex(of: cell.column) ?? 0
      return cell
    }
    rowCount = rows.count
    columnCount = columns.count
  }

  /// The rows above the first one that holds figures are its head.
  mutating func markHeader(_ words: ContiguousArray<Word>, _ page: PageGlyphs) {
    guard rowCount > 1 else { return }
    var isFigures = [Bool](repeating: false, count: rowCount)
    for cell in cells where cell.column > 0 {
      if cell.lines.contains(where: { $0.contains { words[$0].hasDigit(page) } }) {
        isFigures[cell.row] = true
      }
    }
    let first = isFigures.firstIndex(of: true) ?? 1
    let head = first == 0 || first > 4 ? 1 : first
    for at in cells.indices where cells[at].row < head { cells[at].isHeader = true }
  }
}

extension Word {
  func hasDigit(_ page: PageGlyphs) -> Bool {
    glyphs.contains { page.glyphs[$0].scalar >= 0x30 && page.glyphs[$0].scalar <= 0x39 }
  }

  /// Figures, with signs and units at most: `1,204.50`, `(3.2)`, `12%`, `$5`, `–`, `n/a`.
  func isFigure(_ page: PageGlyphs) -> Bool {
    var digits = 0
    var letters = 0
    for at in glyphs {
      let scalar = page.glyphs[at].scalar
      if scalar >= 0x30 && scalar <= 0x39 { digits += 1 }
      if WordMemory.isLetter(scalar) { letters += 1 }
    }
    if digits == 0 { return letters == 0 }
    return letters <= 1
  }
}
