package import Documents

/// One sentence of a document's extracted text.
package struct Sentence: Hashable, Sendable {
  /// UTF-8 offsets in ``ExtractedText/text``, without white space at the ends.
  package var range: Range<Int>
  /// Index in ``Document/blocks``.
  package var block: Int
  /// The turn's index, for transcripts. The speaker's name is no part of any sentence.
  package var turn: Int?
}

/// The sentences of a document, for every output that quotes or ranks them. They end where
/// ``ClauseSplitter`` says and at the end of each piece of text: a paragraph, a list item, a table's
/// cell, a turn.
package enum Sentences {
  package static func of(_ text: ExtractedText, in document: Document) -> [Sentence] {
    var sentences: [Sentence] = []
    var previousBlock: Int?
    for piece in text.pieces {
      defer { previousBlock = piece.block }
      if piece.block != previousBlock, case .turn(let turn) = document.blocks[piece.block].content,
        let speaker = turn.speaker, !speaker.isEmpty
      {
        continue
      }
      for range in ranges(in: piece.anchored.text) {
        sentences.append(
          Sentence(
            range: piece.range.lowerBound + range.lowerBound..<piece.range.lowerBound
              + range.upperBound, block: piece.block, turn: piece.turn))
      }
    }
    return sentences
  }

  /// The sentences of one piece of text as UTF-8 offsets, white space at their ends left off.
  package static func ranges(in text: String) -> [Range<Int>] {
    let scalars = ScalarText(text)
    var ranges: [Range<Int>] = []
    var open: Range<Int>?
    for clause in ClauseSplitter.clauses(of: scalars) {
      let whole = open.map { $0.lowerBound..<clause.range.upperBound } ?? clause.range
      // A number alone ("4.") belongs to what it numbers.
      let hasLetter = whole.contains { ScalarClass.isLetter(scalars[$0]) }
      if clause.end == .clause || (!hasLetter && clause.end == .sentence) {
        open = whole
      } else {
        ranges.append(scalars.utf8Range(whole))
        open = nil
      }
    }
    if let open { ranges.append(scalars.utf8Range(open)) }
    return ranges
  }
}
