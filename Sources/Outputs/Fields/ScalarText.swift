/// A text as an array of Unicode scalars, so that scanners can look both ways in constant time.
/// Positions are scalar offsets; ``utf8Offset(of:)`` leads back to UTF-8 offsets.
package struct ScalarText: Sendable {
  package let scalars: [UInt32]
  /// The UTF-8 offset of each scalar, and the text's length after the last one.
  package let utf8Offsets: [Int]

  package init(_ text: some StringProtocol) {
    var scalars: [UInt32] = []
    var offsets: [Int] = []
    let capacity = text.utf8.count
    scalars.reserveCapacity(capacity)
    offsets.reserveCapacity(capacity + 1)
    var offset = 0
    for scalar in text.unicodeScalars {
      scalars.append(scalar.value)
      offsets.append(offset)
      offset += UTF8.width(scalar)
    }
    offsets.append(offset)
    self.scalars = scalars
    utf8Offsets = offsets
  }

  package var count: Int { scalars.count }

  package subscript(position: Int) -> UInt32 { scalars[position] }

  package func utf8Range(_ range: Range<Int>) -> Range<Int> {
    utf8Offsets[range.lowerBound]..<utf8Offsets[range.upperBound]
  }

  /// The first scalar at or after UTF-8 offset `offset`.
  package func position(ofUTF8 offset: Int) -> Int {
    var low = 0
    var high = utf8Offsets.count - 1
    while low < high {
      let middle = (low + high) / 2
      if utf8Offsets[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  package func string(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    for position in range {
      if let scalar = Unicode.Scalar(scalars[position]) { view.append(scalar) }
    }
    return String(view)
  }

  /// `range` without white space at either end.
  package func trimmed(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, ScalarClass.isSpace(scalars[start]) { start += 1 }
    while end > start, ScalarClass.isSpace(scalars[end - 1]) { end -= 1 }
    return start..<end
  }
}

/// Classes of scalars, coarse on purpose: beyond ASCII everything that is neither space nor general
/// punctuation counts as a letter.
package enum ScalarClass {
  package static func isSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x20, 0x09...0x0D, 0xA0, 0x2000...0x200B, 0x202F, 0x3000: true
    default: false
    }
  }

  package static func isDigit(_ scalar: UInt32) -> Bool { scalar >= 0x30 && scalar <= 0x39 }

  package static func isUpper(_ scalar: UInt32) -> Bool {
    (scalar >= 0x41 && scalar <= 0x5A) || (scalar >= 0xC0 && scalar <= 0xDE && scalar != 0xD7)
  }

  package static func isLower(_ scalar: UInt32) -> Bool {
    (scalar >= 0x61 && scalar <= 0x7A) || (scalar >= 0xDF && scalar <= 0xFF && scalar != 0xF7)
  }

  package static func isLetter(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return isUpper(scalar) || isLower(scalar) }
    return scalar >= 0xC0 && scalar != 0xD7 && scalar != 0xF7 && !(0x2000...0x2BFF ~= scalar)
      && scalar != 0x3000
  }

  package static func lowered(_ scalar: UInt32) -> UInt32 { isUpper(scalar) ? scalar + 32 : scalar }

  package static func isOpeningQuote(_ scalar: UInt32) -> Bool {
    scalar == 0x22 || scalar == 0x201C || scalar == 0x201E
  }

  package static func isClosingQuote(_ scalar: UInt32) -> Bool {
    scalar == 0x22 || scalar == 0x201D || scalar == 0x201C
  }

  /// What may stand between a sentence's full stop and the space after it.
  package static func isCloser(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x22, 0x27, 0x29, 0x5D, 0x7D, 0x2019, 0x201D: true
    default: false
    }
  }
}
