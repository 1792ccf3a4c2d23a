import JSON
import TestSupport
import Testing

@testable import Tokenization

@Suite struct `Tokens` {
  static let tokenizers: [(name: String, tokenizer: Result<Tokenizer, any Error>)] = [
    ("small", Fixtures.small), ("reader", Fixtures.reader), ("m1", Fixtures.m1),
  ]

  /// Scalars of every width, words among them, so that merges, caches and borders all happen.
  static func text(_ length: Int, _ random: inout SeededGenerator) -> String {
    let words = [
      "the", " the", " Agreement", "'s", "\n\n", "  ", " 2024", "naïve", "中文", "<eos>", "\r\n",
    ]
    var text = ""
    for _ in 0..<length {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: text += words.randomElement(using: &random)!
      case 5: text.unicodeScalars.append(Unicode.Scalar(UInt8.random(in: 0...127, using: &random)))
      case 6:
        text.unicodeScalars.append(Unicode.Scalar(UInt16.random(in: 0x80...0x7FF, using: &random))!)
      case 7:
        text.unicodeScalars.append(
          Unicode.Scalar(UInt16.random(in: 0x800...0xD7FF, using: &random))!)
      case 8:
        text.unicodeScalars.append(
          Unicode.Scalar(UInt32.random(in: 0x10000...0x10FFFF, using: &random))!)
      default: text += String(repeating: words.randomElement(using: &random)!, count: 40)
      }
    }
    return text
  }

  @Test(arguments: 0..<3)
  func `any text is decoded to itself, and its tokens tile it`(number: Int) throws {
    let tokenizer = try Self.tokenizers[number].tokenizer.get()
    var random = SeededGenerator(seed: UInt64(number))
    for _ in 0..<400 {
      let text = Self.text(Int.random(in: 0...60, using: &random), &random)
      let utf8 = Array(text.utf8)
      for use in [Tokenizer.AddedTokenUse.recognised, .asText] {
        let encoding = tokenizer.encode(text, addedTokens: use)
        expectSameScalars(tokenizer.decode(encoding.ids), text)
        #expect(encoding.utf8Count == utf8.count)
        var end = 0
        for index in 0..<encoding.count {
          let range = encoding.range(of: index)
          #expect(range.lowerBound == end && !range.isEmpty)
          #expect(utf8[range].elementsEqual(tokenizer.bytes(of: encoding.ids[index])))
          end = range.upperBound
        }
        #expect(end == utf8.count)
      }
    }
  }

  @Test(arguments: 0..<3)
  func `the tokens of parts cut at piece borders are the tokens of the whole`(number: Int) throws {
    let tokenizer = try Self.tokenizers[number].tokenizer.get()
    var random = SeededGenerator(seed: 100 + UInt64(number))
    for _ in 0..<150 {
      let text = Self.text(Int.random(in: 1...40, using: &random), &random)
      let utf8 = Array(text.utf8)
      var joined: [Int32] = []
      for piece in tokenizer.preTokenizer.pieces(of: text) {
        let part = String(decoding: utf8[piece], as: UTF8.self)
        joined += tokenizer.encode(part, addedTokens: .asText).ids
      }
      #expect(joined == tokenizer.encode(text, addedTokens: .asText).ids)
    }
  }

  @Test func `long pieces merge as short ones do`() throws {
    let tokenizer = try Fixtures.m1.get()
    var random = SeededGenerator(seed: 9)
    for length in [2, 90, 95, 96, 97, 98, 120, 700, 1500] {
      for alphabet in ["a", "ab", "the", "中文字"] {
        let text = String((0..<length).map { _ in alphabet.randomElement(using: &random)! })
        #expect(tokenizer.encode(text).ids == slowMerge(Array(text.utf8), tokenizer), "\(length)")
      }
    }
  }

  /// The definition: again and again the leftmost pair of the lowest rank.
  private func slowMerge(_ bytes: [UInt8], _ tokenizer: Tokenizer) -> [Int32] {
    var tokens = bytes.map { tokenizer.byteIDs[Int($0)] }
    while true {
      var best = MergeTable.none
      var place = 0
      for index in tokens.indices.dropLast() {
        let merge = tokenizer.merges.merge(tokens[index], tokens[index + 1])
        if merge < best {
          best = merge
          place = index
        }
      }
      if best == MergeTable.none { return tokens.map { Int32($0) } }
      tokens.replaceSubrange(place...place + 1, with: [UInt32(truncatingIfNeeded: best)])
    }
  }

  @Test func `added tokens are found as the library finds them`() throws {
    let golden = try Fixtures.json("added-tokens.json")
    let file = try Fixtures.json("tokenizer-4k/tokenizer.json")
      .replacing(["added_tokens"], with: golden["added_tokens"])
    let tokenizer = try SmallTokenizer.load(file)
    let cases = try #require(golden["cases"]?.array)
    #expect(cases.count > 600)
    for item in cases {
      let text = try #require(item["text"]?.string)
      let encoding = tokenizer.encode(text)
      #expect(encoding.ids == item["ids"]?.ids, "\(text.debugDescription)")
      let ranges = encoding.ids.indices.map { encoding.range(of: $0) }
      #expect(
        scalarRanges(ranges, in: text) == item["offsets"]?.pairs, "\(text.debugDescription)")
      expectSameScalars(tokenizer.decode(encoding.ids), item["decoded"]?.string)
      expectSameScalars(
        tokenizer.decode(encoding.ids, skippingSpecial: true), item["skip"]?.string)
      let asText = tokenizer.encode(text, addedTokens: .asText)
      #expect(asText.ids.allSatisfy { $0 < 4088 })
      expectSameScalars(tokenizer.decode(asText.ids), text)
    }
  }

  @Test func `text decoded token by token is the text decoded at once`() throws {
    let tokenizer = try Fixtures.small.get()
    var random = SeededGenerator(seed: 21)
    for round in 0..<600 {
      // Tokens of a text, or any tokens at all: then their bytes are seldom valid.
      var ids = tokenizer.encode(Self.text(12, &random)).ids
      if round % 2 == 1 {
        ids = (0..<Int.random(in: 1...40, using: &random)).map { _ in
          Int32.random(in: 100...330, using: &random)
        }
      }
      var decoder = StreamingDecoder(tokenizer)
      var text = ""
      for id in ids {
        let part = decoder.append(id)
        text += part
      }
      text += decoder.finish()
      expectSameScalars(text, tokenizer.decode(ids))
      #expect(decoder.finish() == "")
    }
  }

  @Test func `a streamed scalar comes as soon as its last byte is there`() throws {
    let tokenizer = try Fixtures.small.get()
    let ids = tokenizer.encode("😀").ids
    #expect(ids.count == 3)
    var decoder = StreamingDecoder(tokenizer)
    #expect(ids.map { decoder.append($0) } == ["", "", "😀"])
    #expect(decoder.append(ids[0]) == "")
    #expect(decoder.append(tokenizer.encode("a").ids[0]) == "\u{FFFD}a")
  }

  @Test func `ids without a token decode to nothing`() throws {
    let tokenizer = try Fixtures.small.get()
    #expect(tokenizer.decode([-1, 4096, .max, .min]) == "")
    #expect(tokenizer.spelling(of: 9999) == "")
  }
}
