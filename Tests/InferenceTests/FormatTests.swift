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

  /// Rounded activations flip experts on these random checkpoints, so no logit is compared: the reference's first
  /// choice must be ours as often as it is that of the reference's own bf16 run.
  @Test(arguments: Fixture.checkpoints)
  func `bf16 ranks the tokens as well as the reference's own bf16 does`(_ fixture: String) throws {
    let golden = try Golden(fixture)
    let file = Fixture.folder(fixture).appendingPathComponent("golden.json")
    let stated = try JSONValue.parse([UInt8](Data(contentsOf: file)))["bf16_compute_vs_f32"]
    let floor = try #require(stated?["argmax_agree"]?.double)
    let best = try golden.tokens("prefill.700.argmax").map { Int($0) }
    let engine = try Engine(folder: Fixture.folder(fixture), weights: .bf16, threads: 1)
    var session = engine.session()
    var (same, close) = (0, 0)
    try session.advance(by: try golden.tokens("prefill.700.ids")) { index, logits in
      let wanted = logits[best[index]]
      let above = (0..<logits.count).count { logits[$0] > wanted }
      if above == 0 { same += 1 }
      if above < 5 { close += 1 }
    }
    // Which tokens flip is chance: less a standard error of a share of 700.
    let chance = (floor * (1 - floor) / 700).squareRoot()
    #expect(Double(same) / 700 >= floor - chance)
    #expect(Double(close) / 700 >= floor)
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
