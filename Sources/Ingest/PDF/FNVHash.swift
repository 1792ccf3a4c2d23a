/// A 64-bit FNV-1a hash (Fowler, Noll, Vo), which is the same in every process.
struct FNVHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// A byte, or a scalar as a whole.
  mutating func mix(_ number: some UnsignedInteger & FixedWidthInteger) {
    value = (value ^ UInt64(number)) &* 0x100_0000_01B3
  }
}
