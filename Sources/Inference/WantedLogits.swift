import Kernels

/// Which logits are needed after a token: all, or those of the ids that may come next.
///
/// Where few ids may come next, only their panels of the head are computed. A panel's numbers do not depend
/// on which others are computed beside it, so what is known has the bits it always has.
package struct WantedLogits: Hashable, Sendable {
  /// Ids, ascending and apart, each range from a panel's first on; nil for all.
  let ranges: [Range<Int>]?

  private init(_ ranges: [Range<Int>]?) { self.ranges = ranges }

  package static let all = WantedLogits(nil)
  /// The next token is known already.
  package static let none = WantedLogits([])

  /// Beyond this share of the panels, reading the whole head in one go is about as fast.
  private static let most = 8

  /// The ids of a mask, id `i` being bit `i % 64` of word `i / 64`, and others beside them; all where those
  /// are more than an eighth of the panels.
  package init(mask words: [UInt64]) {
    let panel = KernelSet.panel
    let inWord = 64 / panel
    let limit = words.count * inWord / Self.most
    var ranges: [Range<Int>] = []
    var count = 0
    for (index, word) in words.enumerated() where word != 0 {
      for part in 0..<inWord where word >> UInt64(part * panel) & 0xFFFF != 0 {
        count += 1
        guard count <= limit else {
          self.ranges = nil
          return
        }
        let first = index << 6 + part * panel
        if let last = ranges.last, last.upperBound == first {
          ranges[ranges.count - 1] = last.lowerBound..<first + panel
        } else {
          ranges.append(first..<first + panel)
        }
      }
    }
    self.ranges = ranges
  }
}

extension Engine {
  /// Row `row` of `x` times those outputs of the head, over all threads, into y's row `yRow`; the others there
  /// stay as they are.
  ///
  /// - Returns: Whether all that was computed is finite.
  func product(
    of x: Plane, row: Int, _ ranges: [Range<Int>], into y: Plane, yRow: Int,
    scratch: [QuantizedRows]
  ) -> Bool {
    let head = head
    let kernels = model.kernels.exact
    let most = 512
    let parts = ranges.flatMap { range in
      let range = range.clamped(to: 0..<head.outputs)
      return stride(from: range.lowerBound, to: range.upperBound, by: most).map {
        $0..<min(range.upperBound, $0 + most)
      }
    }
    // Many small parts to an item: a thread's turn should be worth its while.
    let share = 32
    model.workers.run((parts.count + share - 1) / share) { item, slot in
      for part in parts[item * share..<min(parts.count, (item + 1) * share)] {
        kernels.multiply(
          x, rows: row..<row + 1, by: head, outputs: part, into: y, yRow: yRow,
          scratch: scratch[slot])
      }
    }
    return y.withRow(yRow) { logits in
      parts.allSatisfy { Conversion.notFinite(logits.extracting($0)) == 0 }
    }
  }
}
