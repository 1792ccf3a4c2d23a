import Testing
import Tokenization

@testable import Constraints

@Suite struct TokenTrieTests {
  @Test func `a text is spelled with as few tokens as can be`() throws {
    let trie = try Fixture.small.get()
    for text in ["", "a", "{\"name\": null}", "Zürich zahlt 12 €\n\n", "\u{0}\u{7F}🙂"] {
      let bytes = Array(text.utf8)
      let tokens = trie.fewestTokens(for: bytes)
      #expect(trie.tokenizer.bytes(of: tokens) == bytes)
      #expect(tokens.count <= trie.tokenizer.encode(text, addedTokens: .asText).count)
    }
  }

  @Test(arguments: [true, false]) func `a walk finds what a look from node to node finds`(
    isLarge: Bool
  ) throws {
    let trie = try (isLarge ? Fixture.large : Fixture.small).get()
    let automaton = FreeString.automaton
    for state in 0..<Int32(automaton.stateCount) {
      let walked = LeafTokens(automaton, from: state, trie)
      var inner = TokenMask(size: trie.size)
      var exits: Set<Int32> = []
      var cost: Int32 = 0
      var pending: [(node: Int32, state: Int32)] = [(0, state)]
      while let (node, state) = pending.popLast() {
        for child in trie.children(of: node) {
          let next = automaton.step(state, trie.byte[Int(child)])
          guard next >= 0 else { continue }
          for token in trie.tokens(at: child) {
            inner.insert(token)
            cost = max(cost, automaton.cost[Int(next)])
          }
          guard !trie.children(of: child).isEmpty else { continue }
          if automaton.accepts[Int(next)] { exits.insert(child) }
          pending.append((child, next))
        }
      }
      #expect(walked.inner == inner)
      #expect(walked.innerCount == inner.count)
      #expect(Set(walked.exits) == exits && walked.exits.count == exits.count)
      #expect(walked.mostCost == cost)
    }
  }
}
