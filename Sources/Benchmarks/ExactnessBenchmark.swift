import Foundation
import Inference
import JSON

/// `docket-bench exactness`: how far the engine is from the reference implementations on every golden checkpoint.
///
/// Largest |Δ| over all kept logits of prefills (and logsumexp at every position), of decoding step by step, and of the
/// values between the layers; then the share of positions whose first choice is the reference's, by weight format.
struct ExactnessBenchmark {
  static let help = "[FIXTURES]   (default: Tests/InferenceTests/Fixtures)"

  var fixtures = URL(fileURLWithPath: "Tests/InferenceTests/Fixtures")

  init(arguments: [String]) throws {
    if let path = arguments.first { fixtures = URL(fileURLWithPath: path) }
  }

  func run() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: fixtures.path).sorted()
      .filter {
        let folder = fixtures.appendingPathComponent($0)
        return FileManager.default.fileExists(
          atPath: folder.appendingPathComponent("golden-trace.safetensors").path)
      }
    print(
      "checkpoint,prefill,prefill_2100,decode,trace,argmax_f32,argmax_bf16,reference_bf16,argmax_int8,argmax_int4"
    )
    for name in names {
      let folder = fixtures.appendingPathComponent(name)
      let golden = try Golden(folder.appendingPathComponent("golden.safetensors"))
      let engine = try Engine(folder: folder, threads: 1)
      let prefills = try [1, 7, 255, 256, 257, 700, 2100].map { try prefill(engine, golden, $0) }
      var cells = [
        name, power(prefills.map(\.error).max()!), power(prefills.last!.error),
        power(try decode(engine, golden)), power(try trace(engine, folder)),
        share(prefills.map(\.same).min()!),
      ]
      let stated = try JSONValue.parse(
        [UInt8](Data(contentsOf: folder.appendingPathComponent("golden.json"))))
      for format in [WeightFormat.bf16, .int8, .int4] {
        let packed = try Engine(folder: folder, weights: format, threads: 1)
        cells.append(share(try prefill(packed, golden, 700).same))
        if format == .bf16 {
          cells.append(share(stated["bf16_compute_vs_f32"]?["argmax_agree"]?.double ?? .nan))
        }
      }
      print(cells.joined(separator: ","))
    }
  }

  private struct Golden {
    let tensors: [String: Tensor]
    init(_ file: URL) throws { tensors = try SafeTensors(MappedFile(file)).tensors }

    func tensor(_ name: String) throws -> Tensor {
      guard let tensor = tensors[name] else {
        throw InferenceError(.tensor, "The golden file has no \(name).")
      }
      return tensor
    }
    func floats(_ name: String) throws -> [Float] { try tensor(name).floats() }
    func tokens(_ name: String) throws -> [Int32] { try tensor(name).integers().map { Int32($0) } }
  }

  private func prefill(_ engine: Engine, _ golden: Golden, _ length: Int) throws
    -> (error: Float, same: Double)
  {
    let rows = try golden.tokens("prefill.\(length).rows")
    let expected = try golden.floats("prefill.\(length).logits")
    let best = try golden.tokens("prefill.\(length).argmax")
    let sums = try golden.floats("prefill.\(length).logsumexp")
    let vocabulary = engine.configuration.vocabularySize
    var (largest, same) = (Float(0), 0)
    var session = engine.session()
    try session.advance(by: try golden.tokens("prefill.\(length).ids")) { index, logits in
      let row = (0..<logits.count).map { logits[$0] }
      let top = row.max()!
      if row.firstIndex(of: top) == Int(best[index]) { same += 1 }
      largest = max(largest, abs(top + log(row.reduce(0) { $0 + exp($1 - top) }) - sums[index]))
      if let place = rows.firstIndex(of: Int32(index)) {
        largest = max(
          largest, difference(row[...], expected[place * vocabulary..<(place + 1) * vocabulary]))
      }
    }
    return (largest, Double(same) / Double(length))
  }

  private func decode(_ engine: Engine, _ golden: Golden) throws -> Float {
    var largest: Float = 0
    for run in ["a", "b"] {
      var session = engine.session()
      try session.advance(by: try golden.tokens("decode.\(run).prompt"))
      let expected = try golden.floats("decode.\(run).logits")
      let vocabulary = engine.configuration.vocabularySize
      for (step, token) in try golden.tokens("decode.\(run).fed").enumerated() {
        try session.advance(by: [token])
        largest = max(
          largest,
          difference(session.logits[...], expected[step * vocabulary..<(step + 1) * vocabulary]))
      }
    }
    return largest
  }

  private func trace(_ engine: Engine, _ folder: URL) throws -> Float {
    let golden = try Golden(folder.appendingPathComponent("golden-trace.safetensors"))
    var largest: Float = 0
    for run in ["t7", "t300"] {
      let trace = Trace()
      var session = engine.session()
      try session.advance(by: try golden.tokens("\(run).ids"), trace: trace) { _, _ in }
      for (name, tensor) in golden.tensors where name.hasPrefix("\(run).") {
        guard let found = trace.values[String(name.dropFirst(run.count + 1))] else { continue }
        let expected = try tensor.floats()
        largest = max(largest, difference(found.suffix(expected.count), expected[...]))
      }
    }
    return largest
  }

  private func difference(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>) -> Float {
    guard first.count == second.count else { return .infinity }
    return zip(first, second).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  private func power(_ number: Float) -> String { String(format: "%.1e", number) }
  private func share(_ number: Double) -> String { String(format: "%.4f", number) }
}
