/// Cuts text into the pieces that merges never cross.
///
/// Each case is one regular expression of published tokenizers, written out as a scanner: from a
/// place in the text to the end of the match that a backtracking engine finds there. Matches
/// follow each other without gaps, since the last alternatives take any white space and any other
/// scalar.
package enum PreTokenizer: Hashable, Sendable, CaseIterable {
  /// GPT-4o's pattern (o200k), which MiniMax-Text-01 and MiniMax-M1 use. Words break where a lower
  /// case letter is followed by an upper case one, and carry their contraction (`don't`).
  case o200k
  /// Llama 3's form of GPT-4's pattern (cl100k): contractions are pieces of their own.
  case llama3

  /// The pattern as `tokenizer.json` spells it.
  package var pattern: String {
    switch self {
    case .o200k:
      #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#
        + #"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#
        + #"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    case .llama3:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"#
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }
  }

  /// The pre-tokenizer of a pattern, or nil when it is none of ours.
  package init?(pattern: String) {
    guard let match = Self.allCases.first(where: { $0.pattern == pattern }) else { return nil }
    self = match
  }

  /// The pieces of a whole text, as UTF-8 offsets.
  package func pieces(of text: String) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    let bytes = Array(text.utf8)
    let scanner = PieceScanner(self)
    var start = 0
    while start < bytes.count {
      let end = scanner.end(ofPieceAt: start, in: bytes.span, before: bytes.count)
      pieces.append(start..<end)
      start = end
    }
    return pieces
  }
}
