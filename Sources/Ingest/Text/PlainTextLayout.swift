import Documents

/// The blocks of plain text, found by blank lines, line lengths, indents and printed markers.
struct PlainTextLayout {
  private let source: SourceText
  private let lines: [TextLine]
  private var hierarchy = ClauseHierarchy()
  private var result: [Block] = []
  /// Where lines were broken to fit, in bytes; nil where each line is a paragraph of its own.
  private let wrapWidth: Int?

  init(_ source: SourceText, lines: [TextLine]? = nil) {
    self.source = source
    self.lines = lines ?? TextLine.lines(of: source)
    wrapWidth = Self.wrapWidth(self.lines)
  }

  /// Text wrapped by a program fills its lines: many end close to one width.
  private static func wrapWidth(_ lines: [TextLine]) -> Int? {
    let ends = lines.filter { !$0.isBlank }.map { $0.indent + $0.content.count }.sorted()
    guard ends.count >= 3 else { return ends.last.map { $0 <= 100 ? max($0, 60) : 100 } }
    let width = ends[min(ends.count - 1, ends.count * 95 / 100)]
    return width <= 132 ? width : nil
  }

  mutating func blocks() -> [Block] {
    var group: [TextLine] = []
    var isAfterBlank = true
    for line in lines {
      if line.isBlank || line.startsPage {
        add(group, isAfterBlank: isAfterBlank)
        if !group.isEmpty { isAfterBlank = true }
        group = line.isBlank ? [] : [line]
      } else {
        group.append(line)
      }
    }
    add(group, isAfterBlank: isAfterBlank)
    return result
  }

  /// Lines between two blank ones.
  private mutating func add(_ group: [TextLine], isAfterBlank: Bool) {
    guard !group.isEmpty else { return }
    if isColumns(group) {
      addPreformatted(group)
      return
    }
    var index = 0
    while index < group.count {
      let line = group[index]
      if isRule(line) {
        result.append(Block(.furniture(text(of: [line]), .boilerplate)))
        index += 1
        continue
      }
      if index + 1 < group.count, let level = underline(group[index + 1], below: line) {
        addHeading([line], level: level, skippingMarker: false)
        index += 2
        continue
      }
      if let (level, start) = markdownHeading(line) {
        var builder = AnchoredTextBuilder(source)
        builder.appendCollapsed(start..<line.content.upperBound)
        builder.trimEnd()
        result.append(Block(.heading(builder.finish(), level: level)))
        hierarchy.reset()
        index += 1
        continue
      }
      let end = paragraphEnd(group, from: index)
      let paragraph = Array(group[index..<end])
      let isAlone = group.count == paragraph.count
      addParagraph(paragraph, isAlone: isAlone)
      index = end
    }
  }

  /// Where the paragraph that begins at `first` ends: before a marker, a heading or a line that
  /// follows one broken on purpose.
  private func paragraphEnd(_ group: [TextLine], from first: Int) -> Int {
    var index = first
    while index + 1 < group.count {
      let line = group[index]
      let next = group[index + 1]
      if isRule(next) || markdownHeading(next) != nil { break }
      if index + 2 < group.count, underline(group[index + 2], below: next) != nil { break }
      if isListStart(next, after: line) { break }
      guard let wrapWidth else { break }
      var wordEnd = next.content.lowerBound
      while wordEnd < next.content.upperBound, source.utf8[wordEnd] > 0x20 { wordEnd += 1 }
      let word = wordEnd - next.content.lowerBound
      // The next word would have fitted: the line was ended on purpose.
      let filled = line.indent + line.content.count + 1 + word
      if filled < wrapWidth * 8 / 10 { break }
      if next.indent >= line.indent + 2, index > first, group[index].indent == group[first].indent {
        break
      }
      index += 1
    }
    return index + 1
  }

  private func isListStart(_ next: TextLine, after line: TextLine) -> Bool {
    guard let marker = ClauseMarker.parse(source.utf8, next.content) else { return false }
    switch marker.style {
    case .article, .section:
      // A reference to a section at the start of a wrapped line is prose.
      return !endsOpen(line) && isShort(next, 80)
    case .bullet: return true
    default: return !endsOpen(line) || next.indent > line.indent
    }
  }

  /// The line ends in mid-sentence with a word that refers on (`of Section`, `and`, `,`).
  private func endsOpen(_ line: TextLine) -> Bool {
    guard let last = source.utf8[line.content].last else { return false }
    return ![0x2E, 0x3A, 0x3B, 0x21, 0x3F, 0x29].contains(last) && !endsWithAnd(line)
  }

  private func endsWithAnd(_ line: TextLine) -> Bool {
    let text = source.utf8[line.content]
    return text.suffix(4).elementsEqual(" and".utf8) || text.suffix(3).elementsEqual(" or".utf8)
  }

  private mutating func addParagraph(_ paragraph: [TextLine], isAlone: Bool) {
    let first = paragraph[0]
    if let marker = ClauseMarker.parse(source.utf8, first.content) {
      let text = marker.textStart..<first.content.upperBound
      let isTitle = paragraph.count == 1 && isTitleLike(text)
      switch marker.style {
      case .article where isTitle || text.isEmpty, .section where isTitle || text.isEmpty:
        let depth = hierarchy.depth(
          of: marker, indent: first.indent, followsItem: result.last?.isListItem ?? false)
        addHeading(paragraph, level: min(depth + 1, 6), skippingMarker: false)
        return
      case .article, .section: break
      case .decimal where isTitle && marker.style != .bullet:
        let depth = hierarchy.depth(
          of: marker, indent: first.indent, followsItem: result.last?.isListItem ?? false)
        addHeading(paragraph, level: min(depth + 1, 6), skippingMarker: false)
        return
      default: break
      }
      let depth = hierarchy.depth(
          of: marker, indent: first.indent, followsItem: result.last?.isListItem ?? false)
      result.append(Block(.listItem(self.text(of: paragraph), depth: depth)))
      return
    }
    if isAlone, paragraph.count <= 2, isCapitals(paragraph) || isLooseTitle(paragraph) {
      addHeading(
        paragraph, level: result.contains(where: \.isHeading) ? 2 : 1, skippingMarker: false)
      return
    }
    let text = text(of: paragraph)
    if !text.isEmpty { result.append(Block(.paragraph(text))) }
  }

  private mutating func addHeading(_ lines: [TextLine], level: Int, skippingMarker: Bool) {
    let text = text(of: lines)
    guard !text.isEmpty else { return }
    result.append(Block(.heading(text, level: level)))
  }

  private mutating func addPreformatted(_ group: [TextLine]) {
    var builder = AnchoredTextBuilder(source)
    for (index, line) in group.enumerated() {
      if index > 0 { builder.append(unanchored: 0x0A) }
      builder.append(line.range.lowerBound..<line.content.upperBound)
    }
    result.append(Block(.preformatted(builder.finish())))
  }

  /// Lines joined by spaces; a hyphen at a line's end before a small letter joins the word.
  private func text(of lines: [TextLine]) -> AnchoredText {
    var builder = AnchoredTextBuilder(source)
    for line in lines {
      builder.separate()
      builder.appendCollapsed(line.content)
    }
    builder.trimEnd()
    return builder.finish()
  }

  // MARK: What lines look like

  private func isShort(_ line: TextLine, _ limit: Int) -> Bool { line.content.count <= limit }

  /// Nothing but punctuation, repeated: `-----`, `* * *`.
  private func isRule(_ line: TextLine) -> Bool {
    guard line.content.count >= 3 else { return false }
    return source.utf8[line.content].allSatisfy { byte in
      byte <= 0x20 || byte == 0x2D || byte == 0x3D || byte == 0x2A || byte == 0x5F || byte == 0x7E
        || byte == 0x23
    }
  }

  private func underline(_ line: TextLine, below: TextLine) -> Int? {
    let bytes = source.utf8[line.content]
    guard bytes.count >= 3, let first = bytes.first, first == 0x3D || first == 0x2D,
      bytes.allSatisfy({ $0 == first }), !isRule(below), below.content.count <= 100,
      bytes.count >= below.content.count / 2
    else { return nil }
    return first == 0x3D ? 1 : 2
  }

  private func markdownHeading(_ line: TextLine) -> (level: Int, start: Int)? {
    var position = line.content.lowerBound
    while position < line.content.upperBound, source.utf8[position] == 0x23 { position += 1 }
    let level = position - line.content.lowerBound
    guard (1...6).contains(level), position < line.content.upperBound,
      source.utf8[position] == 0x20
    else { return nil }
    while position < line.content.upperBound, source.utf8[position] == 0x20 { position += 1 }
    return position < line.content.upperBound ? (level, position) : nil
  }

  /// Short, and no sentence.
  private func isTitleLike(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty, range.count <= 90 else { return range.isEmpty }
    let text = source.string(range)
    guard let last = text.last, !",;".contains(last) else { return false }
    let words = text.split(separator: " ")
    if last == "." || last == ":" {
      return words.count <= 7 && capitalShare(words) >= 0.6 && !text.dropLast().contains(". ")
    }
    return words.count <= 12 && capitalShare(words) >= 0.5
  }

  private func capitalShare(_ words: [Substring]) -> Double {
    let long = words.filter { $0.count > 3 || $0.first?.isUppercase == true }
    guard !long.isEmpty else { return 0 }
    let capital = long.filter { word in
      word.unicodeScalars.first { $0.properties.isAlphabetic }?.properties.isUppercase ?? false
    }
    return Double(capital.count) / Double(long.count)
  }

  private func isCapitals(_ lines: [TextLine]) -> Bool {
    var upper = 0
    var count = 0
    for line in lines {
      guard line.content.count <= 100 else { return false }
      for scalar in source.string(line.content).unicodeScalars
      where scalar.properties.isLowercase || scalar.properties.isUppercase {
        count += 1
        if scalar.properties.isUppercase { upper += 1 }
      }
    }
    return count >= 3 && upper * 10 >= count * 9
  }

  /// A line of its own in title case, without an end mark.
  private func isLooseTitle(_ lines: [TextLine]) -> Bool {
    guard lines.count == 1, lines[0].content.count <= 70 else { return false }
    let text = source.string(lines[0].content)
    guard let last = text.last, last.isLetter || last.isNumber || last == ")" || last == "?",
      let first = text.first, first.isLetter
    else { return false }
    let words = text.split(separator: " ")
    return words.count <= 10 && words.count >= 1 && capitalShare(words) >= 0.8
      && !text.contains("  ") && !text.contains(": ") && !text.contains("@")
  }

  /// Two lines or more with wide gaps inside: a table or a form set with spaces.
  private func isColumns(_ group: [TextLine]) -> Bool {
    guard group.count >= 2 else { return false }
    var gapped = 0
    for line in group {
      var gap = 0
      for position in line.content {
        let byte = source.utf8[position]
        gap = byte == 0x20 ? gap + 1 : byte == 0x09 ? gap + 3 : 0
        if gap >= 3 {
          gapped += 1
          break
        }
      }
    }
    return gapped * 3 >= group.count * 2 && gapped >= 2
  }
}

extension Block {
  var isListItem: Bool { if case .listItem = content { true } else { false } }

  fileprivate var isHeading: Bool { if case .heading = content { true } else { false } }
}
