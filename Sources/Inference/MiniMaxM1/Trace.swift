import Kernels

/// Values between the layers of a reading, kept for comparison with a reference. For one thread.
package final class Trace: @unchecked Sendable {
  /// By name ("layer.3.attn_out"), rows one after another.
  package private(set) var values: [String: [Float]] = [:]

  package init() {}

  func record(_ name: String, _ plane: Plane, _ rows: Range<Int>) {
    values[name, default: []] += plane.copy(rows: rows)
  }
}
