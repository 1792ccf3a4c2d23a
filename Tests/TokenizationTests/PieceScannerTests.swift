import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenization

@Suite struct `Pieces` {
  @Test func `random texts of all scripts give the library's pieces and ids`() throws {
    let small = try Fixtures.small.get()
    let reader = try Fixtures.reader.get()
    #expect(small.preTokenizer == .o200k)
    #expect(reader.preTokenizer == .llama3)
    let cases = try #require(try Fixtures.json("differential.json")["cases"]?.array)
    #expect(cases.count >= 1200)
    for item in cases {
      let text = try #require(item["text"]?.string)
      for preTokenizer in PreTokenizer.allCases {
        let pieces = scalarRanges(preTokenizer.pieces(of: text), in: text)
        #expect(
          pieces.map(\.count) == item["\(preTokenizer)"]?.array?.compactMap(\.integer),
          "\(preTokenizer) \(text.debugDescription)")
      }
      #expect(small.encode(text).ids == item["small"]?.ids, "\(text.debugDescription)")
      #expect(reader.encode(text).ids == item["reader"]?.ids, "\(text.debugDescription)")
    }
  }

  @Test func `scalar classes are the general categories of Unicode 16`() {
    var wrong: [String] = []
    var checked = 0
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      // A scalar that this Swift knows from a later version is unassigned in ours.
      guard let age = scalar.properties.age, age.major <= 16 else {
        if scalar.properties.age != nil, ScalarClasses.shared.of(value) != 0 {
          wrong.append(String(value, radix: 16))
        }
        continue
      }
      checked += 1
      let expected: UInt8 =
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: ScalarClasses.upper
        case .lowercaseLetter: ScalarClasses.lower
        case .modifierLetter, .otherLetter: ScalarClasses.caseless
        case .nonspacingMark, .spacingMark, .enclosingMark: ScalarClasses.mark
        case .decimalNumber, .letterNumber, .otherNumber: ScalarClasses.number
        default:
          if value == 10 || value == 13 {
            ScalarClasses.space | ScalarClasses.newline
          } else {
            scalar.properties.isWhitespace ? ScalarClasses.space : 0
          }
        }
      if ScalarClasses.shared.of(value) != expected { wrong.append(String(value, radix: 16)) }
    }
    // U+0295 was reclassified after Unicode 16.
    #expect(wrong.filter { $0 != "295" } == [])
    #expect(checked > 290_000)
  }

  @Test(arguments: PreTokenizer.allCases)
  func `bytes that are no UTF-8 are cut without end or overrun`(preTokenizer: PreTokenizer) {
    var random = SeededGenerator(seed: 11)
    let scanner = PieceScanner(preTokenizer)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 1...24, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0x80...0xFF, using: &random)
          : UInt8.random(in: 0x20...0x7F, using: &random)
      }
      var place = 0
      while place < bytes.count {
        let end = scanner.end(ofPieceAt: place, in: bytes.span, before: bytes.count)
        #expect(end > place && end <= bytes.count)
        place = max(end, place + 1)
      }
    }
  }
}
