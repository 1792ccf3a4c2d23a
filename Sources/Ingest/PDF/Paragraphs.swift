import Documents

/// Divides the lines of one column into paragraphs, list items, footnotes and captions.
///
/// A paragraph ends where the next line's first word would still have fitted, where the white
/// grows, where the letters change, and where an indent or a marker starts something new.
struct ParagraphBuilder {
  let speller: LineSpeller
  /// Size of most letters on these pages.
  let bodySize: Float
  /// Knows which words have a hyphen of their own.
  let memory: WordMemory
  /// All lines of the column, tables' among them: they show its margins.
  let column: [Line]
  /// How far first lines of paragraphs stand in from the lines after them, as seen on the page.
  let firstLineIndents: [Float]

  init(
    speller: LineSpeller, bodySize: Float, memory: WordMemory, column: [Line],
    firstLineIndents: [Float]
  ) {
    self.speller = speller
    self.bodySize = bodySize
    self.memory = memory
    self.column = column
    self.firstLineIndents = firstLineIndents
  }

  /// The indents of lines without a marker that are followed by a line further left, at the usual
  /// distance: what makes an indented line the first of a paragraph.
  static func firstLineIndents(in columns: [[Line]], _ speller: LineSpeller) -> [Float] {
    var indents: [(indent: Float, count: Int)] = []
    for lines in columns {
      for (a, b) in zip(lines, lines.dropFirst()) {
        let size = max(a.size, 1)
        let indent = a.x0 - b.x0
        guard indent > size * 0.75, indent < size * 4.5, abs(a.size - b.size) < 0.6,
          b.y1 - a.y1 < size * 1.7, b.width > size * 12 || b.x1 < a.x1,
          let first = a.words.first, speller.words[first].table < 0
        else { continue }
        let scalars = speller.words[first].glyphs.map { speller.page.glyphs[$0].scalar }
        if ListMarker(word: scalars, isAlone: a.words.count == 1) != nil { continue }
        if let at = indents.firstIndex(where: { abs($0.indent - indent) < 1 }) {
          indents[at].count += 1
        } else {
          indents.append((indent, 1))
        }
      }
    }
    return indents.filter { $0.count >= 2 }.map(\.indent)
  }

  /// What one line gives away about its place in a paragraph.
  private struct Evidence {
    var firstWordWidth: Float
    var spaceWidth: Float
    var marker: ListMarker?
    var isBold: Bool
    var endsSentence: Bool
    var endsClause: Bool
    var startsLower: Bool
    var isCapitals: Bool
    var letters: Int
    /// Where the text after a marker begins.
    var textX0: Float
  }

  func blocks(of lines: [Line]) -> [PageBlock] {
    guard !lines.isEmpty else { return [] }
    let evidence = lines.map(evidence(of:))
    let pitch = typicalPitch(lines, evidence)
    let rights = lines.map { rightMargin(near: $0) }
    let left = column.map(\.x0).min() ?? lines.map(\.x0).min() ?? 0

    var groups: [Range<Int>] = []
    var start = 0
    for next in 1..<max(lines.count, 1) where next < lines.count {
      if breaks(start..<next, before: next, lines, evidence, pitch, rights, left) {
        groups.append(start..<next)
        start = next
      }
    }
    groups.append(start..<lines.count)

    let footnotesFrom = firstFootnote(groups, lines, evidence)
    var blocks: [PageBlock] = []
    for (n, group) in groups.enumerated() {
      var block = block(
        group, lines, evidence, right: rights[group.upperBound - 1], left: left,
        isFootnote: n >= footnotesFrom)
      let first = lines[group.lowerBound]
      let last = lines[group.upperBound - 1]
      let unit = max(first.height, 1)
      block.gapAbove =
        group.lowerBound > 0 ? (first.y0 - lines[group.lowerBound - 1].y1) / unit : 9
      block.gapBelow =
        group.upperBound < lines.count ? (lines[group.upperBound].y0 - last.y1) / unit : 9
      block.startsColumn = n == 0
      block.endsColumn = n == groups.count - 1 || n + 1 == footnotesFrom
      blocks.append(block)
    }
    return blocks
  }

  // MARK: Evidence

  private func scalars(_ word: Word) -> [UInt32] {
    word.glyphs.map { speller.page.glyphs[$0].scalar }
  }

  private func evidence(of line: Line) -> Evidence {
    let words = speller.words
    let first = words[line.words[0]]
    let letters = scalars(first)
    var marker: ListMarker?
    if let found = ListMarker(word: letters, isAlone: line.words.count == 1) { marker = found }
    var textX0 = line.x0
    if marker != nil, line.words.count > 1 { textX0 = words[line.words[1]].x0 }
    var ink: Float = 0
    var glyphs = 0
    var bold = 0
    var lower = 0
    var upper = 0
    for index in line.words {
      let word = words[index]
      for at in word.glyphs {
        let scalar = speller.page.glyphs[at].scalar
        if scalar >= 0x61 && scalar <= 0x7A { lower += 1 }
        if scalar >= 0x41 && scalar <= 0x5A { upper += 1 }
      }
      ink += word.width
      glyphs += word.glyphs.count
      if speller.page.styles[Int(word.style)].isBold { bold += word.glyphs.count }
    }
    let last = words[line.words[line.words.count - 1]]
    var end = last.glyphs.upperBound - 1
    while end > last.glyphs.lowerBound,
      [0x22, 0x27, 0x201D, 0x2019, 0x29, 0x5D].contains(speller.page.glyphs[end].scalar)
    {
      end -= 1
    }
    let final = speller.page.glyphs[end].scalar
    let initial = letters.first ?? 0
    return Evidence(
      firstWordWidth: first.width,
      spaceWidth: max(line.size, 1) * 0.22,
      marker: marker,
      isBold: bold * 10 >= glyphs * 9,
      endsSentence: [0x2E, 0x3F, 0x21].contains(final),
      endsClause: [0x2E, 0x3F, 0x21, 0x3A, 0x3B, 0x2014, 0x2013].contains(final),
      startsLower: initial >= 0x61 && initial <= 0x7A || initial >= 0xDF && initial <= 0xFF,
      isCapitals: lower == 0 && upper > 0, letters: lower + upper, textX0: textX0)
  }

  /// The usual distance of line to line: the median over lines that run on.
  private func typicalPitch(_ lines: [Line], _ evidence: [Evidence]) -> Float {
    var pitches: [Float] = []
    for i in lines.indices.dropFirst() where abs(lines[i].size - lines[i - 1].size) < 0.6 {
      let pitch = lines[i].y1 - lines[i - 1].y1
      if pitch > lines[i].size * 0.7, pitch < lines[i].size * 3.2 { pitches.append(pitch) }
    }
    guard !pitches.isEmpty else { return bodySize * 1.2 }
    pitches.sort()
    return pitches[pitches.count * 2 / 5]
  }

  /// Where text ends on the right around a line: as far as more than one line goes, since a single
  /// one may run over (an address that cannot be broken, say).
  private func rightMargin(near line: Line) -> Float {
    let reach = max(line.height, 4) * 14
    var first = line.x1
    var second = -Float.infinity
    var count = 0
    for other in column where abs(other.centerY - line.centerY) < reach {
      count += 1
      if other.x1 > first {
        second = first
        first = other.x1
      } else if other.x1 > second {
        second = other.x1
      }
    }
    return count >= 5 && first - second > bodySize * 1.5 ? max(second, line.x1) : first
  }

  // MARK: Where paragraphs end

  private func breaks(
    _ group: Range<Int>, before next: Int, _ lines: [Line], _ evidence: [Evidence], _ pitch: Float,
    _ rights: [Float], _ left: Float
  ) -> Bool {
    let a = lines[next - 1]
    let b = lines[next]
    let ea = evidence[next - 1]
    let eb = evidence[next]
    let first = lines[group.lowerBound]
    let size = max(min(a.size, b.size), 1)

    if abs(a.size - b.size) > max(0.6, size * 0.07), !(a.glyphs < 4 || b.glyphs < 4) { return true }
    let step = b.y1 - a.y1
    // Larger letters have a larger pitch of their own.
    let usual = max(pitch * (abs(a.size - bodySize) > 1 ? a.size / max(bodySize, 1) : 1), size)
    if step > usual * 1.28 + 0.4 {
      // In a block whose own pitch is even, the wide pitch is its own.
      if group.count >= 2 {
        let own = a.y1 - lines[next - 2].y1
        if abs(own - step) > size * 0.12 { return true }
      } else {
        return true
      }
    }
    if ea.endsClause, !eb.startsLower, isWider(step, than: group, lines) { return true }
    if ea.isBold != eb.isBold, ea.isBold ? !eb.startsLower : true {
      if ea.isBold, a.x1 + ea.spaceWidth + eb.firstWordWidth < rights[next] || !eb.startsLower {
        return true
      }
      if eb.isBold, ea.endsClause || a.x1 + ea.spaceWidth + eb.firstWordWidth < rights[next] {
        return true
      }
    }
    if case .bullet = eb.marker?.style, b.x0 <= a.x0 + size * 3 {
      return true
    }

    let isRoomy = a.x1 + ea.spaceWidth + eb.firstWordWidth < rights[next] - size * 0.35
    let centerA = (a.x0 + a.x1) / 2
    let centerB = (b.x0 + b.x1) / 2
    let column = (left + rights[next]) / 2
    let areCentered =
      abs(centerA - centerB) < size * 0.5 && abs(centerA - column) < size
      && abs(centerB - column) < size && abs(a.x0 - b.x0) > size * 0.6 && a.x0 > left + size
      && b.x0 > left + size * 0.5 && b.x1 < rights[next] - size * 0.4
    if areCentered { return eb.marker != nil && ea.endsSentence }

    let indent = b.x0 - a.x0
    if let marker = eb.marker {
      if ea.isCapitals, !eb.isCapitals, ea.letters >= 8 { return true }
      // A marker at the start of a line is one where the line before had ended, or where this
      // line does not stand as the text above runs.
      let isPlausible = ea.endsClause || isRoomy || endsInConjunction(a)
      let runsOn = abs(b.x0 - evidence[group.lowerBound].textX0) < size * 0.3 && group.count > 1
      if isPlausible { return true }
      if abs(indent) > size * 0.5, !runsOn, !eb.startsLower {
        if case .number(.dot) = marker.style { return false }
        return true
      }
      return false
    }
    if isRoomy { return true }
    // Capitals are a title of their own.
    if group.count <= 3, ea.isCapitals, !eb.isCapitals, !eb.startsLower, ea.letters >= 8,
      eb.letters >= 8
    {
      return true
    }
    // Where paragraphs begin with an indent, a second line that has it begins the next one.
    if group.count == 1, ea.marker == nil, abs(indent) < size * 0.3, !eb.startsLower,
      isFirstLineIndent(a, left)
    {
      return true
    }
    // Two first lines in a row: the first was a paragraph of one line.
    if group.count == 1, abs(indent) < size * 0.3, ea.endsClause, next + 1 < lines.count,
      lines[next + 1].x0 < b.x0 - size * 0.75, evidence[next + 1].marker == nil,
      lines[next + 1].y1 - b.y1 < usual * 1.28
    {
      return true
    }
    if indent > size * 0.75 {
      // Further right: a new paragraph's first line, unless the line above is a marker's or an
      // outdented first line.
      if group.count == 1 {
        if let marker = ea.marker, abs(b.x0 - ea.textX0) < size || indent < size * 4 {
          _ = marker
          return false
        }
        // A hanging indent goes on; a first-line indent does not.
        if next + 1 < lines.count, abs(lines[next + 1].x0 - b.x0) < size * 0.3,
          !ea.endsSentence, lines[next + 1].y1 - b.y1 < usual * 1.28
        {
          return false
        }
        return ea.endsClause || !eb.startsLower
      }
      return true
    }
    if indent < -size * 0.75 {
      // Further left: the second line of a paragraph with an indent, or something new.
      if group.count == 1, evidence[group.lowerBound].marker == nil || first.x0 - b.x0 < size * 5 {
        return false
      }
      return ea.endsClause || !eb.startsLower
    }
    return false
  }

  /// Whether a step to the next line is wider than the steps so far, which are all the same: in
  /// evenly set lines a little more white already parts paragraphs.
  private func isWider(_ step: Float, than group: Range<Int>, _ lines: [Line]) -> Bool {
    guard group.count >= 3 else { return false }
    var least: Float = .infinity
    var most: Float = 0
    for at in group.dropFirst() {
      let own = lines[at].y1 - lines[at - 1].y1
      least = min(least, own)
      most = max(most, own)
    }
    return most - least < 0.4 && least > 0 && step > most * 1.1 + 0.3
  }

  /// Whether a line stands in by what first lines stand in here, from the margin of lines near it.
  private func isFirstLineIndent(_ line: Line, _ left: Float) -> Bool {
    guard !firstLineIndents.isEmpty else { return false }
    let reach = max(line.height, 4) * 16
    return column.contains { other in
      abs(other.centerY - line.centerY) < reach
        && firstLineIndents.contains { abs(line.x0 - other.x0 - $0) < 1 }
    }
  }

  private func endsInConjunction(_ line: Line) -> Bool {
    let word = speller.words[line.words[line.words.count - 1]]
    let letters = scalars(word)
    return letters == [0x61, 0x6E, 0x64] || letters == [0x6F, 0x72]
  }

  // MARK: Footnotes

  /// The first group of the notes at the foot of the column; the group count where there is none.
  private func firstFootnote(_ groups: [Range<Int>], _ lines: [Line], _ evidence: [Evidence]) -> Int
  {
    var first = groups.count
    var index = groups.count - 1
    while index > 0 {
      let line = lines[groups[index].lowerBound]
      guard line.size < bodySize * 0.93 else { break }
      if footnoteMark(line) != nil { first = index }
      index -= 1
    }
    return first
  }

  /// The mark a note begins with: a number or a sign, raised or set apart.
  private func footnoteMark(_ line: Line) -> String? {
    let word = speller.words[line.words[0]]
    let letters = scalars(word)
    guard letters.count <= 3, line.words.count > 1 else {
      return nil
    }
    var mark = ""
    for letter in letters {
      guard let scalar = Unicode.Scalar(letter) else { return nil }
      mark.unicodeScalars.append(scalar)
    }
    if letters.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return mark }
    if [0xB9, 0xB2, 0xB3].contains(letters[0]) { return mark }
    if ["*", "**", "***", "†", "‡", "§", "¶", "‖"].contains(mark) { return mark }
    return nil
  }

  // MARK: Blocks

  private func block(
    _ group: Range<Int>, _ lines: [Line], _ evidence: [Evidence], right: Float, left: Float,
    isFootnote: Bool
  ) -> PageBlock {
    let first = lines[group.lowerBound]
    let last = lines[group.upperBound - 1]
    var text = AnchoredText()
    var references: [String] = []
    var glyphs = 0
    var bold = 0
    var italic = 0
    var bySize: [(size: Float, glyphs: Int)] = []
    for index in group {
      let line = lines[index]
      let isLast = index == group.upperBound - 1
      let join = isLast ? .space : memory.join(line, lines[index + 1], speller)
      text.append(speller.spell(line.words, droppingHyphen: join == .droppingHyphen))
      if !isLast, join == .space { text.append(unanchored: " ") }
      for (place, at) in line.words.enumerated() {
        let word = speller.words[at]
        let style = speller.page.styles[Int(word.style)]
        glyphs += word.glyphs.count
        if style.isBold { bold += word.glyphs.count }
        if style.isItalic { italic += word.glyphs.count }
        // poppler glues a raised mark to letters, not to a full stop.
        let isMark =
          word.isGlued
          || place > 0 && word.y1 < line.y1 - line.size * 0.15
            && word.x0 - speller.words[line.words[place - 1]].x1 < line.size * 0.15
        if isMark, word.glyphs.count <= 3, word.size < line.size * 0.85 {
          references.append(
            String(
              String.UnicodeScalarView(scalars(word).compactMap(Unicode.Scalar.init))))
        }
      }
      if let at = bySize.firstIndex(where: { abs($0.size - line.size) < 0.25 }) {
        bySize[at].glyphs += line.glyphs
      } else {
        bySize.append((line.size, line.glyphs))
      }
    }
    var kind = PageBlock.Kind.paragraph
    if isFootnote {
      kind = .footnote(mark: footnoteMark(first) ?? "")
    } else if let marker = evidence[group.lowerBound].marker {
      kind = .listItem(marker)
    } else if isCaption(text.text) {
      kind = .caption
    }
    let middle = (first.x0 + first.x1) / 2
    var block = PageBlock(
      kind: kind, text: text, size: bySize.max { $0.glyphs < $1.glyphs }?.size ?? first.size,
      isBold: bold * 10 >= glyphs * 8, lineCount: group.count)
    block.isItalic = italic * 10 >= glyphs * 8
    block.isCapitals = isCapitals(text.text)
    block.isCentered =
      abs(middle - (left + right) / 2) < first.size && first.x0 > left + first.size * 2
    block.isIndented =
      group.count > 1
      ? first.x0 > lines[group.lowerBound + 1].x0 + first.size * 0.6
      : first.x0 > left + first.size * 0.6
    block.room = right - last.x1
    block.firstWordWidth = evidence[group.lowerBound].firstWordWidth
    block.references = references
    return block
  }

  private func isCapitals(_ text: String) -> Bool {
    var upper = 0
    for byte in text.utf8 {
      if byte >= 0x61 && byte <= 0x7A { return false }
      if byte >= 0x41 && byte <= 0x5A { upper += 1 }
    }
    return upper >= 3
  }

  /// `Figure 3`, `Table 2.`, `Fig. 1:`, `TABLE IV`.
  private func isCaption(_ text: String) -> Bool {
    let words = text.prefix(40).split(separator: " ", maxSplits: 2)
    guard words.count >= 2 else { return false }
    let first = words[0].lowercased()
    guard ["figure", "fig.", "table", "exhibit", "chart"].contains(first) else { return false }
    let number = words[1]
    guard let last = number.last, number.count <= 6, number.first?.isNumber == true else {
      return false
    }
    return last == ":" || last == "." || words.count == 2 && text.count < 40
      || words.count == 3 && words[2].first?.isUppercase == true
  }
}
