import Synchronization
import Tokenization

extension SpanIndex {
  /// The tokens that a span under way may go on with.
  func tokens(_ place: SpanPlace, _ trie: TokenTrie) -> LeafTokens {
    guard place.escape.isEmpty, place.high - place.low >= Self.frequentCount else {
      return walk(place, trie)
    }
    let key = Frequent(
      trie: ObjectIdentifier(trie), low: place.low, high: place.high, depth: place.depth,
      least: place.least, most: place.most, isOpen: place.isOpen)
    if let known = frequent.withLock({ $0[key] }) { return known }
    let tokens = walk(place, trie)
    frequent.withLock { known in
      if known.count >= Self.mostFrequent { known = [:] }
      known[key] = tokens
    }
    return tokens
  }

  private func walk(_ place: SpanPlace, _ trie: TokenTrie) -> LeafTokens {
    var tokens = LeafTokens(
      inner: TokenMask(size: trie.size), exits: [],
      mostCost: Int32(clamping: longestGap + 7 + 6 * Int(place.least)))
    if !place.isOpen {
      let quote = trie.child(of: 0, by: 0x22)
      guard quote >= 0 else { return tokens }
      for token in trie.tokens(at: quote) { tokens.inner.insert(token) }
      walk(place.low, place.high, 0, quote, 0, place, trie, &tokens)
    } else if place.escape.isEmpty {
      walk(
        place.low, place.high, place.depth, 0, Int(place.depth) > 0 ? scalars(place) : 0, place,
        trie, &tokens)
    } else {
      // Rare, and few tokens begin in the midst of an escape: byte by byte.
      walkBytes(place, 0, trie, &tokens)
    }
    if place.least > 1 || place.most < .max {
      // Lengths may leave occurrences without an end.
      for token in tokens.inner.ids where step(place, trie.tokenizer.bytes(of: token)) == nil {
        tokens.inner.remove(token)
      }
    }
    tokens.innerCount = tokens.inner.count
    return tokens
  }

  private func step(_ place: SpanPlace, _ bytes: ArraySlice<UInt8>) -> SpanPlace? {
    var place = place
    for byte in bytes {
      guard let next = step(place, byte) else { return nil }
      place = next
    }
    return place
  }

  private func walkBytes(
    _ place: SpanPlace, _ node: Int32, _ trie: TokenTrie, _ tokens: inout LeafTokens
  ) {
    for child in trie.children(of: node) {
      guard let next = step(place, trie.byte[Int(child)]) else { continue }
      for token in trie.tokens(at: child) { tokens.inner.insert(token) }
      if next.isClosed {
        if !trie.children(of: child).isEmpty { tokens.exits.append(child) }
      } else {
        walkBytes(next, child, trie, &tokens)
      }
    }
  }

  /// Trie and suffixes together: for each byte that some suffix of the interval goes on with.
  private func walk(
    _ low: Int32, _ high: Int32, _ depth: Int32, _ node: Int32, _ scalars: Int32,
    _ place: SpanPlace, _ trie: TokenTrie, _ tokens: inout LeafTokens
  ) {
    guard !trie.children(of: node).isEmpty else { return }
    let quote = scalars >= place.least ? trie.child(of: node, by: 0x22) : -1
    if quote >= 0, canClose(low, high, depth) {
      for token in trie.tokens(at: quote) { tokens.inner.insert(token) }
      if !trie.children(of: quote).isEmpty { tokens.exits.append(quote) }
    }
    var index = low
    while index < high {
      let key = key(index, depth)
      let next = border(index, high) { self.key($0, depth) <= key }
      defer { index = next }
      guard key >= 0 else { continue }
      let byte = UInt8(truncatingIfNeeded: key)
      let count = scalars + (byte & 0xC0 != 0x80 ? 1 : 0)
      guard count <= place.most else { continue }
      var target = node
      for written in Self.spelling(of: byte) {
        target = trie.child(of: target, by: written)
        guard target >= 0 else { break }
        for token in trie.tokens(at: target) { tokens.inner.insert(token) }
      }
      guard target >= 0 else { continue }
      walk(index, next, depth + 1, target, count, place, trie, &tokens)
    }
  }
}
