/// The tree of a vocabulary's tokens in the order of a walk through it: a node, then all that is under it.
///
/// A walk that has to see most of the tree reads these arrays from their start to their end, which is many
/// times faster than going from node to node.
struct TokenWalk: Sendable {
  /// [nodes]: the byte that leads to a node; 0 for the root, which is node 0.
  let byte: [UInt8]
  /// [nodes]: bytes from the root.
  let depth: [UInt16]
  /// [nodes]: the first node that is not under this one.
  let end: [Int32]
  /// [nodes]: its number in the trie.
  let node: [Int32]
  /// [nodes + 1]: the tokens that end at a node are `tokens[firstToken[node]..<firstToken[node + 1]]`.
  let firstToken: [Int32]
  let tokens: [Int32]
  /// Bytes of the longest token.
  let longest: Int

  /// - Parameters:
  ///   - all: tokens by their bytes, sorted.
  ///   - levels: how many nodes of the trie there are at each depth; its numbers go level by level.
  init(_ all: [(bytes: ArraySlice<UInt8>, id: Int32)], levels: [Int]) {
    let count = levels.reduce(0, +)
    var byte: [UInt8] = [0]
    var depth: [UInt16] = [0]
    var end = [Int32](repeating: 0, count: count)
    var node: [Int32] = [0]
    var firstToken: [Int32] = [0]
    byte.reserveCapacity(count)
    depth.reserveCapacity(count)
    node.reserveCapacity(count)
    firstToken.reserveCapacity(count + 1)
    // The number of the next node of the trie at each depth.
    var next: [Int32] = []
    for level in levels { next.append((next.last ?? 0) + Int32(level)) }
    next = [0] + next.dropLast()
    // Nodes from the root to the token before, by depth.
    var path: [Int32] = [0]
    func close(from depth: Int) {
      while path.count > depth { end[Int(path.removeLast())] = Int32(byte.count) }
    }
    for (index, token) in all.enumerated() {
      var common = 0
      for value in token.bytes {
        guard common + 1 < path.count, byte[Int(path[common + 1])] == value else { break }
        common += 1
      }
      close(from: common + 1)
      for value in token.bytes.dropFirst(common) {
        let level = path.count
        path.append(Int32(byte.count))
        byte.append(value)
        depth.append(UInt16(level))
        node.append(next[level])
        next[level] += 1
        firstToken.append(Int32(index))
      }
    }
    close(from: 0)
    firstToken.append(Int32(all.count))
    self.byte = byte
    self.depth = depth
    self.end = end
    self.node = node
    self.firstToken = firstToken
    tokens = all.map(\.id)
    longest = levels.count - 1
  }

  /// Follows an automaton of bytes through the tree.
  ///
  /// - Parameters:
  ///   - next: [states, 256]: the state after a byte; below 0 for none.
  ///   - visit: gets each place that is reached, as it stands in the arrays, with the state there.
  func follow(
    _ next: [Int32], from state: Int32, _ visit: (_ place: Int, _ state: Int32) -> Void
  ) {
    var states = [Int32](repeating: 0, count: longest + 1)
    states[0] = state
    var place = 1
    while place < byte.count {
      let depth = Int(depth[place])
      let state = next[Int(states[depth - 1]) << 8 | Int(byte[place])]
      guard state >= 0 else {
        place = Int(end[place])
        continue
      }
      states[depth] = state
      visit(place, state)
      place += 1
    }
  }

  func tokens(at place: Int) -> ArraySlice<Int32> {
    tokens[Int(firstToken[place])..<Int(firstToken[place + 1])]
  }

  /// Whether anything is under a node.
  func goesOn(_ place: Int) -> Bool { Int(end[place]) > place + 1 }
}
