/// A table on a terminal: the first column to the left, numbers to the right under their heads.
struct ColumnTable {
  private var rows: [[String]]

  init(_ heads: [String]) { rows = [heads] }

  mutating func add(_ row: [String]) {
    precondition(row.count == rows[0].count, "a row has a cell for each head")
    rows.append(row)
  }

  func printed() {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        let blank = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + blank : "  " + blank + cell
      }
      print(line)
    }
  }
}
