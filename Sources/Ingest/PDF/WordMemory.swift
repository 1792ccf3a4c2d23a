/// Which words a document has written whole, so that a hyphen at a line's end can be judged.
///
/// A hyphen at a line's end is the typesetter's or the word's own. The words of the pages read so
/// far decide: a compound seen unbroken keeps its hyphen, a word seen whole loses it; without
/// either, it goes unless both halves are words of their own. Bounded, so that a long document
/// costs no more than a short one.
struct WordMemory {
  private var words: Set<UInt64> = []
  private static let most = 200_000

  enum Join { case space, droppingHyphen, nothing }

  /// Learns the words of a page, with and without hyphens.
  mutating func learn(_ page: PageGlyphs, _ list: ContiguousArray<Word>) {
    guard words.count < Self.most else { return }
    var isAfterHyphen = false
    for word in list {
      // A broken word teaches nothing: its halves are no words.
      let wasAfterHyphen = isAfterHyphen
      isAfterHyphen = Spelling.isHyphen(page.glyphs[word.glyphs.upperBound - 1].scalar)
      guard word.glyphs.count >= 3, !isAfterHyphen, !wasAfterHyphen,
        let hash = Self.hash(page, word.glyphs)
      else { continue }
      words.insert(hash)
    }
  }

  /// How the end of one line and the start of the next go together.
  func join(_ line: Line, _ next: Line, _ speller: LineSpeller) -> Join {
    join(
      last: speller.words[line.words[line.words.count - 1]], of: speller.page,
      first: speller.words[next.words[0]], of: speller.page)
  }

  func join(last: Word, of page: PageGlyphs, first: Word, of nextPage: PageGlyphs) -> Join {
    let end = last.glyphs.upperBound - 1
    let final = page.glyphs[end].scalar
    let initial = nextPage.glyphs[first.glyphs.lowerBound].scalar
    // A dash that touches its word takes no space.
    if final == 0x2014 || final == 0x2013, last.glyphs.count > 1 { return .nothing }
    guard Spelling.isHyphen(final), last.glyphs.count > 1 else {
      return Self.isCJK(final) && Self.isCJK(initial) ? .nothing : .space
    }
    let before = page.glyphs[end - 1].scalar
    guard Self.isLetter(before) else { return Spelling.isHyphen(before) ? .space : .nothing }
    guard Self.isLower(initial) else {
      return Self.isLetter(initial) || Self.isDigit(initial) ? .nothing : .space
    }
    if final == 0xAD { return .droppingHyphen }
    var left: [UInt32] = []
    for i in last.glyphs.dropLast() { left.append(page.glyphs[i].scalar) }
    var right: [UInt32] = []
    for i in first.glyphs { right.append(nextPage.glyphs[i].scalar) }
    left = Self.core(left)
    right = Self.core(right)
    if words.contains(Self.hash(left + [0x2D] + right)) { return .nothing }
    if words.contains(Self.hash(left + right)) { return .droppingHyphen }
    if left == [0x73, 0x65, 0x6C, 0x66] || left.contains(0x2D) { return .nothing }
    let areWords =
      left.count >= 4 && right.count >= 4 && words.contains(Self.hash(left))
      && words.contains(Self.hash(right))
    return areWords ? .nothing : .droppingHyphen
  }

  private static func core(_ scalars: [UInt32]) -> [UInt32] {
    var core = scalars[...]
    while let first = core.first, !isLetter(first) { core = core.dropFirst() }
    while let last = core.last, !isLetter(last) { core = core.dropLast() }
    return core.map(lower)
  }

  private static func hash(_ scalars: [UInt32]) -> UInt64 {
    var hash = FNVHash()
    for scalar in scalars { hash.mix(scalar) }
    return hash.value
  }

  /// The hash of a word without the punctuation around it; nil where it has too few letters.
  private static func hash(_ page: PageGlyphs, _ range: Range<Int>) -> UInt64? {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, !isLetter(page.glyphs[start].scalar) { start += 1 }
    while end > start, !isLetter(page.glyphs[end - 1].scalar) { end -= 1 }
    guard end - start >= 3 else { return nil }
    var hash = FNVHash()
    for i in start..<end {
      var scalar = lower(page.glyphs[i].scalar)
      if scalar == 0x2010 { scalar = 0x2D }
      hash.mix(scalar)
    }
    return hash.value
  }

  private static func lower(_ scalar: UInt32) -> UInt32 {
    scalar >= 0x41 && scalar <= 0x5A || scalar >= 0xC0 && scalar <= 0xDE && scalar != 0xD7
      ? scalar + 0x20 : scalar
  }

  static func isLetter(_ scalar: UInt32) -> Bool {
    scalar >= 0x41 && scalar <= 0x5A || scalar >= 0x61 && scalar <= 0x7A
      || scalar >= 0xC0 && scalar <= 0x24F && scalar != 0xD7 && scalar != 0xF7
      || scalar >= 0x370 && scalar <= 0x52F || scalar >= 0xFB00 && scalar <= 0xFB06
  }

  private static func isDigit(_ scalar: UInt32) -> Bool { scalar >= 0x30 && scalar <= 0x39 }

  private static func isLower(_ scalar: UInt32) -> Bool {
    scalar >= 0x61 && scalar <= 0x7A || scalar >= 0xDF && scalar <= 0xFF && scalar != 0xF7
      || scalar >= 0x3B1 && scalar <= 0x3CE || scalar >= 0x430 && scalar <= 0x45F
      || scalar >= 0xFB00 && scalar <= 0xFB06
  }

  private static func isUpper(_ scalar: UInt32) -> Bool {
    scalar >= 0x41 && scalar <= 0x5A || scalar >= 0xC0 && scalar <= 0xDE && scalar != 0xD7
  }

  private static func isCJK(_ scalar: UInt32) -> Bool {
    scalar >= 0x3000 && scalar <= 0x30FF || scalar >= 0x3400 && scalar <= 0x9FFF
      || scalar >= 0xF900 && scalar <= 0xFAFF || scalar >= 0x20000 && scalar <= 0x3FFFF
  }
}
