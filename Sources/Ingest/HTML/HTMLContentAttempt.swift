/// One way of finding the content, more or less strict about names.
struct HTMLContentAttempt {
  private let tree: HTMLTree
  private let statistics: HTMLStatistics
  private let body: Int
  private let usesWeights: Bool
  private let cutsUnlikely: Bool
  /// Taken out before the vote.
  private var isCut: [Bool]
  private var scores: [Int: Double] = [:]
  private(set) var kept: [Bool]

  init(
    _ tree: HTMLTree, _ statistics: HTMLStatistics, body: Int, usesWeights: Bool,
    cutsUnlikely: Bool
  ) {
    self.tree = tree
    self.statistics = statistics
    self.body = body
    self.usesWeights = usesWeights
    self.cutsUnlikely = cutsUnlikely
    isCut = [Bool](repeating: false, count: tree.nodes.count)
    kept = [Bool](repeating: false, count: tree.nodes.count)
    cut()
    vote()
    let top = winner()
    for root in roots(around: top) { keep(root) }
    clean()
  }

  // MARK: Cutting

  private mutating func cut() {
    let nodes = tree.nodes
    let whole = Int(statistics.text(body))
    var index = body + 1
    let end = Int(nodes[body].end)
    while index < end {
      let node = nodes[index]
      guard node.tag.isElement else {
        index += 1
        continue
      }
      if statistics.isDead[index] || isAround(index, node, whole) {
        for inner in index..<Int(node.end) { isCut[inner] = true }
        index = Int(node.end)
        continue
      }
      index += 1
    }
  }

  private func isAround(_ index: Int, _ node: HTMLTree.Node, _ whole: Int) -> Bool {
    let text = Int(statistics[index].text)
    // What holds most of the page's text is the page, whatever it is called.
    if text * 2 > whole { return false }
    switch node.tag {
    case .nav, .menu, .search, .dialog: return true
    case .footer: return true
    case .aside: return !node.flags.contains(.main)
    case .header:
      return !isInside(index, .article) && statistics.linkDensity(index) > 0.3
    default: break
    }
    if node.flags.contains(.around) || node.flags.contains(.apart) { return true }
    guard cutsUnlikely else { return false }
    if node.flags.contains(.byline), text < 100, text > 0 { return true }
    let isNamedAround =
      node.flags.contains(.unlikely) || node.flags.contains(.topical) && !isSection(index)
    guard isNamedAround, !node.flags.contains(.likely),
      !node.flags.contains(.main), !node.flags.contains(.postContent)
    else { return false }
    switch node.tag {
    case .body, .html, .a, .article, .main, .table, .tbody, .tr, .td, .th, .h1: return false
    default: return !isInside(index, .table) && !isInside(index, .code)
    }
  }

  /// Reads like a section of a text or a part of one: a heading, words that are no links, and nothing
  /// to press.
  private func isSection(_ index: Int) -> Bool {
    let sums = statistics[index]
    if sums.text >= 1500 { return true }
    guard sums.inputs == 0, statistics.linkDensity(index) < 0.3 else { return false }
    switch tree.nodes[index].tag {
    case .h1, .h2, .h3, .h4, .h5, .h6: return true
    case .p, .li, .dt, .dd, .blockquote: return sums.text >= 100
    default: return sums.text >= 100 && sums.headingText > 0
    }
  }

  private func isInside(_ index: Int, _ tag: HTMLTag) -> Bool {
    var parent = Int(tree.nodes[index].parent)
    var steps = 0
    while parent >= 0, steps < 64 {
      if tree.nodes[parent].tag == tag { return true }
      parent = Int(tree.nodes[parent].parent)
      steps += 1
    }
    return false
  }

  // MARK: Voting

  private mutating func vote() {
    let nodes = tree.nodes
    for index in body..<Int(nodes[body].end) {
      let node = nodes[index]
      guard node.tag.isBlock, !isCut[index] else { continue }
      let sums = statistics[index]
      guard sums.own >= 25 else { continue }
      let isLeaf = sums.blocks <= 1
      let density = Double(sums.ownLink) / Double(sums.own)
      switch node.tag {
      case .p, .pre, .td, .section, .h2, .h3, .h4, .h5, .h6, .blockquote: break
      case .li, .dd, .dt: if sums.own < 80 || density > 0.33 { continue }
      case .html, .table, .tr, .ul, .ol, .h1, .form, .nav: continue
      default: break
      }
      let points = 1 + Double(sums.ownCommas) + min(Double(sums.own) / 100, 3)
      // Text right in an element that holds blocks as well is as good as a paragraph in it.
      let isOwnParent = !isLeaf && node.tag != .td
      var ancestor = isOwnParent ? index : Int(node.parent)
      var level = 0
      while ancestor >= 0, level < 5 {
        guard nodes[ancestor].tag.isBlock else {
          ancestor = Int(nodes[ancestor].parent)
          continue
        }
        if nodes[ancestor].tag == .html { break }
        let share = level == 0 ? 1.0 : level == 1 ? 2.0 : Double(level * 3)
        let before = scores[ancestor] ?? initialScore(ancestor)
        scores[ancestor] = before + points / share
        ancestor = Int(nodes[ancestor].parent)
        level += 1
      }
    }
    for (index, score) in scores {
      scores[index] = score * (1 - min(1, statistics.linkDensity(index)))
    }
  }

  private func initialScore(_ index: Int) -> Double {
    let node = tree.nodes[index]
    var score: Double
    switch node.tag {
    case .div, .article, .main: score = 5
    case .pre, .td, .blockquote: score = 3
    case .address, .ol, .ul, .dl, .dd, .dt, .li, .form: score = -3
    case .h1, .h2, .h3, .h4, .h5, .h6, .th: score = -5
    default: score = 0
    }
    if usesWeights { score += Double(node.flags.weight) }
    if node.flags.contains(.main) || node.flags.contains(.postContent) { score += 25 }
    return score
  }

  // MARK: The winner

  private func winner() -> Int {
    let nodes = tree.nodes
    let ranked = scores.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    guard let first = ranked.first, first.value > 0 else { return body }
    var top = first.key
    var topScore = first.value
    // Several that are nearly as good in different places: what they have in common.
    let rivals = ranked.dropFirst().prefix(5).filter { $0.value >= 0.75 * topScore }.map(\.key)
    if rivals.count >= 3 {
      var parent = Int(nodes[top].parent)
      while parent > body {
        let end = Int(nodes[parent].end)
        if rivals.filter({ parent < $0 && $0 < end }).count >= 3 {
          top = parent
          break
        }
        parent = Int(nodes[parent].parent)
      }
    }
    topScore = scores[top] ?? 0
    // Climb while the parents are no worse: content split over several elements.
    var parent = Int(nodes[top].parent)
    var last = topScore
    let threshold = last / 3
    while parent > body {
      guard let score = scores[parent] else {
        parent = Int(nodes[parent].parent)
        continue
      }
      if score < threshold { break }
      if score > last {
        top = parent
        break
      }
      last = score
      parent = Int(nodes[parent].parent)
    }
    parent = Int(nodes[top].parent)
    while parent > body, elementCount(parent) == 1 {
      top = parent
      parent = Int(nodes[parent].parent)
    }
    return widened(top)
  }

  private func elementCount(_ index: Int) -> Int {
    var count = 0
    for child in tree.children(of: index) where tree.nodes[child].tag.isElement && !isCut[child] {
      count += 1
    }
    return count
  }

  /// The element around `top` that holds (nearly) all prose of the page, where `top` does not.
  private func widened(_ top: Int) -> Int {
    // By the elements' numbers.
    var prose = [Int32](repeating: 0, count: tree.elementCount)
    let nodes = tree.nodes
    for index in body..<Int(nodes[body].end)
    where nodes[index].tag.isBlock && !isCut[index] {
      let sums = statistics[index]
      if sums.own >= 80, Double(sums.ownLink) < 0.3 * Double(sums.own) {
        prose[Int(nodes[index].value)] += sums.own
      }
    }
    for index in nodes.indices.reversed() where nodes[index].tag.isElement && index > body {
      let own = prose[Int(nodes[index].value)]
      let parent = Int(nodes[index].parent)
      if own > 0, parent >= 0 { prose[Int(nodes[parent].value)] += own }
    }
    func within(_ node: Int) -> Int {
      nodes[node].tag.isElement ? Int(prose[Int(nodes[node].value)]) : 0
    }
    let all = within(body)
    var best = top
    var node = top
    while node > body, within(best) * 10 < all * 7 {
      node = Int(nodes[node].parent)
      guard node >= body else { break }
      if within(node) > within(best) * 11 / 10 { best = node }
    }
    return best
  }

  /// The winner and those of its siblings that belong to it.
  private func roots(around top: Int) -> [Int] {
    let nodes = tree.nodes
    let parent = Int(nodes[top].parent)
    guard top > body, parent >= body else { return [body] }
    let topScore = scores[top] ?? 0
    let threshold = max(10, topScore * 0.2)
    return tree.children(of: parent).filter { sibling in
      if sibling == top { return true }
      if isCut[sibling] { return false }
      let node = nodes[sibling]
      guard node.tag.isElement else { return statistics.text(sibling) > 80 }
      let sums = statistics[sibling]
      let isLikeTop = node.last != 0 && node.last == nodes[top].last
      if let score = scores[sibling], score + (isLikeTop ? topScore * 0.2 : 0) >= threshold {
        return true
      }
      let density = statistics.linkDensity(sibling)
      switch node.tag {
      case .p, .blockquote, .pre, .ul, .ol: return sums.text > 80 && density < 0.25
      case .h1: return true
      default: return false
      }
    }
  }

  private mutating func keep(_ root: Int) {
    for index in root..<Int(tree.nodes[root].end) { kept[index] = !isCut[index] }
  }

  // MARK: Cleaning

  private mutating func clean() {
    let nodes = tree.nodes
    var index = body
    let end = Int(nodes[body].end)
    let whole = nodes.indices.reduce(0) { sum, index in
      nodes[index].tag.isElement || !kept[index] ? sum : sum + Int(statistics.text(index))
    }
    while index < end {
      let node = nodes[index]
      guard kept[index], node.tag.isElement else {
        index += 1
        continue
      }
      if isUnfit(index, node, whole) {
        for inner in index..<Int(node.end) { kept[inner] = false }
        index = Int(node.end)
        continue
      }
      index += 1
    }
  }

  private func isUnfit(_ index: Int, _ node: HTMLTree.Node, _ whole: Int) -> Bool {
    let sums = statistics[index]
    // A quarter of all there is: never mere trimmings.
    if Int(sums.text) * 4 > whole { return false }
    switch node.tag {
    case .form, .fieldset, .table, .ul, .ol, .div, .section, .dl: break
    default: return false
    }
    if statistics.isDataTable(index) || sums.dataTables > 0 && node.tag != .form { return false }
    if isInsideDataTable(index) { return false }
    let weight = usesWeights ? node.flags.weight : 0
    if weight < 0, sums.text < 1000, !isSection(index) { return true }
    guard sums.commas < 10 else { return false }
    let isList =
      node.tag == .ul || node.tag == .ol || Double(sums.listText) > 0.9 * Double(sums.text)
    let density = statistics.linkDensity(index)
    let items = Int(sums.items) - 100
    let headings = sums.text == 0 ? 0 : Double(sums.headingText) / Double(sums.text)
    if sums.images > 1, Double(sums.paragraphs) / Double(sums.images) < 0.5,
      !isInside(index, .figure)
    {
      return sums.text < 200
    }
    if !isList, items > Int(sums.paragraphs) { return true }
    if Int(sums.inputs) > Int(sums.paragraphs) / 3 && sums.text < 500 && sums.inputs > 0 {
      return true
    }
    if !isList, headings < 0.9, sums.text < 25, sums.images == 0 || sums.images > 2, density > 0 {
      return true
    }
    let most = isSection(index) ? 0.5 : 0.2
    if !isList, density > most, weight < 25 { return true }
    if weight >= 25, density > 0.5 { return true }
    // A list of nothing but links, item by item.
    if isList, density > 0.8, sums.text < 1500, !isInside(index, .li) { return true }
    return false
  }

  private func isInsideDataTable(_ index: Int) -> Bool {
    var parent = Int(tree.nodes[index].parent)
    while parent > body {
      if statistics.isDataTable(parent) { return true }
      if tree.nodes[parent].tag == .table { return false }
      parent = Int(tree.nodes[parent].parent)
    }
    return false
  }
}
