/// Text that knows where each of its characters stands in the source file.
///
/// Anchors are runs over UTF-8 offsets of ``text``: sorted, disjoint, half-open. A character that a
/// reader put in itself (the space in place of a line break, say) belongs to no run.
package struct AnchoredText: Hashable, Sendable {
  package private(set) var text: String
  package private(set) var runs: [SourceRun]

  package init() {
    text = ""
    runs = []
  }

  /// Text without any anchor: what a reader made up itself.
  package init(unanchored text: String) {
    self.text = text
    runs = []
  }

  package init(_ text: String, at place: Place) {
    self.text = text
    runs = text.isEmpty ? [] : [SourceRun(range: 0..<text.utf8.count, place: place)]
  }

  /// Runs as the type's description demands: sorted, disjoint, inside the text, on scalar borders.
  package init(_ text: String, runs: [SourceRun]) {
    self.text = text
    self.runs = runs
  }

  package var isEmpty: Bool { text.isEmpty }

  package mutating func append(_ text: String, at place: Place) {
    guard !text.isEmpty else { return }
    let start = self.text.utf8.count
    self.text += text
    runs.append(SourceRun(range: start..<self.text.utf8.count, place: place))
  }

  /// Appends characters that stand nowhere in the source.
  package mutating func append(unanchored text: String) { self.text += text }

  package mutating func append(_ other: AnchoredText) {
    let shift = text.utf8.count
    text += other.text
    runs.reserveCapacity(runs.count + other.runs.count)
    for run in other.runs {
      runs.append(
        SourceRun(
          range: run.range.lowerBound + shift..<run.range.upperBound + shift, place: run.place))
    }
  }

  /// The runs that share at least one UTF-8 offset with `range`, found by binary search.
  package func runs(over range: Range<Int>) -> ArraySlice<SourceRun> {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].range.upperBound <= range.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var end = low
    while end < runs.count, runs[end].range.lowerBound < range.upperBound { end += 1 }
    return runs[low..<end]
  }

  /// The part of the text at UTF-8 offsets `range` (on scalar borders), with its anchors.
  package func slice(_ range: Range<Int>) -> AnchoredText {
    let utf8 = text.utf8
    let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
    let end = utf8.index(start, offsetBy: range.count)
    var result = AnchoredText()
    result.text = String(text[start..<end])
    for run in runs(over: range) {
      let common = run.range.clamped(to: range)
      let place = run.place.part(
        common.lowerBound - run.range.lowerBound..<common.upperBound - run.range.lowerBound,
        of: runText(run))
      result.runs.append(
        SourceRun(
          range: common.lowerBound - range.lowerBound..<common.upperBound - range.lowerBound,
          place: place))
    }
    return result
  }

  func runText(_ run: SourceRun) -> Substring {
    let utf8 = text.utf8
    let start = utf8.index(utf8.startIndex, offsetBy: run.range.lowerBound)
    return text[start..<utf8.index(start, offsetBy: run.range.count)]
  }
}

/// A stretch of text that comes from one place of the source.
package struct SourceRun: Hashable, Sendable {
  /// UTF-8 offsets in the ``AnchoredText`` that holds the run.
  package var range: Range<Int>
  package var place: Place

  package init(range: Range<Int>, place: Place) {
    self.range = range
    self.place = place
  }
}
