/// A `merges.txt`: two tokens a line, the first merge first, after a `#version` line.
struct MergesFile {
  private let bytes: [UInt8]
  private let path: String

  init(_ bytes: [UInt8], path: String) throws(TokenizerError) {
    self.bytes = bytes
    self.path = path
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw TokenizerError(.malformed, file: path, "not UTF-8")
    }
  }

  func tokenizer(_ preTokenizer: PreTokenizer) throws(TokenizerError) -> Tokenizer {
    let text = bytes.span
    var lines: [Range<Int>] = []
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 0x0A { end += 1 }
      var trimmed = end
      if trimmed > start, text[trimmed - 1] == 0x0D { trimmed -= 1 }
      let isHeader = start == 0 && bytes.starts(with: Array("#version".utf8))
      if trimmed > start, !isHeader { lines.append(start..<trimmed) }
      start = end + 1
    }
    guard lines.count <= Vocabulary.largestID - 256 else {
      throw TokenizerError(.malformed, file: path, "\(lines.count) merges are too many")
    }
    var vocabulary = Vocabulary(tokens: 256 + lines.count, bytes: 8 * lines.count)
    for byte in UInt8.min...UInt8.max { _ = vocabulary.append([byte].span) }
    var merges = MergeTable(merges: lines.count)
    var builder = MergeBuilder(path: path)
    for (rank, line) in lines.enumerated() {
      let spaces = line.filter { text[$0] == 0x20 }
      guard spaces.count == 1 else {
        throw TokenizerError(
          .malformed, file: path, "merge \(rank) is not two tokens with a space between")
      }
      try builder.setParts(
        text.extracting(line.lowerBound..<spaces[0]),
        text.extracting(spaces[0] + 1..<line.upperBound), rank: rank)
      let (left, right) = try builder.ids(in: vocabulary, rank: rank)
      guard vocabulary.append(builder.whole.span) else {
        throw TokenizerError(
          .malformed, file: path, "merge \(rank) makes a token that another merge makes as well")
      }
      merges.set(left, right, rank: rank, into: Int32(256 + rank))
    }
    return Tokenizer(
      preTokenizer: preTokenizer, vocabulary: vocabulary, merges: merges,
      byteIDs: Array(0..<256))
  }
}
