import DefaultReader
import Foundation
import JSON
import Testing

@testable import Tokenization

enum Fixtures {
  static let folder = Bundle.module.bundleURL.appendingPathComponent("Fixtures")

  static func json(_ path: String) throws -> JSONValue {
    try JSONValue.parse([UInt8](Data(contentsOf: folder.appendingPathComponent(path))))
  }

  static let small = Result {
    try Tokenizer(folder: folder.appendingPathComponent("tokenizer-4k"))
  }
  static let reader = Result { try Tokenizer(folder: DefaultReader.folder) }
  static let m1 = Result { try Tokenizer(folder: folder.appendingPathComponent("tokenizer-m1")) }
}

extension JSONValue {
  var ids: [Int32]? { array?.compactMap { $0.integer.map(Int32.init) } }
  var pairs: [Range<Int>]? {
    array?.compactMap { pair in
      guard let start = pair[0]?.integer, let end = pair[1]?.integer else { return nil }
      return start..<end
    }
  }
}

/// Scalar ranges of UTF-8 ranges: a range that begins or ends inside a scalar covers it.
func scalarRanges(_ ranges: [Range<Int>], in text: String) -> [Range<Int>] {
  var scalarOf: [Int] = []
  for (index, scalar) in text.unicodeScalars.enumerated() {
    for _ in 0..<UTF8.width(scalar) { scalarOf.append(index) }
  }
  return ranges.map { scalarOf[$0.lowerBound]..<scalarOf[$0.upperBound - 1] + 1 }
}

@Suite struct `Golden texts` {
  @Test func `the 4096-token file gives the library's pieces, ids, spellings and offsets`() throws {
    let tokenizer = try Fixtures.small.get()
    let golden = try Fixtures.json("tokenizer-4k/golden.json")
    let cases = try #require(golden["cases"]?.array)
    #expect(cases.count == 225)
    #expect(tokenizer.vocabularySize == golden["vocab_size"]?.integer)
    for item in cases {
      let text = try #require(item["text"]?.string)
      let pieces = try #require(item["pieces"]?.array)
      #expect(
        scalarRanges(tokenizer.preTokenizer.pieces(of: text), in: text)
          == JSONValue.array(pieces.compactMap { $0[1] }).pairs, "\(text.debugDescription)")
      let encoding = tokenizer.encode(text)
      #expect(encoding.ids == item["ids"]?.ids, "\(text.debugDescription)")
      #expect(
        encoding.ids.map { tokenizer.spelling(of: $0) }
          == item["tokens"]?.array?.compactMap(\.string), "\(text.debugDescription)")
      let ranges = encoding.ids.indices.map { encoding.range(of: $0) }
      #expect(
        scalarRanges(ranges, in: text) == item["offsets"]?.pairs, "\(text.debugDescription)")
    }
  }

  @Test func `the 4096-token file decodes as the library does`() throws {
    let tokenizer = try Fixtures.small.get()
    let golden = try Fixtures.json("tokenizer-4k/golden.json")
    for item in try #require(golden["cases"]?.array) {
      let ids = try #require(item["ids"]?.ids)
      expectSameScalars(tokenizer.decode(ids), item["decoded"]?.string)
      expectSameScalars(
        tokenizer.decode(ids, skippingSpecial: true), item["decoded_skip"]?.string)
    }
    for item in try #require(golden["decode_prefixes"]?.array) {
      let ids = try #require(item["ids"]?.ids)
      for (index, decoded) in try #require(item["decoded_prefixes"]?.array).enumerated() {
        expectSameScalars(tokenizer.decode(ids[...index]), decoded.string)
      }
    }
    let lone = try #require(golden["decode_lone"]?.array)
    #expect(lone.count == 55)
    for item in lone {
      expectSameScalars(tokenizer.decode(try #require(item["ids"]?.ids)), item["decoded"]?.string)
    }
  }

  @Test func `MiniMax-M1's merges alone give the library's ids`() throws {
    let tokenizer = try Fixtures.m1.get()
    #expect(tokenizer.vocabularySize == 200_000)
    #expect(tokenizer.id(of: "system") == 28463)
    #expect(tokenizer.id(of: " a") == 258)
    let cases = try #require(try Fixtures.json("tokenizer-m1/golden.json")["cases"]?.array)
    #expect(cases.count == 230)
    for item in cases {
      let text = try #require(item["text"]?.string)
      let encoding = tokenizer.encode(text)
      #expect(encoding.ids == item["ids"]?.ids, "\(text.debugDescription)")
      expectSameScalars(tokenizer.decode(encoding.ids), text)
    }
  }
}

/// Strings of the same scalars, as against those that merely look the same.
func expectSameScalars(
  _ first: String, _ second: String?, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    Array(first.utf8) == second.map { Array($0.utf8) }, "\(first.debugDescription)",
    sourceLocation: sourceLocation)
}
