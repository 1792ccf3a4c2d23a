extension Tokenizer {
  /// What the words of added tokens (`<eos>`, `<think>`) mean in a text.
  package enum AddedTokenUse: Sendable {
    /// They are the tokens: for prompts a program wrote.
    case recognised
    /// They are text like any other: for documents, which must not be able to write marks.
    case asText
  }

  /// The tokens of a text. Time grows with the text's length, memory is 8 bytes a token and at
  /// most 2 MiB besides.
  ///
  /// - Precondition: The text has less than 4 GiB.
  package func encode(_ text: String, addedTokens use: AddedTokenUse = .recognised) -> Encoding {
    encode(text.utf8.span, use)
  }

  /// The tokens of a part of a text, with places in that part.
  package func encode(_ text: Substring, addedTokens use: AddedTokenUse = .recognised) -> Encoding {
    encode(text.utf8.span, use)
  }

  private func encode(_ utf8: Span<UInt8>, _ use: AddedTokenUse) -> Encoding {
    var encoder = Encoder(self, textBytes: utf8.count)
    if use == .asText || addedTokens.tokens.isEmpty {
      encoder.encode(utf8, 0..<utf8.count)
    } else {
      for segment in addedTokens.segments(of: utf8) {
        if let id = segment.id {
          encoder.append(id, at: segment.range.lowerBound)
        } else {
          encoder.encode(utf8, segment.range)
        }
      }
    }
    return encoder.finish(utf8.count)
  }
}

/// One encoding under way.
private struct Encoder {
  private let tokenizer: Tokenizer
  private let scanner: PieceScanner
  private var merger = PieceMerger()
  private var cache: PieceCache
  private var result = Encoding()

  init(_ tokenizer: Tokenizer, textBytes: Int) {
    precondition(textBytes <= Int(UInt32.max), "text of 4 GiB or more")
    self.tokenizer = tokenizer
    scanner = PieceScanner(tokenizer.preTokenizer)
    cache = PieceCache(pieces: textBytes / 8)
    result.ids.reserveCapacity(textBytes / 4 + 8)
    result.starts.reserveCapacity(textBytes / 4 + 8)
  }

  mutating func append(_ id: Int32, at start: Int) {
    result.ids.append(id)
    result.starts.append(UInt32(truncatingIfNeeded: start))
  }

  consuming func finish(_ count: Int) -> Encoding {
    result.utf8Count = count
    return result
  }

  mutating func encode(_ text: Span<UInt8>, _ range: Range<Int>) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = scanner.end(ofPieceAt: start, in: text, before: range.upperBound)
      encodePiece(text, start, end)
      start = end
    }
  }

  @inline(__always)
  private mutating func encodePiece(_ text: Span<UInt8>, _ start: Int, _ end: Int) {
    guard end - start <= PieceCache.longestPiece else {
      merge(text, start, end)
      return
    }
    let key = PieceCache.key(text, start, end - start)
    if let tokens = tokenizer.wholeTokens.tokens(of: key, in: tokenizer.wholeTokens.slot(of: key)) {
      append(tokens, at: start)
      return
    }
    let slot = cache.slot(of: key)
    if let tokens = cache.tokens(of: key, in: slot) {
      append(tokens, at: start)
      return
    }
    merge(text, start, end)
    keep(since: start, end, key, slot)
  }

  @inline(__always)
  private mutating func append(_ kept: (UInt64, UInt64), at start: Int) {
    var (tokens, more) = kept
    var place = start
    repeat {
      let token = UInt32(truncatingIfNeeded: tokens)
      append(Int32(truncatingIfNeeded: token & 0xFF_FFFF), at: place)
      place += Int(token >> 24)
      tokens = tokens >> 32 | more << 32
      more >>= 32
    } while tokens != 0
  }

  /// Merges a piece that the cache does not have.
  private mutating func merge(_ text: Span<UInt8>, _ start: Int, _ end: Int) {
    let piece = text.extracting(start..<end)
    if tokenizer.ignoresMerges, let id = tokenizer.vocabulary.id(of: piece) {
      append(id, at: start)
      return
    }
    merger.merge(piece, byteIDs: tokenizer.byteIDs, table: tokenizer.merges)
    var place = start
    for token in merger.tokens {
      append(Int32(token), at: place)
      place += tokenizer.vocabulary.length(of: Int32(token))
    }
  }

  private mutating func keep(since start: Int, _ end: Int, _ key: PieceCache.Key, _ slot: Int) {
    var tokens: [UInt32] = []
    var next = UInt32(end)
    var index = result.ids.count
    while next > start, tokens.count <= PieceCache.mostTokens {
      index -= 1
      tokens.append(UInt32(result.ids[index]) | (next - result.starts[index]) << 24)
      next = result.starts[index]
    }
    guard tokens.count <= PieceCache.mostTokens else { return }
    tokens.reverse()
    cache.keep(tokens, of: key, in: slot)
  }
}
