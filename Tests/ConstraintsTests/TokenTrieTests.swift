import Constraints
import Testing
import Tokenization

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
}
