/// Which encoding a file is in, by one order of precedence: byte order mark, declaration, content.
package enum EncodingDetection {
  /// - Parameter declared: what the file says of itself (an HTML `meta`, an XML declaration).
  package static func encoding(of bytes: [UInt8], declared: TextEncoding? = nil) -> TextEncoding {
    if let marked = byteOrderMark(bytes) { return marked }
    if let declared { return declared }
    return byContent(bytes)
  }

  package static func byteOrderMark(_ bytes: [UInt8]) -> TextEncoding? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
    // UTF-32 first: its little-endian mark begins with UTF-16's.
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]), bytes.count % 4 == 0 { return .utf32LittleEndian }
    if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return .utf32BigEndian }
    if bytes.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
    if bytes.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
    return nil
  }

  /// The likeliest encoding of text that says nothing of itself.
  package static func byContent(_ bytes: [UInt8]) -> TextEncoding {
    if let wide = wideEncoding(bytes) { return wide }
    guard let error = UTF8Validation.firstError(bytes, from: 0) else {
      return hasEscapes(bytes) ? .iso2022JP : .utf8
    }
    if isMostlyUTF8(bytes, firstError: error) { return .utf8 }
    let sample = Sample(bytes)
    return sample.bestEncoding()
  }

  /// UTF-16 and UTF-32 without a mark.
  ///
  /// Text has line feeds, spaces and ASCII characters whose high bytes are 0, or letters of one
  /// script that share theirs: one of the two columns of bytes is far more uniform than the other.
  static func wideEncoding(_ bytes: [UInt8]) -> TextEncoding? {
    let count = min(bytes.count, 4096) & ~3
    guard count >= 4, bytes.count % 2 == 0 else { return nil }
    var zeros = [0, 0, 0, 0]
    for index in 0..<count where bytes[index] == 0 { zeros[index & 3] += 1 }
    let quarter = count / 4
    if bytes.count % 4 == 0, zeros[0] == quarter, zeros[1] == quarter, zeros[3] * 4 < quarter {
      return .utf32BigEndian
    }
    if bytes.count % 4 == 0, zeros[3] == quarter, zeros[2] == quarter, zeros[0] * 4 < quarter {
      return .utf32LittleEndian
    }
    let even = zeros[0] + zeros[2]
    let odd = zeros[1] + zeros[3]
    guard even + odd > 0 else { return nil }
    // A character is judged by its value: letters, digits and spaces of few blocks are text.
    func plausibility(bigEndian: Bool) -> Double {
      var good = 0.0
      var previousBlock: UInt32 = 0
      for index in stride(from: 0, to: count, by: 2) {
        let high = UInt32(bytes[index + (bigEndian ? 0 : 1)])
        let low = UInt32(bytes[index + (bigEndian ? 1 : 0)])
        switch high << 8 | low {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E: good += 1
        case 0xFEFF, 0x2010...0x203A, 0x3000...0x3011, 0xFF01...0xFF5E: good += 1
        case 0...0x9F, 0xD800...0xF8FF, 0xFFF0...0xFFFF: good -= 4
        default:
          if high == previousBlock {
            good += 0.9
          } else if (0x4E...0x9F).contains(high) || (0xAC...0xD7).contains(high) {
            good += 0.6
          }
        }
        if high != 0 { previousBlock = high }
      }
      return good / Double(count / 2)
    }
    let little = plausibility(bigEndian: false)
    let big = plausibility(bigEndian: true)
    guard max(little, big) > 0.5 else { return nil }
    // Bytes without a 0 in either column are left to the other encodings.
    return little >= big ? .utf16LittleEndian : .utf16BigEndian
  }

  private static func hasEscapes(_ bytes: [UInt8]) -> Bool {
    var position = 0
    while position + 2 < bytes.count {
      guard bytes[position] == 0x1B else {
        position += 1
        continue
      }
      switch (bytes[position + 1], bytes[position + 2]) {
      case (0x24, 0x40), (0x24, 0x42), (0x28, 0x4A), (0x28, 0x49): return true
      default: position += 1
      }
    }
    return false
  }

  /// UTF-8 with a little damage: at least ten good sequences for each bad byte.
  private static func isMostlyUTF8(_ bytes: [UInt8], firstError: Int) -> Bool {
    var good = 0
    var bad = 0
    var position = 0
    let end = min(bytes.count, firstError + (1 << 20))
    while position < end {
      let byte = bytes[position]
      if byte < 0x80 {
        position += 1
        continue
      }
      let next = UTF8Validation.firstError(Array(bytes[position..<min(position + 4, end)]), from: 0)
      if next != 0 {
        good += 1
        position += byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      } else {
        bad += 1
        position += 1
      }
    }
    return good >= 10 * bad
  }
}

/// What is looked at of a file: its lines with bytes of 0x80 and more, 64 KiB of them at most.
private struct Sample {
  let bytes: [UInt8]
  /// How often each byte stands in the sample.
  let counts: [Int]

  init(_ file: [UInt8]) {
    var sample: [UInt8] = []
    var lineStart = 0
    var isHigh = false
    var isInTag = false
    for (index, byte) in file.enumerated() {
      if byte >= 0x80 { isHigh = true }
      if byte == 0x0A || index == file.count - 1 || index - lineStart > 4096 {
        if isHigh {
          // Markup is ASCII in every encoding and says nothing about the language.
          for byte in file[lineStart...index] {
            if byte == 0x3C { isInTag = true }
            if !isInTag { sample.append(byte) }
            if byte == 0x3E { isInTag = false }
          }
          isInTag = false
        }
        lineStart = index + 1
        isHigh = false
        if sample.count > 1 << 16 { break }
      }
    }
    if !sample.contains(where: { $0 >= 0x80 }) { sample = Array(file.prefix(1 << 16)) }
    bytes = sample
    var counts = [Int](repeating: 0, count: 256)
    for byte in sample { counts[Int(byte)] += 1 }
    self.counts = counts
  }

  func bestEncoding() -> TextEncoding {
    var best: (encoding: TextEncoding, bits: Double) = (.windows1252, .infinity)
    for encoding in Self.candidates {
      let bits: Double
      switch encoding.form {
      case .multiByte(let form): bits = MultiByteModel.bits(of: bytes, form: form)
      default: bits = SingleByteModel.of(encoding).bits(of: self)
      }
      if bits < best.bits { best = (encoding, bits) }
    }
    return best.encoding
  }

  /// Where two give the same text, the first one is the answer: the web's own superset.
  private static let candidates: [TextEncoding] = [
    .windows1252, .gb18030, .shiftJIS, .big5, .eucKR, .eucJP, .windows1251, .windows1250,
    .windows1253, .windows1254, .windows1255, .windows1256, .windows1257, .windows1258,
    .windows874, .koi8R, .koi8U, .iso8859Part2, .iso8859Part5, .iso8859Part6, .iso8859Part7,
    .iso8859Part8,
    .iso8859Part13, .iso8859Part15, .ibm866, .macintosh, .macCyrillic, .iso8859Part4,
    .iso8859Part10,
    .iso8859Part3, .iso8859Part14, .iso8859Part16,
  ]
}

/// What a sample costs in bits when read in a single-byte encoding.
private struct SingleByteModel: Sendable {
  /// For each byte: the scalar in lower case, and what it is.
  let lower: [UInt32]
  let kinds: [Kind]
  /// Bits to add for an encoding seldom met without a declaration.
  let rarity: Double

  enum Kind: UInt8 {
    case control, space, digit, punctuation, rareSymbol, lowerLetter, upperLetter, plainLetter
    case undefined
  }

  static func of(_ encoding: TextEncoding) -> SingleByteModel { all[encoding]! }

  private static let all: [TextEncoding: SingleByteModel] = {
    var all: [TextEncoding: SingleByteModel] = [:]
    for encoding in TextEncoding.allCases where encoding.form == .singleByte {
      all[encoding] = SingleByteModel(encoding)
    }
    return all
  }()

  private init(_ encoding: TextEncoding) {
    let scalars = SingleByteTables.scalars(of: encoding)
    lower = scalars.map { value in
      guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic else { return value }
      let mapped = scalar.properties.lowercaseMapping.unicodeScalars
      return mapped.count == 1 ? mapped.first!.value : value
    }
    kinds = scalars.map(Self.kind(of:))
    rarity =
      switch encoding {
      case .iso8859Part3, .iso8859Part4, .iso8859Part10, .iso8859Part14, .iso8859Part16: 24
      case .macintosh, .macCyrillic, .iso8859Part13, .windows1258: 12
      default: 0
      }
  }

  private static func kind(of value: UInt32) -> Kind {
    switch value {
    case 0x09, 0x0A, 0x0D, 0x20, 0xA0: return .space
    case 0x30...0x39: return .digit
    case 0...0x1F, 0x7F...0x9F: return .control
    case 0xFFFD: return .undefined
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return .punctuation
    case 0x2013, 0x2014, 0x2018...0x201E, 0x2022, 0x2026, 0xAB, 0xBB, 0xA7, 0xA9, 0xB0, 0x20AC,
      0xA3, 0xB7, 0x2116, 0xAE, 0x2122, 0xBF, 0xA1, 0xAD, 0x060C, 0x061B, 0x061F, 0x2039, 0x203A,
      0xBA, 0xAA, 0x2015:
      return .punctuation
    default:
      guard let scalar = Unicode.Scalar(value) else { return .undefined }
      let category = scalar.properties.generalCategory
      switch category {
      case .uppercaseLetter, .titlecaseLetter: return .upperLetter
      case .lowercaseLetter: return .lowerLetter
      case .otherLetter, .nonspacingMark, .spacingMark, .modifierLetter: return .plainLetter
      default: return .rareSymbol
      }
    }
  }

  func bits(of sample: Sample) -> Double {
    var fixed = rarity
    for byte in 0..<256 where sample.counts[byte] > 0 && byte >= 0x80 {
      let count = Double(sample.counts[byte])
      switch kinds[byte] {
      case .undefined: fixed += 40 * count
      case .control: fixed += 25 * count
      case .rareSymbol: fixed += 15 * count
      case .punctuation, .space, .digit: fixed += 8 * count
      case .lowerLetter, .upperLetter, .plainLetter: break
      }
    }
    fixed += shapeBits(sample.bytes)
    var best = Double.infinity
    for language in LanguageModel.all {
      var bits = 0.0
      for byte in 0..<256 where sample.counts[byte] > 0 {
        switch kinds[byte] {
        case .lowerLetter, .upperLetter, .plainLetter:
          // ASCII letters inside another script (names, markup) are common to all candidates.
          if byte < 0x80, !language.isLatin {
            bits += 6 * Double(sample.counts[byte])
          } else {
            bits += language.bits(of: lower[byte]) * Double(sample.counts[byte])
          }
        default: continue
        }
        if bits >= best { break }
      }
      if bits < best { best = bits }
    }
    return fixed + best
  }

  /// Bits for what words do not do: a capital after a small letter, a symbol between letters, two
  /// scripts in one word.
  private func shapeBits(_ bytes: [UInt8]) -> Double {
    var bits = 0.0
    var previous = Kind.space
    var previousByte: UInt8 = 0x20
    for (index, byte) in bytes.enumerated() {
      let kind = kinds[Int(byte)]
      let isHigh = byte >= 0x80 || previousByte >= 0x80
      if isHigh {
        switch (previous, kind) {
        case (.lowerLetter, .upperLetter): bits += 8
        case (.upperLetter, .lowerLetter) where index > 1:
          let before = kinds[Int(bytes[index - 2])]
          if before == .upperLetter || before == .lowerLetter { bits += 4 }
        case (.lowerLetter, .rareSymbol), (.rareSymbol, .lowerLetter),
          (.plainLetter, .rareSymbol), (.rareSymbol, .plainLetter):
          bits += 3
        case (.lowerLetter, .punctuation) where byte >= 0x80:
          let isInside =
            index + 1 < bytes.count && kinds[Int(bytes[index + 1])] == .lowerLetter
          switch lower[Int(byte)] {
          case 0x2019, 0xB7: break
          case 0x201D, 0xBB, 0x2026, 0x2013, 0x2014, 0xAE, 0x2122, 0x203A:
            if isInside { bits += 8 }
          // What opens a quotation or stands before a number does not end a word.
          default: bits += isInside ? 10 : 6
          }
        case (.lowerLetter, .lowerLetter), (.upperLetter, .lowerLetter),
          (.upperLetter, .upperLetter), (.plainLetter, .lowerLetter), (.lowerLetter, .plainLetter):
          if isLatin(lower[Int(byte)]) != isLatin(lower[Int(previousByte)]) { bits += 6 }
        default: break
        }
      }
      previous = kind
      previousByte = byte
    }
    return bits
  }

  private func isLatin(_ scalar: UInt32) -> Bool { scalar < 0x250 }
}

/// The cost of each letter of one language.
private struct LanguageModel: Sendable {
  let isLatin: Bool
  private let costs: [Double]
  private static let limit = 0xE60
  /// Letters the language does not have.
  private static let foreign = 16.0

  func bits(of scalar: UInt32) -> Double {
    Int(scalar) < Self.limit ? costs[Int(scalar)] : Self.foreign
  }

  static let all: [LanguageModel] = LetterFrequencies.languages.map { row in
    var costs = [Double](repeating: foreign, count: limit)
    for letter in UInt32(0x61)...0x7A { costs[Int(letter)] = 13 }
    for (letter, cost) in zip(row.letters.unicodeScalars, row.costs.utf8)
    where letter.value < limit {
      costs[Int(letter.value)] = Double(cost - 0x30) / 2
    }
    return LanguageModel(isLatin: row.letters.unicodeScalars.first!.value < 0x250, costs: costs)
  }

  private init(isLatin: Bool, costs: [Double]) {
    self.isLatin = isLatin
    self.costs = costs
  }
}

/// What a sample costs in bits when read in an encoding of two bytes a character.
private enum MultiByteModel {
  static func bits(of bytes: [UInt8], form: TextEncoding.MultiByteForm) -> Double {
    var bits = 0.0
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte < 0x80 {
        // As in the single-byte models: letters cost, the rest does not.
        if (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) { bits += 6 }
        position += 1
        continue
      }
      let length = form.length(bytes, at: position)
      bits += cost(bytes, at: position, length: length, form: form)
      position += length
    }
    return bits
  }

  private static func cost(
    _ bytes: [UInt8], at position: Int, length: Int, form: TextEncoding.MultiByteForm
  ) -> Double {
    let lead = bytes[position]
    // One byte a character in Japanese: half-width katakana.
    if length == 1 { return form == .shiftJIS && (0xA1...0xDF).contains(lead) ? 11 : 40 }
    let trail = bytes[position + 1]
    switch form {
    case .gb18030:
      if length == 4 { return 24 }
      guard trail >= 0x40, trail != 0x7F, trail != 0xFF else { return 40 }
      if frequent[.gb18030]!.contains(UInt16(lead) << 8 | UInt16(trail)) { return 8 }
      if trail >= 0xA1 {
        switch lead {
        case 0xA1, 0xA3: return 8
        case 0xA2, 0xA4...0xA9: return 14
        case 0xB0...0xD7: return 12.5
        case 0xD8...0xF7: return 17
        default: return 30
        }
      }
      return 20
    case .big5:
      guard (0x40...0x7E).contains(trail) || (0xA1...0xFE).contains(trail) else { return 40 }
      if frequent[.big5]!.contains(UInt16(lead) << 8 | UInt16(trail)) { return 8 }
      switch lead {
      case 0xA1: return 8
      case 0xA2, 0xA3: return 14
      case 0xA4...0xC6: return 12.5
      case 0xC9...0xF9: return 17
      default: return 24
      }
    case .eucKR:
      guard trail >= 0x41, trail != 0xFF else { return 40 }
      if frequent[.eucKR]!.contains(UInt16(lead) << 8 | UInt16(trail)) { return 8 }
      if trail >= 0xA1 {
        switch lead {
        case 0xA1: return 9
        case 0xA2...0xAC: return 15
        case 0xB0...0xC8: return 12
        case 0xCA...0xFD: return 18
        default: return 30
        }
      }
      return lead <= 0xC6 ? 20 : 40
    case .shiftJIS:
      guard trail >= 0x40, trail != 0x7F, trail <= 0xFC else { return 40 }
      if frequent[.shiftJIS]!.contains(UInt16(lead) << 8 | UInt16(trail)) { return 8.5 }
      switch (lead, trail) {
      case (0x81, _): return 8
      case (0x82, 0x9F...): return 6
      case (0x82, _): return 10
      case (0x83, ...0x96): return 7
      case (0x83...0x87, _): return 15
      case (0x88...0x98, _): return 12.5
      default: return 18
      }
    case .eucJP:
      if length == 3 { return 22 }
      if lead == 0x8E { return (0xA1...0xDF).contains(trail) ? 14 : 40 }
      guard trail >= 0xA1, trail != 0xFF else { return 40 }
      if frequent[.eucJP]!.contains(UInt16(lead) << 8 | UInt16(trail)) { return 8.5 }
      switch lead {
      case 0xA1: return 8
      case 0xA4: return 6
      case 0xA5: return 7
      case 0xA3: return 10
      case 0xA2, 0xA6...0xAF: return 15
      case 0xB0...0xCF: return 12.5
      default: return 18
      }
    }
  }

  /// The codes of each encoding's frequent characters.
  private static let frequent: [TextEncoding.MultiByteForm: Set<UInt16>] = [
    .gb18030: codes(LetterFrequencies.simplifiedHan, "GB18030"),
    .big5: codes(LetterFrequencies.traditionalHan, "BIG5-HKSCS"),
    .eucKR: codes(LetterFrequencies.hangul, "UHC"),
    .shiftJIS: codes(LetterFrequencies.japaneseHan, "CP932"),
    .eucJP: codes(LetterFrequencies.japaneseHan, "EUC-JP-MS"),
  ]

  private static func codes(_ characters: String, _ name: String) -> Set<UInt16> {
    var codes: Set<UInt16> = []
    guard let converter = Converter(from: "UTF-8", to: name) else { return codes }
    for scalar in characters.unicodeScalars {
      let bytes = converter.bytes(of: Array(String(scalar).utf8)[...])
      if bytes.count == 2 { codes.insert(UInt16(bytes[0]) << 8 | UInt16(bytes[1])) }
    }
    return codes
  }
}
