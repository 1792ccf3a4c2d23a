package import JSON

/// Which pages of a run's documents its report shows: those that quotes stand on, whole while there
/// is room for all of them, else the bands around the quotes.
package struct ReportPages: Sendable {
  /// A part of a page, in points from its top; nil for the page as a whole.
  package struct Band: Hashable, Sendable {
    /// Physical page from 1.
    package var page: Int
    package var rows: ClosedRange<Double>?
  }

  /// By document.
  private let bands: [String: [Band]]
  package var areWhole: Bool

  /// Bytes of one whole page as a picture, on average; measured on contracts.
  private static let pageBytes = 64 << 10
  /// Points of page around a quote.
  private static let margin = 54.0

  /// - Parameter budget: bytes for all pictures together.
  package init(of envelopes: [JSONValue], budget: Int) {
    var rows: [String: [Int: [ClosedRange<Double>]]] = [:]
    for envelope in envelopes {
      guard let path = envelope["source"]?["path"]?.string else { continue }
      for box in Self.boxes(in: envelope) {
        rows[path, default: [:]][box.page, default: []].append(
          max(0, box.top - Self.margin)...max(0, box.bottom + Self.margin))
      }
    }
    let pages = rows.values.reduce(0) { $0 + $1.count }
    let whole = pages * Self.pageBytes <= budget
    areWhole = whole
    bands = rows.mapValues { byPage in
      byPage.sorted { $0.key < $1.key }.flatMap { page, rows in
        whole
          ? [Band(page: page, rows: nil)]
          : Self.joined(rows).map { Band(page: page, rows: $0) }
      }
    }
  }

  /// In the order of the pages.
  package func bands(of path: String) -> [Band] { bands[path] ?? [] }

  struct Box {
    var page: Int
    var top: Double
    var bottom: Double
  }

  static func boxes(in envelope: JSONValue) -> [Box] {
    var boxes: [Box] = []
    for (_, evidence) in envelope["evidence"]?.object?.members.map({ ($0, $1) }) ?? [] {
      for box in evidence["boxes"]?.array ?? [] {
        guard let page = box[0]?.integer, let top = box[2]?.double, let bottom = box[4]?.double
        else { continue }
        boxes.append(Box(page: page, top: min(top, bottom), bottom: max(top, bottom)))
      }
    }
    return boxes
  }

  private static func joined(_ rows: [ClosedRange<Double>]) -> [ClosedRange<Double>] {
    var joined: [ClosedRange<Double>] = []
    for next in rows.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, next.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, next.upperBound)
      } else {
        joined.append(next)
      }
    }
    return joined
  }
}
