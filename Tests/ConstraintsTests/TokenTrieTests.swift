import Constraints
import Foundation
import Testing
import Tokenization

/// Files of other test targets, found beside this one's sources.
enum Fixture {
  static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
  static let small = tests.appendingPathComponent("TokenizationTests/Fixtures/tokenizer-4k")
  static let large = tests.appendingPathComponent("TokenizationTests/Fixtures/tokenizer-m1")
}

@Suite struct TokenTrieTests {
  @Test func `every text is spelled with as few tokens as can be`() throws {
    let trie = TokenTrie(try Tokenizer(folder: Fixture.small))
    for text in ["", "a", "{\"name\": null}", "Zürich zahlt 12 €\n\n", "\u{0}\u{7F}🙂"] {
      let bytes = Array(text.utf8)
      let tokens = trie.fewestTokens(for: bytes)
      #expect(trie.tokenizer.bytes(of: tokens) == bytes)
      #expect(tokens.count <= trie.tokenizer.encode(text, addedTokens: .asText).count)
    }
  }
}
