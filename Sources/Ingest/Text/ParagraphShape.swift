/// What the bytes of a paragraph say about what it is, where no style of the document does.
struct ParagraphShape {
  /// UTF-8 bytes.
  let count: Int
  /// The number or letter in front of it; nil for one of several lines.
  let marker: ClauseMarker?
  /// Whether it does not end like a part of running text. This and what follows are false beyond ``longestTitle``.
  let isTitle: Bool
  let isCapitals: Bool
  let hasLetter: Bool

  /// Bytes that a heading has at most where only its look says that it is one.
  static let longestTitle = 150

  init(_ bytes: [UInt8]) {
    count = bytes.count
    let found = ClauseMarker.parse(bytes, 0..<bytes.count)
    marker = found != nil && !bytes.contains(0x0A) ? found : nil
    guard count <= Self.longestTitle, let last = bytes.last else {
      (isTitle, isCapitals, hasLetter) = (false, false, false)
      return
    }
    isTitle = !(last == 0x2C || last == 0x3B || last == 0x2E && count > 60)
    var lower = 0
    var upper = 0
    var other = 0
    for byte in bytes {
      switch byte {
      case 0x61...0x7A: lower += 1
      case 0x41...0x5A: upper += 1
      case 0x80...: other += 1
      default: break
      }
    }
    isCapitals = upper >= 3 && lower * 10 <= upper
    hasLetter = lower + upper + other > 0
  }
}
