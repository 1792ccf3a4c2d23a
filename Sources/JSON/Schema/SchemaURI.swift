/// A URI reference in its five parts (RFC 3986), for the base addresses of schemas.
struct SchemaURI: Hashable, Sendable, CustomStringConvertible {
  var scheme: String?
  var authority: String?
  var path: String
  var query: String?
  var fragment: String?

  init(_ text: String) {
    var rest = Substring(text)
    if let hash = rest.firstIndex(of: "#") {
      fragment = String(rest[rest.index(after: hash)...])
      rest = rest[..<hash]
    }
    if let colon = rest.firstIndex(of: ":"),
      let first = rest.utf8.first, (first | 0x20) >= 0x61, (first | 0x20) <= 0x7A,
      rest[..<colon].utf8.allSatisfy({ byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
        default: false
        }
      })
    {
      scheme = String(rest[..<colon])
      rest = rest[rest.index(after: colon)...]
    }
    if let mark = rest.firstIndex(of: "?") {
      query = String(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex(of: "/") ?? rest.endIndex
      authority = String(rest[..<end])
      rest = rest[end...]
    }
    path = String(rest)
  }

  var description: String {
    withoutFragment + (fragment.map { "#\($0)" } ?? "")
  }

  var withoutFragment: String {
    (scheme.map { "\($0):" } ?? "") + (authority.map { "//\($0)" } ?? "") + path
      + (query.map { "?\($0)" } ?? "")
  }

  /// This reference seen from `base` (RFC 3986, 5.2).
  func resolved(against base: SchemaURI) -> SchemaURI {
    var result = self
    if scheme != nil {
      result.path = Self.removingDots(path)
      return result
    }
    result.scheme = base.scheme
    if authority != nil {
      result.path = Self.removingDots(path)
      return result
    }
    result.authority = base.authority
    if path.isEmpty {
      result.path = base.path
      if query == nil { result.query = base.query }
    } else if path.hasPrefix("/") {
      result.path = Self.removingDots(path)
    } else {
      var merged = path
      if base.authority != nil, base.path.isEmpty {
        merged = "/" + path
      } else if let slash = base.path.lastIndex(of: "/") {
        merged = base.path[...slash] + path
      }
      result.path = Self.removingDots(merged)
    }
    return result
  }

  private static func removingDots(_ path: String) -> String {
    guard path.contains(".") else { return path }
    let isAbsolute = path.hasPrefix("/")
    var segments: [Substring] = []
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      .dropFirst(isAbsolute ? 1 : 0)
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      if part == ".." {
        if !segments.isEmpty { segments.removeLast() }
        if isLast { segments.append("") }
      } else if part == "." {
        if isLast { segments.append("") }
      } else {
        segments.append(part)
      }
    }
    return (isAbsolute ? "/" : "") + segments.joined(separator: "/")
  }

  /// The fragment without its percent escapes.
  var decodedFragment: String? {
    guard let fragment, fragment.contains("%") else { return fragment }
    var bytes: [UInt8] = []
    var rest = fragment.utf8.makeIterator()
    while let byte = rest.next() {
      if byte == UInt8(ascii: "%"), let first = rest.next(), let second = rest.next(),
        let value = UInt8(String(decoding: [first, second], as: UTF8.self), radix: 16)
      {
        bytes.append(value)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
