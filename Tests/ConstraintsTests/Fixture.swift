import Constraints
import Foundation
import JSON
import Tokenization

/// Files of other test targets, found beside this one's sources.
enum Fixture {
  static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
  static let suite = tests.appendingPathComponent("JSONTests/Fixtures/JSON-Schema-Test-Suite")

  /// 4096 tokens.
  static let small = Result {
    TokenTrie(
      try Tokenizer(folder: tests.appendingPathComponent("TokenizationTests/Fixtures/tokenizer-4k"))
    )
  }
  /// The published model's 200 000.
  static let large = Result {
    TokenTrie(
      try Tokenizer(folder: tests.appendingPathComponent("TokenizationTests/Fixtures/tokenizer-m1"))
    )
  }

  static func json(_ url: URL) throws -> JSONValue {
    try JSONValue.parse([UInt8](Data(contentsOf: url)))
  }

  /// What references in the suite lead to.
  static let documents: [String: JSONValue] = {
    var documents: [String: JSONValue] = [:]
    let fixtures = tests.appendingPathComponent("JSONTests/Fixtures")
    for (folder, base) in [
      ("JSON-Schema-Test-Suite/remotes", "http://localhost:1234"),
      ("draft2020-12-metaschema", "https://json-schema.org/draft/2020-12"),
    ] {
      let root = fixtures.appendingPathComponent(folder)
      for case let path as String in FileManager.default.enumerator(atPath: root.path)
        ?? FileManager.DirectoryEnumerator()
      {
        documents["\(base)/\(path)"] = try? json(root.appendingPathComponent(path))
      }
    }
    return documents
  }()
}

/// Numbers that depend on nothing but the seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
  }
}

/// The worst model there is: any token that is allowed, each as likely.
struct Monkey {
  var dice: Dice
  /// How it ended: within its budget, or what went wrong.
  struct Stuck: Error, CustomStringConvertible {
    var description: String
  }

  init(_ seed: UInt64) { dice = Dice(seed) }

  /// - Parameter eager: how likely it stops where it may, of 100.
  mutating func write(_ matcher: Matcher, budget: Int, eager: Int = 50) throws -> String {
    var remaining = budget
    while !matcher.isComplete {
      if matcher.canEnd, Int.random(in: 0..<100, using: &dice) < eager { break }
      guard remaining > 0 else {
        if matcher.canEnd { break }
        throw Stuck(description: "budget of \(budget) spent at \(matcher.text)")
      }
      let allowed = matcher.allowed(remaining: remaining)
      guard let token = choose(allowed) else {
        if matcher.canEnd { break }
        throw Stuck(description: "no token allowed at \(matcher.text), \(remaining) left")
      }
      matcher.accept(token)
      remaining -= 1
    }
    return matcher.text
  }

  private mutating func choose(_ mask: TokenMask) -> Int32? {
    let count = mask.count
    guard count > 0 else { return nil }
    var place = Int.random(in: 0..<count, using: &dice)
    for (index, word) in mask.words.enumerated() {
      if place >= word.nonzeroBitCount {
        place -= word.nonzeroBitCount
        continue
      }
      var word = word
      while place > 0 {
        word &= word - 1
        place -= 1
      }
      return Int32(index << 6 + word.trailingZeroBitCount)
    }
    return nil
  }
}

extension Matcher {
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
