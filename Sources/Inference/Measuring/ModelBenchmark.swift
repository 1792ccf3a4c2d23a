import Foundation
import JSON

/// Measures reading and writing speed of a loaded model, on random tokens.
///
/// Wall time means little on a shared machine; processor time of all threads stands beside it.
package struct ModelBenchmark {
  package enum Test: Hashable, Sendable, CustomStringConvertible {
    /// Reads `tokens`, `repeats` times from the start.
    case prefill(tokens: Int, repeats: Int)
    /// Reads `depth` tokens, then `tokens` one by one.
    case decode(tokens: Int, depth: Int)
    /// So many sessions, each at its own text of `depth` tokens, write `tokens` each, together.
    case together(sessions: Int, tokens: Int, depth: Int)

    package var description: String {
      switch self {
      case .prefill(let tokens, _): "pp\(tokens)"
      case .decode(let tokens, let depth): "tg\(tokens)@d\(depth)"
      case .together(let sessions, let tokens, let depth): "tg\(tokens)@d\(depth)x\(sessions)"
      }
    }
  }

  package struct Result: Sendable {
    package var test: Test
    /// Tokens a second of the quickest repeat (prefill) or step (decode).
    package var bestRate: Double
    /// Tokens a second over all decode steps; nil for prefill.
    package var meanRate: Double?
    /// Tokens a second of processor time: of the quickest repeat, or over all steps.
    package var ratePerCPU: Double
    /// MiB.
    package var peakMemory: Int
    /// How the depth of a decode was read: tokens a second, of wall and of processor time.
    package var reading: (rate: Double, ratePerCPU: Double)?
  }

  let engine: Engine

  package init(_ engine: Engine) { self.engine = engine }

  package func run(_ test: Test) throws(InferenceError) -> Result {
    var generator = SplitMix(state: 7)
    let vocabulary = UInt64(engine.configuration.vocabularySize)
    func tokens(_ count: Int) -> [Int32] {
      (0..<count).map { _ in Int32(generator.next() % vocabulary) }
    }
    var session = engine.session()
    try session.advance(by: tokens(64))
    session.reset()
    switch test {
    case .prefill(let count, let repeats):
      var wall = Double.infinity
      var cpu = Double.infinity
      for _ in 0..<max(repeats, 1) {
        let text = tokens(count)
        let start = Resources.now()
        try session.advance(by: text)
        let end = Resources.now()
        wall = min(wall, end.wall - start.wall)
        cpu = min(cpu, end.cpu - start.cpu)
        session.reset()
      }
      return Result(
        test: test, bestRate: Double(count) / wall, ratePerCPU: Double(count) / cpu,
        peakMemory: Resources.peakMemory())
    case .decode(let count, let depth):
      let text = tokens(depth)
      let before = Resources.now()
      try session.advance(by: text)
      let read = Resources.now()
      var best = Double.infinity
      var wall = 0.0
      var cpu = 0.0
      for token in tokens(count) {
        let start = Resources.now()
        try session.advance(by: [token])
        let end = Resources.now()
        best = min(best, end.wall - start.wall)
        wall += end.wall - start.wall
        cpu += end.cpu - start.cpu
      }
      return Result(
        test: test, bestRate: 1 / best, meanRate: Double(count) / wall,
        ratePerCPU: Double(count) / cpu, peakMemory: Resources.peakMemory(),
        reading: (
          Double(depth) / (read.wall - before.wall), Double(depth) / (read.cpu - before.cpu)
        ))
    case .together(let sessions, let count, let depth):
      var batch = try Batch(engine, capacity: sessions)
      for _ in 0..<sessions {
        var session = engine.session()
        try session.advance(by: tokens(depth))
        _ = batch.join(session)
      }
      var best = Double.infinity
      let first = Resources.now()
      for _ in 0..<count {
        let next = tokens(sessions).enumerated().map { (seat: $0, token: $1) }
        let start = Resources.now()
        try batch.step(next)
        best = min(best, Resources.now().wall - start.wall)
      }
      let last = Resources.now()
      let written = Double(count * sessions)
      return Result(
        test: test, bestRate: Double(sessions) / best, meanRate: written / (last.wall - first.wall),
        ratePerCPU: written / (last.cpu - first.cpu), peakMemory: Resources.peakMemory())
    }
  }
}

/// A small generator whose numbers depend on nothing but its seed.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
