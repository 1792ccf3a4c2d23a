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

  /// The same tokens, of a vocabulary of another size: a model may have more rows than its tokenizer ids, or
  /// fewer.
  package func resized(to size: Int) -> TokenMask {
    if size == self.size { return self }
    var mask = TokenMask(size: size)
    for index in 0..<min(words.count, mask.words.count) { mask.words[index] = words[index] }
    if size % 64 > 0, size < self.size { mask.words[size / 64] &= 1 << UInt64(size % 64) - 1 }
    return mask
  }

  package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// Whether there are two tokens at least.
  package var hasSeveral: Bool {
    var seen = 0
    for word in words where word != 0 {
      seen += word.nonzeroBitCount
      if seen > 1 { return true }
    }
    return false
  }

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

  /// The id with so many before it; nil where there are fewer.
  package func id(at place: Int) -> Int32? {
    var place = place
    for (index, word) in words.enumerated() {
      if place >= word.nonzeroBitCount {
        place -= word.nonzeroBitCount
        continue
      }
      var word = word
      for _ in 0..<place { word &= word - 1 }
      return Int32(index << 6 + word.trailingZeroBitCount)
    }
    return nil
  }

  /// The ids, ascending.
  package var ids: [Int32] {
    var ids: [Int32] = []
    forEach { ids.append($0) }
    return ids
  }
}
