/// Something of the source that is not in the document, where it is, and why.
package struct Notice: Hashable, Sendable {
  package var reason: Reason
  /// Physical page from 1, where the format has pages.
  package var page: Int?
  /// Bytes of the file (of a package: of its parts, ``SourcePart``), half-open, where the loss has a
  /// place in it.
  package var bytes: Range<Int>?
  /// One sentence for people: numbers and names, never text of the document.
  package var detail: String

  package init(_ reason: Reason, page: Int? = nil, bytes: Range<Int>? = nil, detail: String) {
    self.reason = reason
    self.page = page
    self.bytes = bytes
    self.detail = detail
  }

  /// Raw values are part of the output format and never change.
  package enum Reason: String, Hashable, Sendable, CaseIterable {
    /// A page is an image: nothing on it can be read without character recognition.
    case noTextLayer = "no-text-layer"
    /// A page was read by character recognition: its words may be wrong.
    case recognised = "recognised"
    /// The file needs a password that was not declared.
    case encrypted
    /// The file, or a part of it, does not follow its format.
    case damaged
    /// The file has no text at all.
    case empty
    /// The content is not of a format Docket reads.
    case unsupported
    /// Bytes that are not valid in the text's encoding were replaced by U+FFFD.
    case undecodable
    /// A declared or built-in limit was reached (nesting, pages, memory, seconds, bytes).
    case overLimit = "over-limit"
    /// The document has more tokens than the context may hold.
    case overContext = "over-context"
    /// Glyphs without a Unicode value: the page shows text which the file does not spell out.
    case unmappedGlyphs = "unmapped-glyphs"
    /// The document has tracked changes; it was read as it is when all are accepted.
    case trackedChanges = "tracked-changes"
    /// Remarks of readers stand beside the text; they are not part of it and were left out.
    case comments
    /// Text that is in the file and not shown to whoever opens it was left out.
    case hiddenText = "hidden-text"

    /// Whether something of the document as it is shown is missing (as against: is doubtful, or
    /// stands beside it).
    package var isLoss: Bool {
      switch self {
      case .recognised, .trackedChanges, .comments, .hiddenText: false
      case .noTextLayer, .encrypted, .damaged, .empty, .unsupported, .undecodable, .overLimit,
        .overContext, .unmappedGlyphs:
        true
      }
    }
  }
}
