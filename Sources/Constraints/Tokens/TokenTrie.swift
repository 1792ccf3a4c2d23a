package import Tokenization

/// The tokens of a vocabulary by their bytes: what a constraint walks along to see which tokens it
/// allows.
///
/// Added tokens (`<eos>`, `<think>`, …) are not in it, since they are marks and no text; neither are
/// ids without a token. Built once a tokenizer in time proportional to its bytes, immutable, shared.
///
/// Nodes are numbered so that a node's children follow one another, in the order of their bytes:
/// children of `node` are `firstChild[node]..<firstChild[node + 1]`, and the root is 0.
package final class TokenTrie: Sendable {
  /// [nodes + 1]
  let firstChild: [Int32]
  /// [nodes]: the byte that leads to a node; 0 for the root.
  let byte: [UInt8]
  /// [nodes]: the tokens that end at a node are `tokens[firstToken[node]..<firstToken[node + 1]]`.
  let firstToken: [Int32]
  let tokens: [Int32]
  /// [256]: the children of the root.
  private let rootChild: [Int32]
  /// Ids of the tokenizer, from 0 to one below this.
  package let size: Int
  /// Bytes of the longest token.
  package let longest: Int
  package let tokenizer: Tokenizer
  let shared = SharedTokens()
  /// The same tree, to be walked through.
  let walk: TokenWalk

  /// - Parameter limit: Tokens whose ids a model does not know, from this one on, are left out.
  package init(_ tokenizer: Tokenizer, below limit: Int = .max) {
    self.tokenizer = tokenizer
    size = min(tokenizer.idLimit, limit)
    // Sorted by their bytes, tokens with a common beginning stand together, a level at a time.
    var all: [(bytes: ArraySlice<UInt8>, id: Int32)] = []
    all.reserveCapacity(size)
    for id in 0..<Int32(size) where tokenizer.contains(id) && !tokenizer.isAdded(id) {
      let bytes = tokenizer.bytes(of: id)
      if !bytes.isEmpty { all.append((bytes, id)) }
    }
    all.sort { first, second in
      first.bytes.lexicographicallyPrecedes(second.bytes)
        || (first.bytes.elementsEqual(second.bytes) && first.id < second.id)
    }
    var firstChild: [Int32] = []
    var byte: [UInt8] = [0]
    var firstToken: [Int32] = []
    var tokens: [Int32] = []
    // Breadth first: a node is a run of sorted tokens with the same first `depth` bytes.
    var level = [0..<all.count]
    var depth = 0
    var levels: [Int] = []
    while !level.isEmpty {
      levels.append(level.count)
      var next: [Range<Int>] = []
      for range in level {
        var index = range.lowerBound
        firstToken.append(Int32(tokens.count))
        while index < range.upperBound, all[index].bytes.count == depth {
          tokens.append(all[index].id)
          index += 1
        }
        firstChild.append(Int32(byte.count))
        while index < range.upperBound {
          let start = index
          let value = all[index].bytes[all[index].bytes.startIndex + depth]
          while index < range.upperBound,
            all[index].bytes[all[index].bytes.startIndex + depth] == value
          {
            index += 1
          }
          byte.append(value)
          next.append(start..<index)
        }
      }
      level = next
      depth += 1
    }
    firstChild.append(Int32(byte.count))
    firstToken.append(Int32(tokens.count))
    longest = depth - 1
    var rootChild = [Int32](repeating: -1, count: 256)
    for child in firstChild[0]..<firstChild[1] { rootChild[Int(byte[Int(child)])] = child }
    self.firstChild = firstChild
    self.byte = byte
    self.firstToken = firstToken
    self.tokens = tokens
    self.rootChild = rootChild
    walk = TokenWalk(all, levels: levels)
  }

  /// Whether every byte is a token, so that every text can be written.
  package var spellsEverything: Bool {
    (UInt8.min...UInt8.max).allSatisfy { byte in
      let child = child(of: 0, by: byte)
      return child >= 0 && !tokens(at: child).isEmpty
    }
  }

  package var nodeCount: Int { byte.count }

  /// Memory of the tables.
  package var byteCount: Int { (9 + 15) * byte.count + 8 * tokens.count }

  func children(of node: Int32) -> Range<Int32> {
    firstChild[Int(node)]..<firstChild[Int(node) + 1]
  }

  /// The child that `value` leads to, or −1.
  func child(of node: Int32, by value: UInt8) -> Int32 {
    if node == 0 { return rootChild[Int(value)] }
    for child in children(of: node) {
      let byte = byte[Int(child)]
      if byte >= value { return byte == value ? child : -1 }
    }
    return -1
  }

  func tokens(at node: Int32) -> ArraySlice<Int32> {
    tokens[Int(firstToken[Int(node)])..<Int(firstToken[Int(node) + 1])]
  }

  /// The fewest tokens that spell some bytes. Every byte is a token, so there always are some.
  package func fewestTokens(for text: [UInt8]) -> [Int32] {
    // best[i]: the fewest tokens for the bytes from i on, and the first of them.
    var best = [(count: Int, token: Int32)](repeating: (0, -1), count: text.count + 1)
    for start in text.indices.reversed() {
      var choice = (count: Int.max, token: Int32(-1))
      var node: Int32 = 0
      var end = start
      while end < text.count {
        node = child(of: node, by: text[end])
        guard node >= 0 else { break }
        end += 1
        if let token = tokens(at: node).first, best[end].count < choice.count - 1 {
          choice = (best[end].count + 1, token)
        }
      }
      precondition(choice.token >= 0, "every byte is a token")
      best[start] = choice
    }
    var result: [Int32] = []
    var place = 0
    while place < text.count {
      result.append(best[place].token)
      place += tokenizer.bytes(of: best[place].token).count
    }
    return result
  }
}
