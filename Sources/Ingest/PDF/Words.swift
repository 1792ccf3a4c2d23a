import Documents

/// Glyphs that belong together by poppler's word division, in the page's upright frame.
struct Word {
  /// Indices into ``PageGlyphs/glyphs``.
  var glyphs: Range<Int>
  /// Points in the frame of ``Upright``: text runs to the right, lines follow downwards.
  var x0: Float
  var y0: Float
  var x1: Float
  var y1: Float
  /// Font size in points.
  var size: Float
  var style: UInt16
  /// No space stands before it and the word before it in poppler's order.
  var isGlued: Bool
  /// Which way the word runs on the page as displayed.
  var direction: GlyphLine.Direction
  /// Hebrew, Arabic and the like: glyphs follow each other to the left.
  var isRightToLeft = false
  /// Index of the table this word only stands for, -1 for a word of its own.
  var table = -1

  var height: Float { y1 - y0 }
  var width: Float { x1 - x0 }
  var centerX: Float { (x0 + x1) / 2 }
  var centerY: Float { (y0 + y1) / 2 }
}

extension Sequence<Word> {
  /// How many glyphs there are of each size, in parts of a point (`parts` of them make one).
  func countGlyphs(into counts: inout [Int: Int], parts: Float) {
    // Neighbours are mostly of one size.
    var run: (size: Float, glyphs: Int) = (0, 0)
    func end() {
      if run.glyphs > 0 { counts[Int((run.size * parts).rounded()), default: 0] += run.glyphs }
    }
    for word in self {
      if word.size != run.size {
        end()
        run = (word.size, 0)
      }
      run.glyphs += word.glyphs.count
    }
    end()
  }
}

/// The turn that makes text of one direction run to the right: analysis knows upright text only.
struct Upright {
  let turn: GlyphLine.Direction
  let pageWidth: Float
  let pageHeight: Float

  func callAsFunction(_ x0: Float, _ y0: Float, _ x1: Float, _ y1: Float)
    -> (x0: Float, y0: Float, x1: Float, y1: Float)
  {
    switch turn {
    case .right: (x0, y0, x1, y1)
    case .down: (y0, pageWidth - x1, y1, pageWidth - x0)
    case .up: (pageHeight - y1, x0, pageHeight - y0, x1)
    case .left: (pageWidth - x1, pageHeight - y1, pageWidth - x0, pageHeight - y0)
    }
  }

  /// Width of the frame.
  var width: Float { turn == .right || turn == .left ? pageWidth : pageHeight }
  /// Height of the frame.
  var height: Float { turn == .right || turn == .left ? pageHeight : pageWidth }
}

/// A page's words, sorted out by the direction they run.
struct PageWords {
  /// Words in the page's main direction, in poppler's order.
  var main: ContiguousArray<Word> = []
  var upright: Upright
  /// Words that run another way: stamps in the margin, turned table heads.
  var turned: [(upright: Upright, words: ContiguousArray<Word>)] = []
  /// Glyphs that have no Unicode value.
  var unmapped = 0
  /// Glyphs that show something.
  var visible = 0

  init(_ page: PageGlyphs) {
    upright = Upright(turn: .right, pageWidth: page.width, pageHeight: page.height)
    var words: ContiguousArray<Word> = []
    words.reserveCapacity(page.glyphs.count / 5)
    var start = 0
    var isGlued = false
    let glyphs = page.glyphs
    func close(_ end: Int) {
      guard end > start else { return }
      if let word = Self.word(start..<end, of: page, isGlued: isGlued) { words.append(word) }
    }
    var index = 0
    while index < glyphs.count {
      let scalar = glyphs[index].scalar
      if scalar == 0x20 || scalar == 0x0A || scalar == 0xA0 || scalar == 0x0D || scalar == 0x09
        || (0x2000...0x200A).contains(scalar) || scalar == 0x3000 || scalar == 0x0C
      {
        close(index)
        start = index + 1
        isGlued = false
      } else {
        visible += 1
        if scalar == 0xFFFD || (0xE000...0xF8FF).contains(scalar) || scalar < 0x20 {
          unmapped += 1
        }
        // poppler does not always part the cells of a table.
        if index > start, Self.areApart(glyphs[index - 1], glyphs[index], page) {
          close(index)
          start = index
          isGlued = false
        }
        // A change of style ends a word without a space: a raised footnote mark, say.
        if index > start, glyphs[index].style != glyphs[index - 1].style,
          page.styles[Int(glyphs[index].style)].size
            != page.styles[Int(glyphs[index - 1].style)].size
        {
          close(index)
          start = index
          isGlued = true
        }
      }
      index += 1
    }
    close(glyphs.count)

    // One letter alone shows no direction: it runs as its neighbour does.
    var counts = [0, 0, 0, 0]
    for word in words where word.glyphs.count > 1 {
      counts[Int(word.direction.rawValue)] += word.glyphs.count
    }
    let most = counts.max() ?? 0
    let turn = GlyphLine.Direction(rawValue: UInt8(counts.firstIndex(of: most) ?? 0)) ?? .right
    if most == counts.reduce(0, +) {
      for i in words.indices where words[i].glyphs.count == 1 { words[i].direction = turn }
    } else {
      for i in words.indices where words[i].glyphs.count == 1 {
        words[i].direction = Self.neighbourDirection(of: i, in: words, otherwise: turn)
      }
    }
    upright = Upright(turn: turn, pageWidth: page.width, pageHeight: page.height)
    var others: [ContiguousArray<Word>] = [[], [], [], []]
    for word in words {
      var word = word
      if word.direction == turn {
        (word.x0, word.y0, word.x1, word.y1) = upright(word.x0, word.y0, word.x1, word.y1)
        main.append(word)
      } else {
        let frame = Upright(
          turn: word.direction, pageWidth: page.width, pageHeight: page.height)
        (word.x0, word.y0, word.x1, word.y1) = frame(word.x0, word.y0, word.x1, word.y1)
        others[Int(word.direction.rawValue)].append(word)
      }
    }
    for (raw, words) in others.enumerated() where !words.isEmpty {
      let frame = Upright(
        turn: GlyphLine.Direction(rawValue: UInt8(raw)) ?? .right, pageWidth: page.width,
        pageHeight: page.height)
      turned.append((frame, words))
    }
  }

  private static func areApart(_ first: Glyph, _ second: Glyph, _ page: PageGlyphs) -> Bool {
    let gapX = max(second.x0 - first.x1, first.x0 - second.x1)
    let gapY = max(second.y0 - first.y1, first.y0 - second.y1)
    let size = max(page.styles[Int(first.style)].size, 1)
    if max(gapX, gapY) > size * 0.3 { return true }
    // Lines printed over each other: letters of one style on another baseline.
    return first.style == second.style && abs(second.y1 - first.y1) > size * 0.12
      && abs(second.x0 - first.x0) > size * 0.12
  }

  private static func word(_ range: Range<Int>, of page: PageGlyphs, isGlued: Bool) -> Word? {
    let first = page.glyphs[range.lowerBound]
    var box = (x0: first.x0, y0: first.y0, x1: first.x1, y1: first.y1)
    var isRightToLeft = false
    for i in range {
      let glyph = page.glyphs[i]
      box.x0 = min(box.x0, glyph.x0)
      box.y0 = min(box.y0, glyph.y0)
      box.x1 = max(box.x1, glyph.x1)
      box.y1 = max(box.y1, glyph.y1)
      if (0x590...0x8FF).contains(glyph.scalar) || (0xFB1D...0xFDFF).contains(glyph.scalar)
        || (0xFE70...0xFEFE).contains(glyph.scalar)
      {
        isRightToLeft = true
      }
    }
    guard box.x0.isFinite, box.x1.isFinite, box.y0.isFinite, box.y1.isFinite else { return nil }
    var direction = GlyphLine.Direction.right
    if range.count > 1 {
      let last = page.glyphs[range.upperBound - 1]
      let dx = (last.x0 + last.x1 - first.x0 - first.x1) / 2
      let dy = (last.y0 + last.y1 - first.y0 - first.y1) / 2
      if abs(dy) > abs(dx) {
        direction = dy > 0 ? .down : .up
      } else if dx < 0, !isRightToLeft {
        direction = .left
      }
    }
    return Word(
      glyphs: range, x0: box.x0, y0: box.y0, x1: box.x1, y1: box.y1,
      size: page.styles[Int(first.style)].size, style: first.style, isGlued: isGlued,
      direction: direction, isRightToLeft: isRightToLeft)
  }

  private static func neighbourDirection(
    of index: Int, in words: ContiguousArray<Word>, otherwise: GlyphLine.Direction
  ) -> GlyphLine.Direction {
    let word = words[index]
    for other in [index - 1, index + 1] where words.indices.contains(other) {
      let next = words[other]
      guard next.glyphs.count > 1 else { continue }
      let gapX = max(next.x0 - word.x1, word.x0 - next.x1)
      let gapY = max(next.y0 - word.y1, word.y0 - next.y1)
      let reach = max(word.size, 4) * 1.5
      switch next.direction {
      case .right, .left: if gapX < reach, gapY < 0 { return next.direction }
      case .down, .up: if gapY < reach, gapX < 0 { return next.direction }
      }
    }
    return otherwise
  }
}
