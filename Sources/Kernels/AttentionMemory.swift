import Foundation

/// What one lightning layer remembers: per head the state S [d, d] at the start of the block at hand, and
/// the block's keys and values so far, so that a reading cut anywhere goes on with the same sums.
package final class LightningState: Sendable {
  package let headSize: Int
  /// [heads, keys | values | state]; see `ck_kernels.lightning` for the three layouts.
  package let numbers: Plane
  let valuesAt: Int
  let stateAt: Int

  package init(heads: Int, headSize d: Int) {
    headSize = d
    let padded = (d + 15) / 16 * 16
    valuesAt = KernelSet.block * d
    stateAt = valuesAt + KernelSet.block * padded
    numbers = Plane(rows: heads, columns: stateAt + padded * d)
  }

  /// Floats of scratch one thread needs.
  package static func scratch(_ d: Int) -> Int {
    KernelSet.block * (KernelSet.block + 2 * d)
  }

  /// The recurrent state of one head after `position` tokens, [d_k, d_v] row-major.
  ///
  /// - Parameter slope: s of the head's decay exp(−s).
  package func state(head: Int, slope: Double, after position: Int) -> [Float] {
    let d = headSize
    let filled = position % KernelSet.block
    var result = [Float](repeating: 0, count: d * d)
    numbers.withRow(head) { row in
      for a in 0..<d {
        for c in 0..<d {
          var sum =
            exp(-slope * Double(filled)) * Double(row[stateAt + (c / 16 * d + a) * 16 + c % 16])
          for j in 0..<filled {
            sum +=
              exp(-slope * Double(filled - 1 - j))
              * Double(row[(j / 16 * d + a) * 16 + j % 16])
              * Double(row[valuesAt + (c / 16 * KernelSet.block + j) * 16 + c % 16])
          }
          result[a * d + c] = Float(sum)
        }
      }
    }
    return result
  }
}
