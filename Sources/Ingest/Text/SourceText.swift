package import Documents

/// A file's text as valid UTF-8, with the way back to the file's bytes.
///
/// Readers work on UTF-8 offsets of ``utf8`` and turn them into places of the file when they build
/// blocks; so one way of reading serves every encoding, and an anchor is always bytes of the file.
package struct SourceText: Sendable {
  /// Valid UTF-8. For a UTF-8 file without damage these are the file's own bytes, not a copy.
  package let utf8: [UInt8]
  /// Where the text begins in ``utf8``: after a byte order mark that was kept in it.
  package let start: Int
  package let encoding: TextEncoding
  /// Bytes of the file that are not valid in the encoding, each now U+FFFD. Neighbours joined; at
  /// most ``maximumReplacements`` are listed.
  package let replacements: [Range<Int>]
  package let replacementCount: Int
  /// Sorted by ``Segment/utf8``; the first begins at 0.
  let segments: [Segment]

  static let maximumReplacements = 32

  /// A stretch of the text whose characters stand in the file at an even pitch.
  struct Segment: Hashable, Sendable {
    /// Offset in ``SourceText/utf8`` and in the file where the stretch begins.
    var utf8: Int
    var file: Int
    /// Bytes of the file a Unicode scalar takes; 0 where each UTF-8 byte is that byte of the file, and -1
    /// where the text has no bytes of its own (what follows the first of several characters that one
    /// code stands for).
    var width: Int
  }

  init(
    utf8: [UInt8], start: Int = 0, encoding: TextEncoding, segments: [Segment],
    replacements: [Range<Int>] = [], replacementCount: Int = 0
  ) {
    self.utf8 = utf8
    self.start = start
    self.encoding = encoding
    self.segments = segments
    self.replacements = replacements
    self.replacementCount = replacementCount
  }

  package var range: Range<Int> { start..<utf8.count }

  func segmentIndex(at offset: Int) -> Int {
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].utf8 <= offset { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  /// The bytes of the file in which the text at UTF-8 offsets `range` stands.
  package func fileRange(of range: Range<Int>) -> Range<Int> {
    let first = fileOffset(of: range.lowerBound)
    guard !range.isEmpty else { return first..<first }
    var last = range.upperBound - 1
    while last > range.lowerBound, utf8[last] & 0xC0 == 0x80 { last -= 1 }
    let segment = segments[segmentIndex(at: last)]
    let end =
      segment.width == 0
      ? segment.file + range.upperBound - segment.utf8
      : fileOffset(of: last) + max(0, segment.width)
    return first..<max(first, end)
  }

  private func fileOffset(of offset: Int) -> Int {
    guard !segments.isEmpty else { return offset }
    let segment = segments[segmentIndex(at: offset)]
    if segment.width == 0 { return segment.file + offset - segment.utf8 }
    return segment.file + max(0, segment.width) * scalarCount(segment.utf8..<offset)
  }

  func scalarCount(_ range: Range<Int>) -> Int {
    var count = 0
    for index in range where utf8[index] & 0xC0 != 0x80 { count += 1 }
    return count
  }

  package func string(_ range: Range<Int>) -> String {
    String(decoding: utf8[range], as: UTF8.self)
  }

  /// The notices of what could not be decoded.
  package var notices: [Notice] {
    guard replacementCount > 0 else { return [] }
    let places = replacements.count
    let shown =
      replacementCount > places
      ? "; the first \(places) places are listed" : ""
    return replacements.map { range in
      Notice(
        .undecodable, bytes: range,
        detail:
          "\(range.count) bytes are not valid \(encoding.rawValue) and were replaced by U+FFFD (\(replacementCount) places in all\(shown))"
      )
    }
  }
}

/// Text in the making: pieces of a ``SourceText``, put together with their anchors.
struct AnchoredTextBuilder {
  let source: SourceText
  private(set) var bytes: [UInt8] = []
  private var runs: [SourceRun] = []

  init(_ source: SourceText) { self.source = source }

  var isEmpty: Bool { bytes.isEmpty }

  /// Appends the text at UTF-8 offsets `range`, as it is.
  mutating func append(_ range: Range<Int>) {
    var position = range.lowerBound
    var index = source.segmentIndex(at: position)
    while position < range.upperBound {
      let segment = source.segments[index]
      let next =
        index + 1 < source.segments.count
        ? min(source.segments[index + 1].utf8, range.upperBound) : range.upperBound
      let piece = position..<next
      if segment.width == 0 {
        let file = segment.file + position - segment.utf8
        append(source.utf8[piece], file: file..<file + piece.count, verbatim: true)
      } else if segment.width < 0 {
        bytes.append(contentsOf: source.utf8[piece])
      } else {
        let file =
          segment.file + segment.width * source.scalarCount(segment.utf8..<position)
        let scalars = source.scalarCount(piece)
        append(
          source.utf8[piece], file: file..<file + segment.width * scalars,
          verbatim: segment.width == 1 && scalars == piece.count)
      }
      position = next
      index += 1
    }
  }

  /// Appends `text` as standing for the whole of UTF-8 offsets `range` (a decoded entity, a space in
  /// place of a no-break space).
  mutating func append(_ text: some Sequence<UInt8>, standingFor range: Range<Int>) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    guard bytes.count > start else { return }
    runs.append(
      SourceRun(
        range: start..<bytes.count,
        place: .bytes(source.fileRange(of: range), verbatim: false)))
  }

  /// Appends characters that stand nowhere in the source.
  mutating func append(unanchored text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func append(unanchored byte: UInt8) { bytes.append(byte) }

  private mutating func append(
    _ text: ArraySlice<UInt8>, file: Range<Int>, verbatim: Bool
  ) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    if verbatim, let last = runs.last, last.range.upperBound == start,
      case .bytes(let before, verbatim: true) = last.place, before.upperBound == file.lowerBound
    {
      runs[runs.count - 1] = SourceRun(
        range: last.range.lowerBound..<bytes.count,
        place: .bytes(before.lowerBound..<file.upperBound, verbatim: true))
    } else {
      runs.append(
        SourceRun(range: start..<bytes.count, place: .bytes(file, verbatim: verbatim)))
    }
  }

  /// Appends the text at `range` with each stretch of white space as one space (unanchored where it
  /// is not a space in the source), no-break spaces as spaces, and invisible characters (soft
  /// hyphen, zero-width space, byte order mark) left out. A space at the very start is left out.
  mutating func appendCollapsed(_ range: Range<Int>) {
    let utf8 = source.utf8
    var position = range.lowerBound
    var kept = position
    func isPlain(_ byte: UInt8) -> Bool {
      byte > 0x20 && byte != 0xC2 && byte != 0xE2 && byte != 0xEF
    }
    while position < range.upperBound {
      let byte = utf8[position]
      if isPlain(byte) {
        position += 1
        continue
      }
      if byte == 0x20 {
        // A lone space between words stays in its run.
        let before = position > kept ? utf8[position - 1] != 0x20 : (bytes.last ?? 0x20) != 0x20
        if before {
          position += 1
          continue
        }
      }
      let width: Int
      let isSpace: Bool
      switch byte {
      case 0...0x20: (width, isSpace) = (1, true)
      case 0xC2 where position + 1 < range.upperBound && utf8[position + 1] == 0xA0:
        (width, isSpace) = (2, true)
      case 0xC2 where position + 1 < range.upperBound && utf8[position + 1] == 0xAD:
        (width, isSpace) = (2, false)
      case 0xE2 where position + 2 < range.upperBound && utf8[position + 1] == 0x80:
        switch utf8[position + 2] {
        case 0x80...0x8A, 0xAF, 0xA8, 0xA9: (width, isSpace) = (3, true)
        case 0x8B, 0x8E, 0x8F: (width, isSpace) = (3, false)
        default:
          position += 3
          continue
        }
      case 0xEF
      where position + 2 < range.upperBound && utf8[position + 1] == 0xBB
        && utf8[position + 2] == 0xBF:
        (width, isSpace) = (3, false)
      default:
        position += 1
        continue
      }
      if position > kept { append(kept..<position) }
      if isSpace, (bytes.last ?? 0x20) != 0x20 {
        if width == 1 {
          append(unanchored: 0x20)
        } else {
          append(CollectionOfOne(0x20), standingFor: position..<position + width)
        }
      }
      position += width
      kept = position
    }
    if position > kept { append(kept..<position) }
  }

  /// Makes sure the text ends in one space, if there is text before.
  mutating func separate() {
    if let last = bytes.last, last != 0x20, last != 0x0A { append(unanchored: 0x20) }
  }

  /// Drops white space at the end.
  mutating func trimEnd() {
    var end = bytes.count
    while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
    guard end < bytes.count else { return }
    while let last = runs.last, last.range.upperBound > end {
      runs.removeLast()
      guard last.range.lowerBound < end else { continue }
      let kept = last.range.lowerBound..<end
      let text = String(decoding: bytes[last.range], as: UTF8.self)
      runs.append(SourceRun(range: kept, place: last.place.part(0..<kept.count, of: text[...])))
    }
    bytes.removeSubrange(end...)
  }

  /// The text with its anchors; the builder is empty again afterwards.
  mutating func finish() -> AnchoredText {
    defer {
      bytes.removeAll(keepingCapacity: true)
      runs.removeAll(keepingCapacity: true)
    }
    // A copy just as long as it has to be: the builder's own room may be that of the longest text.
    return AnchoredText(
      String(decoding: bytes, as: UTF8.self),
      runs: runs.map(\.self))
  }
}
