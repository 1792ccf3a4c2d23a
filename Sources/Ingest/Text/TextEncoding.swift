/// The encodings Docket decodes, by their WHATWG names in lower case (plus UTF-32, which files
/// have and the web does not).
package enum TextEncoding: String, Hashable, Sendable, CaseIterable {
  case utf8 = "utf-8"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  case utf32LittleEndian = "utf-32le"
  case utf32BigEndian = "utf-32be"
  case ibm866
  case iso8859Part2 = "iso-8859-2"
  case iso8859Part3 = "iso-8859-3"
  case iso8859Part4 = "iso-8859-4"
  case iso8859Part5 = "iso-8859-5"
  case iso8859Part6 = "iso-8859-6"
  case iso8859Part7 = "iso-8859-7"
  case iso8859Part8 = "iso-8859-8"
  case iso8859Part8i = "iso-8859-8-i"
  case iso8859Part10 = "iso-8859-10"
  case iso8859Part13 = "iso-8859-13"
  case iso8859Part14 = "iso-8859-14"
  case iso8859Part15 = "iso-8859-15"
  case iso8859Part16 = "iso-8859-16"
  case koi8R = "koi8-r"
  case koi8U = "koi8-u"
  case macintosh
  case windows874 = "windows-874"
  case windows1250 = "windows-1250"
  case windows1251 = "windows-1251"
  case windows1252 = "windows-1252"
  case windows1253 = "windows-1253"
  case windows1254 = "windows-1254"
  case windows1255 = "windows-1255"
  case windows1256 = "windows-1256"
  case windows1257 = "windows-1257"
  case windows1258 = "windows-1258"
  case macCyrillic = "x-mac-cyrillic"
  case gbk
  case gb18030
  case big5
  case eucJP = "euc-jp"
  case iso2022JP = "iso-2022-jp"
  case shiftJIS = "shift_jis"
  case eucKR = "euc-kr"
  case userDefined = "x-user-defined"

  /// How bytes become characters.
  enum Form: Hashable, Sendable {
    case utf8
    case utf16(bigEndian: Bool)
    case utf32(bigEndian: Bool)
    case singleByte
    case multiByte(MultiByteForm)
    case escapes
  }

  enum MultiByteForm: Hashable, Sendable { case gb18030, big5, eucJP, shiftJIS, eucKR }

  var form: Form {
    switch self {
    case .utf8: .utf8
    case .utf16LittleEndian: .utf16(bigEndian: false)
    case .utf16BigEndian: .utf16(bigEndian: true)
    case .utf32LittleEndian: .utf32(bigEndian: false)
    case .utf32BigEndian: .utf32(bigEndian: true)
    case .gbk, .gb18030: .multiByte(.gb18030)
    case .big5: .multiByte(.big5)
    case .eucJP: .multiByte(.eucJP)
    case .shiftJIS: .multiByte(.shiftJIS)
    case .eucKR: .multiByte(.eucKR)
    case .iso2022JP: .escapes
    default: .singleByte
    }
  }

  /// The C library's name for it.
  var converterName: String {
    switch self {
    case .iso8859Part8i: "ISO-8859-8"
    case .macintosh: "MACINTOSH"
    case .macCyrillic: "MAC-UK"
    case .windows874: "CP874"
    case .gbk: "GB18030"
    case .big5: "BIG5-HKSCS"
    case .eucJP: "EUC-JP-MS"
    case .shiftJIS: "CP932"
    case .eucKR: "UHC"
    case .userDefined: "ISO-8859-1"
    default: rawValue.uppercased()
    }
  }

  /// The encoding of a label as documents spell it (`latin1`, `utf8`, `cp1252`, …), by the WHATWG's
  /// table; nil for a label it does not know.
  package init?(label: some StringProtocol) {
    let trimmed = label.lowercased().utf8.drop(while: { $0 <= 0x20 })
    var end = trimmed.endIndex
    while end > trimmed.startIndex, trimmed[trimmed.index(before: end)] <= 0x20 {
      end = trimmed.index(before: end)
    }
    let name = String(decoding: trimmed[..<end], as: UTF8.self)
    guard let encoding = Self.labels[name] else { return nil }
    self = encoding
  }

  private static let labels: [String: TextEncoding] = {
    var labels: [String: TextEncoding] = [:]
    for (encoding, names) in spellings {
      for name in names.split(separator: " ") { labels[String(name)] = encoding }
    }
    return labels
  }()

  /// Source: the WHATWG Encoding Standard's table of labels.
  private static let spellings: [(TextEncoding, String)] = [
    (.utf8, "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-8-sig"),
    (
      .utf16LittleEndian,
      "utf-16 utf-16le csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff"
    ),
    (.utf16BigEndian, "utf-16be unicodefffe"),
    (.utf32LittleEndian, "utf-32 utf-32le ucs-4"),
    (.utf32BigEndian, "utf-32be"),
    (.ibm866, "ibm866 866 cp866 csibm866"),
    (
      .iso8859Part2,
      "iso-8859-2 csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2"
    ),
    (
      .iso8859Part3,
      "iso-8859-3 csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3"
    ),
    (
      .iso8859Part4,
      "iso-8859-4 csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4"
    ),
    (
      .iso8859Part5,
      "iso-8859-5 csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988"
    ),
    (
      .iso8859Part6,
      """
      iso-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e \
      iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
      """
    ),
    (
      .iso8859Part7,
      """
      iso-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 \
      iso_8859-7 iso_8859-7:1987 sun_eu_greek
      """
    ),
    (
      .iso8859Part8,
      """
      iso-8859-8 csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 iso88598 \
      iso_8859-8 iso_8859-8:1988 visual
      """
    ),
    (.iso8859Part8i, "iso-8859-8-i csiso88598i logical"),
    (
      .iso8859Part10, "iso-8859-10 csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6"
    ),
    (.iso8859Part13, "iso-8859-13 iso8859-13 iso885913"),
    (.iso8859Part14, "iso-8859-14 iso8859-14 iso885914"),
    (.iso8859Part15, "iso-8859-15 csisolatin9 iso8859-15 iso885915 iso_8859-15 l9"),
    (.iso8859Part16, "iso-8859-16"),
    (.koi8R, "koi8-r cskoi8r koi koi8 koi8_r"),
    (.koi8U, "koi8-u koi8-ru"),
    (.macintosh, "macintosh csmacintosh mac x-mac-roman mac_roman macroman"),
    (
      .windows874, "windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620"
    ),
    (.windows1250, "windows-1250 cp1250 x-cp1250"),
    (.windows1251, "windows-1251 cp1251 x-cp1251"),
    (
      .windows1252,
      """
      windows-1252 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 \
      iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252
      """
    ),
    (.windows1253, "windows-1253 cp1253 x-cp1253"),
    (
      .windows1254,
      """
      windows-1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 \
      iso_8859-9:1989 l5 latin5 x-cp1254
      """
    ),
    (.windows1255, "windows-1255 cp1255 x-cp1255"),
    (.windows1256, "windows-1256 cp1256 x-cp1256"),
    (.windows1257, "windows-1257 cp1257 x-cp1257"),
    (.windows1258, "windows-1258 cp1258 x-cp1258"),
    (.macCyrillic, "x-mac-cyrillic x-mac-ukrainian mac_cyrillic"),
    (
      .gbk,
      """
      gbk chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk
      """
    ),
    (.gb18030, "gb18030"),
    (.big5, "big5 big5-hkscs cn-big5 csbig5 x-x-big5"),
    (.eucJP, "euc-jp cseucpkdfmtjapanese x-euc-jp"),
    (.iso2022JP, "iso-2022-jp csiso2022jp"),
    (
      .shiftJIS,
      "shift_jis csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis cp932"
    ),
    (
      .eucKR,
      """
      euc-kr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 \
      ksc_5601 windows-949 cp949
      """
    ),
    (.userDefined, "x-user-defined"),
  ]
}
