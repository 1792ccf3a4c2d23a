package import Documents

/// The proof of a statement: words of the source, where they stand, and how they were found.
///
/// Evidence is made by ``Grounding`` from the document's own text, never from what a model says the
/// text is. Positions are UTF-8 offsets of ``ExtractedText/text`` here and code points in JSON.
package struct Evidence: Hashable, Sendable {
  /// Raw values are part of the output format and never change.
  package enum Match: String, Hashable, Sendable {
    /// The quote's code points are the source's.
    case exact
    /// Equal after ``NormalizedText``'s rules; ``Evidence/quote`` holds the source's own words.
    case normalized
    /// The quote is not in the source: it proves nothing.
    case none
  }

  package var match: Match
  /// The source's words; for ``Match/none`` the words that were looked for.
  package var quote: String
  /// Up to 32 code points before and after the quote. Empty for ``Match/none``.
  package var prefix: String
  package var suffix: String
  /// UTF-8 offsets in the extracted text; nil for ``Match/none``.
  package var range: Range<Int>?
  /// The same place in code points.
  package var scalars: Range<Int>?
  /// How often the quote stands in the text, this place included.
  package var occurrences: Int
  /// One rectangle a line of the quote, in text order; empty for formats without pages.
  package var boxes: [PageBox]
  /// The bytes of the source file that spell the quote, ascending and disjoint; empty for PDF. Of a
  /// package, bytes of its ``parts``.
  package var bytes: [Range<Int>]
  /// The parts of a package that ``bytes`` counts through; empty for a file without any.
  package var parts: [SourcePart] = []
  /// First and last turn, for transcripts.
  package var turns: ClosedRange<Int>?

  /// A rectangle on a physical page (from 1), in points from the page's top left.
  package struct PageBox: Hashable, Sendable {
    package var page: Int
    package var box: Box

    package init(page: Int, box: Box) {
      self.page = page
      self.box = box
    }
  }

  /// The physical pages the quote stands on, ascending.
  package var pages: [Int] {
    var pages: [Int] = []
    for box in boxes where !pages.contains(box.page) { pages.append(box.page) }
    return pages.sorted()
  }

  /// Evidence for words that are not in the source.
  package static func notFound(_ quote: String) -> Evidence {
    Evidence(
      match: .none, quote: quote, prefix: "", suffix: "", range: nil, scalars: nil, occurrences: 0,
      boxes: [], bytes: [], turns: nil)
  }
}
