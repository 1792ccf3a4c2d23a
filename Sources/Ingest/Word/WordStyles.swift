/// The styles of a document of Word (`styles.xml`), each with what it inherits.
struct WordStyles {
  private var styles: [String: Style] = [:]
  private var resolved: [String: Style] = [:]
  /// The style of paragraphs that name none.
  private var defaultStyle: String?
  /// Of the document as a whole, a BCP 47 tag.
  private(set) var language: String?

  struct Style {
    var basedOn: String?
    /// In lower case: names of built-in styles are the same in every language of Word, ids are not.
    var name = ""
    /// From 0; 9 and more is body text.
    var outlineLevel: Int?
    var numbering: Int?
    var level: Int?
    /// The style that said so: a level of the list may name it.
    var numberingStyle: String?
    var isBold: Bool?
    var isCentered: Bool?
    var isHidden: Bool?
  }

  init() {}

  init(_ tree: XMLTree) {
    guard let root = tree.root else { return }
    if let defaults = tree.child(.documentDefaults, of: root),
      let run = tree.child(.runDefaults, of: defaults),
      let properties = tree.child(.runProperties, of: run)
    {
      language = tree.value(of: .languages, in: properties)
    }
    for node in tree.children(of: root) where tree.nodes[node].name == .style {
      guard let id = tree.value("styleId", of: node) else { continue }
      var style = Style()
      style.basedOn = tree.value(of: .basedOn, in: node)
      style.name = tree.value(of: .name, in: node)?.lowercased() ?? ""
      let paragraph = tree.child(.paragraphProperties, of: node)
      style.outlineLevel = tree.number(of: .outlineLevel, in: paragraph)
      if let numbering = paragraph.flatMap({ tree.child(.numbering, of: $0) }) {
        style.numbering = tree.number(of: .numberingID, in: numbering)
        style.level = tree.number(of: .level, in: numbering)
        style.numberingStyle = id
      }
      style.isCentered = tree.value(of: .justification, in: paragraph).map { $0 == "center" }
      let run = tree.child(.runProperties, of: node)
      style.isBold = tree.flag(.bold, in: run)
      style.isHidden = tree.flag(.hidden, in: run)
      styles[id] = style
      if tree.value("type", of: node) == "paragraph",
        ["1", "true", "on"].contains(tree.value("default", of: node))
      {
        defaultStyle = id
      }
    }
    for id in styles.keys { resolved[id] = resolve(id) }
  }

  /// The style by its id, or the default one of paragraphs.
  func paragraph(_ id: String?) -> Style {
    if let id, let style = resolved[id] { return style }
    return defaultStyle.flatMap { resolved[$0] } ?? Style()
  }

  func run(_ id: String?) -> Style? { id.flatMap { resolved[$0] } }

  private func resolve(_ id: String) -> Style {
    var style = styles[id] ?? Style()
    style.outlineLevel = style.outlineLevel ?? Self.level(byName: style.name)
    var seen: Set<String> = [id]
    var next = style.basedOn
    while let parent = next, seen.insert(parent).inserted, let base = styles[parent] {
      style.outlineLevel = style.outlineLevel ?? base.outlineLevel ?? Self.level(byName: base.name)
      if style.numbering == nil, base.numbering != nil {
        style.numbering = base.numbering
        style.numberingStyle = style.level == nil ? base.numberingStyle : style.numberingStyle
      }
      style.level = style.level ?? base.level
      style.isBold = style.isBold ?? base.isBold
      style.isCentered = style.isCentered ?? base.isCentered
      style.isHidden = style.isHidden ?? base.isHidden
      next = base.basedOn
    }
    return style
  }

  /// Built-in headings need not say their level.
  private static func level(byName name: String) -> Int? {
    if name == "title" { return 0 }
    guard name.hasPrefix("heading "), let number = Int(name.dropFirst(8)), (1...9).contains(number)
    else { return nil }
    return number - 1
  }
}
