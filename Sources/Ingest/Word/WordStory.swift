import Documents

/// A story of a document of Word: its body, a header, its notes. Paragraphs become blocks of the
/// reading or, where they are part of something else (a cell, a note), are collected.
final class WordStory {
  let part: String
  let tree: XMLTree
  let source: SourceText
  let reading: WordReading
  var builder: AnchoredTextBuilder
  var fields = WordFields()
  /// Where paragraphs go that are no blocks of their own.
  var collected: [AnchoredText]?
  /// Text boxes of the paragraph in the making: nodes.
  var boxes: [Int] = []
  var openLinks: [OpenLink] = []
  /// Of the paragraph in the making.
  var style = WordStyles.Style()
  var letters = 0
  var boldLetters = 0
  /// Of the run in the making.
  var isBold = false
  var isHidden = false
  private(set) lazy var relationships = reading.links(of: part)

  struct OpenLink {
    var address: String
    var isField: Bool
    var text: [UInt8] = []
    var place: Range<Int>?
  }

  init(_ part: String, in reading: WordReading) throws(ReadError) {
    self.part = part
    self.reading = reading
    let parts = reading.package.parts
    source = try parts.text(of: part)
    tree = XMLPartParser.parse(source)
    builder = AnchoredTextBuilder(source)
    reading.count(tree)
    guard let damage = tree.damage else { return }
    let base = parts.parts.last?.bytes.lowerBound ?? 0
    var notice = Notice(.damaged, detail: "\(PackageParts.shown(part)) \(damage.text).")
    switch damage {
    case .malformed(let offset):
      let own = XMLTree.Damage.malformed(at: offset - base)
      notice.detail = "\(PackageParts.shown(part)) \(own.text): the rest is not read."
      notice.bytes = offset..<offset
    case .tooDeep, .noMemory: notice.reason = .overLimit
    case .documentType: break
    }
    guard tree.nodes.count > 1 else {
      throw ReadError(
        notice.reason == .overLimit ? .overLimit : .damaged, file: parts.file,
        what: String(notice.detail.dropLast()),
        advice: "Open it in Word or LibreOffice and save it again.")
    }
    parts.add(notice)
  }

  /// The body and everything that belongs to it.
  func readBody() throws(ReadError) {
    guard let root = tree.root, tree.nodes[root].name == .document,
      let body = tree.child(.body, of: root)
    else {
      throw ReadError(
        .damaged, file: reading.package.parts.file, what: "\(part) is no document of Word",
        advice: "Open it in Word or LibreOffice and save it again.")
    }
    readBlocks(of: body)
    finish(nil)
    reading.addNotes(isEnd: true)
  }

  /// The paragraphs of a header or footer.
  func paragraphs() -> [AnchoredText] { tree.root.map { collect($0) } ?? [] }

  /// The paragraphs of a note.
  func note(_ id: String) -> [AnchoredText] {
    guard let root = tree.root else { return [] }
    for node in tree.children(of: root)
    where [.footnote, .endnote].contains(tree.nodes[node].name) && tree.value("id", of: node) == id
      && ["normal", nil].contains(tree.value("type", of: node))
    {
      return collect(node)
    }
    return []
  }

  /// The paragraphs inside a node.
  func collect(_ node: Int) -> [AnchoredText] {
    let before = collected
    collected = []
    readBlocks(of: node)
    finish(nil)
    defer { collected = before }
    return collected ?? []
  }

  // MARK: Blocks

  func readBlocks(of parent: Int) {
    for node in tree.children(of: parent) {
      switch tree.nodes[node].name {
      case .paragraph: readParagraph(node)
      case .table: readTable(node)
      case .contentControl:
        if let content = tree.child(.controlContent, of: node) { readBlocks(of: content) }
      case .customXML, .smartTag, .inserted, .movedTo: readBlocks(of: node)
      case .alternatives: if let chosen = chosen(node) { readBlocks(of: chosen) }
      case .section: if collected == nil { reading.addSection(tree, node) }
      case .otherDocument: reading.miss("Documents inside the document")
      case .formulaParagraph, .formula:
        readFormula(node)
        finish(nil)
      default: break
      }
    }
  }

  private func readParagraph(_ node: Int) {
    let properties = tree.child(.paragraphProperties, of: node)
    style = reading.styles.paragraph(tree.value(of: .paragraphStyle, in: properties))
    readInline(of: node)
    let mark = properties.flatMap { tree.child(.runProperties, of: $0) }
    let isJoined =
      mark.map { tree.child(.deleted, of: $0) != nil || tree.child(.movedFrom, of: $0) != nil }
      ?? false
    // A paragraph whose end is deleted goes on in the next, and is of its kind.
    if !isJoined { finish(properties, isMarkHidden: tree.flag(.hidden, in: mark) ?? false) }
    if let properties, collected == nil, let section = tree.child(.section, of: properties) {
      reading.addSection(tree, section)
    }
  }

  /// Ends the paragraph in the making.
  func finish(_ properties: Int?, isMarkHidden: Bool = false) {
    builder.trimEnd()
    let isBlank = !builder.bytes.contains { $0 > 0x20 }
    let isBold = letters > 0 && boldLetters * 20 >= letters * 19
    letters = 0
    boldLetters = 0
    var label: WordNumbering.Label?
    // Word counts empty paragraphs, but none that it hides.
    if let properties, !(isBlank && isMarkHidden) { label = nextLabel(properties) }
    let words = builder.finish()
    if !isBlank {
      var text = AnchoredText(
        unanchored: label.map { $0.text.isEmpty ? "" : $0.text + $0.gap } ?? "")
      text.append(words)
      if collected != nil {
        collected?.append(text)
      } else {
        let paragraph = WordParagraph(
          text: text, ownLength: words.text.utf8.count,
          label: label.flatMap { $0.text.isEmpty ? nil : $0 }, style: style,
          outlineLevel: tree.number(of: .outlineLevel, in: properties) ?? style.outlineLevel,
          isBold: isBold,
          isCentered: tree.value(of: .justification, in: properties).map { $0 == "center" }
            ?? style.isCentered ?? false)
        reading.blocks.append(
          paragraph.block(&reading.hierarchy, followsItem: reading.blocks.last?.isListItem ?? false)
        )
      }
    }
    let boxes = boxes
    self.boxes = []
    for box in boxes { readBlocks(of: box) }
    if collected == nil { reading.addNotes() }
  }

  private func nextLabel(_ properties: Int) -> WordNumbering.Label? {
    let own = tree.child(.numbering, of: properties)
    var list = tree.number(of: .numberingID, in: own)
    var level = tree.number(of: .level, in: own)
    if list == nil, let inherited = style.numbering {
      list = inherited
      let names = [tree.value(of: .paragraphStyle, in: properties), style.numberingStyle]
      level =
        level
        ?? names.lazy.compactMap { name in
          name.flatMap { self.reading.numbering.level(ofStyle: $0, in: inherited) }
        }.first
    }
    guard let list, list != 0 else { return nil }
    return reading.numbering.next(list: list, level: level ?? style.level ?? 0)
  }

  /// Of content that is there in several forms, the one that is shown.
  func chosen(_ node: Int) -> Int? {
    let choice = tree.children(of: node).first { child in
      guard tree.nodes[child].name == .choice else { return false }
      let needs = tree.value("Requires", of: child)?.split(separator: " ") ?? []
      return needs.allSatisfy { Self.understood.contains($0) }
    }
    return choice ?? tree.child(.fallback, of: node)
  }

  /// Vocabularies by their usual prefixes: shapes with text in them, and extensions of Word's own.
  private static let understood: Set<Substring> = [
    "wps", "wpg", "wpc", "w14", "w15", "wp14", "a14",
  ]
}
