/// Remembers the tokens of short pieces. Fixed in size: a piece that falls on another's slot takes
/// its place, so memory is bounded by the number of slots whatever the text is.
struct PieceCache {
  /// Four words a slot: the piece's bytes (up to 15) with their count in the last byte, then up to
  /// four tokens of 24 bits with their length in bytes above.
  private var slots: [UInt64]
  private let mask: Int

  static let longestPiece = 15
  static let mostTokens = 4
  /// Enough for the words of a long document.
  private static let mostSlots = 1 << 16

  /// - Parameter pieces: How many are expected; memory is 32 bytes for each, up to 2 MiB.
  init(pieces: Int) {
    var count = 64
    while count < Self.mostSlots, count < pieces { count *= 2 }
    slots = Array(repeating: 0, count: 4 * count)
    mask = count - 1
  }

  var byteCount: Int { 8 * slots.count }

  struct Key {
    var low: UInt64
    var high: UInt64
  }

  /// The key of the piece of `count` (1 to ``longestPiece``) bytes at `place`.
  @inline(__always)
  static func key(_ text: Span<UInt8>, _ place: Int, _ count: Int) -> Key {
    var low: UInt64 = 0
    var high: UInt64 = 0
    if place + 16 <= text.count {
      // Reading past the piece but inside the text, then cutting off.
      let bytes = unsafe text.bytes
      low = unsafe UInt64(
        littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
      if count < 8 {
        low &= (1 << UInt64(count * 8)) &- 1
      } else {
        high = unsafe UInt64(
          littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: place + 8, as: UInt64.self)
        )
        high &= (1 << UInt64((count - 8) * 8)) &- 1
      }
    } else {
      for index in 0..<min(count, 8) { low |= UInt64(text[place + index]) << UInt64(8 * index) }
      if count > 8 {
        for index in 8..<count { high |= UInt64(text[place + index]) << UInt64(8 * index - 64) }
      }
    }
    return Key(low: low, high: high | UInt64(count) << 56)
  }

  @inline(__always)
  func slot(of key: Key) -> Int {
    let mixed = (key.low ^ key.high &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
    return Int(truncatingIfNeeded: mixed ^ mixed >> 32) & mask
  }

  /// The tokens kept for a key, two a word and 0 after the last; nil when the slot has another's.
  @inline(__always)
  func tokens(of key: Key, in slot: Int) -> (UInt64, UInt64)? {
    let slots = slots.span
    guard slots[4 * slot] == key.low, slots[4 * slot + 1] == key.high else { return nil }
    return (slots[4 * slot + 2], slots[4 * slot + 3])
  }

  /// - Parameter tokens: At most ``mostTokens``; each id with its length · 2²⁴.
  mutating func keep(_ tokens: [UInt32], of key: Key, in slot: Int) {
    var words: (UInt64, UInt64) = (0, 0)
    for index in tokens.indices.reversed() {
      if index < 2 {
        words.0 = words.0 << 32 | UInt64(tokens[index])
      } else {
        words.1 = words.1 << 32 | UInt64(tokens[index])
      }
    }
    var slots = slots.mutableSpan
    slots[4 * slot] = key.low
    slots[4 * slot + 1] = key.high
    slots[4 * slot + 2] = words.0
    slots[4 * slot + 3] = words.1
  }
}
