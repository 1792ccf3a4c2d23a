import Documents

/// Walks a tree in document order and makes its blocks.
struct HTMLBlocks {
  private let tree: HTMLTree
  private let source: SourceText
  private let content: HTMLContent
  private var result: [Block] = []
  private var builder: AnchoredTextBuilder
  /// Block elements that are open, outermost first.
  private var open: [Frame] = []
  private var hierarchy = ClauseHierarchy()
  private var listDepth = 0
  /// Letters of the block in the making, and those of them in bold.
  private var letters = 0
  private var boldLetters = 0
  private var isContent = true

  private struct Frame {
    var node: Int
    var end: Int
    var kind: Kind
    /// List items: what is printed before the text, until it has been used.
    var marker: String?
    /// Ordered lists: the number of the next item.
    var number: Int

    var isList: Bool {
      switch kind {
      case .list, .ordered: true
      default: false
      }
    }

    enum Kind {
      case plain, heading(Int), item, term, definition, caption, preformatted, list, ordered
    }
  }

  init(_ tree: HTMLTree, _ source: SourceText, _ content: HTMLContent) {
    self.tree = tree
    self.source = source
    self.content = content
    builder = AnchoredTextBuilder(source)
  }

  mutating func read() -> [Block] {
    walk(0..<tree.nodes.count)
    return result
  }

  private mutating func walk(_ range: Range<Int>) {
    var index = range.lowerBound
    while index < range.upperBound {
      while let top = open.last, top.end <= index { close() }
      let node = tree.nodes[index]
      if node.tag == .text || node.tag == .reference {
        let isKept = content.isKept[index]
        if isKept != isContent {
          flush()
          isContent = isKept
        }
        add(index)
        index += 1
        continue
      }
      if node.tag.isSilent || node.flags.contains(.hidden) && !content.showsHidden {
        index = Int(node.end)
        continue
      }
      switch node.tag {
      case .br: lineBreak()
      case .hr: flush()
      case .table where content.isKept[index] && content.isDataTable(index):
        flush()
        isContent = true
        addTable(index)
        index = Int(node.end)
        continue
      default:
        if node.tag.isBlock || node.flags.contains(.blockStyle) { openBlock(index) }
      }
      index += 1
    }
    while !open.isEmpty { close() }
    flush()
  }

  // MARK: Inline

  private mutating func add(_ index: Int) {
    let node = tree.nodes[index]
    let range = Int(node.first)..<Int(node.last)
    let before = builder.bytes.count
    if isPreformatted {
      if node.tag == .text {
        builder.append(range)
      } else {
        append(reference: node, range)
      }
    } else if node.tag == .text {
      builder.appendCollapsed(range)
    } else {
      append(reference: node, range)
    }
    let added = builder.bytes.count - before
    letters += added
    if added > 0, isBold(index) { boldLetters += added }
  }

  private mutating func append(reference node: HTMLTree.Node, _ range: Range<Int>) {
    switch node.value {
    case 0x20, 0xA0, 0x09, 0x0A, 0x0D, 0x2002...0x200A, 0x202F:
      if isPreformatted || (builder.bytes.last ?? 0x20) > 0x20 {
        builder.append(CollectionOfOne(0x20), standingFor: range)
      }
    case 0xAD, 0x200B, 0x200E, 0x200F, 0xFEFF: break
    default:
      guard let scalar = Unicode.Scalar(UInt32(node.value)) else { return }
      builder.append(String(scalar).utf8, standingFor: range)
    }
  }

  /// A line break: two in a row end the paragraph.
  private mutating func lineBreak() {
    guard !builder.isEmpty else { return }
    if isPreformatted {
      builder.append(unanchored: 0x0A)
    } else if builder.bytes.last == 0x0A {
      flush()
    } else {
      builder.trimEnd()
      builder.append(unanchored: 0x0A)
    }
  }

  private var isPreformatted: Bool {
    guard let last = open.last, case .preformatted = last.kind else { return false }
    return true
  }

  private func isBold(_ index: Int) -> Bool {
    var parent = Int(tree.nodes[index].parent)
    let limit = open.last.map(\.node) ?? -1
    while parent >= 0, parent >= limit {
      let node = tree.nodes[parent]
      if node.tag == .b || node.tag == .strong || node.flags.contains(.bold) { return true }
      parent = Int(node.parent)
    }
    return false
  }

  // MARK: Blocks

  private mutating func openBlock(_ index: Int) {
    flush()
    let node = tree.nodes[index]
    var frame = Frame(node: index, end: Int(node.end), kind: .plain, marker: nil, number: 1)
    if let level = node.tag.headingLevel {
      frame.kind = .heading(level)
    } else {
      switch node.tag {
      case .ul, .menu, .dir:
        frame.kind = .list
        listDepth += 1
      case .ol:
        frame.kind = .ordered
        frame.number = tree.listStarts[index] ?? 1
        listDepth += 1
      case .li:
        frame.kind = .item
        if let list = open.lastIndex(where: { $0.isList }), case .ordered = open[list].kind {
          let number = tree.listStarts[index] ?? open[list].number
          open[list].number = number + 1
          frame.marker = ListNumber.text(number, kind: tree.listKinds[open[list].node] ?? 0x31)
        }
      case .dt: frame.kind = .term
      case .dd: frame.kind = .definition
      case .figcaption, .caption: frame.kind = .caption
      case .pre, .xmp, .listing, .plaintext: frame.kind = .preformatted
      default:
        if isPreformatted || node.flags.contains(.preformatted) && node.tag != .td {
          frame.kind = .preformatted
        } else if let last = open.last, case .heading(let level) = last.kind {
          frame.kind = .heading(level)
        }
      }
    }
    open.append(frame)
  }

  private mutating func close() {
    flush()
    if let frame = open.popLast(), frame.isList { listDepth -= 1 }
  }

  /// Ends the block in the making.
  private mutating func flush() {
    let isBold = letters > 0 && boldLetters * 20 >= letters * 19
    letters = 0
    boldLetters = 0
    if !isPreformatted || !isContent { builder.trimEnd() }
    guard !builder.isEmpty else { return }
    guard builder.bytes.contains(where: { $0 > 0x20 }) else {
      _ = builder.finish()
      return
    }
    guard isContent else {
      result.append(Block(.furniture(builder.finish(), .boilerplate)))
      return
    }
    guard let top = open.last else {
      addParagraph(isBold: isBold, isCentered: false)
      return
    }
    switch top.kind {
    case .heading(let level):
      hierarchy.reset()
      result.append(Block(.heading(builder.finish(), level: level)))
    case .caption: result.append(Block(.caption(builder.finish())))
    case .preformatted: addPreformatted()
    case .term: result.append(Block(.listItem(builder.finish(), depth: max(0, listDepth))))
    case .definition: result.append(Block(.listItem(builder.finish(), depth: listDepth + 1)))
    default:
      if let item = open.lastIndex(where: { if case .item = $0.kind { true } else { false } }),
        !open[item...].contains(where: { $0.isList })
      {
        addItem(item)
      } else {
        let isCentered = open.suffix(3).contains {
          tree.nodes[$0.node].flags.contains(.centered) || tree.nodes[$0.node].tag == .center
        }
        addParagraph(isBold: isBold, isCentered: isCentered)
      }
    }
  }

  private mutating func addItem(_ item: Int) {
    let depth = max(0, listDepth - 1)
    if let marker = open[item].marker {
      open[item].marker = nil
      var text = AnchoredText(unanchored: marker + " ")
      text.append(builder.finish())
      result.append(Block(.listItem(text, depth: depth)))
    } else {
      result.append(Block(.listItem(builder.finish(), depth: depth)))
    }
  }

  private mutating func addPreformatted() {
    let text = builder.finish()
    // The line break right behind `<pre>` is not text.
    var first = 0
    let utf8 = Array(text.text.utf8)
    while first < utf8.count, utf8[first] == 0x0A || utf8[first] == 0x0D { first += 1 }
    var last = utf8.count
    while last > first, utf8[last - 1] <= 0x20 { last -= 1 }
    result.append(Block(.preformatted(text.slice(first..<last))))
  }

  private mutating func addParagraph(isBold: Bool, isCentered: Bool) {
    // Before the builder gives its bytes up, which it would have to copy otherwise.
    let shape = ParagraphShape(builder.bytes)
    let text = builder.finish()
    if let marker = shape.marker {
      let depth = hierarchy.depth(
        of: marker, followsItem: result.last?.isListItem ?? false)
      switch marker.style {
      case .article, .section:
        if shape.count <= 120, isBold || isCentered || shape.isCapitals {
          result.append(Block(.heading(text, level: min(depth + 1, 6))))
          return
        }
      case .decimal where isBold && shape.count <= 120 && shape.isTitle:
        result.append(Block(.heading(text, level: min(depth + 1, 6))))
        return
      default: break
      }
      if marker.style != .article, marker.style != .section {
        result.append(Block(.listItem(text, depth: depth)))
        return
      }
    }
    if shape.count >= 3, shape.hasLetter,
      isBold && shape.isTitle || isCentered && shape.isCapitals
    {
      result.append(Block(.heading(text, level: isCentered ? 2 : 3)))
      return
    }
    result.append(Block(.paragraph(text)))
  }
}

/// Numbers as browsers print them before the items of ordered lists.
enum ListNumber {
  /// - Parameter kind: the `type` attribute: `1`, `a`, `A`, `i` or `I`.
  static func text(_ number: Int, kind: UInt8) -> String {
    switch kind {
    case 0x61: "\(letters(number))."
    case 0x41: "\(letters(number).uppercased())."
    case 0x69: "\(RomanNumeral.text(number))."
    case 0x49: "\(RomanNumeral.text(number).uppercased())."
    default: "\(number)."
    }
  }

  private static func letters(_ number: Int) -> String {
    guard number > 0 else { return "\(number)" }
    var rest = number
    var text: [UInt8] = []
    while rest > 0 {
      rest -= 1
      text.append(UInt8(0x61 + rest % 26))
      rest /= 26
    }
    return String(decoding: text.reversed(), as: UTF8.self)
  }
}

// MARK: Tables

extension HTMLBlocks {
  /// A data table: its cells on a grid, without the columns and rows that are empty throughout.
  private mutating func addTable(_ table: Int) {
    var grid = HTMLTableGrid()
    var cell: (end: Int, node: Int)?
    var isHeaderPart = false
    var captions: [AnchoredText] = []
    var index = table + 1
    let end = Int(tree.nodes[table].end)
    var captionEnd = 0
    var breaks = 0
    func finishCell() {
      guard let open = cell else { return }
      builder.trimEnd()
      let span = tree.spans[open.node] ?? (1, 1)
      grid.add(
        builder.finish(), columns: span.columns, rows: span.rows,
        isHeader: isHeaderPart || tree.nodes[open.node].tag == .th)
      cell = nil
    }
    while index < end {
      if let open = cell, open.end <= index { finishCell() }
      if captionEnd > 0, captionEnd <= index {
        builder.trimEnd()
        if !builder.isEmpty { captions.append(builder.finish()) }
        captionEnd = 0
      }
      let node = tree.nodes[index]
      if node.tag.isElement,
        node.tag.isSilent || node.flags.contains(.hidden) && !content.showsHidden
      {
        index = Int(node.end)
        continue
      }
      switch node.tag {
      case .text:
        if cell != nil || captionEnd > 0 {
          builder.appendCollapsed(Int(node.first)..<Int(node.last))
        }
      case .reference:
        if cell != nil || captionEnd > 0 {
          append(reference: node, Int(node.first)..<Int(node.last))
        }
      case .tr:
        finishCell()
        grid.beginRow()
        isHeaderPart = tree.nodes[Int(node.parent)].tag == .thead
      case .td, .th:
        if cell == nil { cell = (Int(node.end), index) } else { builder.separate() }
      case .caption:
        finishCell()
        captionEnd = Int(node.end)
      case .br: builder.separate()
      default: if node.tag.isBlock { builder.separate() }
      }
      breaks += 1
      index += 1
    }
    finishCell()
    builder.trimEnd()
    if captionEnd > 0, !builder.isEmpty { captions.append(builder.finish()) }
    for caption in captions { result.append(Block(.caption(caption))) }
    if let made = grid.table() { result.append(Block(.table(made))) }
  }
}

/// Places cells on a grid as browsers do, then drops what is empty.
struct HTMLTableGrid {
  private var cells: [Table.Cell] = []
  private var row = -1
  private var column = 0
  /// For each column, the first row that no cell from above covers.
  private var free: [Int] = []
  private static let widest = 1000

  mutating func beginRow() {
    row += 1
    column = 0
  }

  mutating func add(_ text: AnchoredText, columns: Int, rows: Int, isHeader: Bool) {
    if row < 0 { beginRow() }
    while column < free.count, free[column] > row { column += 1 }
    guard column + columns <= Self.widest else { return }
    while free.count < column + columns { free.append(0) }
    // `rowspan=0` reaches to the end of the table.
    let rows = rows == 0 ? 65534 : rows
    for position in column..<column + columns { free[position] = max(free[position], row + rows) }
    cells.append(
      Table.Cell(
        row: row, column: column, rowSpan: rows, columnSpan: columns, isHeader: isHeader,
        text: text))
    column += columns
  }

  /// Nil where no cell has text.
  mutating func table() -> Table? {
    let rowCount = row + 1
    let columnCount = free.count
    var rowUsed = [Bool](repeating: false, count: rowCount)
    var columnUsed = [Bool](repeating: false, count: columnCount)
    for cell in cells where !cell.text.isEmpty {
      rowUsed[cell.row] = true
      columnUsed[cell.column] = true
    }
    guard rowUsed.contains(true) else { return nil }
    func places(_ used: [Bool]) -> [Int] {
      var places = [0]
      for isUsed in used { places.append(places[places.count - 1] + (isUsed ? 1 : 0)) }
      return places
    }
    let rows = places(rowUsed)
    let columns = places(columnUsed)
    var kept: [Table.Cell] = []
    for cell in cells {
      let firstRow = rows[cell.row]
      let lastRow = rows[min(cell.row + cell.rowSpan, rowCount)]
      let firstColumn = columns[cell.column]
      let lastColumn = columns[min(cell.column + cell.columnSpan, columnCount)]
      guard lastRow > firstRow, lastColumn > firstColumn else { continue }
      guard !cell.text.isEmpty || rowUsed[cell.row] && columnUsed[cell.column] else { continue }
      var copy = cell
      copy.row = firstRow
      copy.column = firstColumn
      copy.rowSpan = lastRow - firstRow
      copy.columnSpan = lastColumn - firstColumn
      kept.append(copy)
    }
    kept.sort { ($0.row, $0.column) < ($1.row, $1.column) }
    return Table(rowCount: rows[rowCount], columnCount: columns[columnCount], cells: kept)
  }
}
