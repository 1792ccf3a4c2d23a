/// The lists of a document of Word (`numbering.xml`) and how far each has been counted.
///
/// Paragraphs name a list (`w:num`) and a level; the list names its definition (`w:abstractNum`), which
/// several lists share together with their count. A paragraph's number is printed nowhere in the file:
/// it is what Word shows when it counts from the top.
struct WordNumbering {
  private var definitions: [Int: Definition] = [:]
  private var lists: [Int: List] = [:]
  /// By definition: the number last given at each level, nil where none has been.
  private var counts: [Int: [Int?]] = [:]
  /// Levels of lists that have begun anew as their `w:startOverride` says, which happens once.
  private var begun: Set<[Int]> = []

  static let levels = 9

  private struct Definition {
    var levels = [Level?](repeating: nil, count: WordNumbering.levels)
    /// The style that points to the list with the true definition.
    var style: String?
  }

  private struct List {
    var definition: Int
    var starts: [Int: Int] = [:]
    var levels: [Int: Level] = [:]
  }

  struct Level {
    var start = 0
    var format = "decimal"
    /// `%1.%2`: numbers of levels from 1, and what is printed around them.
    var text = ""
    /// The level from 1 that makes this one begin anew; 0 for none, nil for every one above.
    var restart: Int?
    /// Numbers of the levels above are printed as decimal ones, too.
    var isLegal = false
    var style: String?
    /// `tab`, `space` or `nothing` between the number and the text.
    var suffix = "tab"
  }

  /// What is printed before a paragraph.
  struct Label: Equatable {
    var text: String
    var isBullet: Bool
    /// Between it and the paragraph's text.
    var gap: String
    /// The level from 0 that was counted.
    var level: Int
  }

  init() {}

  init(_ tree: XMLTree) {
    guard let root = tree.root else { return }
    for node in tree.children(of: root) {
      switch tree.nodes[node].name {
      case .abstractNumbering:
        guard let id = tree.value("abstractNumId", of: node).flatMap({ Int($0) }) else { continue }
        var definition = Definition(style: tree.value(of: .numberingStyle, in: node))
        for inner in tree.children(of: node) where tree.nodes[inner].name == .numberingLevel {
          guard let (number, level) = Self.level(tree, inner) else { continue }
          definition.levels[number] = level
        }
        definitions[id] = definition
      case .num:
        guard let id = tree.value("numId", of: node).flatMap({ Int($0) }),
          let definition = tree.number(of: .abstractID, in: node)
        else { continue }
        var list = List(definition: definition)
        for inner in tree.children(of: node) where tree.nodes[inner].name == .levelOverride {
          guard let number = tree.value("ilvl", of: inner).flatMap({ Int($0) }),
            (0..<Self.levels).contains(number)
          else { continue }
          list.starts[number] = tree.number(of: .startOverride, in: inner)
          if let own = tree.child(.numberingLevel, of: inner) {
            list.levels[number] = Self.level(tree, own)?.level
          }
        }
        lists[id] = list
      default: break
      }
    }
  }

  private static func level(_ tree: XMLTree, _ node: Int) -> (number: Int, level: Level)? {
    guard let number = tree.value("ilvl", of: node).flatMap({ Int($0) }),
      (0..<levels).contains(number)
    else { return nil }
    var level = Level()
    // Far beyond what is printed, so that counting on never overflows.
    level.start = min(max(tree.number(of: .start, in: node) ?? 0, 0), 1 << 30)
    level.format = tree.value(of: .format, in: node) ?? "decimal"
    level.text = tree.value(of: .levelText, in: node) ?? ""
    level.restart = tree.number(of: .restart, in: node)
    level.isLegal = tree.flag(.legal, in: node) ?? false
    level.style = tree.value(of: .paragraphStyle, in: node)
    level.suffix = tree.value(of: .suffix, in: node) ?? "tab"
    return (number, level)
  }

  /// Lists whose definition is that of a style lead to the style's list.
  mutating func resolve(_ styles: WordStyles) {
    for (id, list) in lists {
      guard let style = definitions[list.definition]?.style,
        let target = styles.paragraph(style).numbering.flatMap({ lists[$0] }),
        definitions[target.definition]?.style == nil
      else { continue }
      lists[id]?.definition = target.definition
    }
  }

  /// The level of a list that belongs to a paragraph style.
  func level(ofStyle style: String, in list: Int) -> Int? {
    (0..<Self.levels).first { level(list, $0)?.style == style }
  }

  private func level(_ list: Int, _ number: Int) -> Level? {
    guard let list = lists[list] else { return nil }
    return list.levels[number] ?? definitions[list.definition]?.levels[number]
  }

  /// Counts one paragraph of `list` at `level`; nil where there is no such list.
  mutating func next(list id: Int, level number: Int) -> Label? {
    guard let list = lists[id], (0..<Self.levels).contains(number), let level = level(id, number)
    else { return nil }
    var counts = self.counts[list.definition] ?? [Int?](repeating: nil, count: Self.levels)
    if let start = list.starts[number], begun.insert([id, number]).inserted {
      counts[number] = min(max(start, 0), 1 << 30)
    } else {
      counts[number] = counts[number].map { $0 + 1 } ?? level.start
    }
    // Levels above that no paragraph has had count as begun.
    for above in 0..<number where counts[above] == nil {
      counts[above] = self.level(id, above)?.start ?? 1
    }
    for below in (number + 1)..<max(Self.levels, number + 1) {
      let restart = self.level(id, below)?.restart
      if restart == nil || number < restart! { counts[below] = nil }
    }
    self.counts[list.definition] = counts
    let isBullet = level.format == "bullet"
    let text = isBullet ? Self.bullet(level.text) : label(level, counts, list: id)
    return Label(
      text: text, isBullet: isBullet, gap: level.suffix == "nothing" && !isBullet ? "" : " ",
      level: number)
  }

  private func label(_ level: Level, _ counts: [Int?], list: Int) -> String {
    var label = ""
    var rest = level.text[...]
    while let character = rest.popFirst() {
      guard character == "%", let digit = rest.first?.wholeNumberValue, (1...9).contains(digit)
      else {
        label.append(character)
        continue
      }
      rest.removeFirst()
      let shown = self.level(list, digit - 1)
      let format = level.isLegal ? "decimal" : shown?.format ?? "decimal"
      label += NumberFormat.text(counts[digit - 1] ?? shown?.start ?? 1, format)
    }
    return label.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Bullets are letters of fonts of symbols.
  private static func bullet(_ text: String) -> String {
    guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace }) else {
      return ""
    }
    if first == "o" { return "◦" }
    return (0xE000...0xF8FF).contains(first.value) ? "•" : String(first)
  }
}
