import DefaultReader
import Documents
import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Contexts

enum Sample {
  static let reader = Result { try Tokenizer(folder: DefaultReader.folder) }

  /// From two merges alone, so without added tokens.
  static func plainTokenizer() throws -> Tokenizer {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("merges.txt")
    try Data("#version: 0.2\nl l\nll o\n".utf8).write(to: file)
    return try Tokenizer(mergesFile: file)
  }

  static func paragraph(_ text: String, at offset: Int = 0) -> Block {
    Block(
      .paragraph(
        AnchoredText(text, at: .bytes(offset..<offset + text.utf8.count, verbatim: true))))
  }

  /// Paragraphs as they would stand in a file, an empty line between them.
  static func document(_ paragraphs: [String]) -> Document {
    var offset = 0
    var blocks: [Block] = []
    for text in paragraphs {
      blocks.append(paragraph(text, at: offset))
      offset += text.utf8.count + 2
    }
    return Document(mediaType: "text/plain", blocks: blocks)
  }

  static let words = [
    "This", " Agreement", " shall", " be", " governed", " by", " Zürich", " 12 €", "\n", " 中文",
    " naïve", " <eos>", " <contract>", " 😀", ".", ";", " (ii)", " 2024-06-16", "  ", " e\u{301}",
  ]

  static func paragraphs(_ count: Int, words wordCount: ClosedRange<Int>, seed: UInt64) -> [String]
  {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      (0..<Int.random(in: wordCount, using: &random))
        .map { _ in words.randomElement(using: &random)! }.joined()
    }
  }
}

@Suite struct `Contexts` {
  private func pack(
    _ document: Document, limit: Int = 100_000, _ overLimit: TokenBudget.OverLimit = .fail,
    as type: DocumentType = .contract
  ) throws -> ContextPacker.Packing {
    let packer = ContextPacker(
      tokenizer: try Sample.reader.get(), budget: TokenBudget(limit: limit, overLimit: overLimit))
    return packer.pack(ExtractedText(document), as: type)
  }

  @Test(arguments: DocumentType.allCases)
  func `a text stands between the mark of its type and the end mark`(type: DocumentType) throws {
    let tokenizer = try Sample.reader.get()
    let packing = try pack(Sample.document(["Hello world.", "Again."]), as: type)
    let context = try #require(packing.contexts.first)
    #expect(packing.contexts.count == 1 && packing.notices.isEmpty)
    #expect(context.part == 0 && context.partCount == 1)
    #expect(tokenizer.decode(context.tokens) == "<\(type.rawValue)>Hello world.\n\nAgain.<eos>")
    #expect(context.textTokens == 1..<context.tokens.count - 1)
    #expect(context.range(ofToken: 0) == nil)
    #expect(context.range(ofToken: context.tokens.count - 1) == nil)
    #expect(context.textTokens.count == packing.textTokenCount)
  }

  @Test func `the words of marks are text in a document`() throws {
    let tokenizer = try Sample.reader.get()
    let context = try #require(
      try pack(Sample.document(["a<eos>b <contract>"])).contexts.first)
    for index in context.textTokens { #expect(!tokenizer.isSpecial(context.tokens[index])) }
    #expect(context.text(ofTokens: context.textTokens) == "a<eos>b <contract>")
  }

  @Test func `the source text of a run of tokens is those tokens' text`() throws {
    let tokenizer = try Sample.reader.get()
    var random = SeededGenerator(seed: 5)
    let document = Sample.document(Sample.paragraphs(30, words: 1...40, seed: 6))
    for (limit, overLimit) in [(100_000, TokenBudget.OverLimit.fail), (64, .split)] {
      for context in try pack(document, limit: limit, overLimit).contexts {
        let utf8 = Array(context.text.text.utf8)
        for _ in 0..<60 {
          let first = Int.random(in: 0...context.tokens.count, using: &random)
          let run = first..<Int.random(in: first...context.tokens.count, using: &random)
          let tokens = run.clamped(to: context.textTokens)
          let bytes = tokenizer.bytes(of: context.tokens[tokens])
          let exact =
            tokens.isEmpty
            ? 0..<0
            : context.range(ofToken: tokens.lowerBound)!
              .lowerBound..<context.range(
                ofToken: tokens.upperBound - 1)!.upperBound
          #expect(utf8[exact].elementsEqual(bytes))
          // Widened to whole scalars, it holds them.
          let widened = context.range(ofTokens: run)
          #expect(tokens.isEmpty ? widened.isEmpty : widened.lowerBound <= exact.lowerBound)
          #expect(widened.count >= exact.count && widened.count <= exact.count + 6)
          #expect(String(validating: utf8[widened], as: UTF8.self) != nil)
          #expect(Array(context.text(ofTokens: run).utf8) == Array(utf8[widened]))
        }
      }
    }
  }

  @Test func `the tokens over a range are all that touch it`() throws {
    var random = SeededGenerator(seed: 15)
    let document = Sample.document(Sample.paragraphs(12, words: 1...30, seed: 16))
    for context in try pack(document, limit: 80, .split).contexts {
      for _ in 0..<80 {
        let first = Int.random(in: 0...context.text.text.utf8.count, using: &random)
        let range =
          first..<Int.random(
            in: first...min(first + 30, context.text.text.utf8.count), using: &random)
        let touching = context.textTokens.filter { context.range(ofToken: $0)!.overlaps(range) }
        let found = context.tokens(over: range)
        #expect(Array(found) == touching)
      }
    }
  }

  @Test func `tokens lead to their bytes in the source file`() throws {
    let paragraphs = ["The first clause.", "Zürich pays 12 €.", "The last one."]
    let context = try #require(try pack(Sample.document(paragraphs)).contexts.first)
    let file = Array(paragraphs.joined(separator: "\n\n").utf8)
    let wanted = "pays 12 €"
    let start = try #require(
      context.text.text.utf8.indices.first { context.text.text[$0...].hasPrefix(wanted) })
    let offset = context.text.text.utf8.distance(
      from: context.text.text.utf8.startIndex, to: start)
    let run = context.tokens(over: offset..<offset + wanted.utf8.count)
    let places = context.places(ofTokens: run)
    #expect(places.count == 1)
    guard case .bytes(let bytes, verbatim: true) = places.first else {
      Issue.record("no verbatim bytes")
      return
    }
    #expect(String(decoding: file[bytes], as: UTF8.self).contains(wanted))
    #expect(context.text(ofTokens: run).contains(wanted))
    // A run over a border has a place on each side of it; the empty line itself stands nowhere.
    #expect(context.places(ofTokens: context.textTokens).count == 3)
  }

  @Test func `a turn is its speaker's name and its words`() throws {
    let turns = [("Ann", "We start."), ("Bob", "Yes."), ("Ann", "Then done.")]
    let blocks = turns.enumerated().map { index, turn in
      Block(
        .turn(
          Turn(
            index: index, speaker: AnchoredText(unanchored: turn.0),
            text: AnchoredText(unanchored: turn.1))))
    }
    let document = Document(mediaType: "text/vtt", blocks: blocks)
    let context = try #require(try pack(document, as: .meeting).contexts.first)
    let text = String(context.text(ofTokens: context.textTokens))
    #expect(text == "Ann: We start.\nBob: Yes.\nAnn: Then done.")
    let second = try #require(context.text.pieces.last { $0.turn == 1 })
    let run = context.tokens(over: second.range)
    #expect(context.text.turns(of: context.range(ofTokens: run))?.contains(1) == true)
  }

  @Test func `a text without words has marks alone`() throws {
    let context = try #require(try pack(Sample.document([])).contexts.first)
    #expect(context.tokens.count == 2)
    #expect(context.textTokens.isEmpty)
    #expect(context.range(ofTokens: 0..<2).isEmpty)
    #expect(context.tokens(over: 0..<0).isEmpty)
    #expect(context.text(ofTokens: 0..<2) == "")
  }
}
