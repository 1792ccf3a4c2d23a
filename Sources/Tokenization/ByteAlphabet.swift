/// The printable characters byte-level vocabularies spell bytes with: `Ġ` for a space, `Ċ` for a
/// line feed. Bytes that print as themselves in Latin-1 do so; the other 68 take U+0100 and on.
enum ByteAlphabet {
  /// Byte → scalar.
  static let scalars: [UInt16] = {
    var scalars: [UInt16] = []
    var spare: UInt16 = 256
    for byte in 0..<256 as Range<UInt16> {
      switch byte {
      case 33...126, 161...172, 174...255: scalars.append(byte)
      default:
        scalars.append(spare)
        spare += 1
      }
    }
    return scalars
  }()

  /// Scalar → byte, or 0xFFFF where a scalar stands for none.
  private static let bytes: [UInt16] = {
    var bytes = [UInt16](repeating: 0xFFFF, count: 256 + 68)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = UInt16(byte) }
    return bytes
  }()

  /// Appends the bytes that a spelling stands for. False, with nothing appended, when one of its
  /// characters is not of the alphabet.
  static func append(_ spelling: Span<UInt8>, to result: inout [UInt8]) -> Bool {
    let before = result.count
    let table = bytes.span
    var index = 0
    while index < spelling.count {
      var scalar = Int(spelling[index])
      index += 1
      if scalar >= 0x80 {
        // The alphabet ends at U+0143: two bytes of UTF-8 at most.
        guard scalar & 0xE0 == 0xC0, index < spelling.count else {
          result.removeSubrange(before...)
          return false
        }
        scalar = (scalar & 0x1F) << 6 | Int(spelling[index] & 0x3F)
        index += 1
      }
      guard scalar < table.count, table[scalar] != 0xFFFF else {
        result.removeSubrange(before...)
        return false
      }
      result.append(UInt8(truncatingIfNeeded: table[scalar]))
    }
    return true
  }

  /// How the alphabet spells bytes.
  static func spelling(of bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(scalars[Int(byte)])!) }
    return text
  }
}
