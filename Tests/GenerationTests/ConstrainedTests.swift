import Constraints
import Foundation
import Inference
import JSON
import TestSupport
import Testing
import Tokenization

@testable import Generation

/// Answers held to schemas, by models that say what they like.
@Suite struct ConstrainedTests {
  let tokenizer: Tokenizer
  init() throws { tokenizer = try Tokenizer(folder: Fixture.tokenizer) }

  /// What a model that wants to say `text` writes under a constraint, greedily.
  func write(_ text: String, _ schema: JSONValue, source: String? = nil, maxTokens: Int = 200)
    throws
    -> Generated
  {
    let request = GenerationRequest(
      prompt: [65], sampling: .greedy, maxTokens: maxTokens,
      constraint: try SchemaConstraint(schema), source: source.map { SpanIndex($0) })
    let model = ScriptedModel(
      tokenizer.encode(text, addedTokens: .asText).ids, vocabularySize: tokenizer.idLimit)
    return try AnswerBatch(
      [request], atOnce: 1, on: { _ in model },
      usable: Writer.usable(tokenizer, vocabularySize: tokenizer.idLimit),
      trie: TokenTrie(tokenizer), longest: 10_000
    ).run(events: { _, _ in }, shouldStop: { false }) {
      (models, tokens, _) throws(InferenceError) in
      for (model, token) in zip(models, tokens) { model.advance(by: token) }
    }[0].get()
  }

  static let schema: JSONValue = [
    "type": "object",
    "properties": [
      "name": ["type": "string"], "amount": ["type": "number", "minimum": 0],
      "tags": ["type": "array", "items": ["enum": ["new", "old"]]],
      "date": ["type": ["string", "null"], "format": "date"],
    ],
    "required": ["name", "amount"], "additionalProperties": false,
  ]

  @Test(arguments: [
    "{\"name\": \"Zürich \\\"AG\\\"\\n\", \"amount\": 12.50, \"tags\": [\"new\", \"old\"], \"date\": \"2024-02-29\"}",
    "{\"name\":\"\",\"amount\":0,\"tags\":[],\"date\":null}",
    "{\"name\": \"日本 🙂\", \"amount\": 1000}",
  ])
  func `a model that obeys is not disturbed`(text: String) throws {
    let generated = try write(text, Self.schema)
    #expect(generated.answer == text)
    #expect(generated.tokens == tokenizer.encode(text, addedTokens: .asText).ids)
    #expect(generated.finish == .complete)
  }

  @Test func `a model that rambles is held to the schema, and to its budget`() throws {
    for budget in [14, 20, 50, 200] {
      let generated = try write(
        "Sure! Here is the JSON you asked for:", Self.schema, maxTokens: budget)
      let value = try JSONValue.parse(generated.answer)
      #expect(try JSONSchema(Self.schema).validate(value).isEmpty)
      #expect(generated.finish == .complete)
      #expect(generated.answerTokens <= budget)
    }
  }

  @Test func `a budget that no answer fits is refused before anything is read`() throws {
    #expect(throws: GenerationError.self) { try write("{}", Self.schema, maxTokens: 3) }
  }

  @Test func `a quote that is not in the source cannot be written`() throws {
    let schema: JSONValue = [
      "type": "object",
      "properties": ["quote": ["type": "string", "x-evidence": "required"]],
      "required": ["quote"],
    ]
    let source = "The Supplier shall pay 1,200.50 €.\nThe Buyer \"Acme\" shall not."
    let honest = "{\"quote\": \"The Buyer \\\"Acme\\\" shall not\"}"
    #expect(try write(honest, schema, source: source).answer == honest)
    let generated = try write("{\"quote\": \"The Buyer shall pay\"}", schema, source: source)
    let span = try #require(generated.spans.first)
    #expect(source.contains(span.text))
    #expect(span.pointer == "/quote")
    #expect(try JSONValue.parse(generated.answer)["quote"] == .string(span.text))
    #expect(
      Array(source.utf8)[span.bytes].elementsEqual(span.text.utf8) && span.occurrences.count >= 1)
  }

  /// `SCHEMAS=5000 make test ARGS="--filter ConstrainedTests"` tries so many.
  @Test func `a model that obeys by itself writes the same free and held to its schema`() throws {
    let count = ProcessInfo.processInfo.environment["SCHEMAS"].flatMap { Int($0) } ?? 150
    let trie = TokenTrie(tokenizer)
    let usable = Writer.usable(tokenizer, vocabularySize: tokenizer.idLimit)
    let end = try #require((0..<Int32(tokenizer.idLimit)).first { tokenizer.isAdded($0) })
    let source = SpanIndex(
      "The fee of 1,200 dollars is paid by the Supplier, who isn't liable (“cap”). Ünder law.")
    var schemas = RandomSchemas(seed: 77)
    var dice = Dice(state: 9)
    var compared = 0
    for number in 0..<count {
      guard let constraint = try? SchemaConstraint(schemas.next(evidence: number % 2 == 0)),
        let text = try answer(constraint, trie, source, &dice)
      else { continue }
      // A model that wants to say just this.
      let script = tokenizer.encode(text, addedTokens: .asText).ids + [end]
      func write(_ constraint: SchemaConstraint?) throws -> Generated {
        let request = GenerationRequest(
          prompt: [65], sampling: .greedy, maxTokens: 100_000, endOfText: [end],
          constraint: constraint, source: constraint.map { _ in source })
        return try AnswerBatch(
          [request], atOnce: 1,
          on: { _ in ScriptedModel(script, vocabularySize: self.tokenizer.idLimit) },
          usable: usable, trie: trie, longest: 1_000_000
        ).run(
          events: { _, _ in }, shouldStop: { false },
          step: { (models, tokens, _) throws(InferenceError) in
            for (model, token) in zip(models, tokens) { model.advance(by: token) }
          })[0].get()
      }
      let free = try write(nil)
      let held = try write(constraint)
      #expect(free.answer == text && held.answer == text)
      #expect(free.tokens.filter { $0 != end } == held.tokens.filter { $0 != end })
      #expect(held.finish == .complete)
      compared += 1
    }
    #expect(compared > count / 2)
  }

  /// Some answer, drawn from all there are.
  private func answer(
    _ constraint: SchemaConstraint, _ trie: TokenTrie, _ source: SpanIndex, _ dice: inout Dice
  ) throws -> String? {
    guard let matcher = try? Matcher(constraint, trie: trie, source: source) else { return nil }
    var remaining = matcher.leastTokens + 60
    while !matcher.isComplete, remaining > 0 {
      let mask = matcher.allowed(remaining: remaining)
      if matcher.canEnd, mask.isEmpty || dice.next() % 4 == 0 { break }
      guard let token = mask.id(at: Int(dice.next() % UInt64(max(1, mask.count)))) else { break }
      matcher.accept(token)
      remaining -= 1
    }
    guard matcher.canEnd else { return nil }
    return String(validating: matcher.bytes, as: UTF8.self)
  }

  private struct Dice {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9 >> 3
    }
  }

  /// Random weights: alone and in one batch, by one thread and by two, with all logits and with only those
  /// that may be chosen, thinking or not: the same tokens, and valid answers.
  @Test(arguments: ["tiny-minimax-m1", "tiny-m1-odd"]) func `random models answer random schemas`(
    checkpoint: String
  ) throws {
    var first: [[Int32]]?
    for threads in [1, 2] {
      let engine = try Engine(folder: Fixture.checkpoint(checkpoint), threads: threads)
      let writer = try Writer(engine: engine, tokenizer: tokenizer)
      let requests = try requests()
      let together = writer.write(requests, on: requests.map { _ in writer.session() })
      for (request, outcome) in zip(requests, together) {
        let generated = try outcome.get()
        let value = try JSONValue.parse(generated.answer)
        #expect(request.constraint?.validator.validate(value) == [])
        #expect(generated.finish == .complete)
        #expect(generated.answerTokens <= request.maxTokens)
        #expect((generated.reasoning != nil) == (request.thinking != nil))
        let alone = try writer.write(request, on: writer.session())
        #expect(alone.tokens == generated.tokens)
        var told = request
        told.logProbabilities = 0
        #expect(try writer.write(told, on: writer.session()).tokens == generated.tokens)
      }
      let tokens = try together.map { try $0.get().tokens }
      #expect(first == nil || first == tokens)
      first = tokens
    }
  }

  private func requests() throws -> [GenerationRequest] {
    var schemas = RandomSchemas(seed: 5)
    var requests: [GenerationRequest] = []
    while requests.count < 12 {
      guard let constraint = try? SchemaConstraint(schemas.next(evidence: true)) else { continue }
      var request = GenerationRequest(
        prompt: [3, 1, 4, 1, 5],
        sampling: requests.count % 4 == 1 ? .greedy : Sampling(seed: UInt64(requests.count)),
        maxTokens: constraint.leastBytes + 30, constraint: constraint,
        source: SpanIndex("The fee is paid by the Supplier, who is liable."))
      if requests.count % 3 == 0 { request.thinking = Thinking(maxTokens: 6) }
      requests.append(request)
    }
    return requests
  }

  @Test func `a value that only one text has is no loop`() throws {
    let words = String(repeating: "and so on ", count: 20)
    let request = GenerationRequest(
      prompt: [65], sampling: .greedy, maxTokens: 400,
      constraint: try SchemaConstraint(["const": .string(words)]),
      loopGuard: LoopGuard(tokens: 5, probability: 0.99))
    let engine = try Engine(folder: Fixture.checkpoint("tiny-m1-odd"), threads: 1)
    let writer = try Writer(engine: engine, tokenizer: tokenizer)
    let generated = try writer.write(request, on: writer.session())
    #expect(try JSONValue.parse(generated.answer) == .string(words))
  }

  @Test func `a stop while the model thinks ends the text there`() throws {
    let engine = try Engine(folder: Fixture.checkpoint("tiny-m1-odd"), threads: 1)
    let writer = try Writer(engine: engine, tokenizer: tokenizer)
    var asked = 0
    var request = GenerationRequest(prompt: [65], maxTokens: 10)
    request.thinking = Thinking(maxTokens: 1000)
    let generated = try writer.write(
      request, on: writer.session(),
      shouldStop: {
        asked += 1
        return asked > 20
      })
    #expect(generated.finish == .cancelled)
    #expect(generated.tokens.count < 30)
  }
}
