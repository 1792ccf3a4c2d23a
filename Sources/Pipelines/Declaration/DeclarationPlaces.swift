import JSON

/// Where the parts of a declaration stand in its file, by JSON Pointer.
struct DeclarationPlaces: Sendable {
  let bytes: [UInt8]
  let json: PositionedJSON

  /// - Parameter collectsDuplicates: see ``PositionedJSON``.
  init(
    _ bytes: [UInt8], _ dialect: JSONValue.Dialect, collectsDuplicates: Bool = false
  ) throws(JSONError) {
    self.bytes = bytes
    json = try PositionedJSON(bytes, dialect, collectsDuplicates: collectsDuplicates)
  }

  /// Where the value at `pointer` stands; the nearest value around it when there is none.
  func value(_ pointer: String) -> JSONPosition {
    var pointer = Substring(pointer)
    while true {
      if let position = json.position(of: String(pointer)) { return position }
      guard let slash = pointer.lastIndex(of: "/") else { return JSONPosition(line: 1, column: 1) }
      pointer = pointer[..<slash]
    }
  }

  /// Where the key that leads to `pointer` stands.
  func key(_ pointer: String) -> JSONPosition { json.keyPosition(of: pointer) ?? value(pointer) }

  /// Where one character of the text at `pointer` is written, escapes and all.
  ///
  /// - Parameter scalar: Counted in Unicode scalars from the start of the text; the text's length
  ///   stands for its closing quote.
  func character(_ scalar: Int, of pointer: String) -> JSONPosition {
    guard var index = json.offset(of: pointer), index < bytes.count,
      bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'")
    else { return value(pointer) }
    let quote = bytes[index]
    index += 1
    var passed = 0
    while index < bytes.count, bytes[index] != quote {
      let (length, isCharacter) = unit(at: index)
      if isCharacter, passed == scalar { break }
      if isCharacter { passed += 1 }
      index += length
    }
    return JSONPosition(of: index, in: bytes)
  }

  /// How many bytes one written character takes, and whether it stands for a character at all: an
  /// escaped line break does not.
  private func unit(at index: Int) -> (length: Int, isCharacter: Bool) {
    func byte(_ distance: Int) -> UInt8? {
      index + distance < bytes.count ? bytes[index + distance] : nil
    }
    guard bytes[index] == UInt8(ascii: "\\") else {
      return (max(1, (~bytes[index]).leadingZeroBitCount), true)
    }
    switch byte(1) {
    case UInt8(ascii: "u"):
      // Two escapes for one character beyond U+FFFF: D8…DB, then DC…DF.
      let isHigh =
        byte(2).map { $0 | 0x20 == UInt8(ascii: "d") } == true
        && byte(3).map { [0x38, 0x39, 0x41, 0x42, 0x61, 0x62].contains($0) } == true
      let isLow =
        byte(6) == UInt8(ascii: "\\") && byte(7) == UInt8(ascii: "u")
        && byte(8).map { $0 | 0x20 == UInt8(ascii: "d") } == true
        && byte(9).map { [0x43, 0x44, 0x45, 0x46, 0x63, 0x64, 0x65, 0x66].contains($0) } == true
      return (isHigh && isLow ? 12 : 6, true)
    case UInt8(ascii: "x"): return (4, true)
    case 0x0D: return (byte(2) == 0x0A ? 3 : 2, false)
    case 0x0A: return (2, false)
    default: return (2, true)
    }
  }
}
