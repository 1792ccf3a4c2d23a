/// A file inside a package (DOCX, EPUB) that text was read from.
///
/// A package is compressed, so its own bytes spell no words. Places in it count bytes through its unpacked
/// parts, one after another in the order in which they were read, as if they were one file; a part says
/// where its own begin. What people and programs are told is the part's name and the bytes in it.
package struct SourcePart: Hashable, Sendable {
  /// Its name in the package, without a slash in front: `word/document.xml`.
  package var name: String
  /// Where its unpacked bytes stand in the count, half-open.
  package var bytes: Range<Int>

  package init(name: String, bytes: Range<Int>) {
    self.name = name
    self.bytes = bytes
  }
}

extension [SourcePart] {
  /// The part that holds the byte `offset` of the count, found by binary search; nil outside of all, as
  /// for every byte of a document without parts.
  package func part(at offset: Int) -> SourcePart? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].bytes.upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low].bytes.contains(offset) ? self[low] : nil
  }
}

extension SourcePart {
  /// Bytes of the count as bytes of this part.
  package func own(_ range: Range<Int>) -> Range<Int> {
    range.lowerBound - bytes.lowerBound..<range.upperBound - bytes.lowerBound
  }
}
