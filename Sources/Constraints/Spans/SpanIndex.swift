import Synchronization

/// A document's text, ready to be quoted from: which spans of it go on in which way, and where they stand.
///
/// The suffixes that begin where a span may begin, sorted: a span under way is an interval of them, and
/// each further byte narrows it. Built in linear time; keeps the text, 4 bytes for each place where a
/// span can begin, and 2 bits a byte.
package final class SpanIndex: Sendable {
  /// UTF-8; what spans' places count in.
  let text: [UInt8]
  /// Bytes of the text without white space at its end: no span reaches further.
  let end: Int
  /// Places where spans can begin, in the order of the text from there on.
  let starts: [Int32]
  let borders: WordBorders
  /// The most bytes, as JSON spells them, from any place to the next at which a span can end.
  let longestGap: Int
  private let shortest = Mutex<[Int: (place: Int32, bytes: Int)?]>([:])
  /// What may follow where many occurrences go on in many ways: found once a document.
  let frequent = Mutex<[Frequent: LeafTokens]>([:])

  struct Frequent: Hashable {
    var trie: ObjectIdentifier
    var low: Int32
    var high: Int32
    var depth: Int32
    var least: Int32
    var most: Int32
    var isOpen: Bool
  }

  /// Fewer occurrences are looked through in no time.
  static let frequentCount = 512
  /// Masks take 25 KiB each at 200 000 tokens.
  static let mostFrequent = 1024

  package init(_ text: String) {
    let bytes = Array(text.utf8)
    self.text = bytes
    let borders = WordBorders(bytes)
    self.borders = borders
    var end = bytes.count
    while end > 0, !borders.canEnd(at: end) { end -= 1 }
    self.end = end
    var gap = 0
    var longestGap = 0
    for place in stride(from: end - 1, through: 0, by: -1) {
      gap = borders.canEnd(at: place) ? 0 : gap + Self.spelling(of: bytes[place]).count
      longestGap = max(longestGap, gap)
    }
    self.longestGap = longestGap
    var starts = SuffixArray.sorted(Array(bytes[..<end]))
    starts.removeAll { Int($0) >= end || !borders.canBegin(at: Int($0)) }
    self.starts = starts.map { $0 }
  }

  /// Memory that it keeps.
  package var byteCount: Int { text.count + 4 * starts.count + 16 * borders.begins.count }

  // MARK: Spans under way

  /// The suffixes of an interval, alike in their first `depth` bytes, that go on with a byte.
  func narrow(_ low: Int32, _ high: Int32, _ depth: Int32, by byte: UInt8) -> Range<Int32>? {
    let wanted = Int(byte)
    let from = border(low, high) { key($0, depth) < wanted }
    guard from < high, key(from, depth) == wanted else { return nil }
    return from..<border(from, high) { key($0, depth) <= wanted }
  }

  /// The byte `depth` places on; −1 behind the end.
  @inline(__always)
  func key(_ index: Int32, _ depth: Int32) -> Int {
    let place = Int(starts[Int(index)]) + Int(depth)
    return place < end ? Int(text[place]) : -1
  }

  /// The first index from `low` on for which `isBefore` no longer holds; looks near `low` first.
  @inline(__always)
  func border(_ low: Int32, _ high: Int32, _ isBefore: (Int32) -> Bool) -> Int32 {
    var low = low
    var step: Int32 = 1
    while low < high, isBefore(min(low + step, high) - 1) {
      low = min(low + step, high)
      step *= 2
    }
    var high = min(low + step, high)
    while low < high {
      let middle = low + (high - low) / 2
      if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Scalars of the span so far.
  func scalars(_ place: SpanPlace) -> Int32 {
    guard place.depth > 0 else { return 0 }
    let start = Int(starts[Int(place.low)])
    var count: Int32 = 0
    for index in start..<start + Int(place.depth) where text[index] & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// Whether some occurrence may end here. Of those that go on alike the first 64 are looked at.
  func canClose(_ low: Int32, _ high: Int32, _ depth: Int32) -> Bool {
    guard depth > 0 else { return false }
    var index = low
    while index < high {
      let key = key(index, depth)
      let next = border(index, high) { self.key($0, depth) <= key }
      for occurrence in index..<min(next, index + 64)
      where borders.canEnd(at: Int(starts[Int(occurrence)]) + Int(depth)) {
        return true
      }
      index = next
    }
    return false
  }

  /// The least bytes, as JSON spells them, with which an occurrence can end, `depth` bytes on or later;
  /// nil when it cannot.
  func distance(_ start: Int32, _ depth: Int32, least: Int32, most: Int32) -> Int? {
    var scalars: Int32 = 0
    var place = Int(start)
    var bytes = 0
    let from = Int(start) + Int(depth)
    while place <= end {
      if place >= from, place > Int(start), scalars >= least, borders.canEnd(at: place) {
        return scalars <= most ? bytes : nil
      }
      guard place < end else { return nil }
      if text[place] & 0xC0 != 0x80 {
        scalars += 1
        if scalars > most { return nil }
      }
      if place >= from { bytes += Self.spelling(of: text[place]).count }
      place += 1
    }
    return nil
  }

  /// The span of so many scalars at least that has the fewest bytes: its place.
  private func shortestPlace(_ least: Int, _ most: Int32) -> (place: Int32, bytes: Int)? {
    let key = least << 32 | Int(most)
    if let known = shortest.withLock({ $0[key] }) { return known }
    var best: (place: Int32, bytes: Int)?
    for start in starts {
      guard let bytes = distance(start, 0, least: Int32(clamping: least), most: most) else {
        continue
      }
      if bytes < best?.bytes ?? .max { best = (start, bytes) }
      if bytes <= least { break }
    }
    let found = best
    shortest.withLock { $0[key] = .some(found) }
    return best
  }

  /// Bytes of the shortest span, quotes included.
  func shortestSpan(least: Int) -> Int {
    shortestPlace(least, .max).map { $0.bytes + 2 } ?? CostTable.none
  }

  // MARK: Spelling

  /// How a byte of the text is written in JSON.
  static func spelling(of byte: UInt8) -> [UInt8] { spellings[Int(byte)] }

  private static let spellings: [[UInt8]] = (0..<256).map { value in
    let byte = UInt8(value)
    let digits = Array("0123456789abcdef".utf8)
    switch byte {
    case 0x22: return [0x5C, 0x22]
    case 0x5C: return [0x5C, 0x5C]
    case 0x08: return [0x5C, UInt8(ascii: "b")]
    case 0x09: return [0x5C, UInt8(ascii: "t")]
    case 0x0A: return [0x5C, UInt8(ascii: "n")]
    case 0x0C: return [0x5C, UInt8(ascii: "f")]
    case 0x0D: return [0x5C, UInt8(ascii: "r")]
    case 0x00..<0x20:
      return Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    default: return [byte]
    }
  }

  /// Bytes that are not written as themselves.
  private static let escaped: [UInt8] = (UInt8.min...UInt8.max).filter {
    spellings[Int($0)].count > 1
  }

  // MARK: Steps

  func start(least: Int32, most: Int32) -> SpanPlace? {
    guard let (place, _) = shortestPlace(Int(least), most) else { return nil }
    return SpanPlace(
      low: 0, high: Int32(starts.count), depth: 0, escape: [], witness: place, least: least,
      most: most, isOpen: false, isClosed: false)
  }

  func cost(of place: SpanPlace) -> Int {
    if place.isClosed { return 0 }
    let quotes = place.isOpen ? 1 : 2
    if place.escape.isEmpty {
      return distance(place.witness, place.depth, least: place.least, most: place.most)
        .map { $0 + quotes } ?? CostTable.none
    }
    // In the midst of an escape a span cannot end, though it might have before.
    let rest =
      Self.spelling(of: text[Int(place.witness) + Int(place.depth)]).count - place.escape.count
    return distance(place.witness, place.depth + 1, least: place.least, most: place.most)
      .map { $0 + rest + quotes } ?? CostTable.none
  }

  func step(_ place: SpanPlace, _ byte: UInt8) -> SpanPlace? {
    var next = place
    if place.isClosed { return nil }
    guard place.isOpen else {
      next.isOpen = true
      return byte == 0x22 ? next : nil
    }
    if !place.escape.isEmpty || byte == 0x5C {
      // An escape under way: some byte that it may become must follow in the text.
      let written = place.escape + [byte]
      for value in Self.escaped where Self.spelling(of: value).starts(with: written) {
        guard let range = narrow(place.low, place.high, place.depth, by: value) else { continue }
        if written.count == Self.spelling(of: value).count {
          next.escape = []
          return taken(next, range)
        }
        var behind = place
        behind.depth += 1
        guard let witness = witness(behind, range, alikeAt: place.depth) else { continue }
        next.escape = written
        next.witness = witness
        return next
      }
      return nil
    }
    if byte == 0x22 {
      guard scalars(place) >= place.least, canClose(place.low, place.high, place.depth) else {
        return nil
      }
      next.isClosed = true
      return next
    }
    guard byte >= 0x20, let range = narrow(place.low, place.high, place.depth, by: byte) else {
      return nil
    }
    return taken(next, range)
  }

  private func taken(_ place: SpanPlace, _ range: Range<Int32>) -> SpanPlace? {
    var next = place
    next.low = range.lowerBound
    next.high = range.upperBound
    next.depth += 1
    if next.most < .max, scalars(next) > next.most { return nil }
    guard let witness = witness(next, range, alikeAt: place.depth) else { return nil }
    next.witness = witness
    return next
  }

  /// An occurrence of an interval that leads to an end: the one that was followed so far, if it is of it.
  ///
  /// - Parameter alikeAt: where all of the interval have the same byte; before, the old one has it too.
  private func witness(_ place: SpanPlace, _ range: Range<Int32>, alikeAt: Int32) -> Int32? {
    let old = Int(place.witness) + Int(alikeAt)
    if old < end, Int(text[old]) == key(range.lowerBound, alikeAt),
      distance(place.witness, place.depth, least: place.least, most: place.most) != nil
    {
      return place.witness
    }
    var best: (start: Int32, bytes: Int)?
    var looked = 0
    for index in range {
      let start = starts[Int(index)]
      if let bytes = distance(start, place.depth, least: place.least, most: place.most),
        bytes < best?.bytes ?? .max
      {
        best = (start, bytes)
      }
      looked += 1
      if looked >= 16, best != nil || looked >= 4096 { break }
    }
    return best?.start
  }

  // MARK: What was quoted

  /// The occurrences of a closed span.
  func found(_ place: SpanPlace) -> (bytes: Range<Int>, occurrences: [Int]) {
    var places: [Int] = []
    for index in place.low..<place.high {
      let start = Int(starts[Int(index)])
      if borders.canEnd(at: start + Int(place.depth)) { places.append(start) }
    }
    places.sort()
    let first = places.first ?? 0
    return (first..<first + Int(place.depth), places)
  }
}

/// A span of the source under way.
struct SpanPlace: Hashable, Sendable {
  /// Suffixes that begin as it does.
  var low: Int32
  var high: Int32
  /// Bytes of it so far.
  var depth: Int32
  /// Bytes of an escape that is not whole.
  var escape: [UInt8]
  /// An occurrence that can be followed to an end: what it costs to end is known from it.
  var witness: Int32
  /// Lengths in scalars.
  var least: Int32
  var most: Int32
  /// Whether its opening quote is written, and its closing one.
  var isOpen: Bool
  var isClosed: Bool
}
