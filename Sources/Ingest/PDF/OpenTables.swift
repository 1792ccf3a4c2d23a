import Documents

/// Tables without a drawn grid: rows of pieces that stand wide apart, one below the other.
struct OpenTables {
  let speller: LineSpeller
  let lines: [Line]
  /// Horizontal rulings, where the page has been drawn.
  let rulings: Rulings?

  private var words: ContiguousArray<Word> { speller.words }

  /// A stretch of a line without a wide gap.
  struct Piece {
    var words: ArraySlice<Int>
    var x0: Float
    var x1: Float
    var glyphs: Int
  }

  /// A line with wide gaps in it.
  struct Row {
    var pieces: [Piece]
    /// Two pieces at least, a list's marker not counted.
    var isTabular: Bool
    var isLeader: Bool
  }

  /// White that separates pieces, in sizes of the line.
  private static let wide: Float = 0.85

  static func rows(of lines: [Line], _ speller: LineSpeller) -> [Row] {
    // Some documents set all words far apart: there a gap must be wider to mean something.
    var gaps: [Float] = []
    for line in lines {
      for (first, second) in zip(line.words, line.words.dropFirst()) {
        gaps.append(
          (speller.words[second].x0 - speller.words[first].x1) / max(line.size, 2))
      }
    }
    gaps.sort()
    let usual = gaps.isEmpty ? 0 : gaps[gaps.count / 2]
    let wide = usual > 0.4 && usual < 0.7 ? max(Self.wide, usual * 2.4) : Self.wide
    return lines.map { line in
      var pieces: [Piece] = []
      var dots = 0
      for (at, index) in line.words.enumerated() {
        let word = speller.words[index]
        let isDots = word.glyphs.allSatisfy {
          let scalar = speller.page.glyphs[$0].scalar
          return scalar == 0x2E || scalar == 0x2026 || scalar == 0x5F || scalar == 0xB7
        }
        if isDots { dots += word.glyphs.count }
        if let last = pieces.last, word.x0 - last.x1 < max(line.size, 2) * wide {
          pieces[pieces.count - 1].words = line.words[last.words.startIndex...at]
          pieces[pieces.count - 1].x1 = max(last.x1, word.x1)
          pieces[pieces.count - 1].glyphs += word.glyphs.count
        } else {
          pieces.append(
            Piece(
              words: line.words[at...at], x0: word.x0, x1: word.x1,
              glyphs: word.glyphs.count))
        }
      }
      var counted = pieces.count
      if counted > 1, pieces[0].words.count == 1 {
        let first = speller.words[line.words[0]]
        let scalars = first.glyphs.map { speller.page.glyphs[$0].scalar }
        if ListMarker(word: scalars, isAlone: false) != nil { counted -= 1 }
      }
      return Row(pieces: pieces, isTabular: counted >= 2, isLeader: dots >= 4 && counted <= 2)
    }
  }

  /// Line ranges that are tables, with their grids, in order.
  ///
  /// - Parameter rows: the lines' rows.
  func find(_ rows: [Row]) -> [(lines: Range<Int>, grid: TableGrid)] {
    var result: [(lines: Range<Int>, grid: TableGrid)] = []
    var at = 0
    while at < rows.count {
      guard rows[at].isTabular, !rows[at].isLeader else {
        at += 1
        continue
      }
      let run = self.run(from: at, rows)
      if let found = grid(of: run, rows) {
        result.append(found)
        at = found.lines.upperBound
      } else {
        at += 1
      }
    }
    return result
  }

  /// How far a table that begins at a line may reach: lines with gaps, and short ones between.
  private func run(from start: Int, _ rows: [Row]) -> Range<Int> {
    var end = start + 1
    var at = start + 1
    let widest = lines.map(\.width).max() ?? 0
    while at < rows.count {
      let gap = lines[at].y0 - lines[at - 1].y1
      let height = max(lines[at].height, 1)
      if gap > height * 3 { break }
      if rows[at].isLeader { break }
      if rows[at].isTabular {
        end = at + 1
      } else {
        // A label of a group of rows, or the second line of a cell; not a line of prose.
        if at - end >= 2 { break }
        if lines[at].width > widest * 0.75, rows[at].pieces.count == 1, lines[at].glyphs > 40 {
          break
        }
        if gap > height * 1.6 { break }
      }
      at += 1
    }
    return start..<end
  }

  // MARK: Columns

  /// Borders between columns, from where few rows have ink.
  private func columns(of run: Range<Int>, _ rows: [Row]) -> [Float] {
    let tabular = run.filter { rows[$0].isTabular }
    guard tabular.count >= 2 else { return [] }
    var x0: Float = .infinity
    var x1: Float = -.infinity
    var size: Float = 0
    for at in run {
      x0 = min(x0, lines[at].x0)
      x1 = max(x1, lines[at].x1)
      size = max(size, lines[at].size)
    }
    guard x1 - x0 > 10, x1 - x0 < 20_000 else { return [] }
    // Ink in half points: how many rows cover each.
    let slots = Int((x1 - x0) * 2) + 2
    var cover = [Int](repeating: 0, count: slots)
    for at in tabular {
      var end = -1
      for piece in rows[at].pieces {
        // With few rows, chance lines up the spaces of words: only whole pieces count then.
        let spans: [(Float, Float)] =
          tabular.count >= 6
          ? piece.words.map { (words[$0].x0, words[$0].x1) } : [(piece.x0, piece.x1)]
        for span in spans {
          let first = max(Int((span.0 - x0) * 2), end)
          let last = min(Int((span.1 - x0) * 2), slots - 1)
          guard first <= last else { continue }
          for slot in max(first, 0)...last { cover[slot] += 1 }
          end = last + 1
        }
      }
    }
    let few = tabular.count >= 8 ? tabular.count / 10 : 0
    let least = max(tabular.count >= 6 ? size * 0.33 : size * 0.7, 2) * 2
    var borders: [Float] = []
    var slot = 0
    while slot < slots, cover[slot] <= few { slot += 1 }
    while slot < slots {
      guard cover[slot] <= few else {
        slot += 1
        continue
      }
      let start = slot
      var lowest = (cover: cover[slot], first: slot, last: slot)
      while slot < slots, cover[slot] <= few {
        if cover[slot] < lowest.cover {
          lowest = (cover[slot], slot, slot)
        } else if cover[slot] == lowest.cover, lowest.last == slot - 1 {
          lowest.last = slot
        }
        slot += 1
      }
      if slot < slots, Float(slot - start) >= least {
        borders.append(x0 + Float(lowest.first + lowest.last + 1) / 4)
      }
    }
    return borders
  }

  // MARK: Grid

  private func grid(of run: Range<Int>, _ rows: [Row]) -> (lines: Range<Int>, grid: TableGrid)? {
    let tabular = run.filter { rows[$0].isTabular }
    guard tabular.count >= 2, run.count >= 2 else { return nil }
    let borders = columns(of: run, rows)
    guard !borders.isEmpty else { return nil }
    let columnCount = borders.count + 1
    // Two rows alone prove little: then there must be three columns.
    if tabular.count < 3 {
      let figures = rows[tabular[tabular.count - 1]].pieces.dropFirst().count { piece in
        piece.words.allSatisfy { words[$0].isFigure(speller.page) }
      }
      guard columnCount >= 3, figures * 2 >= columnCount - 1 else { return nil }
    }
    func column(_ x: Float) -> Int { borders.firstIndex { $0 > x } ?? borders.count }

    // Most rows must have most of the columns, and cells must be short.
    var filled = 0
    var glyphs = 0
    var pieces = 0
    for at in tabular {
      var used = Set<Int>()
      for piece in rows[at].pieces {
        for word in piece.words { used.insert(column(words[word].centerX)) }
        glyphs += piece.glyphs
        pieces += 1
      }
      filled += used.count
    }
    guard filled * 100 >= tabular.count * columnCount * 38, glyphs <= pieces * 60 else {
      return nil
    }
    if columnCount == 2 {
      // Two columns of prose are no table; neither is a list with long items.
      var long = 0
      for at in tabular where rows[at].pieces.allSatisfy({ $0.glyphs > 28 }) { long += 1 }
      if long * 2 > tabular.count { return nil }
      // Figures on both sides of much white are the axes of a chart.
      let isAxes = tabular.allSatisfy { at in
        let pieces = rows[at].pieces
        return pieces.count == 2
          && pieces.allSatisfy { $0.words.allSatisfy { words[$0].isFigure(speller.page) } }
          && pieces[1].x0 - pieces[0].x1 > (pieces[1].x1 - pieces[0].x0) * 0.6
      }
      if isAxes { return nil }
    }

    var lineRange = run
    // The lines just above with pieces of head cells, or centred over columns.
    while lineRange.lowerBound > 0 {
      let above = lineRange.lowerBound - 1
      let line = lines[above]
      let gap = lines[lineRange.lowerBound].y0 - line.y1
      guard gap < line.height * 0.75, isHead(line, borders, run),
        lineRange.lowerBound - 1 > run.lowerBound - 5
      else { break }
      lineRange = above..<lineRange.upperBound
    }

    // Lines → rows of cells.
    var gridRows: [[(column: Int, span: Int, lines: [[Int]])]] = []
    var lastLine = -1
    for at in lineRange {
      let cells = cells(of: rows[at], borders, columnCount)
      if lastLine >= 0, let previous = gridRows.last,
        continues(cells, previous, at, lastLine, lineRange, rows)
      {
        for cell in cells {
          if let same = gridRows[gridRows.count - 1].firstIndex(where: {
            $0.column <= cell.column && cell.column < $0.column + $0.span
          }) {
            gridRows[gridRows.count - 1][same].lines += cell.lines
          } else {
            gridRows[gridRows.count - 1].append(cell)
          }
        }
      } else {
        gridRows.append(cells)
      }
      lastLine = at
    }
    var grid = TableGrid(
      rowCount: gridRows.count, columnCount: columnCount, cells: [],
      box: (
        lineRange.map { lines[$0].x0 }.min() ?? 0, lines[lineRange.lowerBound].y0,
        lineRange.map { lines[$0].x1 }.max() ?? 0, lines[lineRange.upperBound - 1].y1
      ))
    for (row, cells) in gridRows.enumerated() {
      for cell in cells {
        grid.cells.append(
          TableGrid.Cell(
            row: row, column: cell.column, columnSpan: cell.span, lines: cell.lines))
      }
    }
    grid.dropEmpty()
    guard grid.rowCount >= 2, grid.columnCount >= 2 else { return nil }
    grid.markHeader(words, speller.page)
    return (lineRange, grid)
  }

  /// Whether a line above a table belongs to its head: short pieces over columns.
  private func isHead(_ line: Line, _ borders: [Float], _ run: Range<Int>) -> Bool {
    guard let first = borders.first else { return false }
    // It stands right of the first column, where no running text begins.
    return line.x0 > first - line.size && line.glyphs < 80
  }

  private func cells(of row: Row, _ borders: [Float], _ columnCount: Int)
    -> [(column: Int, span: Int, lines: [[Int]])]
  {
    func column(_ x: Float) -> Int { borders.firstIndex { $0 > x } ?? borders.count }
    var cells: [(column: Int, span: Int, lines: [[Int]])] = []
    for piece in row.pieces {
      // A piece is cut at the borders it crosses, unless words run across one.
      var current: (column: Int, last: Int, words: [Int], x1: Float)?
      for word in piece.words {
        let from = column(words[word].x0 + 0.5)
        let to = column(words[word].x1 - 0.5)
        if var open = current {
          let gap = words[word].x0 - open.x1
          let isCrossing = from > open.last && gap < words[word].size * 0.36 || from <= open.last
          if isCrossing {
            open.words.append(word)
            open.last = max(open.last, to)
            open.x1 = words[word].x1
            current = open
            continue
          }
          cells.append((open.column, open.last - open.column + 1, [open.words]))
        }
        current = (from, max(from, to), [word], words[word].x1)
      }
      if let open = current {
        cells.append((open.column, open.last - open.column + 1, [open.words]))
      }
    }
    // Two pieces of one column are one cell.
    var merged: [(column: Int, span: Int, lines: [[Int]])] = []
    for cell in cells {
      if let last = merged.last, cell.column < last.column + last.span {
        merged[merged.count - 1].lines[0] += cell.lines[0]
        merged[merged.count - 1].span = max(
          last.span, cell.column + cell.span - last.column)
      } else {
        merged.append(cell)
      }
    }
    return merged
  }

  /// Whether a line goes on with the cells of the row above instead of beginning a row.
  private func continues(
    _ cells: [(column: Int, span: Int, lines: [[Int]])],
    _ previous: [(column: Int, span: Int, lines: [[Int]])], _ at: Int, _ last: Int,
    _ range: Range<Int>, _ rows: [Row]
  ) -> Bool {
    let gap = lines[at].y0 - lines[last].y1
    let height = max(min(lines[at].height, lines[last].height), 1)
    // Cells centred on their row's height interlock with their neighbours' lines.
    if gap < -height * 0.2 { return true }
    if let rulings {
      let y0 = lines[last].centerY
      let y1 = lines[at].centerY
      if rulings.horizontal.contains(where: {
        $0.position > y0 && $0.position < y1 && $0.end > lines[at].x0 && $0.start < lines[at].x1
      }) {
        return false
      }
    }
    func isFigure(_ cell: (column: Int, span: Int, lines: [[Int]])) -> Bool {
      cell.lines.allSatisfy { $0.allSatisfy { words[$0].isFigure(speller.page) } }
    }
    let hasFigures = cells.contains { $0.column > 0 && isFigure($0) }
    if hasFigures { return false }
    let previousHasFigures = previous.contains { $0.column > 0 && isFigure($0) }
    // Head cells of several lines: no figures in either line, little white between them.
    let isInHead = !range.prefix(max(0, at - range.lowerBound)).contains { line in
      rows[line].pieces.dropFirst().contains { piece in
        piece.words.allSatisfy { words[$0].isFigure(speller.page) }
      }
    }
    let restHasFigures = range.suffix(max(0, range.upperBound - at)).contains { line in
      rows[line].pieces.dropFirst().contains { piece in
        piece.words.allSatisfy { words[$0].isFigure(speller.page) }
      }
    }
    if isInHead, restHasFigures, gap < height * 0.5 {
      // A spanning head keeps its own row.
      return !previous.contains { $0.span > 1 } && !cells.contains { $0.span > 1 }
    }
    guard gap < height * 0.35 else { return false }
    // The second line of a text cell: nothing in the first column, or only in it.
    let hasFirst = cells.contains { $0.column == 0 }
    let previousHasFirst = previous.contains { $0.column == 0 }
    if !hasFirst, previousHasFirst, !previousHasFigures || cells.count == 1 {
      return cells.allSatisfy { cell in
        previous.contains { $0.column <= cell.column && cell.column < $0.column + $0.span }
      }
    }
    return false
  }
}
