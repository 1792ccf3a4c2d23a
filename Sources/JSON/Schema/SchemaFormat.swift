/// The formats that can be asserted.
enum SchemaFormat: String, CaseIterable, Sendable {
  /// RFC 3339 `full-date`, of a day that the calendar has.
  case date
  /// RFC 3339 `full-time`. Second 60 only where it is the last of a day in UTC.
  case time
  case dateTime = "date-time"
  /// RFC 5321 `Mailbox`.
  case email
  /// RFC 3986, with a scheme.
  case uri
  /// RFC 4122.
  case uuid

  func accepts(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    switch self {
    case .date: return Self.isDate(bytes[...])
    case .time: return Self.isTime(bytes[...])
    case .dateTime:
      guard bytes.count > 11, bytes[10] | 0x20 == UInt8(ascii: "t") else { return false }
      return Self.isDate(bytes[..<10]) && Self.isTime(bytes[11...])
    case .email: return Self.isEmail(bytes)
    case .uri: return Self.isURI(bytes)
    case .uuid:
      guard bytes.count == 36 else { return false }
      for (index, byte) in bytes.enumerated() {
        if [8, 13, 18, 23].contains(index) {
          if byte != UInt8(ascii: "-") { return false }
        } else if !isHex(byte) {
          return false
        }
      }
      return true
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in bytes {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = bytes.startIndex
    guard bytes.count == 10, bytes[start + 4] == UInt8(ascii: "-"),
      bytes[start + 7] == UInt8(ascii: "-"), let year = number(bytes[start..<start + 4]),
      let month = number(bytes[start + 5..<start + 7]), let day = number(bytes[(start + 8)...]),
      (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = bytes.startIndex
    guard bytes.count >= 9, bytes[start + 2] == UInt8(ascii: ":"),
      bytes[start + 5] == UInt8(ascii: ":"), let hour = number(bytes[start..<start + 2]),
      let minute = number(bytes[start + 3..<start + 5]),
      let second = number(bytes[start + 6..<start + 8]), hour < 24, minute < 60, second < 61
    else { return false }
    var place = start + 8
    if bytes[place] == UInt8(ascii: ".") {
      place += 1
      let fraction = place
      while place < bytes.endIndex, (0x30...0x39).contains(bytes[place]) { place += 1 }
      guard place > fraction else { return false }
    }
    let zone = bytes[place...]
    var offset = 0
    if zone.count == 1 {
      guard zone[place] | 0x20 == UInt8(ascii: "z") else { return false }
    } else {
      guard zone.count == 6, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(zone[place]),
        zone[place + 3] == UInt8(ascii: ":"), let hours = number(zone[place + 1..<place + 3]),
        let minutes = number(zone[(place + 4)...]), hours < 24, minutes < 60
      else { return false }
      offset = (hours * 60 + minutes) * (zone[place] == UInt8(ascii: "+") ? 1 : -1)
    }
    guard second == 60 else { return true }
    let universal = (hour * 60 + minute - offset + 2 * 1440) % 1440
    return universal == 1439
  }

  private static func isAtom(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: Array("!#$%&'*+-/=?^_`{|}~".utf8).contains(byte)
    }
  }

  private static func isEmail(_ bytes: [UInt8]) -> Bool {
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > 0 else { return false }
    let local = bytes[..<at]
    let domain = bytes[(at + 1)...]
    if local.first == UInt8(ascii: "\"") {
      guard local.count >= 2, local.last == UInt8(ascii: "\"") else { return false }
      var isEscaped = false
      for byte in local.dropFirst().dropLast() {
        guard (0x20...0x7E).contains(byte) else { return false }
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          return false
        }
      }
      if isEscaped { return false }
    } else {
      let atoms = local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard atoms.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isAtom) }) else { return false }
    }
    if domain.first == UInt8(ascii: "["), domain.last == UInt8(ascii: "]") {
      let literal = domain.dropFirst().dropLast()
      let ipv6 = Array("IPv6:".utf8)
      return literal.starts(with: ipv6)
        ? isIPv6(Array(literal.dropFirst(5))) : isIPv4(Array(literal))
    }
    let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.allSatisfy { label in
      !label.isEmpty && label.count <= 63 && label.first != UInt8(ascii: "-")
        && label.last != UInt8(ascii: "-")
        && label.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
          default: false
          }
        }
    }
  }

  private static func isIPv4(_ bytes: [UInt8]) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard (1...3).contains(part.count), let value = number(part) else { return false }
        return value < 256 && (part.count == 1 || part.first != UInt8(ascii: "0"))
      }
  }

  private static func isIPv6(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return false }
    var count = 0
    for (index, half) in halves.enumerated() where !half.isEmpty {
      let groups = half.split(separator: ":", omittingEmptySubsequences: false)
      for (position, group) in groups.enumerated() {
        if group.contains("."), index == halves.count - 1, position == groups.count - 1,
          isIPv4(Array(group.utf8))
        {
          count += 2
        } else if (1...4).contains(group.utf8.count), group.utf8.allSatisfy(isHex) {
          count += 1
        } else {
          return false
        }
      }
    }
    return halves.count == 2 ? count < 8 : count == 8
  }

  private static func isURI(_ bytes: [UInt8]) -> Bool {
    var index = 0
    // Only these, and percent escapes that are whole.
    let marks = Array("-._~:/?#[]@!$&'()*+,;=".utf8)
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "%"):
        guard index + 2 < bytes.count, isHex(bytes[index + 1]), isHex(bytes[index + 2]) else {
          return false
        }
        index += 3
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: index += 1
      default:
        guard marks.contains(bytes[index]) else { return false }
        index += 1
      }
    }
    let uri = SchemaURI(String(decoding: bytes, as: UTF8.self))
    guard uri.scheme != nil else { return false }
    guard !(uri.fragment ?? "").contains("#") else { return false }
    for part in [uri.path, uri.query ?? "", uri.fragment ?? ""]
    where part.contains(where: { "[]".contains($0) }) {
      return false
    }
    guard let authority = uri.authority else { return !uri.path.hasPrefix("//") }
    var host = authority.split(separator: "@", omittingEmptySubsequences: false)
    guard host.count <= 2, let last = host.popLast() else { return false }
    if host.first.map({ $0.contains(where: { "[]".contains($0) }) }) ?? false { return false }
    var rest = last
    if last.hasPrefix("[") {
      guard let close = last.firstIndex(of: "]") else { return false }
      let literal = last[last.index(after: last.startIndex)..<close]
      guard isIPv6(Array(literal.utf8)) || literal.lowercased().hasPrefix("v") else { return false }
      rest = last[last.index(after: close)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return false }
    } else if last.contains(where: { "[]".contains($0) }) {
      return false
    }
    let port = rest.split(separator: ":", omittingEmptySubsequences: false).dropFirst()
    return port.count <= 1 && port.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }
}

private func isHex(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
  default: false
  }
}
