/// The tokens of a tokenizer: the bytes each id stands for, and the id of given bytes.
///
/// Ids count from 0 and may have gaps. All bytes lie in one array, in the order of the ids.
struct Vocabulary: Sendable {
  /// Token `id` is `bytes[offsets[id]..<offsets[id + 1]]`.
  private var bytes: [UInt8] = []
  private var offsets: [UInt32] = [0]
  /// Open addressing, keyed by the bytes: id + 1, or 0 for a free slot.
  private var slots: [UInt32] = []
  /// Whether an id has no token; empty as long as there are no gaps.
  private var isGap: [Bool] = []
  private var gapCount = 0

  /// Far above any published vocabulary; a lying file cannot ask for more memory than this.
  static let largestID = 1 << 22 - 1

  /// One more than the largest id.
  var idLimit: Int { offsets.count - 1 }
  /// The tokens there are; less than ``idLimit`` where ids have gaps.
  var count: Int { idLimit - gapCount }
  /// Memory of the tables.
  var byteCount: Int { bytes.count + 4 * offsets.count + 4 * slots.count }

  init(tokens: Int, bytes: Int) {
    offsets.reserveCapacity(tokens + 1)
    self.bytes.reserveCapacity(bytes)
    var capacity = 16
    while capacity < tokens * 2 { capacity *= 2 }
    slots = Array(repeating: 0, count: capacity)
  }

  /// Gives the next id its bytes. False, with nothing changed, when another token has the same.
  ///
  /// - Parameter isSpelled: Whether ``id(of:)`` finds it. False for tokens that stand for
  ///   themselves and not for bytes that merges may build.
  mutating func append(_ token: Span<UInt8>, isSpelled: Bool = true) -> Bool {
    if isSpelled {
      let (slot, known) = find(token)
      guard known == nil else { return false }
      slots[slot] = UInt32(idLimit) + 1
    }
    for index in token.indices { bytes.append(token[index]) }
    offsets.append(UInt32(bytes.count))
    return true
  }

  /// Passes over an id that no token has.
  mutating func appendGap() {
    isGap.append(contentsOf: repeatElement(false, count: idLimit - isGap.count))
    isGap.append(true)
    gapCount += 1
    offsets.append(UInt32(bytes.count))
  }

  func contains(_ id: Int32) -> Bool {
    id >= 0 && id < idLimit && !(id < isGap.count && isGap[Int(id)])
  }

  /// The bytes of a token; none for an id that has no token.
  func bytes(of id: Int32) -> ArraySlice<UInt8> {
    guard id >= 0, id < idLimit else { return [] }
    return bytes[Int(offsets[Int(id)])..<Int(offsets[Int(id) + 1])]
  }

  /// The bytes of tokens, one after the other.
  func bytes(of ids: [Int32]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(5 * ids.count)
    for id in ids where id >= 0 && id < idLimit {
      result.append(contentsOf: bytes[Int(offsets[Int(id)])..<Int(offsets[Int(id) + 1])])
    }
    return result
  }

  /// How many bytes a token of this vocabulary stands for.
  @inline(__always)
  func length(of id: Int32) -> Int { Int(offsets[Int(id) + 1] - offsets[Int(id)]) }

  /// The token that stands for just these bytes.
  func id(of token: Span<UInt8>) -> Int32? { find(token).known }

  private func find(_ token: Span<UInt8>) -> (slot: Int, known: Int32?) {
    let mask = slots.count - 1
    var slot = Self.hash(token) & mask
    while slots[slot] != 0 {
      let id = Int32(slots[slot] - 1)
      if length(of: id) == token.count {
        let start = Int(offsets[Int(id)])
        var index = 0
        while index < token.count, bytes[start + index] == token[index] { index += 1 }
        if index == token.count { return (slot, id) }
      }
      slot = (slot + 1) & mask
    }
    return (slot, nil)
  }

  /// FNV-1a, mixed once more; tokens are short.
  private static func hash(_ token: Span<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in token.indices { hash = (hash ^ UInt64(token[index])) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
  }
}
