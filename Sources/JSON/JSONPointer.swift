/// A place in a JSON value (RFC 6901): `/data/fields/governingLaw`.
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
  /// Keys and indices, unescaped; none for the value as a whole.
  package var tokens: [String]

  package init(_ tokens: [String]) { self.tokens = tokens }

  /// Nil where the text is no pointer: it begins with `/` or is empty, and `~` is `~0` or `~1`.
  package init?(_ text: String) {
    guard text.isEmpty || text.hasPrefix("/") else { return nil }
    tokens = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      var token = ""
      var scalars = part.unicodeScalars.makeIterator()
      while let scalar = scalars.next() {
        guard scalar == "~" else {
          token.unicodeScalars.append(scalar)
          continue
        }
        switch scalars.next() {
        case "0": token += "~"
        case "1": token += "/"
        default: return nil
        }
      }
      tokens.append(token)
    }
  }

  package var description: String { tokens.map { "/" + jsonPointerToken($0) }.joined() }

  package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }

  /// Whether this is `other` or a place within it.
  package func isWithin(_ other: JSONPointer) -> Bool { tokens.starts(with: other.tokens) }
}

extension JSONValue {
  /// The member or element a pointer's token names; nil where there is none. An index has no sign
  /// and no leading zero.
  package subscript(token token: String) -> JSONValue? {
    switch self {
    case .object(let object): return object[token]
    case .array(let array):
      guard let index = Int(token), String(index) == token, array.indices.contains(index) else {
        return nil
      }
      return array[index]
    default: return nil
    }
  }

  /// The value at `pointer`; nil where there is none.
  package subscript(pointer pointer: JSONPointer) -> JSONValue? {
    var value = self
    for token in pointer.tokens {
      guard let next = value[token: token] else { return nil }
      value = next
    }
    return value
  }
}
