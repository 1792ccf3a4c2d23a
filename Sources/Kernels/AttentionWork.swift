import CKernels

/// One thread's scratch for softmax attention over a group of query rows, which stand side by side in
/// blocks of 32.
package final class AttentionWork: @unchecked Sendable {
  package let rows: Int
  package let headSize: Int
  /// Whether queries are rounded to bf16, to meet a cache in bf16.
  package let isBF16: Bool
  /// [blocks, d·32]: the queries, scaled; in bf16 pairs of columns, [blocks, ⌈d/2⌉·32·2].
  let queries: Plane
  /// [1, blocks·32]
  let maximum: Plane
  let sum: Plane
  /// [blocks, dp·32]
  let output: Plane
  let scores: Plane
  /// Keys of the segment at hand that each row sees. One thread's own.
  package var limits: [UInt32]

  private static let block = CK_QUERIES

  package init(rows: Int, headSize: Int, bf16: Bool = false) {
    self.rows = rows
    self.headSize = headSize
    isBF16 = bf16
    let blocks = (rows + Self.block - 1) / Self.block
    queries = Plane(
      rows: blocks, columns: Self.block * (bf16 ? (headSize + 1) / 2 : headSize))
    maximum = Plane(rows: 1, columns: blocks * Self.block)
    sum = Plane(rows: 1, columns: blocks * Self.block)
    output = Plane(rows: blocks, columns: (headSize + 15) / 16 * 16 * Self.block)
    scores = Plane(rows: 1, columns: Self.scratch(headSize))
    limits = [UInt32](repeating: 0, count: rows)
  }

  private static func scratch(_ d: Int) -> Int { CK_STEP * block + 8 * ((d + 15) / 16 * 16) }

  /// Bytes it occupies, for `rows` queries.
  package static func byteCount(rows: Int, headSize d: Int, bf16: Bool) -> Int {
    let lanes = (rows + block - 1) / block * block
    return 4 * (lanes * ((bf16 ? (d + 1) / 2 : d) + (d + 15) / 16 * 16 + 2) + scratch(d))
  }

  /// Makes ready for `rows` queries that have seen nothing yet.
  package func start(rows: Int) {
    let blocks = (rows + Self.block - 1) / Self.block
    maximum.withMutableRow(0) { for row in 0..<blocks * Self.block { $0[row] = -.infinity } }
    sum.withMutableRow(0) { for row in 0..<blocks * Self.block { $0[row] = 0 } }
    for block in 0..<blocks {
      output.withMutableRow(block) { for place in 0..<output.columns { $0[place] = 0 } }
    }
  }

  /// Takes one query, scaled, as row `row`.
  package func load(_ x: Plane, row source: Int, column: Int, scale: Float, as row: Int) {
    let (block, lane) = row.quotientAndRemainder(dividingBy: Self.block)
    x.withRow(source) { numbers in
      if isBF16 {
        queries.withMutableBF16Row(block) { target in
          for c in 0..<headSize {
            target[(c / 2 * Self.block + lane) * 2 + c % 2] =
              Conversion.bf16(numbers[column + c] * scale)
          }
        }
      } else {
        queries.withMutableRow(block) { target in
          for c in 0..<headSize { target[c * Self.block + lane] = numbers[column + c] * scale }
        }
      }
    }
  }

  /// Writes row `row`'s weighted values, divided by their weights' sum.
  package func finish(_ row: Int, into y: Plane, row target: Int, column: Int) {
    let (block, lane) = row.quotientAndRemainder(dividingBy: Self.block)
    let total = sum[0, row]
    output.withRow(block) { numbers in
      y.withMutableRow(target) { result in
        for c in 0..<headSize { result[column + c] = numbers[c * Self.block + lane] / total }
      }
    }
  }
}
