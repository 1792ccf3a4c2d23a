import Constraints
import Foundation
import Inference
import Testing
import Tokenization

@testable import Generation

/// Files of other test targets, found beside this one's sources.
enum Fixture {
  static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
  static let tokenizer = tests.appendingPathComponent("TokenizationTests/Fixtures/tokenizer-4k")
  static func checkpoint(_ name: String) -> URL {
    tests.appendingPathComponent("InferenceTests/Fixtures/\(name)")
  }
}

/// A model that says what it was told to: each token of its script far above all others.
final class ScriptedModel: LogitSource {
  let vocabularySize: Int
  let script: [Int32]
  private(set) var read: [Int32] = []
  private var prompt = 0

  init(_ script: [Int32], vocabularySize: Int) {
    self.script = script
    self.vocabularySize = vocabularySize
  }

  var position: Int { read.count }

  func withLogits<Result>(_ body: (Span<Float>) -> Result) -> Result {
    var logits = (0..<vocabularySize).map { Float($0 % 7) * 0.01 }
    let next = read.count - prompt
    if script.indices.contains(next) { logits[Int(script[next])] = 50 }
    return body(logits.span)
  }

  func advance(
    to prompt: [Int32], progress: (Int) -> Void, shouldStop: () -> Bool
  ) throws(InferenceError) {
    read = prompt
    self.prompt = prompt.count
  }

  func advance(by token: Int32) { read.append(token) }
}

@Suite struct GenerationTests {
  let tokenizer: Tokenizer
  init() throws { tokenizer = try Tokenizer(folder: Fixture.tokenizer) }

  /// What comes of a model that says `text`.
  func write(_ text: String, _ change: (inout GenerationRequest) -> Void = { _ in }) throws -> (
    generated: Generated, events: [GenerationEvent]
  ) {
    var request = GenerationRequest(prompt: [65], sampling: .greedy, maxTokens: 200)
    change(&request)
    let model = ScriptedModel(
      tokenizer.encode(text).ids, vocabularySize: tokenizer.idLimit)
    var events: [GenerationEvent] = []
    let batch = AnswerBatch(
      [request], atOnce: 1, on: { _ in model },
      usable: Writer.usable(tokenizer, vocabularySize: tokenizer.idLimit),
      trie: TokenTrie(tokenizer), longest: 10_000)
    let outcomes = batch.run(events: { events.append($1) }, shouldStop: { false }) {
      (models, tokens, _) throws(InferenceError) in
      for (model, token) in zip(models, tokens) { model.advance(by: token) }
    }
    return (try outcomes[0].get(), events)
  }

  func shown(_ events: [GenerationEvent]) -> String {
    events.reduce("") { if case .answer(let text) = $1 { $0 + text } else { $0 } }
  }

  @Test func `an answer ends before a stop sequence that lies across tokens`() throws {
    let (generated, events) = try write("The end is near. STOP and more") {
      $0.stop = [" STOP and", "never"]
    }
    #expect(generated.answer == "The end is near.")
    #expect(generated.finish == .stopSequence(" STOP and"))
    #expect(shown(events) == generated.answer)
  }

  @Test func `parts of a text are whole scalars`() throws {
    let text = "Zürich 🙂🙃 日本 €"
    let (generated, events) = try write(text) { $0.maxTokens = tokenizer.encode(text).count }
    #expect(generated.answer == text)
    #expect(generated.finish == .length)
    #expect(shown(events) == text)
    #expect(
      !events.contains {
        if case .answer(let part) = $0 { part.contains("\u{FFFD}") } else { false }
      })
  }

  @Test func `thinking ends at its mark and is no part of the answer`() throws {
    let (generated, events) = try write("<think>\nhmm, well</think>\nSo be it.!!") {
      $0.thinking = Thinking(maxTokens: 50, open: "<think>\n")
      $0.stop = ["!!"]
    }
    #expect(generated.reasoning == "hmm, well")
    #expect(generated.answer == "So be it.")
    #expect(events.contains(.reasoning("hmm")) || shown(events) == "So be it.")
  }

  @Test func `thinking that does not end is closed at its budget`() throws {
    let (generated, _) = try write(String(repeating: "and so on ", count: 30)) {
      $0.thinking = Thinking(maxTokens: 10)
      $0.maxTokens = 5
    }
    #expect(generated.reasoningTokens == 10)
    #expect(generated.answerTokens == 5)
    let text = tokenizer.decode(generated.tokens)
    #expect(text.contains("</think>\n"))
    #expect(generated.reasoning.map { text.hasPrefix($0 + "</think>\n") } == true)
  }

  @Test func `a text that goes in circles is ended`() throws {
    let (generated, _) = try write(String(repeating: "la ", count: 100)) {
      $0.loopGuard = LoopGuard(tokens: 20, probability: 0.99)
    }
    #expect(generated.finish == .loop)
    #expect(generated.answerTokens == 20)
  }

  @Test func `probabilities are those of the model`() throws {
    let (generated, _) = try write("Hello") {
      $0.maxTokens = 1
      $0.logProbabilities = 2
    }
    let told = try #require(generated.logProbabilities.first)
    #expect(told.alternatives.count == 2)
    #expect(told.alternatives[0].token == told.token)
    #expect(abs(told.logProbability) < 1e-5)
    #expect(told.alternatives[1].logProbability < -40)
  }

  /// A model's own draws: the same alone, in a batch, and with any number of threads.
  @Test func `a seed gives one text, whoever else is in the batch`() throws {
    var texts: [[Int32]] = []
    for threads in [1, 2] {
      let engine = try Engine(folder: Fixture.checkpoint("tiny-m1-odd"), threads: threads)
      let writer = try Writer(engine: engine, tokenizer: tokenizer)
      let requests = (0..<4).map {
        GenerationRequest(prompt: [1, 2, 3], sampling: Sampling(seed: UInt64($0)), maxTokens: 12)
      }
      let base = writer.session()
      try base.advance(to: [1, 2])
      let together = writer.write(requests, on: requests.map { _ in base.fork() })
      for (request, outcome) in zip(requests, together) {
        let alone = try writer.write(request, on: writer.session())
        #expect(try outcome.get().tokens == alone.tokens)
      }
      texts.append(try together.flatMap { try $0.get().tokens })
      #expect(Set(try together.map { try $0.get().answer }).count == 4)
      #expect(base.position == 2)
    }
    #expect(texts[0] == texts[1])
  }

  @Test(arguments: [1, 3, 16]) func `many answers go on from one reading, however many at a time`(
    atOnce: Int
  ) throws {
    let engine = try Engine(folder: Fixture.checkpoint("tiny-m1-odd"), threads: 1)
    let writer = try Writer(engine: engine, tokenizer: tokenizer)
    let base = writer.session()
    try base.advance(to: [1, 2, 3])
    var requests = (0..<7).map {
      GenerationRequest(
        prompt: [1, 2, 3, Int32(20 + $0)], sampling: Sampling(seed: UInt64($0)), maxTokens: 3 + $0)
    }
    requests[4].prompt = []
    let outcomes = writer.write(requests, from: base, atOnce: atOnce)
    for (number, (request, outcome)) in zip(requests, outcomes).enumerated() {
      if number == 4 {
        #expect(throws: GenerationError.self) { try outcome.get() }
      } else {
        #expect(try outcome.get().tokens == writer.write(request, on: writer.session()).tokens)
      }
    }
    #expect(base.position == 3, "the reading stays where it is")
    var asked = 0
    let stopped = writer.write(
      requests, from: base, atOnce: atOnce,
      shouldStop: {
        asked += 1
        return asked > 8
      })
    #expect(stopped.contains { (try? $0.get())?.finish == .cancelled || (try? $0.get()) == nil })
  }

  @Test func `ids without a token are never drawn`() throws {
    var usable = Writer.usable(tokenizer, vocabularySize: tokenizer.idLimit + 50)
    #expect(usable.count == tokenizer.vocabularySize)
    var sampler = Sampler(Sampling(temperature: 5, topP: 1), prompt: [])
    var logits = [Float](repeating: 0, count: tokenizer.idLimit + 50)
    logits[tokenizer.idLimit + 3] = 100
    for _ in 0..<50 { #expect(usable.contains(sampler.choose(logits.span, among: usable))) }
    usable.remove(0)
    #expect(!usable.contains(0))
  }
}
