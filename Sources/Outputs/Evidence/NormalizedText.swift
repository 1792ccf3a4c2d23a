import Foundation

/// Text under the rules by which a quote may differ from its source and still be the same words:
///
/// 1. Unicode NFKC, one grapheme cluster at a time;
/// 2. a run of white space is one space;
/// 3. soft hyphens are removed, and so is a hyphen at a line's end with the line break, where it
///    stands between two letters;
/// 4. typographic quotation marks are `"` or `'`, all dashes and hyphens are `-`.
///
/// Nothing else: no case folding, no edit distance.
struct NormalizedText {
  /// UTF-8.
  private(set) var bytes: [UInt8] = []
  /// Ascending; together they cover ``bytes``.
  private var segments: [Segment] = []

  /// Normalised bytes and the source bytes they stand for. In a `verbatim` segment each byte is its
  /// own source byte; otherwise the segment stands for its source as a whole.
  private struct Segment {
    var start: Int
    var source: Range<Int>
    var isVerbatim: Bool
  }

  init(_ text: String) {
    bytes.reserveCapacity(text.utf8.count)
    let source = Array(text.utf8)
    var at = 0
    while at < source.count {
      if let after = Self.hyphenatedBreak(in: source, at: at) {
        at = after
      } else if Self.isASCIISpace(source[at]) {
        appendSpace(at..<at + 1)
        at += 1
      } else if source[at] < 0x80, at + 1 == source.count || source[at + 1] < 0x80 {
        appendVerbatim(source[at], at: at)
        at += 1
      } else {
        let start = text.utf8.index(text.utf8.startIndex, offsetBy: at)
        let end = text.index(after: start)
        let length = max(1, text.utf8.distance(from: start, to: end))
        append(String(text[start..<end]), source: at..<at + length)
        at += length
      }
    }
  }

  /// The source range of the normalised bytes `range`; nil where an end of it falls inside a
  /// character that became several.
  func source(of range: Range<Int>) -> Range<Int>? {
    guard let start = sourceOffset(range.lowerBound, isEnd: false),
      let end = sourceOffset(range.upperBound, isEnd: true), start < end
    else { return nil }
    return start..<end
  }

  private func sourceOffset(_ offset: Int, isEnd: Bool) -> Int? {
    let probe = isEnd ? offset - 1 : offset
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].start <= probe { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let segment = segments[low - 1]
    if segment.isVerbatim { return segment.source.lowerBound + (offset - segment.start) }
    if isEnd {
      let next = low < segments.count ? segments[low].start : bytes.count
      return offset == next ? segment.source.upperBound : nil
    }
    return offset == segment.start ? segment.source.lowerBound : nil
  }

  // MARK: Building

  private mutating func appendVerbatim(_ byte: UInt8, at offset: Int) {
    if let last = segments.last, last.isVerbatim, last.source.upperBound == offset {
      segments[segments.count - 1].source = last.source.lowerBound..<offset + 1
    } else {
      segments.append(
        Segment(start: bytes.count, source: offset..<offset + 1, isVerbatim: true))
    }
    bytes.append(byte)
  }

  private mutating func appendSpace(_ source: Range<Int>) {
    if bytes.last == UInt8(ascii: " "), let last = segments.last, !last.isVerbatim,
      last.source.upperBound == source.lowerBound
    {
      segments[segments.count - 1].source = last.source.lowerBound..<source.upperBound
      return
    }
    segments.append(Segment(start: bytes.count, source: source, isVerbatim: false))
    bytes.append(UInt8(ascii: " "))
  }

  private mutating func append(_ character: String, source: Range<Int>) {
    var folded: [UInt8] = []
    var isSpace = false
    for scalar in character.precomposedStringWithCompatibilityMapping.unicodeScalars {
      if scalar.value == 0xAD { continue }
      if scalar.properties.isWhitespace {
        isSpace = true
        continue
      }
      folded.append(contentsOf: Array(String(Self.folded(scalar)).utf8))
    }
    if folded.isEmpty {
      if isSpace { appendSpace(source) }
      return
    }
    segments.append(Segment(start: bytes.count, source: source, isVerbatim: false))
    bytes.append(contentsOf: folded)
  }

  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x2018...0x201B, 0x2032, 0x2035, 0x2039, 0x203A, 0xB4, 0x60: "'"
    case 0x201C...0x201F, 0x2033, 0x2036, 0xAB, 0xBB: "\""
    case 0x2010...0x2015, 0x2212, 0x2E3A, 0x2E3B, 0xFE58, 0xFE63, 0xFF0D: "-"
    default: scalar
    }
  }

  private static func isASCIISpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// The offset after a hyphen at a line's end, its line break and the next line's indent, where
  /// `at` stands on such a hyphen between letters.
  private static func hyphenatedBreak(in source: [UInt8], at: Int) -> Int? {
    var next: Int
    if source[at] == UInt8(ascii: "-") {
      next = at + 1
    } else if source[at] == 0xC2, at + 1 < source.count, source[at + 1] == 0xAD {
      next = at + 2
    } else if source[at] == 0xE2, at + 2 < source.count, source[at + 1] == 0x80,
      source[at + 2] == 0x90
    {
      next = at + 3
    } else {
      return nil
    }
    guard at > 0, isLetter(source[at - 1]) else { return nil }
    var hasBreak = false
    while next < source.count, isASCIISpace(source[next]) {
      if source[next] == 0x0A || source[next] == 0x0D { hasBreak = true }
      next += 1
    }
    guard hasBreak, next < source.count, isLetter(source[next]) else { return nil }
    return next
  }
}
