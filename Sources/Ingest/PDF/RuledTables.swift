import Documents

/// Tables whose cells are drawn: rulings that cross make a grid, missing ones make spans.
struct RuledTables {
  let words: ContiguousArray<Word>
  let page: PageGlyphs
  let rulings: Rulings

  private static let reach: Float = 3.5

  func find() -> [TableGrid] {
    components().compactMap(grid(of:))
  }

  private struct Component {
    var horizontal: [Rulings.Ruling] = []
    var vertical: [Rulings.Ruling] = []
  }

  /// Rulings that touch each other, however indirectly.
  private func components() -> [Component] {
    let rows = rulings.horizontal
    let columns = rulings.vertical
    guard rows.count >= 2, columns.count >= 2, rows.count + columns.count < 4000 else { return [] }
    var parent = Array(0..<rows.count + columns.count)
    func root(_ index: Int) -> Int {
      var index = index
      while parent[index] != index {
        parent[index] = parent[parent[index]]
        index = parent[index]
      }
      return index
    }
    for (r, row) in rows.enumerated() {
      for (c, column) in columns.enumerated()
      where column.position >= row.start - Self.reach && column.position <= row.end + Self.reach
        && row.position >= column.start - Self.reach && row.position <= column.end + Self.reach
      {
        parent[root(r)] = root(rows.count + c)
      }
    }
    var order: [Int] = []
    var groups: [Int: Component] = [:]
    for (r, row) in rows.enumerated() {
      let key = root(r)
      if groups[key] == nil { order.append(key) }
      groups[key, default: Component()].horizontal.append(row)
    }
    for (c, column) in columns.enumerated() {
      groups[root(rows.count + c), default: Component()].vertical.append(column)
    }
    return order.compactMap { groups[$0] }.filter {
      $0.horizontal.count >= 2 && $0.vertical.count >= 2
    }
  }

  /// Positions that lie close together, as one each.
  private func positions(_ rulings: [Rulings.Ruling]) -> [Float] {
    var result: [(sum: Float, count: Float)] = []
    for position in rulings.map(\.position).sorted() {
      if let last = result.last, position - last.sum / last.count < Self.reach {
        result[result.count - 1] = (last.sum + position, last.count + 1)
      } else {
        result.append((position, 1))
      }
    }
    return result.map { $0.sum / $0.count }
  }

  private func covers(_ rulings: [Rulings.Ruling], at position: Float, from: Float, to: Float)
    -> Bool
  {
    var covered: Float = 0
    for rule in rulings where abs(rule.position - position) < Self.reach {
      covered += max(0, min(rule.end, to) - max(rule.start, from))
    }
    return covered >= (to - from) * 0.55
  }

  private func grid(of component: Component) -> TableGrid? {
    let ys = positions(component.horizontal)
    let xs = positions(component.vertical)
    guard ys.count >= 2, xs.count >= 3, ys.count <= 400, xs.count <= 80 else { return nil }
    let rows = ys.count - 1
    let columns = xs.count - 1
    let x0 = xs[0]
    let x1 = xs[columns]
    let y0 = ys[0]
    let y1 = ys[rows]

    // Words inside, by atomic cell.
    var inside: [Int: [Int]] = [:]
    var count = 0
    for (index, word) in words.enumerated()
    where word.centerX > x0 && word.centerX < x1 && word.centerY > y0 && word.centerY < y1 {
      let row = (ys.firstIndex { $0 > word.centerY } ?? rows) - 1
      let column = (xs.firstIndex { $0 > word.centerX } ?? columns) - 1
      inside[row * columns + column, default: []].append(index)
      count += 1
    }
    guard count >= 4 else { return nil }

    // Atomic cells without a ruling between them are one cell.
    var parent = Array(0..<rows * columns)
    func root(_ index: Int) -> Int {
      var index = index
      while parent[index] != index { index = parent[index] }
      return index
    }
    for row in 0..<rows {
      for column in 0..<columns {
        let here = row * columns + column
        if column + 1 < columns,
          !covers(component.vertical, at: xs[column + 1], from: ys[row], to: ys[row + 1])
        {
          parent[root(here + 1)] = root(here)
        }
        if row + 1 < rows,
          !covers(component.horizontal, at: ys[row + 1], from: xs[column], to: xs[column + 1])
        {
          parent[root(here + columns)] = root(here)
        }
      }
    }
    var extents: [Int: (r0: Int, r1: Int, c0: Int, c1: Int, words: [Int])] = [:]
    for row in 0..<rows {
      for column in 0..<columns {
        let here = row * columns + column
        var extent = extents[root(here)] ?? (row, row, column, column, [])
        extent.r0 = min(extent.r0, row)
        extent.r1 = max(extent.r1, row)
        extent.c0 = min(extent.c0, column)
        extent.c1 = max(extent.c1, column)
        extent.words += inside[here] ?? []
        extents[root(here)] = extent
      }
    }
    var grid = TableGrid(
      rowCount: rows, columnCount: columns, cells: [], box: (x0, y0, x1, y1))
    for key in extents.keys.sorted() {
      guard let extent = extents[key], !extent.words.isEmpty else { continue }
      grid.cells.append(
        TableGrid.Cell(
          row: extent.r0, column: extent.c0, rowSpan: extent.r1 - extent.r0 + 1,
          columnSpan: extent.c1 - extent.c0 + 1,
          lines: words.lines(of: extent.words).map(\.words)))
    }
    // One cell that holds nearly all the words is a box around text, or a figure.
    let largest = grid.cells.map { $0.lines.reduce(0) { $0 + $1.count } }.max() ?? 0
    guard grid.cells.count >= 4, largest * 10 < count * 7 || grid.cells.count >= 8 else {
      return nil
    }
    splitOpenRows(&grid)
    grid.dropEmpty()
    guard grid.rowCount >= 2, grid.columnCount >= 2, !isOpen(grid), !isChart(grid) else {
      return nil
    }
    grid.markHeader(words, page)
    return grid
  }

  /// Whether much of the text stands in rows of pieces that no ruling parts: then the drawn grid is
  /// not the table's (shaded rows without columns, say).
  private func isOpen(_ grid: TableGrid) -> Bool {
    var open = 0
    var all = 0
    for cell in grid.cells {
      var wide = 0
      for line in cell.lines {
        all += line.count
        let isWide = zip(line, line.dropFirst()).contains { first, second in
          words[second].x0 - words[first].x1 > max(words[first].size, 2) * 1.3
        }
        if isWide { wide += 1 }
      }
      if wide * 2 > cell.lines.count { open += cell.lines.reduce(0) { $0 + $1.count } }
    }
    return open * 10 > all * 4
  }

  /// The grid lines of a chart have few words between them.
  private func isChart(_ grid: TableGrid) -> Bool {
    let covered = grid.cells.reduce(0) { $0 + $1.rowSpan * $1.columnSpan }
    return covered * 100 < grid.rowCount * grid.columnCount * 33
  }

  /// Splits rows of the grid that hold many lines standing level in all columns: there only the
  /// columns are ruled.
  private func splitOpenRows(_ grid: inout TableGrid) {
    var row = 0
    while row < grid.rowCount {
      let members = grid.cells.indices.filter {
        grid.cells[$0].row == row && grid.cells[$0].rowSpan == 1
      }
      let spanning = grid.cells.contains {
        $0.rowSpan > 1 && $0.row <= row && $0.row + $0.rowSpan > row
      }
      let most = members.map { grid.cells[$0].lines.count }.max() ?? 0
      guard !spanning, members.count >= 2, most >= 2 else {
        row += 1
        continue
      }
      // The heights at which lines stand, over all cells.
      var levels: [Float] = []
      for member in members {
        for line in grid.cells[member].lines {
          let y = line.map { words[$0].centerY }.reduce(0, +) / Float(line.count)
          if !levels.contains(where: { abs($0 - y) < 3 }) { levels.append(y) }
        }
      }
      levels.sort()
      let figureColumns = members.filter { member in
        let cell = grid.cells[member]
        return cell.lines.count * 10 >= levels.count * 4 && cell.lines.count >= 2
          && cell.lines.allSatisfy { $0.allSatisfy { words[$0].isFigure(page) } }
      }
      let full = members.filter { grid.cells[$0].lines.count * 10 >= levels.count * 8 }
      guard levels.count >= 2, !figureColumns.isEmpty, full.count >= 2 || figureColumns.count >= 2
      else {
        row += 1
        continue
      }
      let extra = levels.count - 1
      for at in grid.cells.indices where grid.cells[at].row > row { grid.cells[at].row += extra }
      var added: [TableGrid.Cell] = []
      for member in members {
        let cell = grid.cells[member]
        grid.cells[member].lines = []
        for line in cell.lines {
          let y = line.map { words[$0].centerY }.reduce(0, +) / Float(line.count)
          let level = levels.firstIndex { abs($0 - y) < 3 } ?? 0
          added.append(
            TableGrid.Cell(
              row: row + level, column: cell.column, columnSpan: cell.columnSpan, lines: [line]))
        }
      }
      grid.cells = grid.cells.filter { !$0.lines.isEmpty } + added
      grid.rowCount += extra
      row += levels.count
    }
  }
}
