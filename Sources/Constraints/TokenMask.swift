/// Which tokens of a vocabulary are meant: one bit an id.
package struct TokenMask: Hashable, Sendable {
  /// Bit `id % 64` of word `id / 64`.
  package internal(set) var words: [UInt64]
  /// Ids count from 0 to one below this.
  package let size: Int

  /// Nothing of a vocabulary of `size` ids.
  package init(size: Int) {
    self.size = size
    words = Array(repeating: 0, count: (size + 63) / 64)
  }

  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  package func contains(_ id: Int32) -> Bool {
    id >= 0 && Int(id) < size && words[Int(id) >> 6] >> UInt64(id & 63) & 1 == 1
  }

  package mutating func insert(_ id: Int32) {
    precondition(id >= 0 && Int(id) < size, "a mask of \(size) tokens has no id \(id)")
    words[Int(id) >> 6] |= 1 << UInt64(id & 63)
  }

  package mutating func remove(_ id: Int32) {
    guard id >= 0, Int(id) < size else { return }
    words[Int(id) >> 6] &= ~(1 << UInt64(id & 63))
  }

  package mutating func formUnion(_ other: TokenMask) {
    precondition(size == other.size, "the masks are of different vocabularies")
    for index in words.indices { words[index] |= other.words[index] }
  }

  package mutating func formIntersection(_ other: TokenMask) {
    precondition(size == other.size, "the masks are of different vocabularies")
    for index in words.indices { words[index] &= other.words[index] }
  }

  /// The ids, ascending.
  package func forEach(_ body: (Int32) -> Void) {
    for index in words.indices {
      var word = words[index]
      while word != 0 {
        body(Int32(index << 6 + word.trailingZeroBitCount))
        word &= word - 1
      }
    }
  }

  /// The ids, ascending.
  package var ids: [Int32] {
    var ids: [Int32] = []
    forEach { ids.append($0) }
    return ids
  }
}
