/// Reads the little-endian numbers of a file of weights.
struct ByteReader {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0, bytes.count - position >= count else { return nil }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  mutating func integers<Number: FixedWidthInteger>(_ count: Int, as: Number.Type) -> [Number]? {
    let size = Number.bitWidth / 8
    guard count >= 0, (bytes.count - position) / size >= count else { return nil }
    var numbers: [Number] = []
    numbers.reserveCapacity(count)
    for _ in 0..<count {
      var number: Number = 0
      for byte in 0..<size {
        number |= Number(truncatingIfNeeded: bytes[position + byte]) << Number(8 * byte)
      }
      numbers.append(number)
      position += size
    }
    return numbers
  }

  mutating func count() -> Int? { integers(1, as: UInt32.self).map { Int($0[0]) } }

  mutating func floats(_ count: Int) -> [Float]? {
    integers(count, as: UInt32.self)?.map(Float.init(bitPattern:))
  }

  mutating func name() -> String? {
    guard let length = integers(1, as: UInt16.self) else { return nil }
    return take(Int(length[0])).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Writes what ``ByteReader`` reads.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ bytes: [UInt8]) { self.bytes += bytes }

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    for byte in 0..<Number.bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: number >> Number(8 * byte)))
    }
  }

  mutating func append<Number: FixedWidthInteger>(_ numbers: [Number]) {
    for number in numbers { append(number) }
  }

  mutating func append(_ numbers: [Float]) { for number in numbers { append(number.bitPattern) } }

  mutating func append(name: String) {
    append(UInt16(name.utf8.count))
    append(Array(name.utf8))
  }
}
