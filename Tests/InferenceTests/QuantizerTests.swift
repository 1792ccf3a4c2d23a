import DefaultReader
import Foundation
import Inference
import JSON
import TestSupport
import Testing

@Suite struct QuantizerTests {
  @Test(arguments: Fixture.checkpoints, [WeightFormat.bf16, .int8, .int4])
  func `a packed checkpoint reads as the same weights packed at loading`(
    _ fixture: String, _ format: WeightFormat
  ) throws {
    let folder = try TemporaryFolder()
    let target = folder.url.appendingPathComponent("packed")
    var steps: [Int] = []
    let quantizer = try Quantizer(Fixture.folder(fixture), to: target, as: format)
    let losses = try quantizer.run(threads: 2) { _, done in steps.append(done) }
    let sizes = try FileManager.default.contentsOfDirectory(atPath: target.path)
      .filter { $0.hasSuffix(".safetensors") }
      .map { try Data(contentsOf: target.appendingPathComponent($0)).count }
    #expect(sizes.reduce(0, +) == quantizer.targetBytes)
    #expect(!FileManager.default.fileExists(atPath: quantizer.partial.path))
    #expect(losses.count > 20 && steps == steps.sorted())
    #expect(losses.allSatisfy { $0.relativeError < 0.2 })
    let packed = try Engine(folder: target, threads: 1)
    let loaded = try Engine(folder: Fixture.folder(fixture), weights: format, threads: 1)
    let text = SessionTests.text(200, seed: 6, vocabulary: packed.configuration.vocabularySize)
    let first = try SessionTests.read(packed, text, pieces: [200]).logits
    #expect(try first == SessionTests.read(loaded, text, pieces: [200]).logits)
    #expect(throws: InferenceError.self) {
      try Quantizer(target, to: folder.url.appendingPathComponent("again"), as: .int8)
    }
    #expect(throws: InferenceError.self) {
      try Quantizer(Fixture.folder(fixture), to: target, as: .int8)
    }
    #expect(throws: InferenceError.self) { try Engine(folder: target, weights: .f32, threads: 1) }
  }

  @Test func `weights packed in another order of bytes are refused, not misread`() throws {
    let folder = try TemporaryFolder()
    let target = folder.url.appendingPathComponent("packed")
    _ = try Quantizer(Fixture.folder("tiny-m1-odd"), to: target, as: .int4).run()
    let file = target.appendingPathComponent("model.safetensors")
    var bytes = try Data(contentsOf: file)
    let place = try #require(bytes.range(of: Data("quads of bytes".utf8)))
    bytes.replaceSubrange(place, with: Data("pairs of bytes".utf8))
    try bytes.write(to: file)
    let error = #expect(throws: InferenceError.self) { try Engine(folder: target, threads: 1) }
    #expect(error?.description.contains("docket model quantize") == true)
  }

  @Test func `what packing costs is measured in the outputs`() throws {
    let folder = try TemporaryFolder()
    let golden = try Golden("reader-v0")
    let text = Array(try golden.tokens("cuad1500.ids")[..<600])
    let reference = try Engine(folder: DefaultReader.folder, threads: 1)
    var found: [Divergence] = []
    for format in [WeightFormat.int8, .int4] {
      let target = folder.url.appendingPathComponent(format.rawValue)
      _ = try Quantizer(DefaultReader.folder, to: target, as: format).run()
      let engine = try Engine(folder: target, threads: 1)
      found.append(try Divergence(of: engine, from: reference, on: text))
    }
    let none = try Divergence(of: reference, from: reference, on: text)
    #expect(none.meanDivergence == 0 && none.sameTop == 1)
    #expect(found[0].meanDivergence < 0.01 && found[0].sameTop > 0.97)
    #expect(found[1].meanDivergence < 0.5 && found[1].sameTop > 0.8)
    #expect(found[0].meanDivergence < found[1].meanDivergence)
  }

  @Test func `divergence over a vocabulary is that of its definition`() throws {
    let folder = Fixture.folder("tiny-m1-odd")
    let reference = try Engine(folder: folder, threads: 1)
    let other = try Engine(folder: folder, weights: .int8, threads: 1)
    // More than are held at a time.
    let text = SessionTests.text(150, seed: 12, vocabulary: 384)
    let none = try Divergence(of: reference, from: reference, on: text)
    #expect(none.meanDivergence == 0 && none.worstDivergence == 0 && none.sameTop == 1)
    let found = try Divergence(of: other, from: reference, on: text)

    var first = reference.session()
    var second = other.session()
    var (sum, worst, same) = (0.0, 0.0, 0)
    for token in text {
      try first.advance(by: [token])
      try second.advance(by: [token])
      let (p, q) = (probabilities(first.logits), probabilities(second.logits))
      let divergence = zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
      sum += divergence
      worst = max(worst, divergence)
      if argmax(first.logits) == argmax(second.logits) { same += 1 }
    }
    #expect(abs(found.meanDivergence - sum / 150) < 1e-9)
    #expect(abs(found.worstDivergence - worst) < 1e-9)
    #expect(found.sameTop == Double(same) / 150 && found.tokens == 150)
    #expect(found.meanDivergence > 0)
  }

  private func probabilities(_ logits: [Float]) -> [Double] {
    let powers = logits.map { exp(Double($0)) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  @Test func `packing that was cut off goes on with the next file, to the same bytes`() throws {
    let source = Fixture.folder("tiny-m1-bf16-sharded")
    let folder = try TemporaryFolder()
    let whole = folder.url.appendingPathComponent("whole")
    _ = try Quantizer(source, to: whole, as: .int4).run()
    let cut = folder.url.appendingPathComponent("cut")
    let quantizer = try Quantizer(source, to: cut, as: .int4)
    // As a process leaves it that was killed in the second file.
    let losses = try quantizer.run()
    try FileManager.default.moveItem(at: cut, to: quantizer.partial)
    let names = ["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors"]
    for name in names {
      try FileManager.default.removeItem(at: quantizer.partial.appendingPathComponent(name))
    }
    try Data("half".utf8).write(
      to: quantizer.partial.appendingPathComponent(".\(names[0]).partial"))
    let journal = quantizer.partial.appendingPathComponent("packing.json")
    var object = try #require(try JSONValue.parse([UInt8](Data(contentsOf: journal))).object)
    var files = try #require(object["files"]?.array)
    files.removeAll { names.contains($0["name"]?.string ?? "") }
    #expect(files.count == 1)
    object["files"] = .array(files)
    try Data(JSONValue.object(object).text().utf8).write(to: journal)
    // Another format must not be mixed in.
    #expect(throws: InferenceError.self) { try Quantizer(source, to: cut, as: .int8).run() }

    var packed: [String] = []
    let again = try quantizer.run { loss, done in
      if let loss, done > 0 { packed.append(loss.name) }
    }
    #expect(again == losses && packed.count == losses.count)
    for name in try FileManager.default.contentsOfDirectory(atPath: whole.path) {
      #expect(
        try Data(contentsOf: whole.appendingPathComponent(name))
          == Data(contentsOf: cut.appendingPathComponent(name)), "\(name)")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: cut.path)
    #expect(left.allSatisfy { !$0.hasSuffix(".partial") })
  }

  @Test func `a checkpoint that lacks a tensor is refused before anything is written`() throws {
    let copy = try CheckpointTests.Copy()
    try copy.changeHeader { $0["model.layers.4.block_sparse_moe.experts.4.w2.weight"] = nil }
    let target = copy.folder.url.appendingPathComponent("../packed-\(UUID().uuidString)")
    let error = #expect(throws: InferenceError.self) {
      try Quantizer(copy.folder.url, to: target, as: .int4)
    }
    #expect(try #require(error).message.contains("experts.4.w2.weight"))
    #expect(!FileManager.default.fileExists(atPath: target.path))
    #expect(throws: InferenceError.self) {
      try Quantizer(
        Fixture.folder("tiny-m1-odd"), to: Fixture.folder("tiny-m1-odd/inside"), as: .int4)
    }
  }
}
