import Documents

/// One page's words → its blocks in reading order.
struct PageLayout {
  let page: PageGlyphs
  let words: PageWords
  let furniture: PageFurniture
  let bodySize: Float
  let memory: WordMemory

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
      blocks += flow(LineSpeller(page: page, words: turned, upright: upright))
    }
    for row in furniture.bottom { blocks.append(furnitureBlock(row, speller)) }
    return blocks
  }

  private func flow(_ speller: LineSpeller) -> [PageBlock] {
    let builder = ParagraphBuilder(speller: speller, bodySize: bodySize, memory: memory)
    var blocks: [PageBlock] = []
    for column in ReadingOrder(words: speller.words).columns() {
      blocks += builder.blocks(of: speller.words.lines(of: column))
    }
    return blocks
  }

  private func furnitureBlock(_ row: PageFurniture.Row, _ speller: LineSpeller) -> PageBlock {
    PageBlock(
      kind: .furniture(row.kind), text: speller.spell(row.words), size: 0, isBold: false,
      lineCount: 1)
  }
}
