import Documents
import Ingest
import Testing

struct EncodingTests {
  @Test func `text says the same in every encoding it was written in`() throws {
    var tried = 0
    for name in Fixture.names(in: "charset") {
      let parts = name.split(separator: ".")
      let wanted = try Fixture.bytes("charset/\(parts[0]).utf-8.txt")
      let bytes = try Fixture.bytes("charset/\(name)")
      let encoding = EncodingDetection.encoding(of: bytes)
      let source = SourceText(bytes, encoding: encoding)
      #expect(
        Array(source.utf8[source.range]) == wanted, "\(name) was taken for \(encoding.rawValue)")
      #expect(source.notices.isEmpty, "\(name)")
      tried += 1
    }
    #expect(tried > 40)
  }

  @Test func `a byte order mark outweighs a declaration, and a declaration the content`() {
    let text = Array("café".utf8)
    #expect(EncodingDetection.encoding(of: [0xEF, 0xBB, 0xBF] + text, declared: .koi8R) == .utf8)
    #expect(EncodingDetection.encoding(of: text, declared: .koi8R) == .koi8R)
    #expect(EncodingDetection.encoding(of: text) == .utf8)
  }

  @Test func `labels are those of the web`() {
    #expect(TextEncoding(label: " Latin1 ") == .windows1252)
    #expect(TextEncoding(label: "ISO-8859-9") == .windows1254)
    #expect(TextEncoding(label: "gb2312") == .gbk)
    #expect(TextEncoding(label: "ks_c_5601-1987") == .eucKR)
    #expect(TextEncoding(label: "utf9") == nil)
  }

  @Test func `damaged UTF-8 keeps what is good, and says where it is damaged`() throws {
    var bytes = Array(String(repeating: "Grüße aus Köln. ", count: 10).utf8)
    bytes[39] = 0xFF
    let document = try PlainTextReader().read(bytes, named: "a.txt", limits: ReadLimits())
    #expect(document.metadata.encoding == "utf-8")
    let notice = try #require(document.notices.first)
    #expect(notice.reason == .undecodable)
    #expect(notice.bytes == 39..<40)
    #expect(ExtractedText(document).text.unicodeScalars.filter { $0 == "\u{FFFD}" }.count == 1)
    #expect(AnchorCheck(document, of: bytes).faults.isEmpty)
  }

  @Test(arguments: [
    [UInt8]([0x61, 0xE2, 0x82]), [0xC3], [0xF0, 0x9F, 0x98, 0x41], [0xED, 0xA0, 0x80],
    [0xC0, 0x80],
    [0xFF, 0xFE, 0x00], [0x81], [0x1B, 0x24, 0x42, 0x30],
  ])
  func `no bytes are too broken to read`(bytes: [UInt8]) {
    for encoding in TextEncoding.allCases {
      let source = SourceText(bytes, encoding: encoding)
      #expect(String(validating: source.utf8, as: UTF8.self) != nil, "\(encoding)")
      for start in 0...source.utf8.count
      where start == source.utf8.count || source.utf8[start] & 0xC0 != 0x80 {
        let range = source.fileRange(of: start..<source.utf8.count)
        #expect(range.upperBound <= bytes.count && range.lowerBound >= 0)
      }
    }
  }

  @Test func `a binary file is no text, whatever it is called`() {
    var noise: [UInt8] = []
    var state: UInt64 = 88172645463325252
    for _ in 0..<4096 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      noise.append(UInt8(truncatingIfNeeded: state))
    }
    guard case .unsupported = MediaType(of: noise) else {
      Issue.record("noise was taken for \(MediaType(of: noise))")
      return
    }
    #expect(MediaType(of: [0x50, 0x4B, 3, 4, 20, 0]).name == nil)
    #expect(MediaType(of: Array("xx%PDF-1.4".utf8)) == .pdf)
    #expect(MediaType(of: []) == .empty)
    #expect(MediaType(of: Array("1 < 2 and 3 > 2\n".utf8)) == .plainText)
    #expect(MediaType(of: Array("<p>One<p>Two".utf8)) == .html)
    #expect(MediaType(of: Array("\u{FEFF}WEBVTT\n".utf8)) == .webVTT)
    #expect(MediaType(of: Array("1\n00:00:01,000 --> 00:00:02,000\n<i>Hi</i>\n".utf8)) == .subRip)
  }
}
