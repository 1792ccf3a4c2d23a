/// Merges the bytes of one piece into tokens: always the pair of the lowest rank, of equal ones the
/// leftmost. Keeps its scratch memory from piece to piece.
struct PieceMerger {
  /// The tokens of the last piece, in order.
  private(set) var tokens: [UInt32] = []
  private var merges: [UInt64] = []
  private var previous: [Int32] = []
  private var next: [Int32] = []
  private var heap: [UInt64] = []

  /// Up to here, looking at all pairs for each merge is faster than a heap.
  private static let longestScanned = 96

  /// - Parameter byteIDs: The token of each byte, 256 values.
  mutating func merge(_ piece: Span<UInt8>, byteIDs: [UInt32], table: MergeTable) {
    tokens.removeAll(keepingCapacity: true)
    for index in piece.indices { tokens.append(byteIDs[Int(piece[index])]) }
    if tokens.count < 2 { return }
    if tokens.count <= Self.longestScanned { mergeScanning(table) } else { mergeWithHeap(table) }
  }

  private mutating func mergeScanning(_ table: MergeTable) {
    let last = tokens.count - 1
    merges.removeAll(keepingCapacity: true)
    for index in 0..<last { merges.append(table.merge(tokens[index], tokens[index + 1])) }
    let kept = Self.scan(&tokens, &merges, table)
    tokens.removeSubrange(kept...)
  }

  /// Merges in place, closing the gaps; returns how many tokens are left at the front.
  private static func scan(
    _ tokens: inout [UInt32], _ merges: inout [UInt64], _ table: MergeTable
  ) -> Int {
    var tokens = tokens.mutableSpan
    var merges = merges.mutableSpan
    /// Of the pairs; tokens are one more.
    var count = merges.count
    while count > 0 {
      var first = merges[0]
      var place = 0
      for index in 1..<count where merges[index] < first {
        first = merges[index]
        place = index
      }
      if first == MergeTable.none { break }
      tokens[place] = UInt32(truncatingIfNeeded: first)
      count -= 1
      for index in place..<count {
        tokens[index + 1] = tokens[index + 2]
        merges[index] = merges[index + 1]
      }
      if place > 0 { merges[place - 1] = table.merge(tokens[place - 1], tokens[place]) }
      if place < count { merges[place] = table.merge(tokens[place], tokens[place + 1]) }
    }
    return count + 1
  }

  /// The same result in n log n steps: a linked list of tokens, and a heap of rank · 2³² + place
  /// with entries that are dropped when their pair is no longer there.
  private mutating func mergeWithHeap(_ table: MergeTable) {
    let count = tokens.count
    previous.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
    heap.removeAll(keepingCapacity: true)
    for index in 0..<count {
      previous.append(Int32(index) - 1)
      next.append(index + 1 < count ? Int32(index) + 1 : -1)
    }
    func push(_ merge: UInt64, at place: Int) {
      guard merge != MergeTable.none else { return }
      heap.append((merge >> 32) << 32 | UInt64(place))
      var child = heap.count - 1
      while child > 0, heap[(child - 1) / 2] > heap[child] {
        heap.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    }
    for index in 1..<count { push(table.merge(tokens[index - 1], tokens[index]), at: index - 1) }
    // A token that was merged into its left neighbour.
    let merged = UInt32.max
    while let top = heap.first {
      let last = heap.removeLast()
      if !heap.isEmpty {
        heap[0] = last
        var parent = 0
        while true {
          var child = 2 * parent + 1
          if child >= heap.count { break }
          if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
          if heap[parent] <= heap[child] { break }
          heap.swapAt(parent, child)
          parent = child
        }
      }
      let place = Int(top & 0xFFFF_FFFF)
      guard tokens[place] != merged, next[place] >= 0 else { continue }
      let right = Int(next[place])
      let merge = table.merge(tokens[place], tokens[right])
      guard merge != MergeTable.none, merge >> 32 == top >> 32 else { continue }
      tokens[place] = UInt32(truncatingIfNeeded: merge)
      tokens[right] = merged
      next[place] = next[right]
      if next[place] >= 0 {
        previous[Int(next[place])] = Int32(place)
        push(table.merge(tokens[place], tokens[Int(next[place])]), at: place)
      }
      if previous[place] >= 0 {
        let left = Int(previous[place])
        push(table.merge(tokens[left], tokens[place]), at: left)
      }
    }
    tokens.removeAll { $0 == merged }
  }
}
