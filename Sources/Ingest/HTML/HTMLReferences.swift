import CLibXML2

/// Character references beyond what libxml2 (HTML 4) decodes.
enum HTMLReferences {
  /// Numbers 128 to 159 mean windows-1252 on the web (`&#150;` is a dash, `&#146;` an apostrophe).
  static func webValue(_ value: UInt32) -> UInt32 {
    guard (0x80...0x9F).contains(value) else { return value }
    return windows1252[Int(value) - 0x80]
  }

  private static let windows1252: [UInt32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  ]

  /// Whether the reference at `start` is `&amp;`, with or without its semicolon.
  static func spellsAmpersand(_ utf8: [UInt8], _ start: Int) -> Bool {
    guard start + 3 < utf8.count else { return false }
    let name = utf8[start + 1...start + 3]
    return name.elementsEqual("amp".utf8) || name.elementsEqual("AMP".utf8)
  }

  /// The scalar and the length in bytes of a reference at `start` by a name that HTML 5 added, or by
  /// one of the old names that need no semicolon (those of Latin-1, and `lt`, `gt`, `amp`, `quot`).
  static func modern(_ utf8: [UInt8], _ start: Int) -> (UInt32, Int)? {
    var end = start + 1
    while end < utf8.count, end - start < 32 {
      let byte = utf8[end]
      guard
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || (0x30...0x39).contains(byte)
      else { break }
      end += 1
    }
    let name = utf8[start + 1..<end]
    guard !name.isEmpty else { return nil }
    if end < utf8.count, utf8[end] == 0x3B {
      guard let value = names[String(decoding: name, as: UTF8.self)] else { return nil }
      return (value, end + 1 - start)
    }
    let characters = Array(name) + [0]
    let found = unsafe characters.withUnsafeBufferPointer { buffer in
      unsafe htmlEntityLookup(buffer.baseAddress)
    }
    guard let found = unsafe found else { return nil }
    let value = unsafe UInt32(found.pointee.value)
    return value <= 0xFF ? (value, end - start) : nil
  }

  /// Text with its references decoded: numbers, the names of HTML 4 and those above. What is no
  /// reference stays as it is; a semicolon is wanted, since addresses hold `&copy=1` and the like.
  static func decoded(_ utf8: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var position = utf8.startIndex
    while position < utf8.endIndex {
      if utf8[position] == 0x26,
        let close = utf8[position...].prefix(34).firstIndex(of: 0x3B),
        let value = value(of: utf8[position + 1..<close]),
        let scalar = Unicode.Scalar(value)
      {
        result += String(scalar).utf8
        position = close + 1
      } else {
        result.append(utf8[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The scalar of a reference without its `&` and `;`.
  private static func value(of name: ArraySlice<UInt8>) -> UInt32? {
    guard let first = name.first else { return nil }
    if first == 0x23 {
      let digits = String(decoding: name.dropFirst(), as: UTF8.self)
      let isHex = digits.hasPrefix("x") || digits.hasPrefix("X")
      return UInt32(isHex ? String(digits.dropFirst()) : digits, radix: isHex ? 16 : 10)
        .map(webValue)
    }
    let characters = Array(name) + [0]
    let found = unsafe characters.withUnsafeBufferPointer { buffer in
      unsafe htmlEntityLookup(buffer.baseAddress)
    }
    if let found = unsafe found { return unsafe UInt32(found.pointee.value) }
    return names[String(decoding: name, as: UTF8.self)]
  }

  private static let names: [String: UInt32] = [
    "apos": 0x27, "excl": 0x21, "num": 0x23, "dollar": 0x24, "percnt": 0x25, "lpar": 0x28,
    "rpar": 0x29, "ast": 0x2A, "midast": 0x2A, "plus": 0x2B, "comma": 0x2C, "period": 0x2E,
    "sol": 0x2F, "colon": 0x3A, "semi": 0x3B, "equals": 0x3D, "quest": 0x3F, "commat": 0x40,
    "lsqb": 0x5B, "lbrack": 0x5B, "bsol": 0x5C, "rsqb": 0x5D, "rbrack": 0x5D, "Hat": 0x5E,
    "lowbar": 0x5F, "UnderBar": 0x5F, "grave": 0x60, "lcub": 0x7B, "lbrace": 0x7B, "verbar": 0x7C,
    "vert": 0x7C, "rcub": 0x7D, "rbrace": 0x7D, "Tab": 0x09, "NewLine": 0x0A,
    "NonBreakingSpace": 0xA0, "hyphen": 0x2010, "dash": 0x2010, "horbar": 0x2015,
    "rsquor": 0x2019, "lsquor": 0x201A, "ldquor": 0x201E, "rdquor": 0x201D,
    "OpenCurlyQuote": 0x2018,
    "CloseCurlyQuote": 0x2019, "OpenCurlyDoubleQuote": 0x201C, "CloseCurlyDoubleQuote": 0x201D,
    "nldr": 0x2025, "mldr": 0x2026, "ZeroWidthSpace": 0x200B, "NoBreak": 0x2060,
    "numsp": 0x2007, "puncsp": 0x2008, "hairsp": 0x200A, "emsp13": 0x2004, "emsp14": 0x2005,
    "check": 0x2713, "checkmark": 0x2713, "cross": 0x2717, "star": 0x2606, "starf": 0x2605,
    "phone": 0x260E, "squ": 0x25A1, "square": 0x25A1, "squf": 0x25AA, "blk14": 0x2591,
    "copysr": 0x2117, "incare": 0x2105, "numero": 0x2116, "half": 0xBD, "frac13": 0x2153,
    "frac23": 0x2154, "frac15": 0x2155, "frac25": 0x2156, "frac35": 0x2157, "frac45": 0x2158,
    "frac16": 0x2159, "frac56": 0x215A, "frac18": 0x215B, "frac38": 0x215C, "frac58": 0x215D,
    "frac78": 0x215E, "bullet": 0x2022, "centerdot": 0xB7, "CenterDot": 0xB7, "hybull": 0x2043,
    "GT": 0x3E, "LT": 0x3C, "QUOT": 0x22, "COPY": 0xA9, "REG": 0xAE, "TRADE": 0x2122,
    "caron": 0x2C7, "breve": 0x2D8, "dot": 0x2D9, "ring": 0x2DA, "ogon": 0x2DB,
    "Abreve": 0x102, "abreve": 0x103, "Amacr": 0x100, "amacr": 0x101, "Aogon": 0x104,
    "aogon": 0x105, "Cacute": 0x106, "cacute": 0x107, "Ccaron": 0x10C, "ccaron": 0x10D,
    "Dcaron": 0x10E, "dcaron": 0x10F, "Dstrok": 0x110, "dstrok": 0x111, "Ecaron": 0x11A,
    "ecaron": 0x11B, "Emacr": 0x112, "emacr": 0x113, "Eogon": 0x118, "eogon": 0x119,
    "Gbreve": 0x11E, "gbreve": 0x11F, "Idot": 0x130, "imath": 0x131, "inodot": 0x131,
    "Lstrok": 0x141, "lstrok": 0x142, "Nacute": 0x143, "nacute": 0x144, "Ncaron": 0x147,
    "ncaron": 0x148, "Odblac": 0x150, "odblac": 0x151, "Rcaron": 0x158, "rcaron": 0x159,
    "Sacute": 0x15A, "sacute": 0x15B, "Scedil": 0x15E, "scedil": 0x15F, "Tcaron": 0x164,
    "tcaron": 0x165, "Udblac": 0x170, "udblac": 0x171, "Uring": 0x16E, "uring": 0x16F,
    "Zacute": 0x179, "zacute": 0x17A, "Zcaron": 0x17D, "zcaron": 0x17E, "Zdot": 0x17B,
    "zdot": 0x17C, "fflig": 0xFB00, "filig": 0xFB01, "fllig": 0xFB02, "ffilig": 0xFB03,
    "ffllig": 0xFB04,
  ]
}
