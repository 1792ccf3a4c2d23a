/// Finds where the piece that begins at a place ends. Reads valid UTF-8; anything else is taken
/// byte by byte as scalars of no class, so that it never stops and never reads outside.
struct PieceScanner: Sendable {
  private let preTokenizer: PreTokenizer
  private let classes = ScalarClasses.shared

  private typealias C = ScalarClasses

  init(_ preTokenizer: PreTokenizer) { self.preTokenizer = preTokenizer }

  /// The end of the piece at `start`, in UTF-8 offsets; `limit` is where the text ends.
  @inline(__always)
  func end(ofPieceAt start: Int, in text: Span<UInt8>, before limit: Int) -> Int {
    switch preTokenizer {
    case .o200k: endO200k(start, text, limit)
    case .llama3: endLlama3(start, text, limit)
    }
  }

  // MARK: Scalars

  /// Flags of the scalar at `place`, and the place after it.
  @inline(__always)
  private func scalar(_ place: Int, _ text: Span<UInt8>, _ limit: Int) -> (flags: UInt8, next: Int)
  {
    let byte = text[place]
    if byte < 0x80 { return (classes.ascii[Int(byte)], place + 1) }
    return wideScalar(place, text, limit)
  }

  private func wideScalar(_ place: Int, _ text: Span<UInt8>, _ limit: Int) -> (
    flags: UInt8, next: Int
  ) {
    let first = UInt32(text[place])
    let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
    guard count > 1, place + count <= limit else { return (0, place + 1) }
    var value = first & (0xFF >> UInt32(count + 1))
    for offset in 1..<count { value = value << 6 | UInt32(text[place + offset] & 0x3F) }
    return (classes.of(value), place + count)
  }

  /// The end of the longest run of scalars with one of `wanted` from `place` on.
  @inline(__always)
  private func run(of wanted: UInt8, _ place: Int, _ text: Span<UInt8>, _ limit: Int) -> Int {
    var end = place
    while end < limit {
      let (flags, next) = scalar(end, text, limit)
      if flags & wanted == 0 { break }
      end = next
    }
    return end
  }

  // MARK: The two patterns

  private func endO200k(_ start: Int, _ text: Span<UInt8>, _ limit: Int) -> Int {
    let (first, next) = scalar(start, text, limit)
    if first & C.letter != 0 {
      return contraction(word(start, text, limit).end, text, limit)
    }
    if first & (C.newline | C.number) == 0 {
      // Any such scalar may lead a word.
      if next < limit, scalar(next, text, limit).flags & (C.letter | C.mark) != 0 {
        let word = word(next, text, limit)
        // Before capitals alone a mark is a word by itself: the first alternative matches it so,
        // and only the second would have it lead.
        if !word.isCapitals || first & C.mark == 0 { return contraction(word.end, text, limit) }
      }
      if first & C.mark != 0 { return contraction(next, text, limit) }
    }
    return endOfOther(first, start, next, text, limit, slashes: true)
  }

  /// The word that begins at `start` with a letter or a mark.
  ///
  /// The first alternative takes capitals as far as they go, then at least one scalar that is no
  /// capital; where none follows it gives capitals back until its last one is caseless or a mark.
  /// Where there is none either, the second alternative takes the capitals alone.
  @inline(__always)
  private func word(_ start: Int, _ text: Span<UInt8>, _ limit: Int) -> (end: Int, isCapitals: Bool)
  {
    var place = start
    var afterCaseless = -1
    while place < limit {
      let (flags, next) = scalar(place, text, limit)
      if flags & (C.upper | C.caseless | C.mark) == 0 {
        guard flags & C.lower != 0 else { break }
        return (run(of: C.lower | C.caseless | C.mark, next, text, limit), false)
      }
      if flags & C.upper == 0 { afterCaseless = next }
      place = next
    }
    return afterCaseless >= 0 ? (afterCaseless, false) : (place, true)
  }

  private func endLlama3(_ start: Int, _ text: Span<UInt8>, _ limit: Int) -> Int {
    let contracted = contraction(start, text, limit)
    if contracted > start { return contracted }
    let (first, next) = scalar(start, text, limit)
    if first & C.letter != 0 { return run(of: C.letter, next, text, limit) }
    if first & (C.newline | C.number) == 0, next < limit {
      let (second, after) = scalar(next, text, limit)
      if second & C.letter != 0 { return run(of: C.letter, after, text, limit) }
    }
    return endOfOther(first, start, next, text, limit, slashes: false)
  }

  // MARK: What both patterns share

  /// The end of the contraction at `place` (`'s`, `'RE`, …), or `place` when there is none.
  @inline(__always)
  private func contraction(_ place: Int, _ text: Span<UInt8>, _ limit: Int) -> Int {
    guard place + 1 < limit, text[place] == UInt8(ascii: "'") else { return place }
    let third = place + 2 < limit ? text[place + 2] : 0
    switch text[place + 1] | 0x20 {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return place + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return third | 0x20 == UInt8(ascii: "e") ? place + 3 : place
    case UInt8(ascii: "l"):
      return third | 0x20 == UInt8(ascii: "l") ? place + 3 : place
    default:
      // U+017F, the long s, is an s where case is ignored.
      return text[place + 1] == 0xC5 && third == 0xBF ? place + 3 : place
    }
  }

  /// Numbers, punctuation and white space: the alternatives after those for words.
  private func endOfOther(
    _ first: UInt8, _ start: Int, _ next: Int, _ text: Span<UInt8>, _ limit: Int, slashes: Bool
  ) -> Int {
    if first & C.number != 0 {
      var end = next
      for _ in 0..<2 where end < limit {
        let (flags, after) = scalar(end, text, limit)
        if flags & C.number == 0 { break }
        end = after
      }
      return end
    }
    let wordOrSpace = C.space | C.letter | C.number
    var end = next
    var isPunctuation = first & wordOrSpace == 0
    if text[start] == 0x20, next < limit {
      let (flags, after) = scalar(next, text, limit)
      if flags & wordOrSpace == 0 {
        isPunctuation = true
        end = after
      }
    }
    if isPunctuation {
      while end < limit {
        let (flags, after) = scalar(end, text, limit)
        if flags & wordOrSpace != 0 { break }
        end = after
      }
      while end < limit {
        let byte = text[end]
        guard byte == 0x0A || byte == 0x0D || (slashes && byte == UInt8(ascii: "/")) else { break }
        end += 1
      }
      return end
    }
    // White space: up to its last line break; else all but the last scalar, which the next word
    // takes; else what there is.
    end = start
    var last = start
    var afterNewline = -1
    while end < limit {
      let (flags, after) = scalar(end, text, limit)
      if flags & C.space == 0 { break }
      if flags & C.newline != 0 { afterNewline = after }
      last = end
      end = after
    }
    if afterNewline >= 0 { return afterNewline }
    return end == limit || last == start ? end : last
  }
}
