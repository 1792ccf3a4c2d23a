import DefaultReader
import Foundation
import Inference
import JSON
import TestSupport
import Testing

@Suite struct CostTests {
  static let published = Result { () throws -> Cost in
    Cost(try Configuration(PublishedModel.minimaxM1.json))
  }

  @Test func `the published model has the parameters its authors state`() throws {
    let cost = try Self.published.get()
    #expect(cost.parameters == 456_089_655_296)
    #expect(cost.activeParameters == 45_944_920_064)
    #expect(cost.recurrentStateBytes == 293_601_280)
  }

  @Test
  func `the share its authors state lies between the last token's and that of all tokens`()
    throws
  {
    let cost = try Self.published.get()
    let other = try LatentAttentionCost(PublishedModel.deepSeekR1.json)
    // 37 billion parameters a token, as published, with embedding and head.
    let all = Double(other.activeParameters + 2 * 129_280 * 7168)
    #expect((36.9e9...37.6e9).contains(all))
    func share(_ range: Range<Int>) -> Double {
      (Double(range.count) * cost.operationsPerToken + cost.attentionOperations(range))
        / other.operations(range)
    }
    // "Less than 50 % at a generation length of 64K": of all tokens up to there.
    #expect((0.40..<0.50).contains(share(0..<65536)))
    // "Some 25 % at 100K": of the token written there 22 %, of all up to there 33 %.
    #expect((0.20...0.25).contains(share(100_000..<100_001)))
    #expect((0.25...0.36).contains(share(0..<100_000)))
  }

  @Test func `absorbing the projections costs arithmetic and is counted apart`() throws {
    let other = try LatentAttentionCost(PublishedModel.deepSeekR1.json)
    // 61 layers, 128 heads: 2·(192 + 128) against 2·(2·512 + 64) for each token seen.
    #expect(other.operationsPerSeenToken(.plain) == 61 * 128 * 640)
    #expect(other.operationsPerSeenToken(.latent) == 61 * 128 * 2176)
    // 671 billion parameters and a cache of 576 numbers a layer, as published.
    #expect((670.0e9...672.0e9).contains(Double(other.parameters)))
    #expect(other.cacheBytesPerToken == 61 * 576 * 2)
  }

  @Test func `the tensors of a configuration hold its parameters`() throws {
    let cost = try Self.published.get()
    let count = cost.configuration.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
    #expect(count == cost.parameters)
    // As the published index counts them.
    #expect(cost.configuration.tensors.count == 8243)
    for fixture in Fixture.checkpoints {
      let engine = try Engine(folder: Fixture.folder(fixture), threads: 1)
      let tensors = engine.configuration.tensors
      #expect(
        tensors.reduce(0) { $0 + $1.shape.reduce(1, *) } == Cost(engine.configuration).parameters)
    }
  }

  @Test func `a configuration of latent attention that does not add up is refused`() throws {
    for (key, value) in [
      ("q_lora_rank", JSONValue.null), ("hidden_size", 0), ("num_hidden_layers", -3),
      ("first_k_dense_replace", 62), ("num_experts_per_tok", 257), ("vocab_size", "many"),
      ("num_attention_heads", .number(1e30)),
    ] {
      var object = try #require(PublishedModel.deepSeekR1.json.object)
      object[key] = value
      #expect(throws: InferenceError.self) { try LatentAttentionCost(.object(object)) }
    }
  }

  @Test func `more work takes longer, and a writing step reads its own experts only`() throws {
    let cost = try Self.published.get()
    let speed = MachineSpeed(products: 1e12, attention: 5e11, bandwidth: 1e11, threads: 2)
    let short = cost.seconds(.int4, context: 1000, generated: 10, on: speed)
    let long = cost.seconds(.int4, context: 100_000, generated: 10, on: speed)
    // 2 · 45.9 billion operations a token at 1e12 a second.
    #expect((91.0...100.0).contains(short.reading))
    #expect(long.reading > 100 * short.reading)
    // (45.9 · 0.5625 + 1.2 · 1.03 + 0.6) billion bytes at 1e11 a second, ten times.
    #expect((2.6...2.9).contains(short.writing))
    #expect(long.writing > short.writing)
  }

  @Test func `this machine is measured within sense`() throws {
    let speed = MachineSpeed.measured(
      try Self.published.get().configuration, .bf16, threads: 1)
    for rate in [speed.products, speed.attention, speed.bandwidth] {
      #expect(rate > 1e7 && rate < 1e14)
    }
  }

  @Test func `the default reader has the parameters of its file`() throws {
    let engine = try Engine(folder: DefaultReader.folder, threads: 1)
    // 39,024,660 bytes: bf16 but for routers, biases and the head's output in f32.
    let cost = Cost(engine.configuration)
    let wide = 8 * 8 * 256 + 256 + 51 + 51 * 256
    #expect((cost.parameters - wide) * 2 + wide * 4 == 38_994_124)
  }

  @Test(arguments: [1, 1000, 5000])
  func `a session keeps as many bytes as predicted`(_ tokens: Int) throws {
    for fixture in Fixture.checkpoints {
      let engine = try Engine(folder: Fixture.folder(fixture), threads: 1)
      let count = min(tokens, engine.configuration.maximumPositions)
      var session = engine.session()
      try session.advance(
        by: SessionTests.text(count, seed: 1, vocabulary: engine.configuration.vocabularySize))
      let predicted = Cost(engine.configuration).sessionBytes(count) - 4 * count
      let bytes = session.memoryBytes
      #expect(abs(bytes - predicted) <= engine.configuration.layers.count * 64 * 64)
    }
  }
}
