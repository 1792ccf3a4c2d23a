import DefaultReader
import Foundation
import Inference
import Testing

/// Agreement with values computed by the reference implementations (see Fixtures/README.md).
@Suite struct GoldenTests {
  /// The references themselves differ from a float64 oracle by up to 1.4e-4 (tiny-hf-odd: 5.3e-4).
  static let tolerance: Float = 1e-3

  @Test(arguments: Fixture.checkpoints, [1, 7, 255, 256, 257, 700, 2100])
  func `a prefill gives the reference's logits`(_ fixture: String, _ length: Int) throws {
    let golden = try Golden(fixture)
    let engine = try Engine(folder: Fixture.folder(fixture), threads: 1)
    let tokens = try golden.tokens("prefill.\(length).ids")
    let rows = try golden.tokens("prefill.\(length).rows").map { Int($0) }
    let expected = try golden.floats("prefill.\(length).logits")
    let best = try golden.tokens("prefill.\(length).argmax").map { Int($0) }
    let sums = try golden.floats("prefill.\(length).logsumexp")
    let vocabulary = engine.configuration.vocabularySize
    var largest: Float = 0
    var wrong = 0
    var visited = 0
    var session = engine.session()
    try session.advance(by: tokens) { index, logits in
      visited += 1
      var row: [Float] = []
      for column in 0..<logits.count { row.append(logits[column]) }
      if argmax(row) != best[index] { wrong += 1 }
      let top = row.max()!
      let sum = top + log(row.reduce(0) { $0 + exp($1 - top) })
      largest = max(largest, abs(sum - sums[index]))
      if let place = rows.firstIndex(of: index) {
        let slice = expected[place * vocabulary..<(place + 1) * vocabulary]
        largest = max(largest, difference(row, slice))
      }
    }
    #expect(visited == length)
    #expect(wrong == 0)
    #expect(largest <= Self.tolerance)
    if let path = ProcessInfo.processInfo.environment["DOCKET_TEST_FIGURES"] {
      let line = "\(fixture) prefill \(length): \(largest)\n"
      let handle = FileHandle(forWritingAtPath: path)
      handle?.seekToEndOfFile()
      handle?.write(Data(line.utf8))
    }
  }

  @Test(arguments: Fixture.checkpoints, ["a", "b"])
  func `decoding token by token gives the reference's logits`(_ fixture: String, _ run: String)
    throws
  {
    let golden = try Golden(fixture)
    let engine = try Engine(folder: Fixture.folder(fixture), threads: 1)
    let vocabulary = engine.configuration.vocabularySize
    var session = engine.session()
    try session.advance(by: try golden.tokens("decode.\(run).prompt"))
    let expected = try golden.floats("decode.\(run).logits")
    var largest: Float = 0
    for (step, token) in try golden.tokens("decode.\(run).fed").enumerated() {
      try session.advance(by: [token])
      largest = max(
        largest,
        difference(session.logits, expected[step * vocabulary..<(step + 1) * vocabulary]))
    }
    #expect(largest <= Self.tolerance)
  }

  @Test(arguments: Fixture.checkpoints, ["a", "b"])
  func `greedy writing gives the reference's tokens`(_ fixture: String, _ run: String) throws {
    let golden = try Golden(fixture)
    let engine = try Engine(folder: Fixture.folder(fixture), threads: 2)
    var session = engine.session()
    try session.advance(by: try golden.tokens("greedy.\(run).prompt"))
    var written: [Int32] = []
    for _ in 0..<32 {
      let token = Int32(argmax(session.logits))
      written.append(token)
      try session.advance(by: [token])
    }
    #expect(try written == golden.tokens("greedy.\(run).out"))
  }

  @Test(arguments: Fixture.checkpoints, ["t7", "t300"])
  func `the values between the layers are the reference's`(_ fixture: String, _ run: String) throws
  {
    let golden = try Golden(fixture, "golden-trace.safetensors")
    let engine = try Engine(folder: Fixture.folder(fixture), threads: 1)
    let trace = Trace()
    var session = engine.session()
    let tokens = try golden.tokens("\(run).ids")
    var logits: [Float] = []
    try session.advance(by: tokens, trace: trace) { _, row in
      for column in 0..<row.count { logits.append(row[column]) }
    }
    var compared = 0
    for (name, tensor) in golden.tensors where name.hasPrefix("\(run).") {
      let key = String(name.dropFirst(run.count + 1))
      if key == "ids" || key.hasSuffix("experts") || key.hasSuffix("expert_weights") { continue }
      let expected = try tensor.floats()
      let layer = key.split(separator: ".").dropFirst().first.flatMap { Int($0) }
      let found: ArraySlice<Float>
      if key.hasSuffix(".state") {
        found = (session.lightningState(layer: layer!) ?? [])[...]
      } else if key.hasSuffix(".k") {
        found = (session.keysAndValues(layer: layer!)?.keys ?? []).suffix(expected.count)
      } else if key.hasSuffix(".v") {
        found = (session.keysAndValues(layer: layer!)?.values ?? []).suffix(expected.count)
      } else if key == "logits" {
        found = logits.suffix(expected.count)
      } else {
        found = try #require(trace.values[key], "\(key)").suffix(expected.count)
      }
      #expect(difference(found, expected) <= Self.tolerance, "\(key)")
      compared += 1
    }
    #expect(compared > engine.configuration.layers.count * 5)
  }

  @Test(arguments: ["cuad40", "cuad1500", "meet1100"], [1, 2])
  func `the default reader gives the tag logits it was released with`(
    _ text: String, _ threads: Int
  )
    throws
  {
    let golden = try Golden("reader-v0")
    let engine = try Engine(folder: DefaultReader.folder, threads: threads)
    #expect(engine.labels.count == 51)
    var steps: [Int] = []
    let logits = try engine.tag(try golden.tokens("\(text).ids"), progress: { steps.append($0) })
    #expect(steps.last == (try golden.shape("\(text).logits")[0]))
    // bf16 weights, f32 arithmetic on both sides; experts of near ties aside.
    #expect(difference(logits, try golden.floats("\(text).logits")) <= 2e-3)
  }
}
