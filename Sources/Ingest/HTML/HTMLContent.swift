/// Which nodes of a page are its main content.
///
/// Paragraphs vote for the elements around them, by length and commas, less for each level up; what
/// is mostly links loses its votes. The winner and those of its siblings that read like it are the
/// content; from these, blocks are taken out that are lists of links, forms, or called what
/// sharing bars and sidebars are called. Where prose is spread over more than the winner holds
/// (statutes in many sections, filings, terms cut into panels), the element around all of it wins.
struct HTMLContent {
  private let tree: HTMLTree
  private let body: Int
  /// One a node.
  private(set) var isKept: [Bool]
  /// Everything is hidden: a page that shows itself by script.
  private(set) var showsHidden = false
  private let dataTables: Set<Int>

  /// - Parameters:
  ///   - tree: its text is measured.
  ///   - isAll: all that is shown is content.
  init(_ tree: inout HTMLTree, _ source: SourceText, isAll: Bool = false) {
    body = tree.nodes.firstIndex { $0.tag == .body } ?? 0
    isKept = [Bool](repeating: isAll, count: tree.nodes.count)
    // Not kept: as large as the tree, and of no use afterwards.
    var statistics = HTMLStatistics(&tree, source, showsHidden: false)
    if !tree.nodes.isEmpty, statistics.text(body) == 0 {
      showsHidden = true
      statistics = HTMLStatistics(&tree, source, showsHidden: true)
    }
    dataTables = statistics.dataTables
    self.tree = tree
    if !isAll, !tree.nodes.isEmpty { select(statistics) }
  }

  /// A grid of data, as against a table that only places things on the page.
  func isDataTable(_ table: Int) -> Bool { dataTables.contains(table) }

  private mutating func select(_ statistics: HTMLStatistics) {
    let whole = statistics.text(body)
    var best: [Bool] = []
    var bestText = -1
    for (usesNames, cutsNames) in [(true, true), (true, false), (false, false)] {
      let attempt = HTMLContentAttempt(
        tree, statistics, body: body, usesWeights: usesNames, cutsUnlikely: cutsNames)
      let kept = attempt.kept
      let text = textCount(kept, statistics)
      if text > bestText {
        best = kept
        bestText = text
      }
      // Enough to be an article; or nearly all there is on a short page.
      if text >= 500 || text * 10 >= whole * 9 { break }
    }
    isKept = best
  }

  private func textCount(_ kept: [Bool], _ statistics: HTMLStatistics) -> Int {
    var count = 0
    for index in tree.nodes.indices where kept[index] && !tree.nodes[index].tag.isElement {
      count += Int(statistics.text(index))
    }
    return count
  }
}

/// Sums over the subtree of each element.
struct HTMLStatistics {
  struct Sums {
    /// Characters, each stretch of white space as one.
    var text: Int32 = 0
    /// Characters in links; links within the page count for less.
    var link: Float = 0
    var commas: Int32 = 0
    /// Characters that are the node's own: in it, and in no block inside it.
    var own: Int32 = 0
    var ownLink: Float = 0
    var ownCommas: Int32 = 0
    var paragraphs: Int32 = 0
    var items: Int32 = 0
    var images: Int32 = 0
    var inputs: Int32 = 0
    var headingText: Int32 = 0
    var listText: Int32 = 0
    var blocks: Int32 = 0
    var dataTables: Int32 = 0
  }

  /// By the elements' numbers.
  private var sums: [Sums]
  private let tree: HTMLTree
  private(set) var dataTables: Set<Int> = []
  /// In an element that shows nothing.
  private(set) var isDead: [Bool]

  /// The sums of the element that is node `index`.
  subscript(index: Int) -> Sums { sums[Int(tree.nodes[index].value)] }

  /// The characters in a node of any kind.
  func text(_ index: Int) -> Int32 {
    let node = tree.nodes[index]
    switch node.tag {
    case .text: return node.value
    case .reference: return isDead[index] ? 0 : Self.measure(node)
    default: return sums[Int(node.value)].text
    }
  }

  func linkDensity(_ index: Int) -> Double {
    let sums = self[index]
    return sums.text == 0 ? 0 : Double(sums.link) / Double(sums.text)
  }

  func isDataTable(_ table: Int) -> Bool { dataTables.contains(table) }

  /// - Parameter tree: its text nodes are given their characters.
  init(_ tree: inout HTMLTree, _ source: SourceText, showsHidden: Bool) {
    var sums = [Sums](repeating: Sums(), count: tree.elementCount)
    var isDead = [Bool](repeating: false, count: tree.nodes.count)
    Self.count(&tree, &sums, &isDead, source, showsHidden)
    self.sums = sums
    self.isDead = isDead
    self.tree = tree
    findDataTables()
  }

  private static func count(
    _ tree: inout HTMLTree, _ sums: inout [Sums], _ isDead: inout [Bool], _ source: SourceText,
    _ showsHidden: Bool
  ) {
    // The nearest block, link, heading and list around each node, while going down. Blocks by their
    // numbers.
    var open: [(end: Int, block: Int, link: Float, isHeading: Bool, isList: Bool)] = []
    let count = tree.nodes.count
    var index = 0
    while index < count {
      while let top = open.last, top.end <= index { open.removeLast() }
      let node = tree.nodes[index]
      let around = open.last ?? (count, -1, 0, false, false)
      if !node.tag.isElement {
        var text = measure(node)
        var commas: Int32 = 0
        if node.tag == .text {
          (text, commas) = measure(node, source)
          tree.nodes[index].value = text
        }
        let link = around.link * Float(text)
        if node.parent >= 0 {
          let parent = Int(tree.nodes[Int(node.parent)].value)
          sums[parent].text += text
          sums[parent].link += link
          sums[parent].commas += commas
          if around.isHeading { sums[parent].headingText += text }
          if around.isList { sums[parent].listText += text }
        }
        if around.block >= 0 {
          sums[around.block].own += text
          sums[around.block].ownLink += link
          sums[around.block].ownCommas += commas
        }
        index += 1
        continue
      }
      let number = Int(node.value)
      if node.tag.isSilent || node.flags.contains(.hidden) && !showsHidden {
        switch node.tag {
        case .input, .textarea, .select, .button: sums[number].inputs = 1
        default: break
        }
        for inner in index..<Int(node.end) { isDead[inner] = true }
        index = Int(node.end)
        continue
      }
      switch node.tag {
      case .p: sums[number].paragraphs = 1
      case .li: sums[number].items = 1
      case .img, .picture: sums[number].images = 1
      default: break
      }
      let isBlock = node.tag.isBlock
      if isBlock { sums[number].blocks = 1 }
      open.append(
        (
          Int(node.end), isBlock ? number : around.block,
          node.tag == .a && node.flags.contains(.link)
            ? node.flags.contains(.anchorLink) ? 0.3 : 1 : around.link,
          around.isHeading || node.tag.headingLevel != nil,
          around.isList || node.tag == .ul || node.tag == .ol
        ))
      index += 1
    }
    for node in tree.nodes.reversed() where node.tag.isElement && node.parent >= 0 {
      let parent = Int(tree.nodes[Int(node.parent)].value)
      let one = sums[Int(node.value)]
      sums[parent].text += one.text
      sums[parent].link += one.link
      sums[parent].commas += one.commas
      sums[parent].paragraphs += one.paragraphs
      sums[parent].items += one.items
      sums[parent].images += one.images
      sums[parent].inputs += one.inputs
      sums[parent].headingText += one.headingText
      sums[parent].listText += one.listText
      sums[parent].blocks += one.blocks
    }
  }

  private static func measure(_ reference: HTMLTree.Node) -> Int32 {
    reference.value == 0xA0 || reference.value <= 0x20 ? 0 : 1
  }

  /// Characters with white space collapsed, and commas of the larger scripts.
  private static func measure(_ node: HTMLTree.Node, _ source: SourceText) -> (Int32, Int32) {
    var text: Int32 = 0
    var commas: Int32 = 0
    var isSpace = true
    let range = Int(node.first)..<Int(node.last)
    unsafe source.utf8.withUnsafeBufferPointer { utf8 in
      for index in range {
        let byte = unsafe utf8[index]
        if byte <= 0x20 {
          if !isSpace { text += 1 }
          isSpace = true
          continue
        }
        isSpace = false
        if byte & 0xC0 != 0x80 { text += 1 }
        if byte == 0x2C { commas += 1 }
        // 、 ， ،
        if byte == 0x8C, index >= 2, unsafe utf8[index - 1] == 0xBC || utf8[index - 1] == 0xD8 {
          commas += 1
        }
        if byte == 0x81, index >= 2, unsafe utf8[index - 1] == 0x80 && utf8[index - 2] == 0xE3 {
          commas += 1
        }
      }
    }
    if isSpace, text > 0 { text -= 1 }
    return (text, commas)
  }

  private mutating func findDataTables() {
    let nodes = tree.nodes
    for index in nodes.indices where nodes[index].tag == .table && !isDead[index] {
      if looksLikeData(index) { dataTables.insert(index) }
    }
    guard !dataTables.isEmpty else { return }
    for index in dataTables {
      var node = index
      while node >= 0 {
        sums[Int(nodes[node].value)].dataTables += 1
        node = Int(nodes[node].parent)
      }
    }
  }

  private func looksLikeData(_ table: Int) -> Bool {
    let nodes = tree.nodes
    let node = nodes[table]
    if node.flags.contains(.layoutTable) { return false }
    var rows = 0
    var cellsInRow = 0
    var widest = 0
    var filledCells = 0
    var hasHeader = false
    var longest: Int32 = 0
    var blocksInCells = 0
    var index = table + 1
    while index < Int(node.end) {
      let inner = nodes[index]
      switch inner.tag {
      case .table: return false
      case .tr:
        rows += 1
        cellsInRow = 0
      case .th, .td:
        if inner.tag == .th { hasHeader = true }
        cellsInRow += 1
        widest = max(widest, cellsInRow)
        let cell = sums[Int(inner.value)]
        if cell.text > 0 { filledCells += 1 }
        longest = max(longest, cell.text)
        if cell.paragraphs > 2 { blocksInCells += 1 }
      case .caption, .thead, .tfoot, .colgroup:
        hasHeader = hasHeader || sums[Int(inner.value)].text > 0 || inner.tag == .thead
      case .h1, .h2, .h3, .ul, .ol, .form: blocksInCells += 1
      default: break
      }
      index += 1
    }
    if node.flags.contains(.dataTable) { return true }
    if filledCells <= 1 || widest <= 1 { return false }
    if hasHeader, longest < 2000 { return true }
    if blocksInCells * 4 > filledCells || longest > 1000 { return false }
    // Two columns, one row: things side by side.
    return rows >= 2 && filledCells >= 4 && longest < 600
  }
}
