/// The tokens of a text, each with the place where it begins.
///
/// Tokens tile the text: each ends where the next one begins, the first begins at 0 and the last
/// ends at ``utf8Count``. Takes 8 bytes a token.
package struct Encoding: Hashable, Sendable {
  package internal(set) var ids: [Int32]
  /// UTF-8 offsets in the text, ascending, one a token. A token may begin inside a scalar.
  package internal(set) var starts: [UInt32]
  /// The text's length in UTF-8 bytes.
  package internal(set) var utf8Count: Int

  package init() {
    ids = []
    starts = []
    utf8Count = 0
  }

  package var count: Int { ids.count }

  /// The UTF-8 offsets of token `index`.
  package func range(of index: Int) -> Range<Int> {
    Int(starts[index])..<(index + 1 < starts.count ? Int(starts[index + 1]) : utf8Count)
  }
}
