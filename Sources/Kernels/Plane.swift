/// A matrix of floats, [rows, columns], row-major, that the kernels work on.
///
/// Rows start on 64-byte borders: `stride` is `columns` rounded up to 16. A plane is shared by the
/// threads of one operation, which write different rows or different columns of it; every access by a
/// kernel is checked against its shape. It is allocated once, filled with zeros, and never grows.
@safe package final class Plane: @unchecked Sendable {
  package let rows: Int
  package let columns: Int
  package let stride: Int
  let base: UnsafeMutablePointer<Float>

  package init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0, "a plane's shape is not negative")
    self.rows = rows
    self.columns = columns
    stride = (columns + 15) / 16 * 16
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(rows * stride, 1) * 4, alignment: 64)
    unsafe base = bytes.bindMemory(to: Float.self, capacity: max(rows * stride, 1))
    unsafe base.initialize(repeating: 0, count: max(rows * stride, 1))
  }

  deinit { unsafe base.deallocate() }

  /// Bytes it occupies.
  package var byteCount: Int { rows * stride * 4 }

  package subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      return unsafe base[row * stride + column]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      unsafe base[row * stride + column] = newValue
    }
  }

  /// The numbers of some rows, without the padding.
  package func copy(rows range: Range<Int>) -> [Float] {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    var result: [Float] = []
    result.reserveCapacity(range.count * columns)
    for row in range {
      unsafe result.append(
        contentsOf: UnsafeBufferPointer(start: base + row * stride, count: columns))
    }
    return result
  }

  /// Lends one row.
  package func withRow<Result>(_ row: Int, _ body: (Span<Float>) -> Result) -> Result {
    precondition(row >= 0 && row < rows)
    return unsafe body(UnsafeBufferPointer(start: base + row * stride, count: columns).span)
  }

  /// Lends one row for writing.
  package func withMutableRow<Result>(_ row: Int, _ body: (inout MutableSpan<Float>) -> Result)
    -> Result
  {
    precondition(row >= 0 && row < rows)
    var span = unsafe UnsafeMutableBufferPointer(start: base + row * stride, count: columns)
      .mutableSpan
    return body(&span)
  }

  /// Lends one row for writing, as twice as many bf16 numbers.
  func withMutableBF16Row<Result>(_ row: Int, _ body: (inout MutableSpan<UInt16>) -> Result)
    -> Result
  {
    precondition(row >= 0 && row < rows)
    return unsafe (base + row * stride).withMemoryRebound(to: UInt16.self, capacity: 2 * columns) {
      var span = unsafe UnsafeMutableBufferPointer(start: $0, count: 2 * columns).mutableSpan
      return body(&span)
    }
  }

  package func fill(_ value: Float) {
    unsafe base.update(repeating: value, count: rows * stride)
  }

  /// Takes over all numbers of a plane of the same shape.
  package func copy(from other: Plane) {
    precondition(rows == other.rows && stride == other.stride, "the planes differ in shape")
    unsafe base.update(from: other.base, count: rows * stride)
  }

  /// Lends everything, padding too, as bytes: for snapshots.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    unsafe try body(UnsafeRawBufferPointer(start: base, count: byteCount))
  }

  package func withMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    unsafe try body(UnsafeMutableRawBufferPointer(start: base, count: byteCount))
  }

  /// The place of [row, column], after checking that `count` rows of `width` fit there.
  func at(_ row: Int, _ column: Int = 0, count: Int, width: Int) -> UnsafeMutablePointer<Float> {
    precondition(
      row >= 0 && column >= 0 && count >= 0 && width >= 0 && row + count <= rows
        && column + width <= columns,
      "rows \(row)..<\(row + count), columns \(column)..<\(column + width) of a plane [\(rows), \(columns)]"
    )
    return unsafe base + (row * stride + column)
  }
}
