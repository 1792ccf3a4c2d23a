/// Which pairs of neighbouring tokens merge, in which order, and into what.
struct MergeTable: Sendable {
  /// Open addressing, two words a slot: the pair (left id · 2³² + right id), then its merge.
  private var slots: [UInt64]
  private var shift: UInt64
  private(set) var count = 0

  private static let free = UInt64.max

  /// No merge: larger than every other one.
  static let none = UInt64.max

  init(merges: Int) {
    var bits: UInt64 = 4
    while 1 << bits < merges * 2 { bits += 1 }
    slots = Array(repeating: Self.free, count: 2 << Int(bits))
    shift = 64 - bits
  }

  var byteCount: Int { 8 * slots.count }

  /// What a pair merges into and when: rank · 2³² + id of the merged token, so that the smaller of
  /// two merges comes first. ``none`` when the pair does not merge.
  @inline(__always)
  func merge(_ left: UInt32, _ right: UInt32) -> UInt64 {
    let slots = slots.span
    let pair = UInt64(left) << 32 | UInt64(right)
    let mask = slots.count / 2 - 1
    var slot = Int(truncatingIfNeeded: Self.mix(pair) >> shift)
    while true {
      let key = slots[2 * slot]
      if key == pair { return slots[2 * slot + 1] }
      if key == Self.free { return Self.none }
      slot = (slot + 1) & mask
    }
  }

  /// A pair that is set twice takes the later rank, as the `tokenizers` library has it. At most as
  /// many as announced to `init`.
  mutating func set(_ left: Int32, _ right: Int32, rank: Int, into merged: Int32) {
    let pair = UInt64(left) << 32 | UInt64(right)
    let mask = slots.count / 2 - 1
    var slot = Int(truncatingIfNeeded: Self.mix(pair) >> shift)
    while slots[2 * slot] != pair, slots[2 * slot] != Self.free { slot = (slot + 1) & mask }
    if slots[2 * slot] == Self.free { count += 1 }
    slots[2 * slot] = pair
    slots[2 * slot + 1] = UInt64(rank) << 32 | UInt64(merged)
  }

  @inline(__always)
  private static func mix(_ pair: UInt64) -> UInt64 {
    let folded = (pair ^ pair >> 29) &* 0xBF58_476D_1CE4_E5B9
    return (folded ^ folded >> 32) &* 0x9E37_79B9_7F4A_7C15
  }
}
