import Foundation
import JSON
import Testing

@testable import Constraints

@Suite struct SpanIndexTests {
  @Test(arguments: [2, 3, 26, 250]) func `suffixes are sorted as comparing them sorts them`(
    alphabet: Int
  ) {
    var dice = Dice(UInt64(alphabet))
    for length in [0, 1, 2, 3, 10, 100, 700] {
      let text = (0..<length).map { _ in UInt8(Int.random(in: 0..<alphabet, using: &dice)) }
      let expected = text.indices.sorted { text[$0...].lexicographicallyPrecedes(text[$1...]) }
      #expect(SuffixArray.sorted(text).map { Int($0) } == expected)
    }
    let repeated = Array(String(repeating: "abab", count: 200).utf8)
    #expect(
      SuffixArray.sorted(repeated).map { Int($0) }
        == repeated.indices.sorted {
          repeated[$0...].lexicographicallyPrecedes(repeated[$1...])
        })
  }

  @Test func `spans begin and end at the borders of words and numbers`() {
    let text = "The fee (1,200.50 €) isn't naïve: 日本語 e\u{301}a"
    let bytes = Array(text.utf8)
    let borders = WordBorders(bytes)
    func place(_ part: String) -> Range<Int> {
      let part = Array(part.utf8)
      let start = bytes.indices.first { bytes[$0...].starts(with: part) } ?? -1
      return start..<start + part.count
    }
    for part in ["The", "fee", "1,200.50", "(", "isn't", "naïve", "日", "本語", "e\u{301}a"] {
      let range = place(part)
      #expect(borders.canBegin(at: range.lowerBound), "\(part)")
      #expect(borders.canEnd(at: range.upperBound), "\(part)")
    }
    for part in ["Th", "1,200", "1", "1,", "na", "isn"] {
      #expect(!borders.canEnd(at: place(part).upperBound), "\(part)")
    }
    #expect(!borders.canBegin(at: place("200.50").lowerBound))
    #expect(!borders.canEnd(at: place("The ").upperBound))
  }

  static let schema: JSONValue = [
    "type": "object",
    "properties": [
      "quote": ["type": "string", "x-evidence": "required"],
      "short": ["type": "string", "x-evidence": "required", "maxLength": 12, "minLength": 3],
      "maybe": ["anyOf": [["type": "string", "x-evidence": "required"], ["type": "null"]]],
      "free": ["type": "string", "maxLength": 5],
    ],
    "required": ["quote", "short", "maybe", "free"], "additionalProperties": false,
  ]

  static func text(_ seed: UInt64) -> String {
    var dice = Dice(seed)
    let words = [
      "the", "The", "fee", "\"shall\"", "be", "paid", "1,200.50", "€", "naïve", "back\\slash",
      "tab\tbed",
      "line\nbreak", "日本語", "article", "art", "\u{1}", "(a)", "isn't", "end.",
    ]
    let count = Int.random(in: 1...60, using: &dice)
    return (0..<count).map { _ in words.randomElement(using: &dice)! }.joined(separator: " ")
  }

  @Test(arguments: 0..<40) func `a grounded string is found where it is said to stand`(seed: Int)
    throws
  {
    let trie = try Fixture.small.get()
    let text = Self.text(UInt64(seed))
    let source = SpanIndex(text)
    let constraint = try SchemaConstraint(Self.schema)
    #expect(constraint.isGrounded)
    guard let matcher = try? Matcher(constraint, trie: trie, source: source) else {
      // Too short a text for three characters at a word's end.
      #expect(text.unicodeScalars.count < 30)
      return
    }
    var monkey = Monkey(UInt64(seed))
    let answer = try monkey.write(matcher, budget: matcher.leastBytes + 40)
    let value = try JSONValue.parse(answer)
    #expect(constraint.validator.validate(value).isEmpty)
    let spans = matcher.groundedSpans()
    #expect(spans.count == (value["maybe"]?.isNull == true ? 2 : 3))
    let bytes = Array(text.utf8)
    for span in spans {
      let quoted = try #require(value[String(span.pointer.dropFirst())]?.string)
      #expect(quoted.utf8.elementsEqual(span.text.utf8))
      for place in span.occurrences {
        #expect(bytes[place...].starts(with: Array(quoted.utf8)))
        #expect(source.borders.canEnd(at: place + quoted.utf8.count))
      }
      #expect(span.occurrences.first == span.bytes.lowerBound)
    }
  }

  /// All ways there are, by as many tokens as are left.
  @Test(arguments: ["ab\ncd", "a\\b", "x \u{1}y z"], 0...4)
  func `whatever is begun near the end of the budget can be ended`(text: String, spare: Int) throws
  {
    let trie = try Fixture.small.get()
    let constraint = try SchemaConstraint(["type": "string", "x-evidence": "required"])
    let source = SpanIndex(text)
    let budget = try Matcher(constraint, trie: trie, source: source).leastTokens + spare
    var pending: [[Int32]] = [[]]
    var ended = 0
    while let tokens = pending.popLast() {
      let matcher = try Matcher(constraint, trie: trie, source: source)
      for token in tokens { matcher.accept(token) }
      if matcher.isComplete {
        ended += 1
        continue
      }
      let allowed = matcher.allowed(remaining: budget - tokens.count)
      #expect(!allowed.isEmpty, "stuck at \(matcher.text), \(budget - tokens.count) left")
      #expect(matcher.leastTokens <= budget - tokens.count)
      pending += allowed.ids.map { tokens + [$0] }
    }
    #expect(ended > 0)
  }

  @Test func `a source that has no words is said to have none`() throws {
    let constraint = try SchemaConstraint(Self.schema)
    let trie = try Fixture.small.get()
    #expect(throws: ConstraintError.self) { try Matcher(constraint, trie: trie) }
    #expect(throws: ConstraintError.self) {
      try Matcher(constraint, trie: trie, source: SpanIndex(" \n "))
    }
  }
}
