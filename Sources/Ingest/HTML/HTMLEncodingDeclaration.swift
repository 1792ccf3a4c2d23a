/// The encoding a page declares, by the WHATWG's prescan; an XML declaration counts too.
///
/// Of the page, 64 KiB are looked through: browsers begin with 1024 bytes and start anew when a
/// declaration comes later.
enum HTMLEncodingDeclaration {
  static func encoding(of bytes: [UInt8]) -> TextEncoding? {
    var scan = Scan(bytes: Array(bytes.prefix(1 << 16)))
    if let found = scan.run() { return found }
    return xmlDeclaration(bytes)
  }

  private static func xmlDeclaration(_ bytes: [UInt8]) -> TextEncoding? {
    let head = bytes.prefix(200).drop { $0 <= 0x20 }
    guard head.starts(with: Array("<?xml".utf8)), let end = head.firstIndex(of: 0x3E) else {
      return nil
    }
    let text = head[..<end]
    let word = Array("encoding".utf8)
    guard text.count > word.count else { return nil }
    for start in text.startIndex..<text.endIndex - word.count
    where text[start..<start + word.count].elementsEqual(word) {
      let rest = text[(start + word.count)...].drop { $0 <= 0x20 || $0 == 0x3D }
      guard let quote = rest.first, quote == 0x22 || quote == 0x27 else { return nil }
      let label = rest.dropFirst().prefix { $0 != quote }
      return declared(String(decoding: label, as: UTF8.self))
    }
    return nil
  }

  /// A page that can be read as ASCII cannot be UTF-16, whatever it says.
  static func declared(_ label: String) -> TextEncoding? {
    switch TextEncoding(label: label) {
    case .utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian: .utf8
    case .userDefined: .windows1252
    case let other: other
    }
  }

  private struct Scan {
    let bytes: [UInt8]
    var position = 0

    mutating func run() -> TextEncoding? {
      while position < bytes.count {
        if matches("<!--") {
          // The mark that closes may share its hyphens with the one that opens.
          var end = position + 2
          while end + 2 < bytes.count,
            !(bytes[end] == 0x2D && bytes[end + 1] == 0x2D && bytes[end + 2] == 0x3E)
          { end += 1 }
          guard end + 2 < bytes.count else { return nil }
          position = end + 3
          continue
        }
        if matches("<meta"), position + 5 < bytes.count,
          bytes[position + 5] <= 0x20 || bytes[position + 5] == 0x2F
        {
          position += 5
          if let found = meta() { return found }
          continue
        }
        if bytes[position] == 0x3C, position + 1 < bytes.count {
          let next = bytes[position + 1]
          let after = next == 0x2F && position + 2 < bytes.count ? bytes[position + 2] : next
          if (0x61...0x7A).contains(after | 0x20) {
            while position < bytes.count, bytes[position] > 0x20, bytes[position] != 0x3E {
              position += 1
            }
            while attribute() != nil {}
            continue
          }
          if next == 0x21 || next == 0x2F || next == 0x3F {
            while position < bytes.count, bytes[position] != 0x3E { position += 1 }
            continue
          }
        }
        position += 1
      }
      return nil
    }

    private mutating func meta() -> TextEncoding? {
      var seen: Set<String> = []
      var isPragma = false
      var needsPragma: Bool?
      var charset: TextEncoding?
      while let (name, value) = attribute() {
        guard seen.insert(name).inserted else { continue }
        switch name {
        case "http-equiv": if value == "content-type" { isPragma = true }
        case "content":
          if charset == nil, let label = Self.charset(in: value),
            let found = TextEncoding(label: label)
          {
            charset = found
            needsPragma = true
          }
        case "charset":
          charset = TextEncoding(label: value)
          needsPragma = false
        default: break
        }
      }
      guard let needsPragma, !needsPragma || isPragma, let charset else { return nil }
      return HTMLEncodingDeclaration.declared(charset.rawValue)
    }

    /// The label in `text/html; charset=…`.
    private static func charset(in value: String) -> String? {
      let text = Array(value.utf8)
      var position = 0
      while true {
        guard
          let found = (position..<text.count).first(where: {
            text[$0...].starts(with: Array("charset".utf8))
          })
        else { return nil }
        position = found + 7
        while position < text.count, text[position] <= 0x20 { position += 1 }
        guard position < text.count else { return nil }
        guard text[position] == 0x3D else { continue }
        position += 1
        while position < text.count, text[position] <= 0x20 { position += 1 }
        guard position < text.count else { return nil }
        let quote = text[position]
        if quote == 0x22 || quote == 0x27 {
          let rest = text[(position + 1)...]
          guard let end = rest.firstIndex(of: quote) else { return nil }
          return String(decoding: rest[..<end], as: UTF8.self)
        }
        let rest = text[position...].prefix { $0 > 0x20 && $0 != 0x3B }
        return String(decoding: rest, as: UTF8.self)
      }
    }

    /// The next attribute of the tag, in lower case; nil at the tag's end.
    private mutating func attribute() -> (String, String)? {
      while position < bytes.count, bytes[position] <= 0x20 || bytes[position] == 0x2F {
        position += 1
      }
      guard position < bytes.count else { return nil }
      if bytes[position] == 0x3E { return nil }
      var name: [UInt8] = []
      while position < bytes.count {
        let byte = bytes[position]
        if byte == 0x3D, !name.isEmpty { break }
        if byte <= 0x20 || byte == 0x2F || byte == 0x3E { break }
        name.append(lower(byte))
        position += 1
      }
      while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
      guard position < bytes.count else { return nil }
      guard bytes[position] == 0x3D else { return (String(decoding: name, as: UTF8.self), "") }
      position += 1
      while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
      guard position < bytes.count else { return nil }
      var value: [UInt8] = []
      let quote = bytes[position]
      if quote == 0x22 || quote == 0x27 {
        position += 1
        while position < bytes.count, bytes[position] != quote {
          value.append(lower(bytes[position]))
          position += 1
        }
        guard position < bytes.count else { return nil }
        position += 1
      } else {
        while position < bytes.count, bytes[position] > 0x20, bytes[position] != 0x3E {
          value.append(lower(bytes[position]))
          position += 1
        }
        guard position < bytes.count else { return nil }
      }
      return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    private func lower(_ byte: UInt8) -> UInt8 {
      (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    private func matches(_ word: String) -> Bool {
      var index = position
      for byte in word.utf8 {
        guard index < bytes.count, lower(bytes[index]) == byte else { return false }
        index += 1
      }
      return true
    }
  }
}
