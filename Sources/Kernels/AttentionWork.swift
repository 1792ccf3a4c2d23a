import CKernels

/// One thread's scratch for softmax attention over a group of query rows, which stand side by side in
/// blocks as wide as two vectors of the kernels.
package final class AttentionWork: @unchecked Sendable {
  package let rows: Int
  package let headSize: Int
  /// Whether queries are rounded to bf16, to meet a cache in bf16.
  package let isBF16: Bool
  /// Queries of a block.
  let width: Int
  /// [blocks, d·width]: the queries, scaled; in bf16 pairs of columns, [blocks, ⌈d/2⌉·width·2].
  let queries: Plane
  /// [1, blocks·width]
  let maximum: Plane
  let sum: Plane
  /// [blocks, dp·width]
  let output: Plane
  let scores: Plane
  /// Keys of the segment at hand that each row sees. One thread's own.
  package var limits: [UInt32]

  /// For `kernels`, which alone find their way in it.
  package init(_ kernels: KernelSet, rows: Int, headSize: Int, bf16: Bool = false) {
    self.rows = rows
    self.headSize = headSize
    isBF16 = bf16
    width = kernels.queriesOfBlock
    let blocks = (rows + width - 1) / width
    queries = Plane(rows: blocks, columns: width * (bf16 ? (headSize + 1) / 2 : headSize))
    maximum = Plane(rows: 1, columns: blocks * width)
    sum = Plane(rows: 1, columns: blocks * width)
    output = Plane(rows: blocks, columns: (headSize + 15) / 16 * 16 * width)
    scores = Plane(rows: 1, columns: Self.scratch(headSize))
    limits = [UInt32](repeating: 0, count: rows)
  }

  private static func scratch(_ d: Int) -> Int { CK_STEP * CK_QUERIES + 8 * ((d + 15) / 16 * 16) }

  /// Bytes it occupies at most, for `rows` queries.
  package static func byteCount(rows: Int, headSize d: Int, bf16: Bool) -> Int {
    let lanes = (rows + CK_QUERIES - 1) / CK_QUERIES * CK_QUERIES
    return 4 * (lanes * ((bf16 ? (d + 1) / 2 : d) + (d + 15) / 16 * 16 + 2) + scratch(d))
  }

  /// Makes ready for `rows` queries that have seen nothing yet.
  package func start(rows: Int) {
    let blocks = (rows + width - 1) / width
    maximum.withMutableRow(0) { for row in 0..<blocks * width { $0[row] = -.infinity } }
    sum.withMutableRow(0) { for row in 0..<blocks * width { $0[row] = 0 } }
    for block in 0..<blocks {
      output.withMutableRow(block) { for place in 0..<output.columns { $0[place] = 0 } }
    }
  }

  /// Takes one query, scaled, as row `row`.
  package func load(_ x: Plane, row source: Int, column: Int, scale: Float, as row: Int) {
    let (block, lane) = row.quotientAndRemainder(dividingBy: width)
    x.withRow(source) { numbers in
      if isBF16 {
        queries.withMutableBF16Row(block) { target in
          for c in 0..<headSize {
            target[(c / 2 * width + lane) * 2 + c % 2] =
              Conversion.bf16(numbers[column + c] * scale)
          }
        }
      } else {
        queries.withMutableRow(block) { target in
          for c in 0..<headSize { target[c * width + lane] = numbers[column + c] * scale }
        }
      }
    }
  }

  /// Writes row `row`'s weighted values, divided by their weights' sum.
  package func finish(_ row: Int, into y: Plane, row target: Int, column: Int) {
    let (block, lane) = row.quotientAndRemainder(dividingBy: width)
    let total = sum[0, row]
    output.withRow(block) { numbers in
      y.withMutableRow(target) { result in
        for c in 0..<headSize { result[column + c] = numbers[c * width + lane] / total }
      }
    }
  }
}
