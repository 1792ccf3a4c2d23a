import DefaultReader
import Documents
import Testing
import Tokenization

@testable import Contexts

@Suite struct `Token budgets` {
  private func packer(_ limit: Int, _ overLimit: TokenBudget.OverLimit) throws -> ContextPacker {
    ContextPacker(
      tokenizer: try Sample.reader.get(), budget: TokenBudget(limit: limit, overLimit: overLimit))
  }

  @Test func `a text that just fits is one context, one token more is not`() throws {
    let text = ExtractedText(Sample.document(Sample.paragraphs(6, words: 10...30, seed: 1)))
    let count = try packer(100_000, .fail).pack(text, as: .text).textTokenCount
    let fits = try packer(count + 2, .fail).pack(text, as: .text)
    #expect(fits.contexts.count == 1 && fits.notices.isEmpty)
    #expect(fits.contexts.first?.tokens.count == count + 2)
    let over = try packer(count + 1, .fail).pack(text, as: .text)
    #expect(over.contexts.isEmpty)
    let notice = try #require(over.notices.first)
    #expect(over.notices.count == 1 && notice.reason == .overContext)
    #expect(notice.detail.contains("\(count) tokens"))
    #expect(notice.detail.contains("\(count + 1) holds \(count - 1)"))
  }

  @Test(arguments: [16, 17, 23, 40, 100, 333])
  func `the parts of a text hold all of it and none is over the limit`(limit: Int) throws {
    let packer = try packer(limit, .split)
    for seed in 0..<6 as Range<UInt64> {
      let text = ExtractedText(
        Sample.document(Sample.paragraphs(20, words: 1...60, seed: seed)))
      let packing = packer.pack(text, as: .contract)
      #expect(packing.notices.isEmpty)
      #expect(packing.contexts.count > 1)
      var end = 0
      for (index, context) in packing.contexts.enumerated() {
        #expect(context.span.lowerBound == end && !context.span.isEmpty)
        #expect(context.tokens.count <= limit)
        #expect(context.part == index && context.partCount == packing.contexts.count)
        #expect(
          Array(packer.tokenizer.decode(context.tokens[context.textTokens]).utf8)
            == Array(text[context.span].utf8))
        end = context.span.upperBound
      }
      #expect(end == text.text.utf8.count)
    }
  }

  @Test func `parts end where a block ends`() throws {
    let text = ExtractedText(Sample.document(Sample.paragraphs(40, words: 5...20, seed: 3)))
    let packing = try packer(200, .split).pack(text, as: .report)
    let borders = Set(text.pieces.map(\.range.lowerBound))
    #expect(packing.contexts.count > 3)
    for context in packing.contexts.dropFirst() {
      #expect(borders.contains(context.span.lowerBound))
    }
    // And no part could have taken its next block as well.
    for (context, next) in zip(packing.contexts, packing.contexts.dropFirst()) {
      let block = try #require(text.pieces(over: next.span).first)
      let more = text[context.span.lowerBound..<block.range.upperBound]
      let tokens = packing.contexts[0].tokens.count - packing.contexts[0].textTokens.count
      #expect(
        try Sample.reader.get().encode(more, addedTokens: .asText).count + tokens > 200)
    }
  }

  @Test func `a block longer than a context is cut at a line's end, else after a space`() throws {
    let line = "All notices shall be in writing and sent by courier to the address below"
    let lines = Array(repeating: line, count: 30).joined(separator: "\n")
    for context in try packer(100, .split)
      .pack(ExtractedText(Sample.document([lines])), as: .text).contexts.dropLast()
    {
      #expect(context.text[context.span].hasSuffix("\n"))
    }
    let words = Array(repeating: line, count: 30).joined(separator: " ")
    for context in try packer(100, .split)
      .pack(ExtractedText(Sample.document([words])), as: .text).contexts.dropLast()
    {
      #expect(context.text[context.span].hasSuffix(" "))
    }
  }

  @Test func `a block without any space is cut between scalars`() throws {
    let text = ExtractedText(
      Sample.document([String(repeating: "長い文書👩‍👩‍👧", count: 60)]))
    let packing = try packer(16, .split).pack(text, as: .text)
    #expect(packing.contexts.count > 10)
    #expect(packing.contexts.map { String(text[$0.span]) }.joined() == text.text)
    for context in packing.contexts { #expect(context.tokens.count <= 16) }
  }

  @Test func `a tokenizer without marks packs text alone`() throws {
    let plain = try Sample.plainTokenizer()
    let packer = ContextPacker(tokenizer: plain, budget: TokenBudget(limit: 1000))
    let packing = packer.pack(ExtractedText(Sample.document(["Hello."])), as: .contract)
    let context = try #require(packing.contexts.first)
    #expect(context.textTokens == 0..<context.tokens.count)
    #expect(plain.decode(context.tokens) == "Hello.")
  }
}
