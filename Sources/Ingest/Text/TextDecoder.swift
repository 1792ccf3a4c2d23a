import Foundation

extension SourceText {
  /// Decodes a whole file. Bytes that are not valid in `encoding` become U+FFFD and are counted.
  package init(_ file: [UInt8], encoding: TextEncoding) {
    switch encoding.form {
    case .utf8: self.init(utf8File: file)
    case .utf16(let bigEndian): self.init(utf16File: file, bigEndian: bigEndian, encoding: encoding)
    case .utf32(let bigEndian): self.init(utf32File: file, bigEndian: bigEndian, encoding: encoding)
    case .singleByte: self.init(singleByteFile: file, encoding: encoding)
    case .multiByte(let form): self.init(multiByteFile: file, form: form, encoding: encoding)
    case .escapes: self.init(iso2022JPFile: file)
    }
  }

  // MARK: UTF-8

  private init(utf8File file: [UInt8]) {
    let start = file.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    guard let damage = UTF8Validation.firstError(file, from: start) else {
      self.init(
        utf8: file, start: start, encoding: .utf8, segments: [Segment(utf8: 0, file: 0, width: 0)])
      return
    }
    var writer = DecodedWriter(capacity: file.count)
    var position = 0
    var next: Int? = damage
    while let error = next {
      writer.appendVerbatim(file[position..<error], at: position)
      let length = UTF8Validation.errorLength(file, at: error)
      writer.replace(error..<error + length)
      position = error + length
      next = UTF8Validation.firstError(file, from: position)
    }
    writer.appendVerbatim(file[position...], at: position)
    self = writer.finish(.utf8, start: start)
  }

  // MARK: UTF-16 and UTF-32

  private init(utf16File file: [UInt8], bigEndian: Bool, encoding: TextEncoding) {
    var writer = DecodedWriter(capacity: file.count)
    func unit(_ at: Int) -> UInt32 {
      bigEndian
        ? UInt32(file[at]) << 8 | UInt32(file[at + 1])
        : UInt32(file[at + 1]) << 8 | UInt32(file[at])
    }
    var position = 0
    while position + 1 < file.count {
      let first = unit(position)
      if first & 0xFC00 == 0xD800, position + 3 < file.count {
        let second = unit(position + 2)
        if second & 0xFC00 == 0xDC00 {
          writer.append(
            0x10000 + ((first & 0x3FF) << 10 | second & 0x3FF), at: position, width: 4)
          position += 4
          continue
        }
      }
      if first & 0xF800 == 0xD800 {
        writer.replace(position..<position + 2)
      } else if first != 0xFEFF || position > 0 {
        writer.append(first, at: position, width: 2)
      }
      position += 2
    }
    if position < file.count { writer.replace(position..<file.count) }
    self = writer.finish(encoding)
  }

  private init(utf32File file: [UInt8], bigEndian: Bool, encoding: TextEncoding) {
    var writer = DecodedWriter(capacity: file.count / 2)
    var position = 0
    while position + 3 < file.count {
      var value: UInt32 = 0
      for index in 0..<4 {
        value = value << 8 | UInt32(file[position + (bigEndian ? index : 3 - index)])
      }
      if Unicode.Scalar(value) == nil {
        writer.replace(position..<position + 4)
      } else if value != 0xFEFF || position > 0 {
        writer.append(value, at: position, width: 4)
      }
      position += 4
    }
    if position < file.count { writer.replace(position..<file.count) }
    self = writer.finish(encoding)
  }

  // MARK: Single bytes

  private init(singleByteFile file: [UInt8], encoding: TextEncoding) {
    let table = SingleByteTables.scalars(of: encoding)
    var writer = DecodedWriter(capacity: file.count + file.count / 8)
    var position = 0
    while position < file.count {
      let byte = file[position]
      defer { position += 1 }
      if byte < 0x80 {
        var end = position + 1
        while end < file.count, file[end] < 0x80 { end += 1 }
        writer.append(ascii: file[position..<end], at: position)
        position = end - 1
        continue
      }
      let scalar = table[Int(byte)]
      if scalar == 0xFFFD {
        writer.replace(position..<position + 1)
      } else {
        writer.append(scalar, at: position, width: 1)
      }
    }
    self = writer.finish(encoding)
  }

  // MARK: Double bytes

  private init(
    multiByteFile file: [UInt8], form: TextEncoding.MultiByteForm, encoding: TextEncoding
  ) {
    var writer = DecodedWriter(capacity: file.count + file.count / 2)
    guard let converter = Converter(from: encoding.converterName) else {
      writer.replace(0..<file.count)
      self = writer.finish(encoding)
      return
    }
    var known: [UInt32: [UInt32]] = [:]
    var position = 0
    while position < file.count {
      let byte = file[position]
      if byte < 0x80 {
        writer.append(UInt32(byte), at: position, width: 1)
        position += 1
        continue
      }
      let length = form.length(file, at: position)
      var key: UInt32 = 0
      for index in position..<position + length { key = key << 8 | UInt32(file[index]) }
      let scalars: [UInt32]
      if let found = known[key] {
        scalars = found
      } else {
        scalars = converter.scalars(of: file[position..<position + length])
        known[key] = scalars
      }
      if scalars.isEmpty {
        // An ASCII byte after a bad lead is text again.
        let bad = length > 1 && file[position + 1] < 0x80 ? 1 : length
        writer.replace(position..<position + bad)
        position += bad
        continue
      }
      if scalars.count == 1 {
        writer.append(scalars[0], at: position, width: length)
      } else {
        writer.append(scalars, at: position..<position + length)
      }
      position += length
    }
    self = writer.finish(encoding)
  }

  // MARK: Escape sequences

  private init(iso2022JPFile file: [UInt8]) {
    var writer = DecodedWriter(capacity: file.count)
    guard let converter = Converter(from: "ISO-2022-JP") else {
      writer.replace(0..<file.count)
      self = writer.finish(.iso2022JP)
      return
    }
    var escape: [UInt8] = [0x1B, 0x28, 0x42]
    var width = 1
    var position = 0
    while position < file.count {
      let byte = file[position]
      if byte == 0x1B, position + 2 < file.count,
        file[position + 1] == 0x28 || file[position + 1] == 0x24
      {
        let isWide = file[position + 1] == 0x24
        let length = isWide && file[position + 2] == 0x28 ? 4 : 3
        escape = Array(file[position..<min(position + length, file.count)])
        width = isWide ? 2 : 1
        position += escape.count
        continue
      }
      if byte < 0x21 || width == 1 && escape[2] == 0x42 {
        if byte < 0x80 {
          writer.append(UInt32(byte), at: position, width: 1)
        } else {
          writer.replace(position..<position + 1)
        }
        if byte == 0x0A || byte == 0x0D { (escape, width) = ([0x1B, 0x28, 0x42], 1) }
        position += 1
        continue
      }
      let end = min(position + width, file.count)
      let scalars = converter.scalars(of: (escape + file[position..<end])[...])
      if scalars.count == 1 {
        writer.append(scalars[0], at: position, width: end - position)
      } else {
        writer.replace(position..<end)
      }
      position = end
    }
    self = writer.finish(.iso2022JP)
  }
}

/// Collects decoded characters and, beside them, where they stand in the file.
private struct DecodedWriter {
  private var utf8: [UInt8] = []
  private var segments: [SourceText.Segment] = []
  private var replacements: [Range<Int>] = []
  private var replacementCount = 0
  /// File offset at which the open segment ends, and its scalars so far.
  private var end = 0
  private var scalars = 0
  /// Short enough that counting scalars inside a segment costs nothing.
  private static let longest = 1024

  init(capacity: Int) { utf8.reserveCapacity(capacity) }

  mutating func append(_ scalar: UInt32, at position: Int, width: Int) {
    begin(at: position, width: width)
    scalars += 1
    end = position + width
    push(scalar)
  }

  /// ASCII characters of an encoding in which they are bytes of their own.
  mutating func append(ascii bytes: ArraySlice<UInt8>, at position: Int) {
    // A stretch of its own only where it is long enough to be worth one.
    if bytes.count < 64 {
      for (index, byte) in bytes.enumerated() {
        append(UInt32(byte), at: position + index, width: 1)
      }
    } else {
      appendVerbatim(bytes, at: position)
    }
  }

  /// Several scalars that stand for the range together; the first is given the bytes.
  mutating func append(_ several: [UInt32], at range: Range<Int>) {
    segments.append(
      SourceText.Segment(utf8: utf8.count, file: range.lowerBound, width: range.count))
    push(several[0])
    segments.append(SourceText.Segment(utf8: utf8.count, file: range.upperBound, width: -1))
    for scalar in several.dropFirst() { push(scalar) }
    end = -1
  }

  mutating func appendVerbatim(_ bytes: ArraySlice<UInt8>, at position: Int) {
    guard !bytes.isEmpty else { return }
    segments.append(SourceText.Segment(utf8: utf8.count, file: position, width: 0))
    utf8.append(contentsOf: bytes)
    end = -1
  }

  mutating func replace(_ range: Range<Int>) {
    segments.append(
      SourceText.Segment(utf8: utf8.count, file: range.lowerBound, width: range.count))
    utf8.append(contentsOf: [0xEF, 0xBF, 0xBD])
    end = -1
    if let last = replacements.last, last.upperBound == range.lowerBound {
      replacements[replacements.count - 1] = last.lowerBound..<range.upperBound
      return
    }
    replacementCount += 1
    if replacements.count < SourceText.maximumReplacements { replacements.append(range) }
  }

  private mutating func begin(at position: Int, width: Int) {
    if let last = segments.last, end == position, last.width == width, scalars < Self.longest {
      return
    }
    segments.append(SourceText.Segment(utf8: utf8.count, file: position, width: width))
    scalars = 0
  }

  private mutating func push(_ scalar: UInt32) {
    switch scalar {
    case 0..<0x80: utf8.append(UInt8(scalar))
    case 0x80..<0x800:
      utf8.append(UInt8(0xC0 | scalar >> 6))
      utf8.append(UInt8(0x80 | scalar & 0x3F))
    case 0x800..<0x10000:
      utf8.append(UInt8(0xE0 | scalar >> 12))
      utf8.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      utf8.append(UInt8(0x80 | scalar & 0x3F))
    default:
      utf8.append(UInt8(0xF0 | scalar >> 18))
      utf8.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      utf8.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      utf8.append(UInt8(0x80 | scalar & 0x3F))
    }
  }

  func finish(_ encoding: TextEncoding, start: Int = 0) -> SourceText {
    SourceText(
      utf8: utf8, start: start, encoding: encoding,
      segments: segments.isEmpty ? [SourceText.Segment(utf8: 0, file: 0, width: 0)] : segments,
      replacements: replacements, replacementCount: replacementCount)
  }
}

/// Where UTF-8 breaks its rules.
enum UTF8Validation {
  /// The offset of the first byte that begins no valid sequence, or nil.
  static func firstError(_ bytes: [UInt8], from start: Int) -> Int? {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      var position = start
      let count = buffer.count
      while position < count {
        while position + 8 <= count {
          let word = unsafe UnsafeRawPointer(buffer.baseAddress! + position)
            .loadUnaligned(as: UInt64.self)
          if word & 0x8080_8080_8080_8080 != 0 { break }
          position += 8
        }
        guard position < count else { break }
        if unsafe buffer[position] < 0x80 {
          position += 1
          continue
        }
        let length = unsafe sequenceLength(buffer, at: position)
        if length == 0 { return position }
        position += length
      }
      return nil
    }
  }

  /// How many bytes one U+FFFD stands for: the longest beginning of a valid sequence, or one byte.
  static func errorLength(_ bytes: [UInt8], at position: Int) -> Int {
    let lead = bytes[position]
    let wanted =
      switch lead {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 1
      }
    var length = 1
    while length < wanted - 1, position + length < bytes.count {
      let byte = bytes[position + length]
      let isAllowed = length == 1 ? secondRange(lead).contains(byte) : byte & 0xC0 == 0x80
      if !isAllowed { break }
      length += 1
    }
    return length
  }

  private static func secondRange(_ lead: UInt8) -> ClosedRange<UInt8> {
    switch lead {
    case 0xE0: 0xA0...0xBF
    case 0xED: 0x80...0x9F
    case 0xF0: 0x90...0xBF
    case 0xF4: 0x80...0x8F
    default: 0x80...0xBF
    }
  }

  /// 0 where no valid sequence of two bytes or more begins.
  private static func sequenceLength(_ buffer: UnsafeBufferPointer<UInt8>, at position: Int) -> Int
  {
    let lead = unsafe buffer[position]
    let length: Int
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return 0
    }
    guard position + length <= buffer.count,
      secondRange(lead).contains(unsafe buffer[position + 1])
    else { return 0 }
    var index = 2
    while index < length {
      if unsafe buffer[position + index] & 0xC0 != 0x80 { return 0 }
      index += 1
    }
    return length
  }
}

/// Scalars of the 256 bytes of each single-byte encoding.
enum SingleByteTables {
  /// U+FFFD for bytes without a meaning.
  static func scalars(of encoding: TextEncoding) -> [UInt32] { all[encoding] ?? [] }

  private static let all: [TextEncoding: [UInt32]] = {
    var tables: [TextEncoding: [UInt32]] = [:]
    for encoding in TextEncoding.allCases where encoding.form == .singleByte {
      tables[encoding] = table(of: encoding)
    }
    return tables
  }()

  private static func table(of encoding: TextEncoding) -> [UInt32] {
    if encoding == .userDefined {
      return (0..<256).map { $0 < 0x80 ? UInt32($0) : 0xF700 + UInt32($0) }
    }
    let converter = Converter(from: encoding.converterName)
    return (0..<256).map { byte in
      if byte < 0x80 { return UInt32(byte) }
      if let scalars = converter?.scalars(of: [UInt8(byte)]), scalars.count == 1 {
        return scalars[0]
      }
      // The web's tables keep the holes of the C1 area as controls.
      return byte < 0xA0 ? UInt32(byte) : 0xFFFD
    }
  }
}

extension TextEncoding.MultiByteForm {
  /// Bytes of the character whose lead byte (0x80 or more) is at `position`; at most what is left.
  func length(_ file: [UInt8], at position: Int) -> Int {
    let lead = file[position]
    let left = file.count - position
    let wanted: Int
    switch self {
    case .gb18030:
      if lead == 0x80 || lead == 0xFF {
        wanted = 1
      } else if left >= 4, (0x30...0x39).contains(file[position + 1]),
        file[position + 2] >= 0x81, (0x30...0x39).contains(file[position + 3])
      {
        wanted = 4
      } else {
        wanted = 2
      }
    case .big5, .eucKR: wanted = lead == 0x80 || lead == 0xFF ? 1 : 2
    case .eucJP: wanted = lead == 0x8F ? 3 : lead == 0x8E || lead >= 0xA1 && lead < 0xFF ? 2 : 1
    case .shiftJIS:
      wanted = lead == 0x80 || (0xA0...0xDF).contains(lead) || lead > 0xFC ? 1 : 2
    }
    return min(wanted, left)
  }
}
