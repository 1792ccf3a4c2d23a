import Documents

/// Words that stand on one line of one column, left to right.
struct Line {
  /// Indices into the words of the page.
  var words: [Int]
  var x0: Float
  var y0: Float
  var x1: Float
  var y1: Float
  /// The size and style most of its letters have.
  var size: Float
  var style: UInt16
  /// Glyphs on the line.
  var glyphs: Int

  var width: Float { x1 - x0 }
  var height: Float { y1 - y0 }
  var centerY: Float { (y0 + y1) / 2 }

  /// - Parameter words: not empty; sorted by x here.
  init(_ members: [Int], of words: ContiguousArray<Word>) {
    let rightToLeft = members.count { words[$0].isRightToLeft }
    self.words =
      rightToLeft * 2 > members.count
      ? members.sorted { words[$0].x0 > words[$1].x0 }
      : members.sorted { words[$0].x0 < words[$1].x0 }
    x0 = .infinity
    x1 = -.infinity
    glyphs = 0
    var most: [(style: UInt16, glyphs: Int, size: Float, y0: Float, y1: Float)] = []
    for index in self.words {
      let word = words[index]
      x0 = min(x0, word.x0)
      x1 = max(x1, word.x1)
      glyphs += word.glyphs.count
      if let at = most.firstIndex(where: { $0.style == word.style }) {
        most[at].glyphs += word.glyphs.count
        most[at].y0 = min(most[at].y0, word.y0)
        most[at].y1 = max(most[at].y1, word.y1)
      } else {
        most.append((word.style, word.glyphs.count, word.size, word.y0, word.y1))
      }
    }
    // Two loops: a raised mark must not widen the line's box beyond its main letters much.
    let main = most.max { $0.glyphs < $1.glyphs } ?? (0, 0, 0, 0, 0)
    style = main.style
    size = main.size
    y0 = main.y0
    y1 = main.y1
  }
}

/// A line being gathered.
private struct LineRow {
  var members: [Int]
  var y0: Float
  var y1: Float
  var height: Float
  var x0: Float
  var x1: Float
}

extension ContiguousArray where Element == Word {
  /// The lines of one column, from top to bottom.
  func lines(of column: [Int]) -> [Line] {
    let sorted = column.sorted { self[$0].centerY < self[$1].centerY }
    var rows: [LineRow] = []
    for index in sorted {
      let word = self[index]
      // A word joins the row it shares most height with, among the last few.
      var best = -1
      var bestShare: Float = 0
      for at in rows.indices.suffix(3) {
        let row = rows[at]
        let shared = Swift.min(row.y1, word.y1) - Swift.max(row.y0, word.y0)
        let share = shared / Swift.max(Swift.min(row.height, word.height), 0.1)
        if share > bestShare {
          best = at
          bestShare = share
        }
      }
      if best >= 0 {
        let row = rows[best]
        let isSmall = word.height < row.height * 0.8 || row.height < word.height * 0.8
        let isBeside = word.x0 < row.x1 + row.height && word.x1 > row.x0 - row.height
        if bestShare >= (isSmall ? (isBeside ? 0.25 : 0.6) : 0.5) {
          rows[best].members.append(index)
          rows[best].x0 = Swift.min(row.x0, word.x0)
          rows[best].x1 = Swift.max(row.x1, word.x1)
          if word.height > row.height * 1.05 || row.members.count < 2 && !isSmall {
            rows[best].y0 = word.height > row.height ? word.y0 : row.y0
            rows[best].y1 = word.height > row.height ? word.y1 : row.y1
            rows[best].height = Swift.max(word.height, row.height)
          }
          continue
        }
      }
      rows.append(
        LineRow(
          members: [index], y0: word.y0, y1: word.y1, height: word.height, x0: word.x0,
          x1: word.x1))
    }
    rows.sort { ($0.y0 + $0.y1) < ($1.y0 + $1.y1) }
    return rows.map { Line($0.members, of: self) }
  }
}

/// Turns words of a page into text that knows its glyphs.
struct LineSpeller {
  let page: PageGlyphs
  let words: ContiguousArray<Word>
  let upright: Upright

  /// The text of the words, in the order given, with one space between words that stand apart.
  ///
  /// - Parameter droppingHyphen: leaves out the last character, which is a hyphen that only the
  ///   line's end put there.
  func spell(_ members: some Collection<Int>, droppingHyphen: Bool = false) -> AnchoredText {
    var bytes: [UInt8] = []
    var edges: [Float] = []
    var box = (x0: Float.infinity, y0: Float.infinity, x1: -Float.infinity, y1: -Float.infinity)
    var previous: Int?
    var isRightToLeft = 0
    let room = members.reduce(0) { $0 + words[$1].glyphs.count + 1 }
    bytes.reserveCapacity(room)
    edges.reserveCapacity(room)
    for index in members {
      let word = words[index]
      if let last = previous, needsSpace(words[last], word, isNext: index == last + 1) {
        bytes.append(0x20)
        edges.append(words[last].x1)
      }
      previous = index
      box.x0 = min(box.x0, word.x0)
      box.y0 = min(box.y0, word.y0)
      box.x1 = max(box.x1, word.x1)
      box.y1 = max(box.y1, word.y1)
      for i in word.glyphs {
        let glyph = page.glyphs[i]
        let frame = upright(glyph.x0, glyph.y0, glyph.x1, glyph.y1)
        if glyph.scalar >= 0x20, glyph.scalar < 0x7F {
          bytes.append(UInt8(glyph.scalar))
          edges.append(frame.x0)
          continue
        }
        let letters = Spelling.letters(glyph.scalar)
        if letters.isEmpty { continue }
        if (0x590...0x8FF).contains(glyph.scalar) { isRightToLeft += 1 }
        let step = (frame.x1 - frame.x0) / Float(letters.count)
        for (n, letter) in letters.enumerated() {
          Spelling.append(letter, to: &bytes)
          edges.append(frame.x0 + step * Float(n))
        }
      }
    }
    guard !edges.isEmpty, box.x0 < .infinity else { return AnchoredText() }
    if droppingHyphen, let hyphen = Spelling.finalHyphenLength(bytes) {
      bytes.removeLast(hyphen)
      box.x1 = max(box.x0, edges.removeLast())
      if edges.isEmpty { return AnchoredText() }
    }
    let place = Place.glyphs(line(box, edges, isRightToLeft: isRightToLeft * 2 > edges.count))
    return AnchoredText(String(decoding: bytes, as: UTF8.self), at: place)
  }

  private func needsSpace(_ first: Word, _ second: Word, isNext: Bool) -> Bool {
    let gap = second.x0 - first.x1
    let size = max(min(first.size, second.size), 1)
    if isNext && second.isGlued { return gap > size * 0.25 }
    // poppler put a space between them, or something else stands between them in its order.
    return isNext || gap > size * 0.08 || gap < -size * 0.3
  }

  /// The line in the page's own coordinates, with one edge a scalar in 1/16 point.
  private func line(
    _ box: (x0: Float, y0: Float, x1: Float, y1: Float), _ edges: [Float], isRightToLeft: Bool
  ) -> GlyphLine {
    var steps: [UInt16] = []
    steps.reserveCapacity(edges.count + 1)
    var last: Float = 0
    if isRightToLeft {
      // Logical order runs against x: measured from the right edge, each scalar's far side.
      for edge in edges {
        last = max(last, min((box.x1 - edge) * 16, 65_535))
        steps.append(UInt16(last.rounded(.down)))
      }
      steps.insert(0, at: 0)
      steps.removeLast()
      steps.append(UInt16(min(max((box.x1 - box.x0) * 16, last), 65_535)))
    } else {
      for edge in edges {
        last = max(last, min((edge - box.x0) * 16, 65_535))
        steps.append(UInt16(last.rounded(.down)))
      }
      steps.append(UInt16(min(max((box.x1 - box.x0) * 16, last), 65_535)))
    }
    let page = upright.back(box)
    let direction: GlyphLine.Direction = isRightToLeft ? upright.turn.reversed : upright.turn
    return GlyphLine(
      page: self.page.number,
      box: Box(
        x0: Double(page.x0), y0: Double(page.y0), x1: Double(page.x1), y1: Double(page.y1)),
      direction: direction, edges: steps)
  }
}

extension GlyphLine.Direction {
  var reversed: Self {
    switch self {
    case .right: .left
    case .left: .right
    case .down: .up
    case .up: .down
    }
  }
}

extension Upright {
  /// From the frame back to the page.
  func back(_ box: (x0: Float, y0: Float, x1: Float, y1: Float))
    -> (x0: Float, y0: Float, x1: Float, y1: Float)
  {
    switch turn {
    case .right: box
    case .down: (pageWidth - box.y1, box.x0, pageWidth - box.y0, box.x1)
    case .up: (box.y0, pageHeight - box.x1, box.y1, pageHeight - box.x0)
    case .left: (pageWidth - box.x1, pageHeight - box.y1, pageWidth - box.x0, pageHeight - box.y0)
    }
  }
}

/// What a glyph's scalar becomes in text.
enum Spelling {
  /// Ligatures are spelled out; soft hyphens, controls and byte order marks say nothing.
  static func letters(_ scalar: UInt32) -> Letters {
    switch scalar {
    case 0xFB00: Letters(0x66, 0x66)
    case 0xFB01: Letters(0x66, 0x69)
    case 0xFB02: Letters(0x66, 0x6C)
    case 0xFB03: Letters(0x66, 0x66, 0x69)
    case 0xFB04: Letters(0x66, 0x66, 0x6C)
    case 0xFB05, 0xFB06: Letters(0x73, 0x74)
    case 0..<0x20, 0x7F, 0x200B, 0x200C, 0x2060, 0xFEFF: Letters()
    case 0xAD: Letters(0x2D)
    case 0xD800...0xDFFF, 0x110000...: Letters(0xFFFD)
    default: Letters(scalar)
    }
  }

  /// Up to three scalars, without an allocation.
  struct Letters: Sequence {
    var count: Int
    private var first: UInt32 = 0
    private var second: UInt32 = 0
    private var third: UInt32 = 0

    init() { count = 0 }
    init(_ first: UInt32) {
      count = 1
      self.first = first
    }
    init(_ first: UInt32, _ second: UInt32) {
      count = 2
      self.first = first
      self.second = second
    }
    init(_ first: UInt32, _ second: UInt32, _ third: UInt32) {
      count = 3
      self.first = first
      self.second = second
      self.third = third
    }

    var isEmpty: Bool { count == 0 }

    struct Iterator: IteratorProtocol {
      var letters: Letters
      var at = 0

      mutating func next() -> UInt32? {
        guard at < letters.count else { return nil }
        defer { at += 1 }
        return at == 0 ? letters.first : at == 1 ? letters.second : letters.third
      }
    }

    func makeIterator() -> Iterator { Iterator(letters: self) }
  }

  static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    switch scalar {
    case 0..<0x80: bytes.append(UInt8(scalar))
    case 0x80..<0x800:
      bytes.append(UInt8(0xC0 | scalar >> 6))
      bytes.append(UInt8(0x80 | scalar & 0x3F))
    case 0x800..<0x10000:
      bytes.append(UInt8(0xE0 | scalar >> 12))
      bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      bytes.append(UInt8(0x80 | scalar & 0x3F))
    default:
      bytes.append(UInt8(0xF0 | scalar >> 18 & 0x07))
      bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      bytes.append(UInt8(0x80 | scalar & 0x3F))
    }
  }

  static func isHyphen(_ scalar: UInt32) -> Bool {
    scalar == 0x2D || scalar == 0x2010 || scalar == 0xAD
  }

  /// The bytes of the hyphen at the end, nil where there is none.
  static func finalHyphenLength(_ bytes: [UInt8]) -> Int? {
    if bytes.last == 0x2D { return 1 }
    if bytes.count >= 3, bytes.suffix(3) == [0xE2, 0x80, 0x90] { return 3 }
    return nil
  }
}
