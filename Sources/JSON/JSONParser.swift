extension JSONValue {
  package enum Dialect: Sendable {
    /// RFC 8259, nothing else.
    case json
    /// JSON5: comments, trailing commas, unquoted keys, single quotes, hexadecimal, `+1`, `.5`.
    case json5
  }

  /// Reads one value from UTF-8 bytes. Duplicate keys and nesting beyond 512 levels are refused.
  package static func parse(_ bytes: [UInt8], _ dialect: Dialect = .json) throws(JSONError)
    -> JSONValue
  {
    var parser = JSONParser(bytes: bytes, dialect: dialect, recordsPlaces: false)
    return try parser.document()
  }

  package static func parse(_ text: String, _ dialect: Dialect = .json) throws(JSONError)
    -> JSONValue
  {
    try parse(Array(text.utf8), dialect)
  }
}

/// A parsed text that still knows where each of its values stands.
package struct PositionedJSON: Sendable {
  package let value: JSONValue
  /// Keys that an object has already, where they are collected; the first of each is the one that counts.
  package let duplicates: [JSONError]
  private let bytes: [UInt8]
  private let places: [JSONPlace]

  /// - Parameter collectsDuplicates: Whether a key that comes again is collected, to be said with all else
  ///   that is wrong, and not thrown.
  package init(
    _ bytes: [UInt8], _ dialect: JSONValue.Dialect, collectsDuplicates: Bool = false
  ) throws(JSONError) {
    var parser = JSONParser(bytes: bytes, dialect: dialect, recordsPlaces: true)
    parser.collectsDuplicates = collectsDuplicates
    value = try parser.document()
    duplicates = parser.duplicates
    self.bytes = bytes
    places = parser.places
  }

  /// Where the value at a JSON Pointer (`/steps/0/kind`) begins; nil when there is none.
  package func position(of pointer: String) -> JSONPosition? {
    offset(of: pointer).map { JSONPosition(of: $0, in: bytes) }
  }

  /// The same in bytes from the start of the text.
  package func offset(of pointer: String) -> Int? { place(pointer)?.offset }

  /// Where the key that leads to a JSON Pointer begins.
  package func keyPosition(of pointer: String) -> JSONPosition? {
    place(pointer)?.keyOffset.map { JSONPosition(of: $0, in: bytes) }
  }

  private func place(_ pointer: String) -> JSONPlace? {
    guard !pointer.isEmpty else { return places.first }
    let tokens = pointer.split(separator: "/", omittingEmptySubsequences: false)
    guard tokens[0].isEmpty, var place = places.first else { return nil }
    for token in tokens.dropFirst() {
      let key = token.split(separator: "~1", omittingEmptySubsequences: false).joined(
        separator: "/"
      ).split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
      guard let child = place.members[key] ?? Int(key).flatMap({ place.element($0) }) else {
        return nil
      }
      place = places[child]
    }
    return place
  }
}

/// Where one value of a text stands and which values stand in it. A tree, not a table by pointer:
/// its size is that of the text even where long keys lead to many values.
struct JSONPlace: Sendable {
  var offset: Int
  var keyOffset: Int?
  /// Indices of the members' places.
  var members: [String: Int] = [:]
  /// Indices of the elements' places.
  var elements: [Int] = []

  func element(_ index: Int) -> Int? { elements.indices.contains(index) ? elements[index] : nil }
}

/// A JSON Pointer's reference token for a key (RFC 6901).
package func jsonPointerToken(_ key: String) -> String {
  guard key.contains(where: { $0 == "~" || $0 == "/" }) else { return key }
  return key.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
    .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
}

/// A recursive-descent parser over bytes; one instance reads one text.
struct JSONParser {
  private let bytes: [UInt8]
  private let dialect: JSONValue.Dialect
  private let recordsPlaces: Bool
  private var offset = 0
  private var depth = 0
  /// The first is the whole text's; empty unless places are recorded.
  private(set) var places: [JSONPlace] = []
  /// Index of the place of the object or array that is being read.
  private var container: Int?
  var collectsDuplicates = false
  private(set) var duplicates: [JSONError] = []

  private static let deepest = 512

  init(bytes: [UInt8], dialect: JSONValue.Dialect, recordsPlaces: Bool) {
    self.bytes = bytes
    self.dialect = dialect
    self.recordsPlaces = recordsPlaces
  }

  mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      guard dialect == .json5 else { throw error("a byte order mark is not allowed in JSON") }
      offset = 3
    }
    try skipSpace()
    let value = try value()
    try skipSpace()
    guard offset == bytes.count else { throw error("unexpected text after the value") }
    return value
  }

  private func error(_ message: String, at place: Int? = nil) -> JSONError {
    JSONError(message: message, position: JSONPosition(of: place ?? offset, in: bytes))
  }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() throws(JSONError) {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      case 0x0B,
        0x0C where dialect == .json5:
        offset += 1
      case 0xC2 where dialect == .json5 && matches([0xC2, 0xA0]): offset += 2
      case 0xEF where dialect == .json5 && matches([0xEF, 0xBB, 0xBF]): offset += 3
      case UInt8(ascii: "/") where dialect == .json5: try skipComment()
      default: return
      }
    }
  }

  private func matches(_ expected: [UInt8]) -> Bool {
    offset + expected.count <= bytes.count
      && bytes[offset..<offset + expected.count].elementsEqual(expected)
  }

  private mutating func skipComment() throws(JSONError) {
    let start = offset
    if matches(Array("//".utf8)) {
      while let byte = current, byte != 0x0A, byte != 0x0D { offset += 1 }
    } else if matches(Array("/*".utf8)) {
      offset += 2
      while !matches(Array("*/".utf8)) {
        guard offset < bytes.count else { throw error("comment is not closed", at: start) }
        offset += 1
      }
      offset += 2
    } else {
      throw error("unexpected “/”")
    }
  }

  /// - Parameters:
  ///   - key: The member's key and where it stands, in an object.
  private mutating func value(of key: (name: String, offset: Int)? = nil) throws(JSONError)
    -> JSONValue
  {
    guard recordsPlaces else { return try plainValue() }
    let index = places.count
    places.append(JSONPlace(offset: offset, keyOffset: key?.offset))
    if let container {
      if let key {
        places[container].members[key.name] = index
      } else {
        places[container].elements.append(index)
      }
    }
    let outer = container
    container = index
    defer { container = outer }
    return try plainValue()
  }

  /// Reads a value that stands nowhere in the tree.
  private mutating func skipValue() throws(JSONError) {
    let outer = container
    container = nil
    defer { container = outer }
    _ = try value()
  }

  private mutating func plainValue() throws(JSONError) -> JSONValue {
    guard let byte = current else { throw error("the text ends where a value should be") }
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "'") where dialect == .json5: return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "I"), UInt8(ascii: "N"):
      guard dialect == .json5 else { fallthrough }
      return try number()
    default:
      throw error("expected a value here")
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard matches(Array(word.utf8)) else { throw error("expected a value here") }
    offset += word.utf8.count
    return value
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try enter()
    defer { depth -= 1 }
    offset += 1
    var object = JSONObject()
    try skipSpace()
    if current == UInt8(ascii: "}") {
      offset += 1
      return .object(object)
    }
    while true {
      let keyStart = offset
      let key = try key()
      let isDuplicate = object[key] != nil
      if isDuplicate {
        let error = error("key “\(key)” appears twice in this object", at: keyStart)
        guard collectsDuplicates else { throw error }
        duplicates.append(error)
      }
      try skipSpace()
      guard current == UInt8(ascii: ":") else { throw error("expected “:” after the key") }
      offset += 1
      try skipSpace()
      if isDuplicate {
        try skipValue()
      } else {
        object[key] = try value(of: (key, keyStart))
      }
      try skipSpace()
      switch current {
      case UInt8(ascii: ","):
        offset += 1
        try skipSpace()
        if dialect == .json5, current == UInt8(ascii: "}") {
          offset += 1
          return .object(object)
        }
      case UInt8(ascii: "}"):
        offset += 1
        return .object(object)
      default: throw error("expected “,” or “}” here")
      }
    }
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try enter()
    defer { depth -= 1 }
    offset += 1
    var array: [JSONValue] = []
    try skipSpace()
    if current == UInt8(ascii: "]") {
      offset += 1
      return .array(array)
    }
    while true {
      array.append(try value())
      try skipSpace()
      switch current {
      case UInt8(ascii: ","):
        offset += 1
        try skipSpace()
        if dialect == .json5, current == UInt8(ascii: "]") {
          offset += 1
          return .array(array)
        }
      case UInt8(ascii: "]"):
        offset += 1
        return .array(array)
      default: throw error("expected “,” or “]” here")
      }
    }
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    guard depth <= Self.deepest else {
      throw error("nested deeper than \(Self.deepest) levels")
    }
  }

  private mutating func key() throws(JSONError) -> String {
    switch current {
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "'") where dialect == .json5: return try string()
    default:
      guard dialect == .json5 else { throw error("expected a key in double quotes here") }
      let start = offset
      while let byte = current, Self.isIdentifier(byte) { offset += 1 }
      guard offset > start, !(0x30...0x39).contains(bytes[start]) else {
        throw error("expected a key here", at: start)
      }
      return String(decoding: bytes[start..<offset], as: UTF8.self)
    }
  }

  private static func isIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF:
      true
    default: false
    }
  }

  private mutating func string() throws(JSONError) -> String {
    let quote = bytes[offset]
    let start = offset
    offset += 1
    // The common case has no escape: one slice, decoded at once.
    let first = offset
    while let byte = current, byte != quote, byte != UInt8(ascii: "\\"), byte >= 0x20 {
      offset += 1
    }
    if current == quote {
      let slice = bytes[first..<offset]
      guard let text = String(validating: slice, as: UTF8.self) else {
        throw error("string is not valid UTF-8", at: start)
      }
      offset += 1
      return text
    }
    var buffer = Array(bytes[first..<offset])
    while let byte = current {
      switch byte {
      case quote:
        offset += 1
        guard let text = String(validating: buffer, as: UTF8.self) else {
          throw error("string is not valid UTF-8", at: start)
        }
        return text
      case UInt8(ascii: "\\"):
        offset += 1
        try escape(into: &buffer)
      case 0..<0x20 where dialect == .json || byte == 0x0A || byte == 0x0D:
        throw error("control character in a string; write it as an escape")
      default:
        buffer.append(byte)
        offset += 1
      }
    }
    throw error("string is not closed", at: start)
  }

  private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
    guard let byte = current else { throw error("the text ends inside an escape") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = try hexadecimal(4)
      if (0xD800..<0xDC00).contains(scalar), matches(Array("\\u".utf8)) {
        let mark = offset
        offset += 2
        let low = try hexadecimal(4)
        if (0xDC00..<0xE000).contains(low) {
          scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
        } else {
          offset = mark
        }
      }
      // A lone surrogate stands for no character.
      buffer.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
    case UInt8(ascii: "v") where dialect == .json5: buffer.append(0x0B)
    case UInt8(ascii: "0") where dialect == .json5: buffer.append(0)
    case UInt8(ascii: "x") where dialect == .json5:
      let scalar = try hexadecimal(2)
      buffer.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
    case 0x0D where dialect == .json5: if current == 0x0A { offset += 1 }
    case 0x0A where dialect == .json5: break
    case UInt8(ascii: "'") where dialect == .json5: buffer.append(byte)
    default:
      throw error("unknown escape in a string", at: offset - 2)
    }
  }

  private mutating func hexadecimal(_ digits: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = current, let digit = Self.hexDigit(byte) else {
        throw error("expected \(digits) hexadecimal digits here")
      }
      value = value << 4 | digit
      offset += 1
    }
    return value
  }

  private static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = offset
    var isNegative = false
    if current == UInt8(ascii: "-") || (dialect == .json5 && current == UInt8(ascii: "+")) {
      isNegative = current == UInt8(ascii: "-")
      offset += 1
    }
    if dialect == .json5 {
      for (word, value) in [("Infinity", Double.infinity), ("NaN", Double.nan)]
      where matches(Array(word.utf8)) {
        offset += word.utf8.count
        return .number(isNegative ? -value : value)
      }
      if matches(Array("0x".utf8)) || matches(Array("0X".utf8)) {
        offset += 2
        let first = offset
        while let byte = current, Self.hexDigit(byte) != nil { offset += 1 }
        let text = (isNegative ? "-" : "") + String(decoding: bytes[first..<offset], as: UTF8.self)
        guard offset > first, let value = Int(text, radix: 16) else {
          throw error("hexadecimal number is empty or too large", at: start)
        }
        return .integer(value)
      }
    }
    let whole = digits()
    guard whole > 0 || (dialect == .json5 && current == UInt8(ascii: ".")) else {
      throw error("expected a digit here")
    }
    if whole > 1, bytes[offset - whole] == UInt8(ascii: "0") {
      throw error("number with a leading zero", at: start)
    }
    var isWhole = true
    if current == UInt8(ascii: ".") {
      isWhole = false
      offset += 1
      let fraction = digits()
      guard fraction > 0 || (dialect == .json5 && whole > 0) else {
        throw error("expected a digit after the point")
      }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isWhole = false
      offset += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
      guard digits() > 0 else { throw error("expected a digit in the exponent") }
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text.hasSuffix(".") ? text + "0" : text) else {
      throw error("number cannot be read", at: start)
    }
    guard number.isFinite else { throw error("number is too large", at: start) }
    // `1e3` and `1000.0` are the integer 1000, as JSON Schema has it; so equal numbers are equal.
    if let integer = Int(exactly: number), abs(integer) < 1 << 53 { return .integer(integer) }
    return .number(number)
  }

  private mutating func digits() -> Int {
    let start = offset
    while let byte = current, (0x30...0x39).contains(byte) { offset += 1 }
    return offset - start
  }
}
