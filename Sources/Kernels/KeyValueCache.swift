/// The keys and values one softmax layer remembers, in segments that are added as the text grows.
///
/// A segment holds `segmentKeys` tokens: per key/value head its tiles of 128 keys, each the keys
/// [8][d][16] followed by the values [dp/16][128][16]; in bf16 the keys are [8][⌈d/2⌉][16][2], pairs of
/// columns, and the values [dp/16][64][16][2], pairs of tokens.
package final class KeyValueCache: @unchecked Sendable {
  package static let segmentKeys = 1024
  package let heads: Int
  package let headSize: Int
  /// Whether numbers are kept in bf16, for kernels that multiply such pairs.
  package let isBF16: Bool
  /// Grows by one reading thread, between parallel operations.
  package private(set) var segments: [Plane] = []

  package init(heads: Int, headSize: Int, bf16: Bool = false) {
    self.heads = heads
    self.headSize = headSize
    isBF16 = bf16
  }

  package var tiles: Int { Self.segmentKeys / KernelSet.keyTile }
  package var byteCount: Int { segments.count * segmentBytes }
  package var segmentBytes: Int {
    Self.segmentBytes(heads: heads, headSize: headSize, bf16: isBF16)
  }

  package static func segmentBytes(heads: Int, headSize: Int, bf16: Bool) -> Int {
    heads * segmentKeys / KernelSet.keyTile * tileNumbers(headSize, bf16: bf16) * (bf16 ? 2 : 4)
  }

  /// Numbers of one tile's keys: columns come in pairs in bf16.
  static func keyNumbers(_ d: Int, bf16: Bool) -> Int {
    KernelSet.keyTile * (bf16 ? (d + 1) / 2 * 2 : d)
  }

  /// Numbers of one tile.
  static func tileNumbers(_ d: Int, bf16: Bool) -> Int {
    keyNumbers(d, bf16: bf16) + KernelSet.keyTile * ((d + 15) / 16 * 16)
  }

  /// Makes room for `tokens` in all.
  package func reserve(_ tokens: Int) {
    while segments.count * Self.segmentKeys < tokens {
      segments.append(Plane(rows: heads, columns: segmentBytes / heads / 4))
    }
  }

  package func clear() { segments = [] }

  /// Starts from the first `tokens` entries of another cache. Its full segments serve both, since
  /// nothing is written there again; of the last one this cache gets its own copy.
  package func share(_ other: KeyValueCache, tokens: Int) {
    precondition(
      heads == other.heads && headSize == other.headSize && isBF16 == other.isBF16,
      "the caches differ in shape")
    segments = Array(other.segments.prefix(tokens / Self.segmentKeys))
    guard tokens % Self.segmentKeys > 0 else { return }
    let open = other.segments[segments.count]
    let copy = Plane(rows: open.rows, columns: open.columns)
    copy.copy(from: open)
    segments.append(copy)
  }

  /// Where a token's numbers stand in its head's row: key column c at `key + keyStep(c)`.
  private struct Place {
    let segment: Int
    let key: Int
    let value: Int
  }

  private func place(_ token: Int) -> Place {
    let j = token % Self.segmentKeys % KernelSet.keyTile
    let tile =
      token % Self.segmentKeys / KernelSet.keyTile * Self.tileNumbers(headSize, bf16: isBF16)
    let keys = Self.keyNumbers(headSize, bf16: isBF16)
    return isBF16
      ? Place(
        segment: token / Self.segmentKeys, key: tile + j / 16 * (keys / 8) + j % 16 * 2,
        value: tile + keys + j / 2 * 32 + j % 2)
      : Place(
        segment: token / Self.segmentKeys, key: tile + j / 16 * (keys / 8) + j % 16,
        value: tile + keys + j * 16)
  }

  private func keyStep(_ c: Int) -> Int { isBF16 ? c / 2 * 32 + c % 2 : c * 16 }

  private func valueStep(_ c: Int) -> Int {
    c / 16 * KernelSet.keyTile * 16 + (isBF16 ? c % 16 * 2 : c % 16)
  }

  /// Stores the keys and values of one token for one head.
  package func store(
    token: Int, head: Int, keys: Plane, values: Plane, row: Int, keyColumn: Int, valueColumn: Int
  ) {
    let place = place(token)
    let segment = segments[place.segment]
    func put(_ source: Plane, _ column: Int, at base: Int, step: (Int) -> Int) {
      source.withRow(row) { numbers in
        if isBF16 {
          segment.withMutableBF16Row(head) { target in
            for c in 0..<headSize { target[base + step(c)] = Conversion.bf16(numbers[column + c]) }
          }
        } else {
          segment.withMutableRow(head) { target in
            for c in 0..<headSize { target[base + step(c)] = numbers[column + c] }
          }
        }
      }
    }
    put(keys, keyColumn, at: place.key, step: keyStep)
    put(values, valueColumn, at: place.value, step: valueStep)
  }

  /// The key and the value of one token and head.
  package func entry(token: Int, head: Int) -> (key: [Float], value: [Float]) {
    let place = place(token)
    let segment = segments[place.segment]
    func numbers(at base: Int, step: (Int) -> Int) -> [Float] {
      let places = (0..<headSize).map { base + step($0) }
      return isBF16
        ? segment.withMutableBF16Row(head) { row in
          places.map { Float(bitPattern: UInt32(row[$0]) << 16) }
        }
        : segment.withRow(head) { row in places.map { row[$0] } }
    }
    return (
      numbers(at: place.key, step: keyStep), numbers(at: place.value, step: valueStep)
    )
  }
}
