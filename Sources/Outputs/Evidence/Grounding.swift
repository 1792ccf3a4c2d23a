package import Documents

/// Finds words in a document's extracted text and says where they stand in the source.
///
/// A quote is looked up as it is, then under ``NormalizedText``'s rules, and never by similarity:
/// an anchor on "the closest words" would make a paraphrase look proven.
package struct Grounding: Sendable {
  package let text: ExtractedText
  private let bytes: [UInt8]
  private let normalized: NormalizedText

  /// Code points of context kept on either side of a quote.
  package static let contextLength = 32

  package init(_ text: ExtractedText) {
    self.text = text
    bytes = Array(text.text.utf8)
    normalized = NormalizedText(text.text)
  }

  /// What a look-up of foreign words found.
  package struct Finding: Hashable, Sendable {
    package var evidence: Evidence
    /// The quote stands in several places and its context did not choose: the first was taken.
    package var isAmbiguous: Bool
  }

  // MARK: From a place to its evidence

  /// The evidence for the words at UTF-8 offsets `range`, white space at both ends left off.
  ///
  /// - Parameter range: on scalar borders, with at least one character that is not white space.
  package func evidence(at range: Range<Int>) -> Evidence {
    let range = trimmed(range)
    precondition(!range.isEmpty, "evidence needs at least one character that is not white space")
    return evidence(
      at: range, match: .exact,
      occurrences: occurrences(of: range).count)
  }

  /// `range` without white space at its ends; empty if it has nothing else.
  package func trimmed(_ range: Range<Int>) -> Range<Int> {
    let words = text[range]
    guard
      let first = words.unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = words.unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return range.lowerBound..<range.lowerBound }
    let utf8 = words.utf8
    let start = range.lowerBound + utf8.distance(from: utf8.startIndex, to: first)
    let end =
      range.lowerBound
      + utf8.distance(from: utf8.startIndex, to: words.unicodeScalars.index(after: last))
    return start..<end
  }

  private func evidence(at range: Range<Int>, match: Evidence.Match, occurrences: Int) -> Evidence {
    let scalars =
      text.scalarOffset(
        ofUTF8: range.lowerBound)..<text.scalarOffset(
        ofUTF8: range.upperBound)
    let before = text.utf8Offset(ofScalar: max(0, scalars.lowerBound - Self.contextLength))
    let after = text.utf8Offset(
      ofScalar: min(text.scalarCount, scalars.upperBound + Self.contextLength))
    let places = text.places(of: range)
    return Evidence(
      match: match, quote: String(text[range]), prefix: String(text[before..<range.lowerBound]),
      suffix: String(text[range.upperBound..<after]), range: range, scalars: scalars,
      occurrences: occurrences, boxes: Self.boxes(places), bytes: Self.bytes(places),
      parts: text.parts,
      turns: text.turns(of: range))
  }

  /// The places that spell what stands at `range`. An end of the quote that is a word's border
  /// must be one at every place, so that "act" is not found in "contract".
  private func occurrences(of range: Range<Int>) -> [Int] {
    let words = Array(bytes[range])
    let needsStart = isWordBorder(range.lowerBound, in: bytes)
    let needsEnd = isWordBorder(range.upperBound, in: bytes)
    return ByteSearch(words).offsets(in: bytes).filter { start in
      (!needsStart || isWordBorder(start, in: bytes))
        && (!needsEnd || isWordBorder(start + words.count, in: bytes))
    }
  }

  // MARK: From words to their place

  /// Looks up words that came from elsewhere (a model, a person).
  ///
  /// A place counts only if the quote does not cut a word or a number there. Of several places the
  /// one whose surroundings agree longest with `prefix` and `suffix` is taken.
  package func find(_ quote: String, prefix: String = "", suffix: String = "") -> Finding {
    let words = Self.trimmed(quote)
    guard !words.isEmpty else {
      return Finding(evidence: .notFound(quote), isAmbiguous: false)
    }
    let needle = Array(words.utf8)
    var match = Evidence.Match.exact
    var places = ByteSearch(needle).offsets(in: bytes).map { $0..<$0 + needle.count }.filter {
      isWordBorder($0.lowerBound, in: bytes) && isWordBorder($0.upperBound, in: bytes)
    }
    if places.isEmpty {
      match = .normalized
      let needle = Self.trimmed(NormalizedText(words).bytes)
      if !needle.isEmpty {
        places = ByteSearch(needle).offsets(in: normalized.bytes).compactMap { start in
          let range = start..<start + needle.count
          guard isWordBorder(range.lowerBound, in: normalized.bytes),
            isWordBorder(range.upperBound, in: normalized.bytes)
          else { return nil }
          return normalized.source(of: range)
        }
      }
    }
    guard let first = places.first else {
      return Finding(evidence: .notFound(quote), isAmbiguous: false)
    }
    var best = first
    var isAmbiguous = places.count > 1
    if places.count > 1, !(prefix.isEmpty && suffix.isEmpty) {
      let agreements = places.map { agreement(at: $0, prefix: prefix, suffix: suffix) }
      let highest = agreements.max() ?? 0
      if highest > 0, let index = agreements.firstIndex(of: highest) {
        best = places[index]
        isAmbiguous = agreements.count { $0 == highest } > 1
      }
    }
    return Finding(
      evidence: evidence(at: best, match: match, occurrences: places.count),
      isAmbiguous: isAmbiguous)
  }

  /// The first place that spells `words`, also where it cuts a word; on scalar borders.
  func firstPlace(spelling words: String) -> Range<Int>? {
    let needle = Array(words.utf8)
    guard !needle.isEmpty else { return nil }
    return ByteSearch(needle).offsets(in: bytes).first.map { $0..<$0 + needle.count }
  }

  /// `range` widened until it cuts no word and no number.
  func words(around range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    while !isWordBorder(start, in: bytes) { start = scalarBorder(start - 1) }
    var end = range.upperBound
    while !isWordBorder(end, in: bytes) {
      end += 1
      while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    }
    return start..<end
  }

  /// How many normalised bytes around `range` agree with the context given.
  private func agreement(at range: Range<Int>, prefix: String, suffix: String) -> Int {
    // White space and hyphens may take more room in the source than in the quote's context.
    let before = scalarBorder(max(0, range.lowerBound - 4 * prefix.utf8.count - 64))
    let after = scalarBorder(min(bytes.count, range.upperBound + 4 * suffix.utf8.count + 64))
    let left = NormalizedText(String(text[before..<range.lowerBound])).bytes
    let right = NormalizedText(String(text[range.upperBound..<after])).bytes
    let wantedLeft = Self.trimmed(NormalizedText(prefix).bytes)
    let wantedRight = Self.trimmed(NormalizedText(suffix).bytes)
    return Self.commonLength(Self.trimmed(left).reversed(), wantedLeft.reversed())
      + Self.commonLength(Self.trimmed(right), wantedRight)
  }

  private static func commonLength(_ first: some Sequence<UInt8>, _ second: some Sequence<UInt8>)
    -> Int
  {
    zip(first, second).prefix { $0 == $1 }.count
  }

  private func scalarBorder(_ offset: Int) -> Int {
    var offset = offset
    while offset > 0, offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset -= 1 }
    return offset
  }

  private static func trimmed(_ words: String) -> String {
    let scalars = words.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    let space = UInt8(ascii: " ")
    guard let first = bytes.firstIndex(where: { $0 != space }),
      let last = bytes.lastIndex(where: { $0 != space })
    else { return [] }
    return Array(bytes[first...last])
  }

  // MARK: Word borders

  /// Whether `offset` does not stand inside a word or a number (`1,200.50` is one number).
  private func isWordBorder(_ offset: Int, in bytes: [UInt8]) -> Bool {
    guard offset > 0, offset < bytes.count else { return true }
    let before = Self.scalar(before: offset, in: bytes)
    let after = Self.scalar(at: offset, in: bytes)
    if Self.isWord(before), Self.isWord(after) || Self.isMark(after) { return false }
    let isSeparator = { (scalar: Unicode.Scalar) in scalar == "," || scalar == "." }
    if Self.isDigit(before), isSeparator(after), offset + 1 < bytes.count,
      Self.isDigit(Unicode.Scalar(bytes[offset + 1]))
    {
      return false
    }
    if isSeparator(before), Self.isDigit(after), offset > 1,
      Self.isDigit(Unicode.Scalar(bytes[offset - 2]))
    {
      return false
    }
    return true
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(scalar)
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return isDigit(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }
    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    guard !scalar.isASCII else { return false }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return false
    }
  }

  private static func scalar(at offset: Int, in bytes: [UInt8]) -> Unicode.Scalar {
    let length =
      switch bytes[offset] {
      case 0xF0...: 4
      case 0xE0...: 3
      case 0xC0...: 2
      default: 1
      }
    let end = min(bytes.count, offset + length)
    return String(decoding: bytes[offset..<end], as: UTF8.self).unicodeScalars.first ?? " "
  }

  private static func scalar(before offset: Int, in bytes: [UInt8]) -> Unicode.Scalar {
    var start = offset - 1
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(at: start, in: bytes)
  }

  // MARK: Places

  /// One box a line: neighbouring glyph runs of a page are one line where they overlap in the
  /// direction across the writing and nearly touch along it.
  private static func boxes(_ places: [Place]) -> [Evidence.PageBox] {
    var boxes: [Evidence.PageBox] = []
    var direction: GlyphLine.Direction?
    for case .glyphs(let line) in places {
      let next = Evidence.PageBox(page: line.page, box: line.box)
      if let last = boxes.last, last.page == next.page, direction == line.direction,
        isOneLine(last.box, next.box, isVertical: line.direction == .down || line.direction == .up)
      {
        boxes[boxes.count - 1].box = last.box.union(next.box)
      } else {
        boxes.append(next)
      }
      direction = line.direction
    }
    return boxes
  }

  private static func isOneLine(_ first: Box, _ second: Box, isVertical: Bool) -> Bool {
    func spans(_ box: Box) -> (along: (Double, Double), across: (Double, Double)) {
      isVertical
        ? ((box.y0, box.y1), (box.x0, box.x1)) : ((box.x0, box.x1), (box.y0, box.y1))
    }
    let (a, b) = (spans(first), spans(second))
    let overlap = min(a.across.1, b.across.1) - max(a.across.0, b.across.0)
    let height = min(a.across.1 - a.across.0, b.across.1 - b.across.0)
    let gap = max(a.along.0, b.along.0) - min(a.along.1, b.along.1)
    return overlap > 0.5 * height && gap < 1.5 * max(height, 1)
  }

  /// The file's bytes, neighbours joined, in file order.
  private static func bytes(_ places: [Place]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for case .bytes(let range, _) in places where !range.isEmpty { ranges.append(range) }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    var joined: [Range<Int>] = []
    for range in ranges {
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] =
          last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }
}
