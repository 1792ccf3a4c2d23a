import Foundation
import Inference
import Kernels
import TestSupport
import Testing

/// What a reading promises, on models and lengths drawn by chance: odd heads, one key/value head, shared experts,
/// pre-norm, one layer, tied embeddings. Bit for bit where not said otherwise.
@Suite struct PropertyTests {
  static let formats: [WeightFormat] = [.f32, .bf16, .int8, .int4]

  /// A model, its engine in a format, and a text.
  struct Drawn {
    let folder: TemporaryFolder
    let model: URL
    let engine: Engine
    let text: [Int32]
    var chance: RandomModel.Chance

    init(_ seed: UInt64, longest: Int = 700) throws {
      folder = try TemporaryFolder()
      model = try RandomModel(seed: seed).write(to: folder)
      engine = try Engine(folder: model, weights: formats[Int(seed) % 4], threads: 1)
      chance = RandomModel.Chance(state: seed)
      text = SessionTests.text(
        2 + chance.below(longest), seed: seed, vocabulary: engine.configuration.vocabularySize)
    }

    mutating func pieces() -> [Int] { (0..<5).map { _ in 1 + chance.below(130) } }
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `pieces of any size, single steps and two threads leave the bits of one reading`(
    _ seed: UInt64
  ) throws {
    var drawn = try Drawn(seed)
    let whole = try SessionTests.read(drawn.engine, drawn.text, pieces: [drawn.text.count])
    let pieces = drawn.pieces()
    let parts = try SessionTests.read(drawn.engine, drawn.text, pieces: pieces)
    #expect(parts.logits == whole.logits && parts.states == whole.states, "pieces \(pieces)")
    let steps = try SessionTests.read(drawn.engine, drawn.text, pieces: [1])
    #expect(steps.logits == whole.logits && steps.states == whole.states)
    let two = try Engine(folder: drawn.model, weights: drawn.engine.weights, threads: 2)
    for pieces in [[drawn.text.count], drawn.pieces()] {
      let both = try SessionTests.read(two, drawn.text, pieces: pieces)
      #expect(both.logits == whole.logits && both.states == whole.states, "pieces \(pieces)")
    }
    #expect(whole.logits.count == drawn.engine.configuration.vocabularySize)
  }

  @Test(arguments: 21...28 as ClosedRange<UInt64>)
  func `a reading restored at any token goes on as if unbroken`(_ seed: UInt64) throws {
    var drawn = try Drawn(seed)
    let whole = try SessionTests.read(drawn.engine, drawn.text, pieces: [drawn.text.count])
    let file = drawn.folder.url.appendingPathComponent("a.snapshot")
    var session = drawn.engine.session()
    while session.position < drawn.text.count {
      let next = min(drawn.text.count, session.position + 1 + drawn.chance.below(300))
      try session.advance(by: drawn.text[session.position..<next])
      try session.save(to: file)
      session = try drawn.engine.session(restoring: file)
    }
    let logits = session.logits
    #expect(logits == whole.logits)
  }

  @Test(arguments: 31...34 as ClosedRange<UInt64>)
  func `sessions side by side read and write as each alone`(_ seed: UInt64) async throws {
    var drawn = try Drawn(seed, longest: 300)
    let engine = try Engine(folder: drawn.model, weights: drawn.engine.weights, threads: 2)
    let vocabulary = engine.configuration.vocabularySize
    let texts = (0..<5).map { index in
      SessionTests.text(
        1 + drawn.chance.below(300), seed: seed &* 9 &+ UInt64(index), vocabulary: vocabulary)
    }
    @Sendable func write(_ text: [Int32]) throws -> [[Float]] {
      var session = engine.session()
      try session.advance(by: text)
      var rows = [session.logits]
      for _ in 0..<5 {
        try session.advance(by: [Int32(argmax(session.logits))])
        rows.append(session.logits)
      }
      return rows
    }
    var alone: [[[Float]]] = []
    for text in texts { alone.append(try write(text)) }
    let together = try await withThrowingTaskGroup(of: (Int, [[Float]]).self) { group in
      for (index, text) in texts.enumerated() {
        group.addTask { (index, try write(text)) }
      }
      var found = [[[Float]]](repeating: [], count: texts.count)
      for try await (index, rows) in group { found[index] = rows }
      return found
    }
    #expect(alone == together)
  }

  /// A router's tie that rounding decides changes a token wholly, so the share of near rows counts.
  @Test(arguments: 41...46 as ClosedRange<UInt64>)
  func `the scalar kernels read odd shapes as the vector kernels do`(_ seed: UInt64) throws {
    let drawn = try Drawn(seed, longest: 200)
    let scalar = try Engine(
      folder: drawn.model, weights: .f32, threads: 1, kernels: try #require(KernelSet(.scalar)))
    let best = try Engine(folder: drawn.model, weights: .f32, threads: 1)
    var rows: [[Float]] = []
    var session = scalar.session()
    try session.advance(by: drawn.text) { _, logits in
      rows.append((0..<logits.count).map { logits[$0] })
    }
    var near = 0
    var other = best.session()
    try other.advance(by: drawn.text) { index, logits in
      if difference(rows[index], (0..<logits.count).map { logits[$0] }) <= 2e-3 { near += 1 }
    }
    #expect(Double(near) >= 0.98 * Double(drawn.text.count))
  }

  @Test(arguments: 51...54 as ClosedRange<UInt64>)
  func `a model packed on disk reads as one packed at loading`(_ seed: UInt64) throws {
    let drawn = try Drawn(seed, longest: 200)
    for format in [WeightFormat.bf16, .int8, .int4] {
      let target = drawn.folder.url.appendingPathComponent("\(format)")
      _ = try Quantizer(drawn.model, to: target, as: format).run(threads: 2)
      let packed = try Engine(folder: target, threads: 1)
      let loaded = try Engine(folder: drawn.model, weights: format, threads: 1)
      #expect(
        try SessionTests.read(packed, drawn.text, pieces: [64]).logits
          == SessionTests.read(loaded, drawn.text, pieces: [64]).logits, "\(format)")
    }
  }
}
