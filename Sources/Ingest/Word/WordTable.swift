import Documents

/// Tables of Word: data as tables, frames around text as the text.
extension WordStory {
  /// A cell that is there: its node and the place it takes.
  private struct PlacedCell {
    var node: Int
    var row: Int
    var column: Int
    var rowSpan = 1
    var columnSpan: Int
    var isHeader: Bool
  }

  private static let widest = 1000

  func readTable(_ table: Int) {
    // What a deleted end of a paragraph left open ends here.
    finish(nil)
    let (places, columns) = grid(table)
    let isFrame = columns < 2 || places.contains { holdsTable($0.node) }
    guard collected == nil, !isFrame else {
      for place in places { readBlocks(of: place.node) }
      finish(nil)
      return
    }
    var cells: [Table.Cell] = []
    for place in places {
      var text = AnchoredText()
      for paragraph in collect(place.node) {
        if !text.isEmpty { text.append(unanchored: " ") }
        text.append(paragraph)
      }
      cells.append(
        Table.Cell(
          row: place.row, column: place.column, rowSpan: place.rowSpan,
          columnSpan: place.columnSpan, isHeader: place.isHeader, text: text))
    }
    if cells.contains(where: { !$0.text.isEmpty }) {
      let rows = cells.map { $0.row + $0.rowSpan }.max() ?? 0
      reading.blocks.append(
        Block(.table(Table(rowCount: rows, columnCount: columns, cells: cells))))
    }
    reading.addNotes()
  }

  private func holdsTable(_ cell: Int) -> Bool {
    tree.descendants(of: cell).contains { tree.nodes[$0].name == .table }
  }

  /// The cells on their grid, those merged into the ones above or before taken in.
  private func grid(_ table: Int) -> (places: [PlacedCell], columns: Int) {
    var places: [PlacedCell] = []
    var columns = 0
    /// For each column, the cell that goes on downwards.
    var above: [Int: Int] = [:]
    var row = 0
    for node in nodes(.row, in: table) {
      let properties = tree.child(.rowProperties, of: node)
      if let properties, tree.child(.deleted, of: properties) != nil { continue }
      var column = min(max(tree.number(of: .columnsBefore, in: properties) ?? 0, 0), Self.widest)
      let isHeader = tree.flag(.headerRow, in: properties) ?? false
      var next: [Int: Int] = [:]
      var last: Int?
      for cell in nodes(.cell, in: node) where column < Self.widest {
        let properties = tree.child(.cellProperties, of: cell)
        if let properties, tree.child(.deletedCell, of: properties) != nil { continue }
        let span = min(
          max(tree.number(of: .columnSpan, in: properties) ?? 1, 1), Self.widest - column)
        defer { column += span }
        if merges(.columnMerge, properties) == .goesOn, let last {
          places[last].columnSpan += span
          continue
        }
        let merge = merges(.rowMerge, properties)
        if merge == .goesOn, let upper = above[column] {
          places[upper].rowSpan = row + 1 - places[upper].row
          next[column] = upper
          last = nil
          continue
        }
        places.append(
          PlacedCell(
            node: cell, row: row, column: column, columnSpan: span, isHeader: isHeader))
        last = places.count - 1
        if merge != nil { next[column] = last }
      }
      columns = max(columns, column)
      above = next
      row += 1
    }
    return (places, columns)
  }

  private enum Merge { case begins, goesOn }

  private func merges(_ name: XMLName, _ properties: Int?) -> Merge? {
    guard let properties, let node = tree.child(name, of: properties) else { return nil }
    return tree.value("val", of: node) == "restart" ? .begins : .goesOn
  }

  /// Rows of a table or cells of a row, also where controls and the like are around them.
  private func nodes(_ name: XMLName, in parent: Int) -> [Int] {
    var found: [Int] = []
    for node in tree.children(of: parent) {
      switch tree.nodes[node].name {
      case name: found.append(node)
      case .contentControl:
        if let content = tree.child(.controlContent, of: node) {
          found += nodes(name, in: content)
        }
      case .customXML, .inserted, .movedTo: found += nodes(name, in: node)
      default: break
      }
    }
    return found
  }
}
