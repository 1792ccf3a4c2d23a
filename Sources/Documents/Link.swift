/// A link of the source: where it stands, its words, and where it leads.
package struct Link: Hashable, Sendable {
  package var target: Target
  package var spot: Spot
  /// The words that are linked, white space collapsed; empty where a picture is.
  package var text: String

  package init(_ target: Target, at spot: Spot, text: String) {
    self.target = target
    self.spot = spot
    self.text = text
  }

  package enum Target: Hashable, Sendable {
    /// As the source writes it: absolute, or relative to wherever the source came from. Not followed
    /// and not checked.
    case address(String)
    /// A page of the same document: physical, from 1.
    case page(Int)
  }

  package enum Spot: Hashable, Sendable {
    /// A rectangle on a page (physical, from 1).
    case area(page: Int, box: Box)
    /// Bytes of the file, or of a package's parts (``SourcePart``), half-open, from the link's first
    /// word to its last.
    case bytes(Range<Int>)
  }
}
