import Synchronization

/// Strings' content with its lengths: for strings of a limited length, without a mask a length.
struct StringTokens: Sendable {
  /// Of the content state.
  let whole: LeafTokens
  /// Scalars that the bytes to an exit begin, in step with `whole.exits`.
  let exitScalars: [Int32]
  /// Tokens that close the string with their last byte, and scalars before.
  let closing: [(token: Int32, scalars: Int32)]
  /// Tokens that begin at most so many scalars, by that number.
  private let byLength: [TokenMask]

  /// Walks the whole trie, once.
  init(_ trie: TokenTrie) {
    let automaton = FreeString.automaton
    let content = FreeString.contentState
    var whole = LeafTokens(inner: TokenMask(size: trie.size), exits: [], mostCost: 0)
    var exitScalars: [Int32] = []
    var closing: [(token: Int32, scalars: Int32)] = []
    // Tokens that begin exactly so many scalars; then, from the shortest on, at most so many.
    var lengths: [TokenMask] = []
    let walk = trie.walk
    var scalars = [Int32](repeating: 0, count: trie.longest + 1)
    var states = [Int32](repeating: content, count: trie.longest + 1)
    walk.follow(automaton.next, from: content) { place, next in
      let depth = Int(walk.depth[place])
      let isScalar = states[depth - 1] == content && walk.byte[place] != 0x22
      let count = scalars[depth - 1] + (isScalar ? 1 : 0)
      scalars[depth] = count
      states[depth] = next
      let ends = automaton.accepts[Int(next)]
      let tokens = walk.tokens(at: place)
      if !tokens.isEmpty {
        while lengths.count <= Int(count) { lengths.append(TokenMask(size: trie.size)) }
        whole.mostCost = max(whole.mostCost, automaton.cost[Int(next)])
        for token in tokens {
          lengths[Int(count)].insert(token)
          if ends { closing.append((token, count)) }
        }
      }
      if ends, walk.goesOn(place) {
        whole.exits.append(walk.node[place])
        exitScalars.append(count)
      }
    }
    for length in lengths.indices.dropFirst() { lengths[length].formUnion(lengths[length - 1]) }
    if let all = lengths.last { whole.inner = all }
    whole.innerCount = whole.inner.count
    self.whole = whole
    self.exitScalars = exitScalars
    self.closing = closing
    byLength = lengths
  }

  /// Tokens that begin at most so many scalars, those that close the string among them.
  func inner(atMost scalars: Int) -> TokenMask {
    scalars >= byLength.count ? whole.inner : byLength[scalars]
  }
}

/// What all schemas have in common: found when first needed, kept with the trie.
final class SharedTokens: Sendable {
  private let leaves = Mutex<[SchemaConstraint.LeafPlace: LeafTokens]>([:])
  private let strings = Mutex<StringTokens?>(nil)

  func leaf(_ place: SchemaConstraint.LeafPlace, _ make: () -> LeafTokens) -> LeafTokens {
    if let known = leaves.withLock({ $0[place] }) { return known }
    let made = make()
    leaves.withLock { $0[place] = made }
    return made
  }

  func strings(_ trie: TokenTrie) -> StringTokens {
    strings.withLock { known in
      if let known { return known }
      let made = StringTokens(trie)
      known = made
      return made
    }
  }
}

extension TokenTrie {
  /// Finds what strings let the tokens do, which nearly every schema needs: else the first answers wait for it.
  package func prepareStrings() {
    _ = shared.strings(self)
    for (number, automaton) in [FreeString.automaton, PlainString.automaton].enumerated() {
      for state in 0..<Int32(automaton.stateCount) {
        let place = SchemaConstraint.LeafPlace(
          trie: ObjectIdentifier(self), automaton: Int32(number), state: state)
        _ = shared.leaf(place) { LeafTokens(automaton, from: state, self) }
      }
    }
  }
}
