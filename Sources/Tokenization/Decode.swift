extension Tokenizer {
  /// The text of tokens. Bytes that are no valid UTF-8 become U+FFFD, one for each longest part
  /// that could have begun a scalar; ids without a token stand for nothing.
  ///
  /// - Parameter skippingSpecial: Leaves out the tokens that the file marks as special.
  package func decode(_ ids: some Sequence<Int32>, skippingSpecial: Bool = false) -> String {
    var kept = Array(ids)
    if skippingSpecial { kept.removeAll { isSpecial($0) } }
    return String(decoding: vocabulary.bytes(of: kept), as: UTF8.self)
  }

  /// The bytes of tokens, one after the other.
  package func bytes(of ids: some Sequence<Int32>) -> [UInt8] {
    vocabulary.bytes(of: Array(ids))
  }
}

/// Turns tokens into text as they come. All that it hands out, in order, is what decoding the
/// tokens at once gives; a scalar whose bytes are spread over tokens comes with the last of them.
package struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecial: Bool
  /// The beginning of a scalar: three bytes at most.
  private var pending: [UInt8] = []

  package init(_ tokenizer: Tokenizer, skippingSpecial: Bool = false) {
    self.tokenizer = tokenizer
    skipsSpecial = skippingSpecial
  }

  /// The text that a further token completes; often empty.
  package mutating func append(_ id: Int32) -> String {
    if skipsSpecial, tokenizer.isSpecial(id) { return "" }
    pending.append(contentsOf: tokenizer.bytes(of: id))
    let whole = pending.count - Self.unfinishedBytes(pending)
    let text = String(decoding: pending[..<whole], as: UTF8.self)
    pending.removeSubrange(..<whole)
    return text
  }

  /// What is left when no token follows: U+FFFD for a scalar that was begun, else nothing.
  package mutating func finish() -> String {
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self)
  }

  /// How many bytes at the end begin a scalar that further bytes may complete.
  static func unfinishedBytes(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let first = bytes[bytes.count - count]
      if first & 0xC0 == 0x80 { continue }
      let needed =
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
      guard needed > count else { return 0 }
      if count > 1 {
        // The second byte says whether the scalar can still be one: no surrogates, nothing too
        // long or too large.
        let second = bytes[bytes.count - count + 1]
        switch first {
        case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90,
          0xF4 where second > 0x8F:
          return 0
        default: break
        }
      }
      return count
    }
    return 0
  }
}
