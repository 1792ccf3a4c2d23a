/// Makes ZIP packages: whole ones, and such as nobody should.
package struct PackageBuilder {
  package struct Entry {
    package var name: String
    package var bytes: [UInt8]
    /// 0 stored, 8 deflated.
    var method: UInt16 = 0
    var flags: UInt16 = 0
    /// Unpacked.
    var size: Int
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  package mutating func add(_ name: String, _ text: String) { add(name, Array(text.utf8)) }

  package mutating func add(_ name: String, _ bytes: [UInt8], flags: UInt16 = 0) {
    entries.append(Entry(name: name, bytes: bytes, flags: flags, size: bytes.count))
  }

  /// A part of zeros that takes a hundredth of them.
  package mutating func addBomb(_ name: String, unpacked: Int) {
    var writer = BitWriter()
    writer.put(1, 1)  // The last block,
    writer.put(1, 2)  // with fixed codes:
    writer.putCode(0x30, 8)  // a zero,
    for _ in 0..<unpacked / 258 {
      writer.putCode(0xC5, 8)  // and 258 more
      writer.putCode(0, 5)  // of the byte before.
    }
    writer.putCode(0, 7)
    entries.append(
      Entry(name: name, bytes: writer.bytes, method: 8, size: unpacked / 258 * 258 + 1))
  }

  package var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let common =
        Self.little(20, 2) + Self.little(Int(entry.flags), 2) + Self.little(Int(entry.method), 2)
        + Self.little(0, 4) + Self.little(Int(Self.checksum(entry.bytes)), 4)
        + Self.little(entry.bytes.count, 4) + Self.little(entry.size, 4)
        + Self.little(entry.name.utf8.count, 2) + Self.little(0, 2)
      directory += [0x50, 0x4B, 0x01, 0x02] + Self.little(20, 2) + common + Self.little(0, 2)
      directory += Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 4)
      directory += Self.little(file.count, 4) + Array(entry.name.utf8)
      file += [0x50, 0x4B, 0x03, 0x04] + common + Array(entry.name.utf8) + entry.bytes
    }
    let end =
      [0x50, 0x4B, 0x05, 0x06] + Self.little(0, 4) + Self.little(entries.count, 2)
      + Self.little(entries.count, 2) + Self.little(directory.count, 4)
      + Self.little(file.count, 4) + Self.little(0, 2)
    return file + directory + end
  }

  private static func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
  }

  private struct BitWriter {
    var bytes: [UInt8] = []
    private var bit = 0

    mutating func put(_ value: Int, _ width: Int) {
      for index in 0..<width { putBit(value >> index & 1) }
    }

    /// Codes stand with their highest bit first.
    mutating func putCode(_ value: Int, _ width: Int) {
      for index in (0..<width).reversed() { putBit(value >> index & 1) }
    }

    private mutating func putBit(_ value: Int) {
      if bit == 0 { bytes.append(0) }
      bytes[bytes.count - 1] |= UInt8(value << bit)
      bit = (bit + 1) % 8
    }
  }
}
