/// Splits a page's words into the columns a reader follows, in reading order.
///
/// The evidence is white: a *gutter* is a tall strip without ink that has lines of running text on
/// both sides. The page is cut at its best gutter: what stands above is read first, then the
/// left side, the right side, and what stands below; each part is cut again in the same way. A
/// strip with sparse or very short lines on a side lies within a table or a list, and is no gutter.
struct ReadingOrder {
  let words: ContiguousArray<Word>
  /// Words of lines that run over into the next column, and where their line stands: an address
  /// that cannot be broken, a table too wide for its column.
  private let overflow: [Int: Float]
  /// From the first line to the last.
  private let pageHeight: Float

  /// One column: indices into ``words``.
  typealias Column = [Int]

  init(words: ContiguousArray<Word>) {
    self.words = words
    overflow = Self.overflow(words)
    var top: Float = .infinity
    var bottom: Float = -.infinity
    for word in words {
      top = min(top, word.y0)
      bottom = max(bottom, word.y1)
    }
    pageHeight = max(bottom - top, 0)
  }

  /// Where the words on one baseline begin.
  private static func start(
    of word: Word, among near: ArraySlice<Int>, in words: ContiguousArray<Word>
  ) -> Float {
    var start = word.x0
    for index in near
    where abs(words[index].y1 - word.y1) < 0.3 && abs(words[index].height - word.height) < 0.3 {
      start = min(start, words[index].x0)
    }
    return start
  }

  /// - Parameter isDoubtful: set where a gutter may be the white inside a table instead.
  func columns(isDoubtful: inout Bool) -> [Column] {
    var result: [Column] = []
    split(Array(words.indices), depth: 0, isDoubtful: &isDoubtful, into: &result)
    return result
  }

  /// Words printed over words of other lines beside them, and the rest of their lines.
  private static func overflow(_ words: ContiguousArray<Word>) -> [Int: Float] {
    let order = words.indices.sorted { words[$0].centerY < words[$1].centerY }
    var result: [Int: Float] = [:]
    for (n, u) in order.enumerated() {
      let first = words[u]
      var at = n + 1
      while at < order.count, words[order[at]].centerY - first.centerY < first.height * 0.85 {
        let second = words[order[at]]
        at += 1
        guard first.glyphs.count + second.glyphs.count >= 6,
          min(first.x1, second.x1) - max(first.x0, second.x0) > first.height * 0.3,
          abs(first.y1 - second.y1) > first.height * 0.06,
          min(first.y1, second.y1) - max(first.y0, second.y0) > first.height * 0.12,
          max(first.height, second.height) < min(first.height, second.height) * 1.6,
          first.table < 0, second.table < 0
        else { continue }
        let near = order[max(0, n - 60)..<min(order.count, n + 60)]
        let firstStart = Self.start(of: first, among: near, in: words)
        let secondStart = Self.start(of: second, among: near, in: words)
        // The line that begins further left runs over into the other one's column.
        let over = firstStart < secondStart ? first : second
        let border = max(firstStart, secondStart) - over.height * 0.4
        var anchor = over.centerX
        for other in near where abs(words[other].y1 - over.y1) < 0.3 {
          anchor = min(anchor, words[other].centerX)
        }
        // From the right: what lies beyond the border, and the words that touch it.
        var reach = border
        let line = near.filter {
          abs(words[$0].y1 - over.y1) < 0.3 && abs(words[$0].height - over.height) < 0.3
        }.sorted { words[$0].x0 > words[$1].x0 }
        for other in line {
          guard words[other].x1 > reach else { break }
          result[other] = anchor
          reach = min(border, words[other].x0 - over.height * 0.5)
        }
      }
    }
    // A page printed over itself has no columns to save.
    return result.count * 5 > words.count ? [:] : result
  }

  private static let deepest = 12

  private func split(
    _ region: [Int], depth: Int, isDoubtful: inout Bool, into result: inout [Column]
  ) {
    guard depth < Self.deepest, region.count >= 12, let gutter = bestGutter(of: region) else {
      if !region.isEmpty { result.append(region) }
      return
    }
    var above: [Int] = []
    var left: [Int] = []
    var right: [Int] = []
    var below: [Int] = []
    for index in region {
      let word = words[index]
      if word.centerY < gutter.y0 {
        above.append(index)
      } else if word.centerY > gutter.y1 {
        below.append(index)
      } else if (overflow[index] ?? word.centerX) < gutter.center {
        left.append(index)
      } else {
        right.append(index)
      }
    }
    guard !left.isEmpty, !right.isEmpty else {
      result.append(region)
      return
    }
    if gutter.isDoubtful { isDoubtful = true }
    for part in [above, left, right, below] {
      split(part, depth: depth + 1, isDoubtful: &isDoubtful, into: &result)
    }
  }

  struct Gutter {
    var x0: Float
    var x1: Float
    var y0: Float
    var y1: Float
    var isDoubtful: Bool
    var center: Float { (x0 + x1) / 2 }
  }

  /// Words whose middles share a height; not yet a line, since columns may share it too.
  private struct Band {
    var y0: Float
    var y1: Float
    /// Indices into `words`, by x.
    var members: [Int]
  }

  private func bands(of region: [Int]) -> [Band] {
    let sorted = region.filter { overflow[$0] == nil }.sorted {
      words[$0].centerY < words[$1].centerY
    }
    var bands: [Band] = []
    var coreEnd: Float = -.infinity
    for index in sorted {
      let word = words[index]
      let core = word.height * 0.25
      if !bands.isEmpty, word.centerY - core < coreEnd {
        bands[bands.count - 1].members.append(index)
        bands[bands.count - 1].y0 = min(bands[bands.count - 1].y0, word.y0)
        bands[bands.count - 1].y1 = max(bands[bands.count - 1].y1, word.y1)
        coreEnd = max(coreEnd, min(word.centerY + core, coreEnd + word.height * 0.25))
      } else {
        bands.append(Band(y0: word.y0, y1: word.y1, members: [index]))
        coreEnd = word.centerY + core
      }
    }
    for i in bands.indices { bands[i].members.sort { words[$0].x0 < words[$1].x0 } }
    return bands
  }

  private struct Strip {
    var x0: Float
    var x1: Float
    var firstBand: Int
    /// Lines that run a little way into it.
    var intrusions = 0
  }

  private func bestGutter(of region: [Int]) -> Gutter? {
    let bands = bands(of: region)
    guard bands.count >= 3 else { return nil }
    var sizes: [Float] = []
    var minX: Float = .infinity
    var maxX: Float = -.infinity
    sizes.reserveCapacity(region.count)
    for index in region {
      sizes.append(words[index].height)
      minX = min(minX, words[index].x0)
      maxX = max(maxX, words[index].x1)
    }
    sizes.sort()
    let lineHeight = max(sizes[sizes.count / 2], 2)
    // Spaces between words line up by chance; a gutter is wider than they are.
    var spaces: [Float] = []
    for band in bands {
      for (first, second) in zip(band.members, band.members.dropFirst()) {
        let space = words[second].x0 - words[first].x1
        if space > 0, space < lineHeight { spaces.append(space) }
      }
    }
    spaces.sort()
    let usual = spaces.isEmpty ? 0 : spaces[spaces.count / 2]
    let leastWidth = max(lineHeight * 0.42, min(usual * 1.7, lineHeight * 0.9))
    guard maxX - minX > lineHeight * 12 else { return nil }

    var active: [Strip] = []
    var best: (score: Float, gutter: Gutter)?
    func finish(_ strip: Strip, before end: Int) {
      let top = bands[strip.firstBand].y0
      let bottom = bands[end - 1].y1
      let height = bottom - top
      // A narrow strip must be tall to be more than a river of spaces.
      let width = strip.x1 - strip.x0
      let lines: Float = width > lineHeight * 1.5 ? 2.2 : width > lineHeight * 0.8 ? 4 : 7
      guard height >= lineHeight * (strip.intrusions > 0 ? max(lines, 14) : lines) else { return }
      // Height first: a line that runs over a little narrows a gutter without ending it.
      let score = height * min(width, lineHeight * 2).squareRoot().squareRoot()
      if let best, best.score >= score { return }
      let verdict = separatesText(strip, bands[strip.firstBand..<end], lineHeight)
      guard verdict == .yes || verdict == .doubtful && strip.intrusions == 0 else { return }
      // Half a line of slack keeps the border lines on their own side of the cut.
      best = (
        score,
        Gutter(
          x0: strip.x0, x1: strip.x1, y0: top + lineHeight * 0.05, y1: bottom - lineHeight * 0.05,
          isDoubtful: verdict == .doubtful || height < pageHeight * 0.4)
      )
    }
    for (number, band) in bands.enumerated() {
      var gaps: [(Float, Float)] = []
      var end = minX
      for index in band.members {
        let word = words[index]
        if word.x0 - end >= leastWidth { gaps.append((end, word.x0)) }
        end = max(end, word.x1)
      }
      if maxX - end >= leastWidth { gaps.append((end, maxX)) }
      var next: [Strip] = []
      for strip in active {
        var isWhole = false
        for gap in gaps {
          let x0 = max(strip.x0, gap.0)
          let x1 = min(strip.x1, gap.1)
          guard x1 - x0 >= leastWidth else { continue }
          if x0 == strip.x0, x1 == strip.x1 { isWhole = true }
          Self.keep(Strip(x0: x0, x1: x1, firstBand: strip.firstBand), in: &next)
        }
        if !isWhole {
          if strip.intrusions < 1, strip.x1 - strip.x0 > lineHeight,
            intrudes(band, strip, lineHeight)
          {
            var strip = strip
            strip.intrusions += 1
            Self.keep(strip, in: &next)
          } else {
            finish(strip, before: number)
          }
        }
      }
      for gap in gaps {
        Self.keep(Strip(x0: gap.0, x1: gap.1, firstBand: number), in: &next)
      }
      active = next
    }
    for strip in active { finish(strip, before: bands.count) }
    return best?.gutter
  }

  /// Adds a strip that lies in none of the others which began as early.
  private static func keep(_ strip: Strip, in strips: inout [Strip]) {
    for other in strips
    where other.x0 <= strip.x0 && other.x1 >= strip.x1 && other.firstBand <= strip.firstBand {
      return
    }
    strips.append(strip)
  }

  /// Whether a line from the left ends within a strip, and nothing follows it closely.
  private func intrudes(_ band: Band, _ strip: Strip, _ lineHeight: Float) -> Bool {
    var end: Float = -.infinity
    for index in band.members {
      let word = words[index]
      if word.x1 <= strip.x0 { continue }
      if word.x0 < strip.x1 {
        if word.x1 > strip.x1 - 0.5 { return false }
        end = max(end, word.x1)
      } else {
        return word.x0 - end >= lineHeight * 0.7
      }
    }
    return true
  }

  private enum Verdict { case yes, doubtful, no }

  /// Whether both sides of a strip hold lines of running text.
  private func separatesText(_ strip: Strip, _ bands: ArraySlice<Band>, _ lineHeight: Float)
    -> Verdict
  {
    var left = Side()
    var right = Side()
    var level = 0
    for band in bands {
      left.beginLine()
      right.beginLine()
      if areLevel(band, strip, lineHeight) { level += 1 }
      for index in band.members {
        if words[index].centerX < (strip.x0 + strip.x1) / 2 {
          left.add(words[index], lineHeight)
        } else {
          right.add(words[index], lineHeight)
        }
      }
    }
    left.beginLine()
    right.beginLine()
    if left.isRunningText && right.isRunningText { return .yes }
    if isSideNote(left, beside: right, level) || isSideNote(right, beside: left, level) {
      return .yes
    }
    // The rows of a table stand level on both sides; independent columns seldom do, even where one
    // of them holds a table or both hold lists.
    let lines = min(left.lines, right.lines)
    guard lines >= 5, level * 100 < lines * 35 else { return .no }
    return left.isRunningText || right.isRunningText
      || left.meanGlyphs >= 12 && right.meanGlyphs >= 12 ? .doubtful : .no
  }

  /// A few lines of small letters beside running text, on lines of their own.
  private func isSideNote(_ note: Side, beside text: Side, _ level: Int) -> Bool {
    text.isRunningText && note.lines >= 1 && note.lines * 3 <= text.lines
      && note.meanHeight < text.meanHeight * 0.9 && note.meanGlyphs >= 4 && level * 2 <= note.lines
  }

  /// Whether the words of a band left and right of a strip share a baseline.
  private func areLevel(_ band: Band, _ strip: Strip, _ lineHeight: Float) -> Bool {
    var left: Float?
    for index in band.members {
      let word = words[index]
      if word.centerX < (strip.x0 + strip.x1) / 2 {
        left = word.y1
      } else if let left {
        if abs(left - word.y1) < lineHeight * 0.12 { return true }
      } else {
        return false
      }
    }
    return false
  }

  /// What stands on one side of a strip.
  private struct Side {
    private(set) var lines = 0
    private var glyphs = 0
    private var words = 0
    private var heights: Float = 0
    private var ink: Float = 0
    private var extent: Float = 0
    private var start: Float = .infinity
    private var end: Float = -.infinity
    /// Lines with a long stretch of words.
    private var longLines = 0
    private var longest = 0
    private var lineInk: Float = 0
    private var lineStart: Float = .infinity
    private var lineEnd: Float = -.infinity
    private var piece = 0

    mutating func beginLine() {
      guard lineEnd > lineStart else { return }
      lines += 1
      start = min(start, lineStart)
      end = max(end, lineEnd)
      if max(longest, piece) >= 17 {
        longLines += 1
        ink += lineInk
        extent += lineEnd - lineStart
      }
      longest = 0
      piece = 0
      lineInk = 0
      lineStart = .infinity
      lineEnd = -.infinity
    }

    mutating func add(_ word: Word, _ lineHeight: Float) {
      if lineEnd > lineStart, word.x0 - lineEnd > lineHeight * 0.75 {
        longest = max(longest, piece)
        piece = 0
      }
      lineInk += word.width
      words += 1
      heights += word.height
      glyphs += word.table >= 0 ? 40 : word.glyphs.count
      piece += word.table >= 0 ? 40 : word.glyphs.count
      lineStart = min(lineStart, word.x0)
      lineEnd = max(lineEnd, word.x1)
    }

    var meanHeight: Float { words > 0 ? heights / Float(words) : 0 }
    var meanGlyphs: Int { lines > 0 ? glyphs / lines : 0 }

    /// Running text fills its lines; the cells of a table are short and stand apart.
    var isRunningText: Bool {
      guard lines >= 3, extent > 0, longLines * 20 >= lines * 9 else { return false }
      let dense = ink / extent >= 0.64
      let filled = extent / Float(longLines) >= (end - start) * 0.36
      return dense && filled
    }
  }
}
