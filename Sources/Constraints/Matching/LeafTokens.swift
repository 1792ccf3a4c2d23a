/// What a state of one automaton lets the tokens of a vocabulary do, whatever stands around it.
///
/// Most of a mask depends on the state alone: found once, it serves every place that a schema puts the
/// automaton, and for plain strings every schema. Only tokens that go on behind the automaton's end
/// depend on what is there.
struct LeafTokens: Sendable {
  /// Tokens that end in the automaton or with it.
  var inner: TokenMask
  var innerCount: Int
  /// Nodes of the trie at which the automaton may have ended and tokens go on.
  var exits: [Int32]
  /// The most that is left to its end after one of the inner tokens: bytes.
  var mostCost: Int32

  init(inner: TokenMask, exits: [Int32], mostCost: Int32) {
    self.inner = inner
    innerCount = inner.count
    self.exits = exits
    self.mostCost = mostCost
  }

  /// Walks the whole trie.
  init(_ automaton: ByteAutomaton, from state: Int32, _ trie: TokenTrie) {
    let walk = trie.walk
    var inner = TokenMask(size: trie.size)
    var exits: [Int32] = []
    var mostCost: Int32 = 0
    walk.follow(automaton.next, from: state) { place, next in
      let tokens = walk.tokens(at: place)
      if !tokens.isEmpty {
        for token in tokens { inner.insert(token) }
        mostCost = max(mostCost, automaton.cost[Int(next)])
      }
      if automaton.accepts[Int(next)], walk.goesOn(place) { exits.append(walk.node[place]) }
    }
    self.init(inner: inner, exits: exits, mostCost: mostCost)
  }
}
