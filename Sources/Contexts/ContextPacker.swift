package import Documents
package import Tokenization

/// Packs documents into contexts for one model.
///
/// The words of a document are never marks: `<eos>` in its text is five characters.
package struct ContextPacker: Sendable {
  package let tokenizer: Tokenizer
  package let budget: TokenBudget

  package init(tokenizer: Tokenizer, budget: TokenBudget) {
    self.tokenizer = tokenizer
    self.budget = budget
  }

  /// What a document became. Without contexts there is a notice that says why.
  package struct Packing: Sendable {
    /// In text order; their spans tile the text.
    package var contexts: [Context]
    package var notices: [Notice]
    /// Tokens of the whole text in one piece, without marks.
    package var textTokenCount: Int
  }

  /// One context when the text fits the budget; else a notice, or several contexts, as the budget
  /// has it. Contexts end at the border of a block; only a block that is longer than a whole
  /// context is cut inside, at a line's end if there is one, else after a space, else at a token.
  package func pack(_ text: ExtractedText, as type: DocumentType) -> Packing {
    let marks = Marks(type, tokenizer)
    let whole = tokenizer.encode(text.text, addedTokens: .asText)
    let room = budget.limit - marks.count
    if whole.count <= room {
      let context = context(text, 0..<whole.utf8Count, whole, marks, part: 0, of: 1)
      return Packing(contexts: [context], notices: [], textTokenCount: whole.count)
    }
    switch budget.overLimit {
    case .fail:
      let notice = Notice(
        .overContext,
        detail:
          "The text has \(whole.count) tokens, and a context of \(budget.limit) holds \(room)."
          + " Raise maxTokens or declare overLimit: \"split\".")
      return Packing(contexts: [], notices: [notice], textTokenCount: whole.count)
    case .split:
      let parts = split(text, whole, room)
      let contexts = parts.enumerated().map { index, part in
        context(text, part.span, part.encoding, marks, part: index, of: parts.count)
      }
      return Packing(contexts: contexts, notices: [], textTokenCount: whole.count)
    }
  }

  private struct Marks {
    var first: [Int32]
    var last: [Int32]
    var count: Int { first.count + last.count }

    init(_ type: DocumentType, _ tokenizer: Tokenizer) {
      first = type.mark(in: tokenizer).map { [$0] } ?? []
      last = DocumentType.endMark(in: tokenizer).map { [$0] } ?? []
    }
  }

  private func context(
    _ text: ExtractedText, _ span: Range<Int>, _ encoding: Encoding, _ marks: Marks, part: Int,
    of count: Int
  ) -> Context {
    var tokens: [Int32] = []
    tokens.reserveCapacity(encoding.count + marks.count)
    tokens += marks.first
    tokens += encoding.ids
    let textTokens = marks.first.count..<tokens.count
    tokens += marks.last
    return Context(
      text: text, span: span, tokens: tokens, textTokens: textTokens, starts: encoding.starts,
      part: part, partCount: count)
  }

  // MARK: Splitting

  private struct Part {
    var span: Range<Int>
    var encoding: Encoding
  }

  /// Parts that tile the text, each of at most `room` tokens by itself.
  private func split(_ text: ExtractedText, _ whole: Encoding, _ room: Int) -> [Part] {
    let borders = blockBorders(text)
    let utf8 = text.text.utf8.span
    var parts: [Part] = []
    var start = 0
    while start < utf8.count {
      // The tokens of the whole tell roughly how far a part can reach; a part's own tokens may
      // differ by a few where it was cut.
      var reach = room
      while true {
        let first = tokenIndex(at: start, whole)
        let farthest = offset(ofToken: first + max(0, reach), whole)
        let end = end(ofPartFrom: start, to: farthest, utf8, borders)
        let encoding = tokenizer.encode(text[start..<end], addedTokens: .asText)
        if encoding.count <= room {
          parts.append(Part(span: start..<end, encoding: encoding))
          start = end
          break
        }
        reach = tokenIndex(at: end, whole) - first - max(1, encoding.count - room)
      }
    }
    return parts
  }

  /// Where blocks begin, as UTF-8 offsets: ascending, without 0.
  private func blockBorders(_ text: ExtractedText) -> [Int] {
    var borders: [Int] = []
    var block = text.pieces.first?.block
    for piece in text.pieces where piece.block != block {
      block = piece.block
      borders.append(piece.range.lowerBound)
    }
    return borders
  }

  /// The first token of the whole that begins at or after a UTF-8 offset.
  private func tokenIndex(at offset: Int, _ whole: Encoding) -> Int {
    var low = 0
    var high = whole.count
    while low < high {
      let middle = (low + high) / 2
      if Int(whole.starts[middle]) < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func offset(ofToken index: Int, _ whole: Encoding) -> Int {
    index < whole.count ? Int(whole.starts[index]) : whole.utf8Count
  }

  /// The best place to end a part that may reach to `farthest`; after `start`, on a scalar border.
  private func end(
    ofPartFrom start: Int, to farthest: Int, _ utf8: Span<UInt8>, _ borders: [Int]
  ) -> Int {
    if farthest >= utf8.count { return utf8.count }
    var low = 0
    var high = borders.count
    while low < high {
      let middle = (low + high) / 2
      if borders[middle] <= farthest { low = middle + 1 } else { high = middle }
    }
    if low > 0, borders[low - 1] > start { return borders[low - 1] }
    // One block fills the part. Its better half is searched, so that parts do not become tiny.
    let earliest = start + (farthest - start) / 2
    for wanted in [UInt8(ascii: "\n"), UInt8(ascii: " ")] {
      var end = farthest
      while end > earliest {
        if utf8[end - 1] == wanted { return end }
        end -= 1
      }
    }
    var end = max(farthest, start + 1)
    while end > start, end < utf8.count, utf8[end] & 0xC0 == 0x80 { end -= 1 }
    if end == start {
      end = start + 1
      while end < utf8.count, utf8[end] & 0xC0 == 0x80 { end += 1 }
    }
    return end
  }
}
