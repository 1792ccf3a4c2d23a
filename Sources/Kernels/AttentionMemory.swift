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

/// The keys and values one softmax layer remembers, in segments that are added as the text grows.
///
/// A segment holds `segmentKeys` tokens: per key/value head its tiles of 128 keys, each the keys
/// [8][d][16] followed by the values [dp/16][128][16].
package final class KeyValueCache: @unchecked Sendable {
  package static let segmentKeys = 1024
  package let heads: Int
  package let headSize: Int
  /// Grows by one reading thread, between parallel operations.
  package private(set) var segments: [Plane] = []

  package init(heads: Int, headSize: Int) {
    self.heads = heads
    self.headSize = headSize
  }

  private var padded: Int { (headSize + 15) / 16 * 16 }
  package var tiles: Int { Self.segmentKeys / KernelSet.keyTile }
  package var byteCount: Int { segments.count * segmentBytes }
  package var segmentBytes: Int { heads * Self.segmentKeys * (headSize + padded) * 4 }

  /// Makes room for `tokens` in all.
  package func reserve(_ tokens: Int) {
    while segments.count * Self.segmentKeys < tokens {
      segments.append(
        Plane(rows: heads, columns: Self.segmentKeys * (headSize + padded)))
    }
  }

  package func clear() { segments = [] }

  /// Starts from the first `tokens` entries of another cache. Its full segments serve both, since
  /// nothing is written there again; of the last one this cache gets its own copy.
  package func share(_ other: KeyValueCache, tokens: Int) {
    precondition(heads == other.heads && headSize == other.headSize, "the caches differ in shape")
    segments = Array(other.segments.prefix(tokens / Self.segmentKeys))
    guard tokens % Self.segmentKeys > 0 else { return }
    let open = other.segments[segments.count]
    let copy = Plane(rows: open.rows, columns: open.columns)
    copy.copy(from: open)
    segments.append(copy)
  }

  /// Stores the keys and values of one token for one head.
  package func store(
    token: Int, head: Int, keys: Plane, values: Plane, row: Int, keyColumn: Int, valueColumn: Int
  ) {
    let d = headSize
    let place = token % Self.segmentKeys
    let tile = place / KernelSet.keyTile * KernelSet.keyTile * (d + padded)
    let j = place % KernelSet.keyTile
    keys.withRow(row) { source in
      segments[token / Self.segmentKeys].withMutableRow(head) { target in
        let base = tile + j / 16 * d * 16 + j % 16
        for c in 0..<d { target[base + c * 16] = source[keyColumn + c] }
      }
    }
    values.withRow(row) { source in
      segments[token / Self.segmentKeys].withMutableRow(head) { target in
        let base = tile + KernelSet.keyTile * d + j * 16
        for c in 0..<d {
          target[base + c / 16 * KernelSet.keyTile * 16 + c % 16] = source[valueColumn + c]
        }
      }
    }
  }

  /// The key and the value of one token and head.
  package func entry(token: Int, head: Int) -> (key: [Float], value: [Float]) {
    let d = headSize
    let place = token % Self.segmentKeys
    let tile = place / KernelSet.keyTile * KernelSet.keyTile * (d + padded)
    let j = place % KernelSet.keyTile
    return segments[token / Self.segmentKeys].withRow(head) { row in
      var key: [Float] = []
      var value: [Float] = []
      for c in 0..<d {
        key.append(row[tile + (j / 16 * d + c) * 16 + j % 16])
        value.append(
          row[tile + KernelSet.keyTile * d + (c / 16 * KernelSet.keyTile + j) * 16 + c % 16])
      }
      return (key, value)
    }
  }
}

/// One thread's scratch for softmax attention over a group of query rows.
package final class AttentionWork: @unchecked Sendable {
  package let rows: Int
  package let headSize: Int
  /// [1, rows·d]: the queries, scaled, without padding between rows.
  package let queries: Plane
  package let maximum: Plane
  package let sum: Plane
  /// [1, rows·dp].
  package let output: Plane
  let scores: Plane
  /// Keys of the segment at hand that each row sees. One thread's own.
  package var limits: [UInt32]

  package init(rows: Int, headSize: Int) {
    self.rows = rows
    self.headSize = headSize
    let padded = (headSize + 15) / 16 * 16
    queries = Plane(rows: 1, columns: rows * headSize)
    maximum = Plane(rows: 1, columns: rows)
    sum = Plane(rows: 1, columns: rows)
    output = Plane(rows: 1, columns: rows * padded)
    scores = Plane(rows: rows, columns: KernelSet.keyTile)
    limits = [UInt32](repeating: 0, count: rows)
  }

  /// Makes ready for `rows` queries that have seen nothing yet.
  package func start(rows: Int) {
    let padded = output.columns / self.rows
    maximum.withMutableRow(0) { for row in 0..<rows { $0[row] = -.infinity } }
    sum.withMutableRow(0) { for row in 0..<rows { $0[row] = 0 } }
    output.withMutableRow(0) { for column in 0..<rows * padded { $0[column] = 0 } }
  }

  /// Takes one query, scaled, as row `row`.
  package func load(_ x: Plane, row source: Int, column: Int, scale: Float, as row: Int) {
    x.withRow(source) { numbers in
      queries.withMutableRow(0) { target in
        for c in 0..<headSize { target[row * headSize + c] = numbers[column + c] * scale }
      }
    }
  }

  /// Writes row `row`'s weighted values, divided by their weights' sum.
  package func finish(_ row: Int, into y: Plane, row target: Int, column: Int) {
    let padded = output.columns / rows
    let total = sum[0, row]
    output.withRow(0) { numbers in
      y.withMutableRow(target) { result in
        for c in 0..<headSize { result[column + c] = numbers[row * padded + c] / total }
      }
    }
  }
}
