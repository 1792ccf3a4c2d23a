import Documents

/// One page's words → its blocks in reading order.
struct PageLayout {
  let page: PageGlyphs
  let words: PageWords
  let furniture: PageFurniture
  let bodySize: Float
  let memory: WordMemory
  /// The page's rulings, looked for when asked for.
  let draw: () -> Rulings

  func blocks() -> [PageBlock] {
    let speller = LineSpeller(page: page, words: words.main, upright: words.upright)
    var blocks: [PageBlock] = []
    var isFurniture = Set<Int>()
    for row in furniture.top {
      isFurniture.formUnion(row.words)
      blocks.append(furnitureBlock(row, speller))
    }
    for row in furniture.bottom { isFurniture.formUnion(row.words) }
    var body = words.main
    if !isFurniture.isEmpty {
      body.removeAll(keepingCapacity: true)
      for (index, word) in words.main.enumerated() where !isFurniture.contains(index) {
        body.append(word)
      }
    }
    blocks += flow(LineSpeller(page: page, words: body, upright: words.upright))
    for (upright, turned) in words.turned {
      blocks += flow(
        LineSpeller(page: page, words: turned, upright: upright), mayDraw: false)
    }
    for row in furniture.bottom { blocks.append(furnitureBlock(row, speller)) }
    return blocks
  }

  private func flow(_ speller: LineSpeller, mayDraw: Bool = true) -> [PageBlock] {
    var speller = speller
    var isDoubtful = false
    var columns = ReadingOrder(words: speller.words).columns(isDoubtful: &isDoubtful)
      .map { Column(speller.words.lines(of: $0), speller) }
    var rulings: Rulings?
    var ruled: [TableGrid] = []
    // Only a page with rows of pieces can have a table, and only such a page is drawn.
    if mayDraw, isDoubtful || columns.contains(where: \.mayHoldTable) {
      let found = draw().turned(by: speller.upright)
      rulings = found
      ruled = RuledTables(words: speller.words, page: page, rulings: found).find()
      if !ruled.isEmpty {
        let tables = ruled.map { $0.table(speller, memory) }
        speller = LineSpeller(
          page: page, words: standIns(for: ruled, in: speller.words), upright: speller.upright)
        columns = ReadingOrder(words: speller.words).columns(isDoubtful: &isDoubtful)
          .map { Column(speller.words.lines(of: $0), speller) }
        let indents = ParagraphBuilder.firstLineIndents(in: columns.map(\.lines), speller)
        return columns.flatMap { blocks(of: $0, speller, rulings, tables, indents) }
      }
    }
    let indents = ParagraphBuilder.firstLineIndents(in: columns.map(\.lines), speller)
    return columns.flatMap { blocks(of: $0, speller, rulings, [], indents) }
  }

  /// The lines of one column, and the pieces they fall into.
  private struct Column {
    let lines: [Line]
    let rows: [OpenTables.Row]

    init(_ lines: [Line], _ speller: LineSpeller) {
      self.lines = lines
      rows = OpenTables.rows(of: lines, speller)
    }

    /// Whether three rows near each other have a gap at the same place.
    var mayHoldTable: Bool {
      var recent: [(at: Int, gaps: [(Float, Float)])] = []
      for (at, row) in rows.enumerated() where row.isTabular && !row.isLeader {
        var gaps: [(Float, Float)] = []
        for (first, second) in zip(row.pieces, row.pieces.dropFirst()) {
          gaps.append((first.x1, second.x0))
        }
        recent.removeAll { at - $0.at > 5 }
        let level = recent.count { other in
          other.gaps.contains { a in gaps.contains { b in min(a.1, b.1) - max(a.0, b.0) > 2 } }
        }
        if level >= 2 { return true }
        recent.append((at, gaps))
      }
      return false
    }
  }

  /// The words outside the tables, and in each table's place a block of words that stand for it,
  /// so that reading order treats it as one thing.
  private func standIns(for tables: [TableGrid], in words: ContiguousArray<Word>)
    -> ContiguousArray<Word>
  {
    var rest: ContiguousArray<Word> = []
    for word in words
    where !tables.contains(where: {
      word.centerX > $0.box.x0 && word.centerX < $0.box.x1 && word.centerY > $0.box.y0
        && word.centerY < $0.box.y1
    }) {
      rest.append(word)
    }
    for (number, table) in tables.enumerated() {
      let height = max(bodySize, 4)
      let steps = max(1, Int((table.box.y1 - table.box.y0) / height))
      for step in 0..<steps {
        let y = table.box.y0 + (table.box.y1 - table.box.y0) * Float(step) / Float(steps)
        var word = Word(
          glyphs: 0..<0, x0: table.box.x0, y0: y, x1: table.box.x1, y1: y + height * 0.9,
          size: bodySize, style: 0, isGlued: false, direction: words.first?.direction ?? .right)
        word.table = number
        rest.append(word)
      }
    }
    return rest
  }

  /// The blocks of one column: tables where they stand, paragraphs between them.
  private func blocks(
    of column: Column, _ speller: LineSpeller, _ rulings: Rulings?, _ tables: [Table],
    _ indents: [Float]
  ) -> [PageBlock] {
    let lines = column.lines
    // Rows of pieces may stand out of their column; lines of text show its margins better.
    let solid = zip(lines, column.rows)
      .filter { !$0.1.isTabular }.map(\.0)
    let builder = ParagraphBuilder(
      speller: speller, bodySize: bodySize, memory: memory,
      column: solid.count >= 3 ? solid : lines, firstLineIndents: indents)
    var blocks: [PageBlock] = []
    var stretch: [Line] = []
    var placed = Set<Int>()
    // Whether the stretch has lines without the words that stand for tables.
    var hasParts = false
    func flush() {
      guard !stretch.isEmpty else { return }
      var at = 0
      let isWhole = stretch.count == lines.count && !hasParts
      let rows = isWhole ? column.rows : OpenTables.rows(of: stretch, speller)
      for (range, grid) in OpenTables(speller: speller, lines: stretch, rulings: rulings)
        .find(rows)
      {
        blocks += builder.blocks(of: Array(stretch[at..<range.lowerBound]))
        blocks.append(tableBlock(grid.table(speller, memory)))
        at = range.upperBound
      }
      blocks += builder.blocks(of: Array(stretch[at...]))
      stretch.removeAll()
    }
    for line in lines {
      let own = line.words.filter { speller.words[$0].table < 0 }
      if own.count == line.words.count {
        stretch.append(line)
        continue
      }
      for index in line.words {
        let table = speller.words[index].table
        if table >= 0, placed.insert(table).inserted {
          flush()
          blocks.append(tableBlock(tables[table]))
        }
      }
      if !own.isEmpty {
        stretch.append(Line(own, of: speller.words))
        hasParts = true
      }
    }
    flush()
    // Only the column's own first and last blocks run on into other columns.
    for at in blocks.indices {
      blocks[at].startsColumn = blocks[at].startsColumn && at == 0
      if case .footnote = blocks[at].kind { continue }
      let rest = blocks[(at + 1)...]
      blocks[at].endsColumn =
        blocks[at].endsColumn
        && rest.allSatisfy { if case .footnote = $0.kind { true } else { false } }
    }
    return blocks
  }

  private func tableBlock(_ table: Table) -> PageBlock {
    PageBlock(kind: .table(table), text: AnchoredText(), size: 0, isBold: false, lineCount: 1)
  }

  private func furnitureBlock(_ row: PageFurniture.Row, _ speller: LineSpeller) -> PageBlock {
    PageBlock(
      kind: .furniture(row.kind), text: speller.spell(row.words), size: 0, isBold: false,
      lineCount: 1)
  }
}
