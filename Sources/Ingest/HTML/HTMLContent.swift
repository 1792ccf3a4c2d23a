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

  /// - Parameter isAll: all that is shown is content.
  init(_ tree: HTMLTree, _ source: SourceText, isAll: Bool = false) {
    self.tree = tree
    body = tree.nodes.firstIndex { $0.tag == .body } ?? 0
    isKept = [Bool](repeating: false, count: tree.nodes.count)
    // Not kept: larger than the tree, and of no use afterwards.
    var statistics = HTMLStatistics(tree, source, showsHidden: false)
    if !tree.nodes.isEmpty, statistics[body].text == 0 {
      showsHidden = true
      statistics = HTMLStatistics(tree, source, showsHidden: true)
    }
    dataTables = statistics.dataTables
    if isAll {
      isKept = [Bool](repeating: true, count: tree.nodes.count)
    } else if !tree.nodes.isEmpty {
      select(statistics)
    }
  }

  /// A grid of data, as against a table that only places things on the page.
  func isDataTable(_ table: Int) -> Bool { dataTables.contains(table) }

  private mutating func select(_ statistics: HTMLStatistics) {
    let whole = statistics[body].text
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
      count += Int(statistics[index].text)
    }
    return count
  }
}

/// Sums over the subtree of each node.
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

  private var sums: [Sums]
  private let tree: HTMLTree
  private(set) var dataTables: Set<Int> = []
  /// In an element that shows nothing.
  private(set) var isDead: [Bool]

  subscript(index: Int) -> Sums { sums[index] }

  func linkDensity(_ index: Int) -> Double {
    sums[index].text == 0 ? 0 : Double(sums[index].link) / Double(sums[index].text)
  }

  func isDataTable(_ table: Int) -> Bool { dataTables.contains(table) }

  init(_ tree: HTMLTree, _ source: SourceText, showsHidden: Bool) {
    self.tree = tree
    sums = [Sums](repeating: Sums(), count: tree.nodes.count)
    isDead = [Bool](repeating: false, count: tree.nodes.count)
    count(source, showsHidden)
    findDataTables()
  }

  private mutating func count(_ source: SourceText, _ showsHidden: Bool) {
    let nodes = tree.nodes
    // The nearest block, link, heading and list around each node, while going down.
    var open: [(end: Int, block: Int, link: Float, isHeading: Bool, isList: Bool)] = []
    var index = 0
    while index < nodes.count {
      while let top = open.last, top.end <= index { open.removeLast() }
      let node = nodes[index]
      let around = open.last ?? (nodes.count, -1, 0, false, false)
      if !node.tag.isElement {
        let (text, commas) = Self.measure(node, source)
        let link = around.link * Float(text)
        sums[index].text = text
        sums[index].link = link
        sums[index].commas = commas
        if around.isHeading { sums[index].headingText = text }
        if around.isList { sums[index].listText = text }
        if around.block >= 0 {
          sums[around.block].own += text
          sums[around.block].ownLink += link
          sums[around.block].ownCommas += commas
        }
        index += 1
        continue
      }
      if node.tag.isSilent || node.flags.contains(.hidden) && !showsHidden {
        switch node.tag {
        case .input, .textarea, .select, .button: sums[index].inputs = 1
        default: break
        }
        for inner in index..<Int(node.end) { isDead[inner] = true }
        index = Int(node.end)
        continue
      }
      switch node.tag {
      case .p: sums[index].paragraphs = 1
      case .li: sums[index].items = 1
      case .img, .picture: sums[index].images = 1
      default: break
      }
      let isBlock = node.tag.isBlock
      if isBlock { sums[index].blocks = 1 }
      open.append(
        (
          Int(node.end), isBlock ? index : around.block,
          node.tag == .a && node.flags.contains(.link)
            ? node.flags.contains(.anchorLink) ? 0.3 : 1 : around.link,
          around.isHeading || node.tag.headingLevel != nil,
          around.isList || node.tag == .ul || node.tag == .ol
        ))
      index += 1
    }
    for index in nodes.indices.reversed() {
      let parent = Int(nodes[index].parent)
      guard parent >= 0 else { continue }
      let one = sums[index]
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

  /// Characters with white space collapsed, and commas of the larger scripts.
  private static func measure(_ node: HTMLTree.Node, _ source: SourceText) -> (Int32, Int32) {
    if node.tag == .reference { return (node.value == 0xA0 || node.value <= 0x20 ? 0 : 1, 0) }
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
        sums[node].dataTables += 1
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
        if sums[index].text > 0 { filledCells += 1 }
        longest = max(longest, sums[index].text)
        if sums[index].paragraphs > 2 { blocksInCells += 1 }
      case .caption, .thead, .tfoot, .colgroup:
        hasHeader = hasHeader || sums[index].text > 0 || inner.tag == .thead
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
