package import Documents

/// A document's text, or a part of it, as the tokens a model reads; with the way back from each
/// token to the text and to the source file.
///
/// The invariant: the source text of a run of text tokens is those tokens' text, byte for byte.
/// Takes 8 bytes a token besides the text itself.
package struct Context: Sendable {
  /// The whole document's text, also where this context holds only a part of it.
  package let text: ExtractedText
  /// The part of ``text`` that the text tokens stand for, in UTF-8 offsets.
  package let span: Range<Int>
  /// All tokens: the mark of the document's type, the text's tokens, the end mark. The marks are
  /// there when the tokenizer has them.
  package let tokens: [Int32]
  /// Which of ``tokens`` stand for text.
  package let textTokens: Range<Int>
  /// Which part of the document this is, from 0, and of how many.
  package let part: Int
  package let partCount: Int

  /// Where each text token begins: UTF-8 offsets from the start of ``span``.
  private let starts: [UInt32]

  /// - Parameter starts: One a text token, ascending, the first 0: the tokens tile the span.
  init(
    text: ExtractedText, span: Range<Int>, tokens: [Int32], textTokens: Range<Int>,
    starts: [UInt32], part: Int, partCount: Int
  ) {
    precondition(starts.count == textTokens.count, "one start a text token")
    self.text = text
    self.span = span
    self.tokens = tokens
    self.textTokens = textTokens
    self.starts = starts
    self.part = part
    self.partCount = partCount
  }

  // MARK: Tokens to text

  /// The UTF-8 offsets in ``text`` that token `index` of ``tokens`` stands for; nil for a mark. May
  /// begin or end inside a scalar.
  package func range(ofToken index: Int) -> Range<Int>? {
    guard textTokens.contains(index) else { return nil }
    return start(
      ofTextToken: index - textTokens.lowerBound)..<start(
        ofTextToken: index - textTokens.lowerBound + 1)
  }

  private func start(ofTextToken index: Int) -> Int {
    index < starts.count ? span.lowerBound + Int(starts[index]) : span.upperBound
  }

  /// The UTF-8 offsets in ``text`` that a run of ``tokens`` stands for, widened to whole scalars.
  /// Marks stand for nothing; empty when there is no other token in the run.
  package func range(ofTokens run: Range<Int>) -> Range<Int> {
    let run = run.clamped(to: textTokens)
    var start = start(ofTextToken: run.lowerBound - textTokens.lowerBound)
    guard !run.isEmpty else { return start..<start }
    var end = self.start(ofTextToken: run.upperBound - textTokens.lowerBound)
    let utf8 = text.text.utf8.span
    while start > span.lowerBound, utf8[start] & 0xC0 == 0x80 { start -= 1 }
    while end < span.upperBound, utf8[end] & 0xC0 == 0x80 { end += 1 }
    return start..<end
  }

  /// The characters that a run of tokens stands for.
  package func text(ofTokens run: Range<Int>) -> Substring { text[range(ofTokens: run)] }

  /// Where the characters of a run of tokens stand in the source file, in text order.
  package func places(ofTokens run: Range<Int>) -> [Place] {
    text.places(of: range(ofTokens: run))
  }

  // MARK: Text to tokens

  /// The tokens that stand for at least one byte of the UTF-8 offsets `range` of ``text``.
  package func tokens(over range: Range<Int>) -> Range<Int> {
    let common = range.clamped(to: span)
    guard !common.isEmpty else {
      let place = textTokens.lowerBound + count(startingBefore: common.lowerBound)
      return place..<place
    }
    // The token that holds a byte is the last one to begin at or before it.
    let first = count(startingBefore: common.lowerBound + 1) - 1
    let end = count(startingBefore: common.upperBound)
    return textTokens.lowerBound + first..<textTokens.lowerBound + end
  }

  /// How many text tokens begin before a UTF-8 offset of ``text``, by binary search.
  private func count(startingBefore offset: Int) -> Int {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if span.lowerBound + Int(starts[middle]) < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
