extension [UInt8] {
  /// The number that `width` bytes from `start` on spell, the lowest first; nil beyond the end, and where it is
  /// too large.
  func littleEndian(at start: Int, width: Int) -> Int? {
    guard start >= 0, start + width <= count else { return nil }
    var value: UInt64 = 0
    for index in 0..<width { value |= UInt64(self[start + index]) << (8 * UInt64(index)) }
    return Int(exactly: value)
  }
}
