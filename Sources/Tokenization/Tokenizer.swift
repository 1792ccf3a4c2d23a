package import Foundation

/// Text to tokens and back: byte-level byte pair encoding, as `tokenizer.json` describes it.
///
/// Immutable, and shared freely between threads. Every text has tokens, since every byte is one, and
/// decoding what was encoded gives the text back, byte for byte.
package struct Tokenizer: Sendable {
  /// Where the pieces lie that merges do not cross.
  package let preTokenizer: PreTokenizer
  let vocabulary: Vocabulary
  let merges: MergeTable
  let byteIDs: [UInt32]
  let addedTokens: AddedTokens
  /// A piece that is a token as a whole is that token, whatever merges would make of it.
  let ignoresMerges: Bool
  /// The pieces that are one token as a whole: most words of a text, ready before the first one.
  let wholeTokens: PieceCache

  init(
    preTokenizer: PreTokenizer, vocabulary: Vocabulary, merges: MergeTable, byteIDs: [UInt32],
    addedTokens: AddedTokens = AddedTokens([]), ignoresMerges: Bool = false
  ) {
    self.preTokenizer = preTokenizer
    self.vocabulary = vocabulary
    self.merges = merges
    self.byteIDs = byteIDs
    self.addedTokens = addedTokens
    self.ignoresMerges = ignoresMerges
    wholeTokens = Self.wholeTokens(vocabulary, merges, byteIDs)
  }

  /// Tokens that merging their own bytes gives. Of two for one slot the smaller id stays: it was
  /// merged earlier, so it is the more frequent one.
  private static func wholeTokens(
    _ vocabulary: Vocabulary, _ merges: MergeTable, _ byteIDs: [UInt32]
  ) -> PieceCache {
    let count = min(vocabulary.idLimit, 1 << 16)
    var cache = PieceCache(pieces: 2 * count)
    var merger = PieceMerger()
    for id in (0..<Int32(count)).reversed() {
      let token = Array(vocabulary.bytes(of: id))
      guard (1...PieceCache.longestPiece).contains(token.count) else { continue }
      merger.merge(token.span, byteIDs: byteIDs, table: merges)
      guard merger.tokens == [UInt32(id)] else { continue }
      let key = PieceCache.key(token.span, 0, token.count)
      cache.keep([UInt32(id) | UInt32(token.count) << 24], of: key, in: cache.slot(of: key))
    }
    return cache
  }

  /// The tokenizer of a checkpoint folder: its `tokenizer.json`, or where there is none its
  /// `merges.txt`.
  package init(folder: URL) throws(TokenizerError) {
    let file = folder.appendingPathComponent("tokenizer.json")
    let merges = folder.appendingPathComponent("merges.txt")
    if !FileManager.default.fileExists(atPath: file.path),
      FileManager.default.fileExists(atPath: merges.path)
    {
      try self.init(mergesFile: merges)
    } else {
      try self.init(file: file)
    }
  }

  /// A Hugging Face `tokenizer.json`.
  package init(file: URL) throws(TokenizerError) {
    self = try TokenizerFile(try Self.read(file), path: file.path).tokenizer()
  }

  /// A `merges.txt` alone. Token b is byte b, and the merge of rank r (from 0) makes token 256 + r:
  /// how MiniMax-M1's base vocabulary is numbered. There are no added tokens then.
  package init(mergesFile: URL, preTokenizer: PreTokenizer = .o200k) throws(TokenizerError) {
    self = try MergesFile(try Self.read(mergesFile), path: mergesFile.path)
      .tokenizer(preTokenizer)
  }

  private static func read(_ file: URL) throws(TokenizerError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: file))
    } catch {
      throw TokenizerError(
        .unreadable, file: file.path, (error as NSError).localizedFailureReason ?? "\(error)")
    }
  }

  // MARK: Vocabulary

  /// One more than the largest id.
  package var idLimit: Int { vocabulary.idLimit }

  /// How many tokens there are, added ones too; less than ``idLimit`` where ids have gaps.
  package var vocabularySize: Int { vocabulary.count }

  /// Bytes of memory that the tables take.
  package var byteCount: Int {
    vocabulary.byteCount + merges.byteCount + 4 * byteIDs.count + wholeTokens.byteCount
  }

  package func contains(_ id: Int32) -> Bool { vocabulary.contains(id) }

  /// The bytes a token stands for; none for an id that has no token. Not always whole scalars.
  package func bytes(of id: Int32) -> ArraySlice<UInt8> { vocabulary.bytes(of: id) }

  /// Whether the file marks a token as special: a mark for the model, no text.
  package func isSpecial(_ id: Int32) -> Bool { addedTokens.tokens[id]?.isSpecial ?? false }

  /// Whether a token was added to the vocabulary: found in texts as it is, never made by merges.
  package func isAdded(_ id: Int32) -> Bool { addedTokens.tokens[id] != nil }

  /// The id of an added token by its content: `<eos>`, `<think>`, …
  package func id(ofAdded content: String) -> Int32? {
    let bytes = Array(content.utf8)
    return addedTokens.tokens.values.first { $0.content == bytes }?.id
  }

  /// The id of the one token that stands for the bytes of a text.
  package func id(of text: String) -> Int32? {
    id(ofAdded: text) ?? vocabulary.id(of: Array(text.utf8).span)
  }

  /// A token as `tokenizer.json` spells it: `Ġthe` for ` the`.
  package func spelling(of id: Int32) -> String {
    if let added = addedTokens.tokens[id] { return String(decoding: added.content, as: UTF8.self) }
    return ByteAlphabet.spelling(of: vocabulary.bytes(of: id))
  }
}
