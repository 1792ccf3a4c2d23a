import Foundation

/// A page as it is given to libxml2: without what is in scripts, styles and comments, and with what
/// the parser would stop at made blank.
///
/// Scripts are half of many pages, and the parser reads them a character at a time. It gets the rest
/// in pieces as it asks for them, so that there is no second copy of a long page. Offsets in the
/// input and in the page differ by what has been left out before; the parser only moves forward, so
/// a cursor over the gaps finds one from the other at no cost.
struct HTMLParserInput {
  private let source: SourceText
  /// Page offset up to which it has been decided what the parser gets.
  private var position: Int
  /// Page offset where the stretch begins that is not in ``pieces`` yet.
  private var kept: Int
  /// Stretches of the page that are to be given out, and how far the first of them has been.
  private var pieces: [Range<Int>] = []
  private var firstPiece = 0
  /// Bytes of input in and before ``pieces``.
  private var cut = 0
  /// Bytes of input given out.
  private(set) var byteCount = 0
  /// From this offset of the input on, the page is that much ahead.
  private var gaps: [(input: Int, ahead: Int)]
  private var gap = 0
  /// Gaps the cursor may go back by.
  private static let pastGaps = 64
  /// What the rest of the page does not hold, so that it is not looked through again and again for
  /// the ends of a million comments that have none.
  private var missing: Missing = []

  private struct Missing: OptionSet {
    let rawValue: UInt8
    static let commentEnd = Missing(rawValue: 1)
    static let scriptEnd = Missing(rawValue: 2)
    static let styleEnd = Missing(rawValue: 4)
    static let quote = Missing(rawValue: 8)
    static let apostrophe = Missing(rawValue: 16)
  }

  init(_ source: SourceText) {
    self.source = source
    position = source.start
    kept = source.start
    gaps = [(0, source.start)]
  }

  /// Puts the next bytes of the input into `buffer`.
  ///
  /// - Returns: how many; 0 at the end.
  mutating func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let utf8 = source.utf8
    return unsafe utf8.withUnsafeBufferPointer { utf8 in
      while cut + (position - kept) - byteCount < buffer.count, position < utf8.count {
        unsafe advance(utf8, atMost: buffer.count)
      }
      keep(upTo: position)
      var count = 0
      while count < buffer.count, firstPiece < pieces.count {
        let piece = pieces[firstPiece]
        let length = min(piece.count, buffer.count - count)
        unsafe Self.copy(
          utf8, piece.lowerBound..<piece.lowerBound + length, to: buffer.baseAddress! + count)
        count += length
        if length == piece.count {
          firstPiece += 1
        } else {
          pieces[firstPiece] = piece.lowerBound + length..<piece.upperBound
        }
      }
      if firstPiece == pieces.count {
        pieces.removeAll(keepingCapacity: true)
        firstPiece = 0
      }
      byteCount += count
      return count
    }
  }

  /// Decides about the next tag, comment or script, or about text of `limit` bytes at most.
  private mutating func advance(_ utf8: UnsafeBufferPointer<UInt8>, atMost limit: Int) {
    let count = utf8.count
    let reach = min(limit, count - position)
    guard unsafe utf8[position] == 0x3C else {
      let text = unsafe memchr(utf8.baseAddress! + position, 0x3C, reach)
      position = unsafe text.map { unsafe Self.offset($0, utf8) } ?? position + reach
      return
    }
    if unsafe Self.matches(utf8, position, "<!--") {
      if let end = unsafe find("-->", .commentEnd, utf8, position + 4) { skip(position + 4, end) }
      position = max(position + 4, kept)
      return
    }
    let next = position + 1 < count ? unsafe utf8[position + 1] : 0
    guard (0x61...0x7A).contains(next | 0x20) else {
      position += 1
      return
    }
    let isScript = unsafe Self.matches(utf8, position, "<script")
    let isStyle = unsafe !isScript && Self.matches(utf8, position, "<style")
    let end = unsafe tagEnd(utf8, position + 1)
    if isScript || isStyle, end < count {
      let after = unsafe utf8[position + (isScript ? 7 : 6)]
      let close = unsafe find(
        isScript ? "</script" : "</style", isScript ? .scriptEnd : .styleEnd, utf8, end)
      if after <= 0x20 || after == 0x3E || after == 0x2F, let close {
        skip(end, close)
        position = close
        return
      }
    }
    position = max(end, position + 1)
  }

  private mutating func keep(upTo end: Int) {
    guard end > kept else { return }
    pieces.append(kept..<end)
    cut += end - kept
    kept = end
  }

  /// Leaves out the page from `start` up to `end`.
  private mutating func skip(_ start: Int, _ end: Int) {
    keep(upTo: start)
    kept = end
    gaps.append((cut, end - cut))
  }

  /// Whether the input at `offset` is these characters.
  mutating func holds(_ characters: UnsafePointer<UInt8>, _ count: Int, at offset: Int) -> Bool {
    guard offset >= 0, offset + count <= byteCount else { return false }
    let first = pageOffset(offset)
    guard first + count <= source.utf8.count else { return false }
    return unsafe source.utf8.withUnsafeBufferPointer { utf8 in
      if unsafe memcmp(characters, utf8.baseAddress! + first, count) == 0 { return true }
      for index in 0..<count where unsafe characters[index] != Self.blanked(utf8, first + index) {
        return false
      }
      return true
    }
  }

  /// The page's offset of an offset in the input; asked for in (nearly) ascending order.
  mutating func pageOffset(_ offset: Int) -> Int {
    while gap + 1 < gaps.count, gaps[gap + 1].input <= offset { gap += 1 }
    while gap > 0, gaps[gap].input > offset { gap -= 1 }
    if gap > Self.pastGaps * 16 {
      gaps.removeFirst(gap - Self.pastGaps)
      gap = Self.pastGaps
    }
    return offset + gaps[gap].ahead
  }

  /// Behind the `>` of a tag; quotes count only where a value begins.
  ///
  /// Of long values (addresses, data for scripts) only the beginning matters, but for the few
  /// attributes that are read whole.
  private mutating func tagEnd(_ utf8: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var position = start
    var isValue = false
    while position < utf8.count {
      let byte = unsafe utf8[position]
      switch byte {
      case 0x3E: return position + 1
      case 0x3D: isValue = true
      case 0x22, 0x27:
        if isValue {
          guard let close = unsafe closingQuote(byte, utf8, position + 1) else {
            return position + 1
          }
          if unsafe close - position > 64 && !Self.isReadWhole(utf8, position) {
            // On a character's border: the parser takes half a character for another encoding.
            var cut = position + 32
            while unsafe utf8[cut] & 0xC0 == 0x80 { cut -= 1 }
            skip(cut, close)
          }
          position = close
        }
        isValue = false
      case 0...0x20: break
      default: isValue = false
      }
      position += 1
    }
    return utf8.count
  }

  /// Whether the attribute whose value's quote is at `quote` is `class`, `style`, `id` or `content`.
  private static func isReadWhole(_ utf8: UnsafeBufferPointer<UInt8>, _ quote: Int) -> Bool {
    var end = quote
    while end > 0, unsafe utf8[end - 1] <= 0x20 || utf8[end - 1] == 0x3D { end -= 1 }
    var start = end
    while start > 0, unsafe utf8[start - 1] > 0x20, end - start < 12 { start -= 1 }
    switch end - start {
    case 2: return unsafe utf8[start] | 0x20 == 0x69
    case 5: return unsafe utf8[start] | 0x20 == 0x63 || utf8[start] | 0x20 == 0x73
    case 7: return unsafe utf8[start] | 0x20 == 0x63
    default: return false
    }
  }

  private mutating func closingQuote(
    _ quote: UInt8, _ utf8: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> Int? {
    let kind: Missing = quote == 0x22 ? .quote : .apostrophe
    guard !missing.contains(kind) else { return nil }
    let found = unsafe memchr(utf8.baseAddress! + start, Int32(quote), utf8.count - start)
    guard let found = unsafe found else {
      missing.insert(kind)
      return nil
    }
    return unsafe Self.offset(found, utf8)
  }

  private mutating func find(
    _ word: StaticString, _ kind: Missing, _ utf8: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> Int? {
    guard !missing.contains(kind) else { return nil }
    let found = unsafe Self.find(word, utf8, start)
    if found == nil { missing.insert(kind) }
    return found
  }

  private static func find(
    _ word: StaticString, _ utf8: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> Int? {
    let length = word.utf8CodeUnitCount
    let first = unsafe Int32(word.utf8Start[0])
    var position = start
    while position + length <= utf8.count {
      let left = utf8.count - position
      guard let hit = unsafe memchr(utf8.baseAddress! + position, first, left) else { return nil }
      position = unsafe offset(hit, utf8)
      if unsafe matches(utf8, position, word) { return position }
      position += 1
    }
    return nil
  }

  private static func offset(
    _ pointer: UnsafeMutableRawPointer, _ utf8: UnsafeBufferPointer<UInt8>
  ) -> Int {
    unsafe UnsafeRawPointer(pointer) - UnsafeRawPointer(utf8.baseAddress!)
  }

  /// Whether `word` (lower case) stands there, in whatever case.
  private static func matches(
    _ utf8: UnsafeBufferPointer<UInt8>, _ at: Int, _ word: StaticString
  ) -> Bool {
    guard at + word.utf8CodeUnitCount <= utf8.count else { return false }
    for index in 0..<word.utf8CodeUnitCount {
      var byte = unsafe utf8[at + index]
      if (0x41...0x5A).contains(byte) { byte |= 0x20 }
      if unsafe byte != word.utf8Start[index] { return false }
    }
    return true
  }

  // MARK: What the parser would stop at

  private static func copy(
    _ utf8: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to out: UnsafeMutablePointer<UInt8>
  ) {
    unsafe out.update(from: utf8.baseAddress! + range.lowerBound, count: range.count)
    for index in 0..<range.count {
      let byte = unsafe out[index]
      if byte < 0x20 || byte >= 0xBE {
        unsafe out[index] = unsafe blanked(utf8, range.lowerBound + index)
      }
    }
  }

  /// The byte at an offset of the page, where it is no part of a control character or of one of the
  /// two non-characters of the first plane.
  private static func blanked(_ utf8: UnsafeBufferPointer<UInt8>, _ offset: Int) -> UInt8 {
    let byte = unsafe utf8[offset]
    if byte < 0x20 { return byte == 0x0A || byte == 0x09 || byte == 0x0D ? byte : 0x20 }
    if byte == 0xBE || byte == 0xBF, offset >= 2, unsafe utf8[offset - 1] == 0xBF,
      unsafe utf8[offset - 2] == 0xEF
    {
      return 0xBD
    }
    return byte
  }
}
