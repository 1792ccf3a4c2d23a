import DefaultReader
import Foundation
import Inference
import JSON
import Kernels
import TestSupport
import Testing

/// Weights kept in other formats than the file's.
@Suite struct FormatTests {
  @Test func `bf16 files give the same bits kept as bf16 and as f32`() throws {
    let sharded = Fixture.folder("tiny-m1-bf16-sharded")
    let stored = try Engine(folder: sharded, threads: 1)
    let wide = try Engine(folder: sharded, weights: .f32, threads: 1)
    let text = SessionTests.text(300, seed: 2, vocabulary: 512)
    #expect(
      try SessionTests.read(stored, text, pieces: [300]).logits
        == SessionTests.read(wide, text, pieces: [300]).logits)
  }

  @Test(arguments: [(WeightFormat.bf16, 0.99999), (.int8, 0.9995), (.int4, 0.97)])
  func `the default reader's marks survive a smaller format`(
    _ format: WeightFormat, _ correlation: Double
  ) throws {
    let golden = try Golden("reader-v0")
    let engine = try Engine(folder: DefaultReader.folder, weights: format, threads: 2)
    let found = try engine.tag(golden.tokens("cuad1500.ids"))
    let expected = try golden.floats("cuad1500.logits")
    var (sum, square, sum2, square2, product) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (a, b) in zip(found, expected) {
      let (x, y) = (Double(a), Double(b))
      sum += x
      sum2 += y
      square += x * x
      square2 += y * y
      product += x * y
    }
    let n = Double(found.count)
    let r =
      (n * product - sum * sum2)
      / ((n * square - sum * sum).squareRoot() * (n * square2 - sum2 * sum2).squareRoot())
    #expect(r > correlation, "correlation \(r)")
  }

  @Test(arguments: [WeightFormat.bf16, .int8, .int4], Fixture.checkpoints)
  func `a rounded reading too has the same bits in pieces and with two threads`(
    _ format: WeightFormat, _ fixture: String
  ) throws {
    let one = try Engine(folder: Fixture.folder(fixture), weights: format, threads: 1)
    let two = try Engine(folder: Fixture.folder(fixture), weights: format, threads: 2)
    let text = SessionTests.text(400, seed: 6, vocabulary: one.configuration.vocabularySize)
    let whole = try SessionTests.read(one, text, pieces: [400])
    #expect(try SessionTests.read(one, text, pieces: [1, 37]).logits == whole.logits)
    #expect(try SessionTests.read(two, text, pieces: [100, 7]).logits == whole.logits)
    #expect(!whole.logits.isEmpty)
  }

  @Test(arguments: Fixture.checkpoints)
  func `the scalar kernels read as the vector kernels do`(_ fixture: String) throws {
    let best = try Engine(folder: Fixture.folder(fixture), threads: 1)
    let scalar = try Engine(
      folder: Fixture.folder(fixture), threads: 1, kernels: try #require(KernelSet(.scalar)))
    let golden = try Golden(fixture)
    let text = try golden.tokens("prefill.257.ids")
    let first = try SessionTests.read(best, text, pieces: [257]).logits
    let second = try SessionTests.read(scalar, text, pieces: [257]).logits
    #expect(difference(first, second) <= GoldenTests.tolerance)
  }
}

@Suite struct CostTests {
  static func configuration(_ text: String) throws -> Configuration {
    try Configuration(try JSONValue.parse(text))
  }

  /// The published model's shapes.
  static let published = """
    {"model_type": "minimax_m1", "architectures": ["MiniMaxM1ForCausalLM"], "hidden_size": 6144,
     "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128,
     "rotary_dim": 64, "rope_theta": 10000000, "num_local_experts": 32, "num_experts_per_tok": 2,
     "intermediate_size": 9216, "vocab_size": 200064, "rms_norm_eps": 1e-5, "postnorm": true,
     "hidden_act": "silu", "max_position_embeddings": 10240000, "shared_intermediate_size": 0,
     "attn_type_list": [\((0..<80).map { $0 % 8 == 7 ? "1" : "0" }.joined(separator: ","))]}
    """

  static let latent = """
    {"num_hidden_layers": 61, "hidden_size": 7168, "num_attention_heads": 128, "q_lora_rank": 1536,
     "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
     "first_k_dense_replace": 3, "intermediate_size": 18432, "n_routed_experts": 256,
     "num_experts_per_tok": 8, "n_shared_experts": 1, "moe_intermediate_size": 2048,
     "vocab_size": 129280}
    """

  @Test func `the published model has the parameters its authors state`() throws {
    let cost = Cost(try Self.configuration(Self.published))
    #expect(cost.parameters == 456_089_655_296)
    #expect(cost.activeParameters == 45_944_920_064)
    #expect(cost.recurrentStateBytes == 293_601_280)
  }

  @Test
  func `the published model needs the share of a latent-attention model's work its authors state`()
    throws
  {
    let cost = Cost(try Self.configuration(Self.published))
    let other = try LatentAttentionCost(try JSONValue.parse(Self.latent))
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

@Suite struct QuantizerTests {
  @Test(arguments: Fixture.checkpoints, [WeightFormat.bf16, .int8, .int4])
  func `a packed checkpoint reads as the same weights packed at loading`(
    _ fixture: String, _ format: WeightFormat
  ) throws {
    let folder = try TemporaryFolder()
    let target = folder.url.appendingPathComponent("packed")
    var steps: [Int] = []
    let losses = try Quantizer.quantize(
      Fixture.folder(fixture), to: target, as: format, progress: { done, _ in steps.append(done) })
    #expect(losses.count > 20 && steps == steps.sorted())
    #expect(losses.allSatisfy { $0.relativeError < 0.2 })
    let packed = try Engine(folder: target, threads: 1)
    let loaded = try Engine(folder: Fixture.folder(fixture), weights: format, threads: 1)
    let text = SessionTests.text(200, seed: 6, vocabulary: packed.configuration.vocabularySize)
    let first = try SessionTests.read(packed, text, pieces: [200]).logits
    #expect(try first == SessionTests.read(loaded, text, pieces: [200]).logits)
    #expect(throws: InferenceError.self) {
      try Quantizer.quantize(target, to: folder.url.appendingPathComponent("again"), as: .int8)
    }
    #expect(throws: InferenceError.self) {
      try Quantizer.quantize(Fixture.folder(fixture), to: target, as: .int8)
    }
    #expect(throws: InferenceError.self) { try Engine(folder: target, weights: .f32, threads: 1) }
  }

  @Test func `what packing costs is measured in the outputs`() throws {
    let folder = try TemporaryFolder()
    let golden = try Golden("reader-v0")
    let text = Array(try golden.tokens("cuad1500.ids")[..<600])
    let reference = try Engine(folder: DefaultReader.folder, threads: 1)
    var found: [Divergence] = []
    for format in [WeightFormat.int8, .int4] {
      let target = folder.url.appendingPathComponent(format.rawValue)
      _ = try Quantizer.quantize(DefaultReader.folder, to: target, as: format)
      let engine = try Engine(folder: target, threads: 1)
      found.append(try Divergence(of: engine, from: reference, on: text))
    }
    let none = try Divergence(of: reference, from: reference, on: text)
    #expect(none.meanDivergence == 0 && none.sameTop == 1)
    #expect(found[0].meanDivergence < 0.01 && found[0].sameTop > 0.97)
    #expect(found[1].meanDivergence < 0.5 && found[1].sameTop > 0.8)
    #expect(found[0].meanDivergence < found[1].meanDivergence)
    print("packing the default reader: \(found)")
  }
}
