import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenization

@Suite struct `Tokenizer files` {
  private func error(_ path: String, _ value: JSONValue?) throws -> TokenizerError {
    let json = SmallTokenizer.json.replacing(
      path.split(separator: ".").map(String.init), with: value)
    return try #require(throws: TokenizerError.self) { try SmallTokenizer.load(json) }
  }

  @Test func `a sound file loads`() throws {
    let tokenizer = try SmallTokenizer.load(SmallTokenizer.json)
    #expect(tokenizer.vocabularySize == 263)
    #expect(tokenizer.idLimit == 264)
    #expect(!tokenizer.contains(262))
    #expect(tokenizer.bytes(of: 262).isEmpty)
    #expect(tokenizer.id(ofAdded: "<eos>") == 261)
    #expect(tokenizer.isSpecial(261))
    #expect(!tokenizer.isSpecial(263))
    #expect(tokenizer.encode("hello hello<eos>").ids == [259, 260, 261])
  }

  @Test func `merges may be strings with a space`() throws {
    let merges = JSONValue.array(SmallTokenizer.merges.map { .string("\($0.0) \($0.1)") })
    let tokenizer = try SmallTokenizer.load(
      SmallTokenizer.json.replacing(["model", "merges"], with: merges))
    #expect(tokenizer.encode("hello hello").ids == [259, 260])
  }

  @Test func `a piece that is a token is left whole where merges are ignored`() throws {
    // Without its merges, the token is reached by the flag alone.
    let json = SmallTokenizer.json.replacing(["model", "merges"], with: [])
    #expect(try SmallTokenizer.load(json).encode("hello").ids.count == 5)
    let whole = json.replacing(["model", "ignore_merges"], with: true)
    #expect(try SmallTokenizer.load(whole).encode("hello").ids == [259])
    #expect(try SmallTokenizer.load(whole).encode("hellos").ids.count == 6)
  }

  @Test(
    arguments: [
      ("normalizer", ["type": "NFC"], "normalizer NFC"),
      ("post_processor", ["type": "TemplateProcessing"], "post-processor TemplateProcessing"),
      ("decoder", ["type": "Metaspace"], "decoder Metaspace"),
      ("model.type", "Unigram", "model Unigram"),
      ("model.dropout", 0.1, "“dropout”"),
      ("model.end_of_word_suffix", "</w>", "“end_of_word_suffix”"),
      ("pre_tokenizer", nil, "no pre-tokenizer"),
      ("pre_tokenizer", ["type": "Whitespace"], "pre-tokenizer Whitespace"),
      ("pre_tokenizer.pretokenizers.2", ["type": "Digits"], "Split, ByteLevel, Digits"),
      ("pre_tokenizer.pretokenizers.0.pattern.Regex", #"\w+"#, #"the pre-tokenizer pattern \w+"#),
      ("pre_tokenizer.pretokenizers.0.pattern", ["String": " "], "without a regular expression"),
      ("pre_tokenizer.pretokenizers.0.behavior", "Removed", "behavior Removed"),
      ("pre_tokenizer.pretokenizers.0.invert", true, "“invert”"),
      ("pre_tokenizer.pretokenizers.1.add_prefix_space", true, "adds a space"),
      ("pre_tokenizer.pretokenizers.1.use_regex", true, "its own pattern"),
    ] as [(String, JSONValue, String)])
  func `what is not done here is refused by name`(path: String, value: JSONValue, words: String)
    throws
  {
    let error = try error(path, value)
    #expect(error.code == .unsupported)
    #expect(error.description.contains(words), "\(error)")
    #expect(error.description.hasPrefix("tokenizer.json needs a tokenizer"))
  }

  @Test func `a vocabulary that lacks a byte is refused`() throws {
    let error = try error("model.vocab.Ā", nil)
    #expect(error.code == .unsupported)
    #expect(error.detail.contains("byte 0"))
  }

  @Test(
    arguments: [
      ("model", "BPE", "“model”"),
      ("model.vocab", [], "“vocab”"),
      ("model.vocab.hello", 256, "id 256"),
      ("model.vocab.hello", -1, "id -1"),
      ("model.vocab.hello", 4_000_000_000, "id 4000000000"),
      ("model.vocab.hello", "259", "no whole number"),
      ("model.vocab.hello", 1.5, "no whole number"),
      ("model.vocab.<eos>", 300, "id 261"),
      ("model.merges", nil, "“merges”"),
      ("model.merges.1", ["l"], "merge 1"),
      ("model.merges.1", ["l", 1], "merge 1"),
      ("model.merges.1", "l  l", "merge 1"),
      ("model.merges.1", 7, "merge 1"),
      ("model.merges.1", ["", "l"], "merge 1"),
      ("model.merges.1", ["l", " l"], "merge 1"),
      ("model.merges.1", ["l", "zz"], "merge 1 takes a token that there is not"),
      ("model.merges.1", ["l", "h"], "merge 1 makes a token that the vocabulary lacks"),
      ("model.ignore_merges", "yes", "“ignore_merges”"),
      ("added_tokens", "none", "“added_tokens”"),
      ("added_tokens.0", [:], "added token 0"),
      ("added_tokens.0.id", nil, "added token 0"),
      ("added_tokens.0.id", 263, "id 263"),
      ("added_tokens.0.id", 5, "id 5"),
      ("added_tokens.0.content", "", "added token 0"),
      ("added_tokens.0.content", "<think>", "added token 1"),
      ("added_tokens.0.special", "yes", "“special”"),
    ] as [(String, JSONValue, String)])
  func `a malformed file is named with the place`(path: String, value: JSONValue, words: String)
    throws
  {
    let error = try error(path, value)
    #expect(error.code == .malformed)
    #expect(error.description.contains(words), "\(error)")
  }

  @Test func `a file that is missing or no JSON is an error with its path`() throws {
    let folder = try TemporaryFolder()
    var error = try #require(throws: TokenizerError.self) { try Tokenizer(folder: folder.url) }
    #expect(error.code == .unreadable)
    #expect(error.file.hasSuffix("tokenizer.json"))
    let file = folder.url.appendingPathComponent("tokenizer.json")
    try Data("{\"model\": ".utf8).write(to: file)
    error = try #require(throws: TokenizerError.self) { try Tokenizer(folder: folder.url) }
    #expect(error.code == .malformed)
    #expect(error.detail.contains("1:11"))
    try Data("[]".utf8).write(to: file)
    error = try #require(throws: TokenizerError.self) { try Tokenizer(folder: folder.url) }
    #expect(error.detail == "the top level is no object")
  }

  @Test(arguments: [
    ("#version: 0.2\nh e\nl\n", "merge 1"), ("h e\nl l l\n", "merge 1"),
    ("h e\nx he\nhx e\n", "merge 2 takes"), ("h e\nh e\n", "merge 1 makes"),
    ("h e\nhe 中\n", "merge 1"), ("h \n", "merge 0"),
  ])
  func `a malformed list of merges is named with the merge`(text: String, words: String) throws {
    let error = try #require(throws: TokenizerError.self) {
      try MergesFile(Array(text.utf8), path: "merges.txt").tokenizer(.o200k)
    }
    #expect(error.code == .malformed)
    #expect(error.description.contains(words), "\(error)")
  }

  @Test func `a list of merges may lack the version and end its lines as on Windows`() throws {
    let tokenizer = try MergesFile(Array("h e\r\nl l\r\n".utf8), path: "m").tokenizer(.llama3)
    #expect(tokenizer.encode("hell").ids == [256, 257])
    let error = try #require(throws: TokenizerError.self) { try MergesFile([0xFF], path: "m") }
    #expect(error.code == .malformed)
  }

  /// Whatever a damaged file holds: it is refused, or it is a tokenizer that works.
  private func check(_ bytes: [UInt8], loads: inout Int) {
    do {
      let tokenizer = try TokenizerFile(bytes, path: "f").tokenizer()
      loads += 1
      let text = "Say hello  hello,\n中é <eos>x<think> ll"
      let encoding = tokenizer.encode(text, addedTokens: .asText)
      #expect(tokenizer.decode(encoding.ids) == text)
      _ = tokenizer.encode(text)
    } catch {
      #expect(!error.detail.isEmpty)
    }
  }

  @Test func `files with damaged bytes are refused or work`() throws {
    var random = SeededGenerator(seed: 3)
    let sound = Array(SmallTokenizer.json.text().utf8)
    var loads = 0
    for round in 0..<1200 {
      var bytes = sound
      for _ in 0...Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
        switch round % 5 {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = Array("{}[],:\"\\0-e.".utf8).randomElement(using: &random)!
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { bytes = [0x7B] }
      }
      check(bytes, loads: &loads)
    }
    #expect(loads > 5)
  }

  @Test func `files with values of the wrong kind are refused or work`() throws {
    var random = SeededGenerator(seed: 4)
    let sound = SmallTokenizer.json
    let paths = sound.paths
    let values: [JSONValue] = [
      nil, true, 0, -1, 3, 260, 4_194_303, 9e99, 0.5, "", "h", "é", " ", "<eos>", [], ["h", "e"],
      ["he", "he"], [:], ["type": "ByteLevel"],
    ]
    var loads = 0
    for _ in 0..<1200 {
      var json = sound
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let value = Bool.random(using: &random) ? values.randomElement(using: &random) : nil
        json = json.replacing(paths.randomElement(using: &random)!, with: value)
      }
      check(Array(json.text().utf8), loads: &loads)
    }
    #expect(loads > 10)
  }
}
