import Foundation
import Kernels

/// Grouped-query softmax attention with partly turned heads, in every eighth layer.
struct SoftmaxAttention: Sendable {
  /// [heads·headSize, hidden]
  let query: PackedMatrix
  /// [keyValueHeads·headSize, hidden]
  let key: PackedMatrix
  let value: PackedMatrix
  /// [hidden, heads·headSize]
  let output: PackedMatrix

  init(_ store: TensorStore, prefix: String, _ configuration: Configuration, _ format: WeightFormat)
    throws(InferenceError)
  {
    let width = configuration.attentionSize
    let narrow = configuration.keyValueHeads * configuration.headSize
    let hidden = configuration.hiddenSize
    query = try store.matrix("\(prefix)q_proj.weight", width, hidden, as: format)
    key = try store.matrix("\(prefix)k_proj.weight", narrow, hidden, as: format)
    value = try store.matrix("\(prefix)v_proj.weight", narrow, hidden, as: format)
    output = try store.matrix("\(prefix)o_proj.weight", hidden, width, as: format)
  }

  var byteCount: Int { query.byteCount + key.byteCount + value.byteCount + output.byteCount }
}

/// Rotary positions: column pairs (i, i + r/2) of a head turn by p·θ^(−2i/r).
///
/// Angles are made in double precision, so that they hold at position 1 000 000 as at 10.
struct RotaryPositions: Sendable {
  let size: Int
  /// Turns a token, per pair.
  private let frequencies: [Double]

  init(size: Int, theta: Double) {
    self.size = size
    frequencies = (0..<size / 2).map { pow(theta, -2 * Double($0) / Double(size)) }
  }

  /// Writes cosines, then sines, of position `position` into row `row`: [size/2 | size/2].
  func angles(at position: Int, into table: Plane, row: Int) {
    let half = size / 2
    table.withMutableRow(row) { angles in
      for pair in 0..<half {
        let angle = Double(position) * frequencies[pair]
        angles[pair] = Float(cos(angle))
        angles[half + pair] = Float(sin(angle))
      }
    }
  }

  /// Turns the `heads` heads of `width` columns in row `row` of `x`.
  func turn(_ x: Plane, row: Int, heads: Int, width: Int, by table: Plane) {
    let half = size / 2
    guard half > 0 else { return }
    table.withRow(row) { angles in
      x.withMutableRow(row) { numbers in
        for head in 0..<heads {
          for pair in 0..<half {
            let first = head * width + pair
            let a = numbers[first]
            let b = numbers[first + half]
            numbers[first] = a * angles[pair] - b * angles[half + pair]
            numbers[first + half] = b * angles[pair] + a * angles[half + pair]
          }
        }
      }
    }
  }
}
