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

  init(_ trie: TokenTrie) {
    let automaton = FreeString.automaton
    whole = LeafTokens(automaton, from: FreeString.contentState, trie)
    var lengths: [(token: Int32, scalars: Int32)] = []
    var closers: [(token: Int32, scalars: Int32)] = []
    var exits: [Int32: Int32] = [:]
    let wanted = Set(whole.exits)
    var pending: [(node: Int32, state: Int32, scalars: Int32)] = [(0, FreeString.contentState, 0)]
    while let (node, state, scalars) = pending.popLast() {
      for child in trie.children(of: node) {
        let byte = trie.byte[Int(child)]
        let next = automaton.step(state, byte)
        guard next >= 0 else { continue }
        let isStart = state == FreeString.contentState && byte != 0x22
        let count = scalars + (isStart ? 1 : 0)
        for token in trie.tokens(at: child) {
          lengths.append((token, count))
          if automaton.accepts[Int(next)] { closers.append((token, count)) }
        }
        if wanted.contains(child) { exits[child] = count }
        pending.append((child, next, count))
      }
    }
    exitScalars = whole.exits.map { exits[$0] ?? 0 }
    var masks: [TokenMask] = []
    var mask = TokenMask(size: trie.size)
    lengths.sort { $0.scalars < $1.scalars }
    var index = 0
    var count: Int32 = 0
    while index < lengths.count {
      while index < lengths.count, lengths[index].scalars == count {
        mask.insert(lengths[index].token)
        index += 1
      }
      masks.append(mask)
      count += 1
    }
    byLength = masks
    closing = closers
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
