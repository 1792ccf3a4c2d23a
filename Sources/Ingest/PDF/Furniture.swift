import Documents

/// Running heads, feet and page numbers: what stands at the same place on page after page.
///
/// A page's outermost rows are compared with those of its neighbours. A row is furniture when the
/// same words (numbers aside) stand at the same height on other pages, from the edge inwards. One
/// page alone gives less evidence: there a number standing apart is a page number, and a row that
/// stands apart beside it is a running head.
struct MarginRows {
  /// From the page's edge inwards.
  var top: [Row] = []
  var bottom: [Row] = []
  /// Size most of the page's letters have.
  let bodySize: Float
  /// The height of the upright frame.
  let height: Float

  struct Row {
    /// Indices into the page's words.
    var words: [Int]
    var x0: Float
    var x1: Float
    /// Distance of the row's middle from the page's edge on its side.
    var distance: Float
    var height: Float
    var size: Float
    /// White to the next row inwards.
    var gap: Float
    var signature: UInt64
    /// Stretches that stand wide apart, each with its own signature; those without letters are 0.
    var parts: [(x0: Float, signature: UInt64, letters: Int)]
    /// Nothing but a number, perhaps with dashes or "Page … of …" around it.
    var isNumber: Bool
  }

  private static let deepest = 4

  init(words: ContiguousArray<Word>, page: PageGlyphs, height: Float) {
    self.height = height
    var bySize: [Int: Int] = [:]
    words.countGlyphs(into: &bySize, parts: 2)
    bodySize = Float(bySize.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0) / 2
    guard height > 0 else { return }
    let upper = words.indices.filter { words[$0].centerY < height * 0.2 }
    let lower = words.indices.filter { words[$0].centerY > height * 0.8 }
    let upperLines = words.lines(of: upper)
    for (n, line) in upperLines.prefix(Self.deepest).enumerated() {
      let next = n + 1 < upperLines.count ? upperLines[n + 1].y0 : height * 0.2
      top.append(
        Self.row(line, of: words, page: page, distance: line.centerY, gap: next - line.y1))
    }
    let lowerLines = Array(words.lines(of: lower).reversed())
    for (n, line) in lowerLines.prefix(Self.deepest).enumerated() {
      let next = n + 1 < lowerLines.count ? lowerLines[n + 1].y1 : height * 0.8
      bottom.append(
        Self.row(
          line, of: words, page: page, distance: height - line.centerY, gap: line.y0 - next))
    }
  }

  private static func row(
    _ line: Line, of words: ContiguousArray<Word>, page: PageGlyphs, distance: Float, gap: Float
  ) -> Row {
    var whole = Signature()
    var part = Signature()
    var partStart = line.x0
    var parts: [(x0: Float, signature: UInt64, letters: Int)] = []
    var end = line.x0
    var pieces: [String] = []
    for index in line.words {
      let word = words[index]
      if word.x0 - end > line.height * 1.6 {
        parts.append((partStart, part.value, part.letters))
        part = Signature()
        partStart = word.x0
      }
      end = word.x1
      var text = ""
      for i in word.glyphs {
        if let scalar = Unicode.Scalar(page.glyphs[i].scalar) { text.unicodeScalars.append(scalar) }
      }
      let spelling = Signature.Spelling(of: text)
      whole.add(spelling)
      part.add(spelling)
      if pieces.count < 12 { pieces.append(text) }
    }
    parts.append((partStart, part.value, part.letters))
    return Row(
      words: line.words, x0: line.x0, x1: line.x1, distance: distance, height: line.height,
      size: line.size, gap: gap, signature: whole.value, parts: parts,
      isNumber: line.words.count <= 8 && isPageNumber(pieces))
  }

  /// `12`, `- 3 -`, `Page 4 of 9`, `xiv`, `A-7`, `2 / 10`.
  static func isPageNumber(_ words: [String]) -> Bool {
    var numbers = 0
    for word in words {
      let core = word.lowercased().trimmingEdges { !$0.isLetter && !$0.isNumber }
      if core.isEmpty { continue }
      if core == "page" || core == "pg" || core == "p" || core == "of" || core == "seite"
        || core == "von"
      {
        continue
      }
      guard core.utf8.count <= 7 else { return false }
      if core.allSatisfy({ $0.isNumber || $0 == "-" || $0 == "/" || $0 == "." || $0 == "–" })
        || core.allSatisfy({ "ivxlcdm".contains($0) }) || isLetteredNumber(core)
      {
        numbers += 1
      } else {
        return false
      }
    }
    return numbers >= 1 && numbers <= 2
  }

  /// `a-7`, `b12`.
  private static func isLetteredNumber(_ core: Substring) -> Bool {
    guard let first = core.first, first.isLetter else { return false }
    let rest = core.dropFirst().drop { $0 == "-" || $0 == "–" || $0 == "." }
    return !rest.isEmpty && rest.allSatisfy { $0.isNumber }
  }

  /// Words with every number made alike, as a 64-bit FNV-1a hash.
  private struct Signature {
    private var hash = FNVHash()
    private(set) var letters = 0

    var value: UInt64 { hash.value }

    /// A word as it is mixed in: in lower case, a number of any kind as `#`.
    struct Spelling {
      private(set) var bytes: [UInt8] = []
      private(set) var letters = 0

      init(of word: String) {
        if word.utf8.allSatisfy({ $0 < 0x80 }) {
          add(plain: word.utf8)
          return
        }
        let lower = word.lowercased()
        let core = lower.trimmingEdges { !$0.isLetter && !$0.isNumber }
        if !core.isEmpty, core.allSatisfy({ "ivxlcdm".contains($0) }) {
          bytes = [0x23]
        } else {
          add(lower: lower.utf8)
        }
      }

      /// The same for ASCII, which most words are, without making texts of them.
      private mutating func add(plain word: String.UTF8View) {
        let lower = word.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        func isKept(_ byte: UInt8) -> Bool {
          byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39
        }
        if let first = lower.firstIndex(where: isKept), let last = lower.lastIndex(where: isKept),
          lower[first...last].allSatisfy({ Self.romanDigits.contains($0) })
        {
          bytes = [0x23]
        } else {
          add(lower: lower)
        }
      }

      private static let romanDigits = Array("ivxlcdm".utf8)

      private mutating func add(lower: some Collection<UInt8>) {
        bytes.reserveCapacity(lower.count + 1)
        var isInNumber = false
        for byte in lower {
          if (0x30...0x39).contains(byte) {
            if !isInNumber { bytes.append(0x23) }
            isInNumber = true
          } else {
            isInNumber = false
            bytes.append(byte)
            letters += 1
          }
        }
        bytes.append(0x20)
      }
    }

    mutating func add(_ spelling: Spelling) {
      for byte in spelling.bytes { hash.mix(byte) }
      letters += spelling.letters
    }
  }
}

extension String {
  func trimmingEdges(_ isTrimmed: (Character) -> Bool) -> Substring {
    var text = self[...]
    while let first = text.first, isTrimmed(first) { text = text.dropFirst() }
    while let last = text.last, isTrimmed(last) { text = text.dropLast() }
    return text
  }
}

/// The rows of one page that are furniture.
struct PageFurniture {
  struct Row {
    var words: [Int]
    var kind: Block.Furniture
  }

  /// From top to bottom.
  var top: [Row] = []
  var bottom: [Row] = []

  /// - Parameter neighbours: the margin rows of pages near this one, without it.
  init(of page: MarginRows, among neighbours: [MarginRows]) {
    let feet = Self.peel(page.bottom, neighbours.map(\.bottom))
    let heads = Self.peel(page.top, neighbours.map(\.top))
    func isApart(_ row: MarginRows.Row, _ edge: Float) -> Bool {
      row.gap > row.height * 0.9 && row.distance < page.height * edge
        && row.size <= page.bodySize * 1.15
    }
    var headCount = heads
    var footCount = feet
    // A number that stands apart at the edge needs no second page.
    if footCount == 0, let row = page.bottom.first, row.isNumber, isApart(row, 0.12) {
      footCount = 1
    }
    if headCount == 0, let row = page.top.first, row.isNumber, isApart(row, 0.12) { headCount = 1 }
    // Beside a page number, a row apart in the opposite margin is a running head.
    let isNumbered =
      page.bottom.prefix(footCount).contains { $0.isNumber }
      || page.top.prefix(headCount).contains { $0.isNumber }
    if isNumbered, neighbours.isEmpty || neighbours.count == 1 {
      if headCount == 0, let row = page.top.first, isApart(row, 0.09), row.parts.count >= 2 {
        headCount = 1
      }
      if footCount == 0, let row = page.bottom.first, isApart(row, 0.09), row.parts.count >= 2 {
        footCount = 1
      }
    }
    top = page.top.prefix(headCount).map {
      Row(words: $0.words, kind: $0.isNumber ? .pageNumber : .runningHead)
    }
    bottom = page.bottom.prefix(footCount).map {
      Row(words: $0.words, kind: $0.isNumber ? .pageNumber : .runningFoot)
    }.reversed()
  }

  /// How many rows, from the edge inwards, stand on other pages too.
  private static func peel(_ rows: [MarginRows.Row], _ others: [[MarginRows.Row]]) -> Int {
    guard !others.isEmpty else { return 0 }
    let needed = min(2, others.count)
    var count = 0
    for row in rows {
      var matches = 0
      for other in others where other.contains(where: { isSame(row, $0) }) { matches += 1 }
      // Two neighbours of one parity are all that a page near an end may have.
      guard matches >= needed || (matches == 1 && others.count <= 3) else { break }
      count += 1
    }
    // What is furniture stands apart from the text: a table's head that is repeated does not.
    while count > 0 {
      let row = rows[count - 1]
      if row.gap > row.height * 0.45 || row.isNumber || count == rows.count { break }
      count -= 1
    }
    return count
  }

  private static func isSame(_ first: MarginRows.Row, _ second: MarginRows.Row) -> Bool {
    guard abs(first.distance - second.distance) <= max(3, first.height * 0.35) else { return false }
    if first.signature == second.signature { return true }
    if first.isNumber && second.isNumber { return true }
    // One part may change (a section's name) while another stays.
    for part in first.parts where part.letters >= 4 {
      for other in second.parts where other.signature == part.signature { return true }
    }
    return false
  }
}
