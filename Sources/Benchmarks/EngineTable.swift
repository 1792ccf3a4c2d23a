import Foundation
import Inference

/// `docket-bench engine --table`: one checkpoint in several formats, each speed beside the machine's limit and beside
/// what other programs do with the same checkpoint.
///
/// A line is written as soon as it is known: a table that is cut off holds what was measured.
struct EngineTable {
  let folder: URL
  let formats: [WeightFormat]
  /// All tests run with the first; with the others the first prefill, for its ratio.
  let threads: [Int]
  let prefill: [Int]
  let decode: [(tokens: Int, depth: Int)]
  /// Sessions that decode together.
  let batches: [Int]
  let repeats: Int
  /// A text far longer than the others, read in the last format alone.
  let long: Int?
  let peers: String?

  /// One measured speed.
  private struct Row {
    let format: WeightFormat
    let threads: Int
    let test: String
    /// Tokens a second of processor time, and of wall time.
    let ratePerCPU: Double
    let rate: Double
    let limit: Double
    let peakMemory: Int
  }

  func run() throws {
    let limits = EngineLimits()
    show(
      "limits of one core: f32 \(giga(limits.f32)), bf16 \(giga(limits.pairs)), int8 \(giga(limits.bytes)), int4 \(giga(limits.halfBytes)) GFLOP/s, attention alone \(giga(limits.attentionF32)) and \(giga(limits.attentionPairs)); memory \(giga(limits.bandwidth)) GB/s"
    )
    let others = try peers.map { command in
      try EnginePeers(command: command, tests: peerTests) { show("# \($0)") }
    }
    if let problem = others?.problem { show("# \(problem)") }
    let names = others?.names ?? []
    show(
      (["weights", "test", "threads", "tokens/CPU s", "limit", "of it", "tokens/s", "peak MiB"]
        + names).enumerated().map { padded($1, $0) }.joined())
    for format in formats {
      var rows: [Row] = []
      let cost = try measure(format, limits) { row in
        rows.append(row)
        let cells =
          [
            row.format.rawValue, row.test, "\(row.threads)", rounded(row.ratePerCPU),
            rounded(row.limit), "\(Int((100 * row.ratePerCPU / row.limit).rounded())) %",
            rounded(row.rate), "\(row.peakMemory)",
          ]
          + names.map { name in
            row.threads == 1
              ? others?.rate(name, format, row.test).map(rounded) ?? "–" : ""
          }
        show(cells.enumerated().map { padded($1, $0) }.joined())
      }
      compare(format, rows, cost, limits)
    }
  }

  /// The tests in the form the peers' programs take them.
  private var peerTests: String {
    (prefill.map { "pp:\($0)x1" } + decode.map { "tg:\($0.tokens)@\($0.depth)" })
      .joined(separator: " ")
  }

  private func measure(
    _ format: WeightFormat, _ limits: EngineLimits, _ found: (Row) -> Void
  ) throws -> Cost? {
    var known: Cost?
    for (index, count) in threads.enumerated() {
      Resources.resetPeakMemory()
      let engine = try Engine(folder: folder, weights: format, threads: count)
      let cost = Cost(engine.configuration)
      known = cost
      let benchmark = ModelBenchmark(engine)
      func row(_ test: String, _ result: ModelBenchmark.Result, _ limit: Double) {
        found(
          Row(
            format: format, threads: count, test: test, ratePerCPU: result.ratePerCPU,
            rate: result.bestRate, limit: limit, peakMemory: result.peakMemory))
      }
      func read(_ tokens: Int, _ repeats: Int) throws {
        let test = ModelBenchmark.Test.prefill(tokens: tokens, repeats: repeats)
        row("\(test)", try benchmark.run(test), limits.prefill(cost, format, tokens: tokens))
      }
      guard index == 0 else {
        if let first = prefill.first { try read(first, repeats) }
        continue
      }
      // A depth that is read before decoding anyway is measured there.
      let depths = decode.map(\.depth)
      for tokens in prefill where !depths.contains(tokens) { try read(tokens, repeats) }
      for (tokens, depth) in decode {
        let result = try benchmark.run(.decode(tokens: tokens, depth: depth))
        if prefill.contains(depth), let reading = result.reading {
          found(
            Row(
              format: format, threads: count, test: "pp\(depth)",
              ratePerCPU: reading.ratePerCPU, rate: reading.rate,
              limit: limits.prefill(cost, format, tokens: depth), peakMemory: result.peakMemory))
        }
        row("\(result.test)", result, limits.decode(cost, format, depth: depth))
      }
      for sessions in batches {
        let result = try benchmark.run(.together(sessions: sessions, tokens: 32, depth: 16))
        row(
          "\(result.test)", result,
          limits.together(cost, format, sessions: sessions, depth: 16))
      }
      if let long, format == formats.last { try read(long, 1) }
    }
    return known
  }

  /// What follows from several rows of a format.
  private func compare(
    _ format: WeightFormat, _ rows: [Row], _ cost: Cost?, _ limits: EngineLimits
  ) {
    func row(_ test: String, threads count: Int? = nil) -> Row? {
      rows.first { $0.test == test && $0.threads == count ?? threads[0] }
    }
    if let first = prefill.first, let one = row("pp\(first)") {
      for count in threads.dropFirst() {
        if let more = row("pp\(first)", threads: count) {
          show(
            "# \(format.rawValue): pp\(first) with \(count) threads \(ratio(more.rate, one.rate)) of \(threads[0]) by the wall clock, \(ratio(more.ratePerCPU, one.ratePerCPU)) a CPU second"
          )
        }
      }
      if let long, let far = row("pp\(long)"), let cost {
        func change(_ attention: (Cost, WeightFormat, Int) -> Double) -> String {
          let rest = 1 / far.ratePerCPU - attention(cost, format, long)
          return ratio(rest, 1 / one.ratePerCPU - attention(cost, format, first))
        }
        show(
          "# \(format.rawValue): a token of pp\(long) takes \(ratio(one.ratePerCPU, far.ratePerCPU)) the time of one of pp\(first); without softmax attention at the limit's speed \(change(limits.attention)), at that of its kernels alone \(change(limits.attentionByKernels))"
        )
      }
    }
    for sessions in batches where sessions > 1 {
      if let single = row("tg32@d16"), let many = row("tg32@d16x\(sessions)") {
        show(
          "# \(format.rawValue): \(sessions) sessions \(ratio(many.ratePerCPU, single.ratePerCPU)) of one; memory allows \(ratio(many.limit, single.limit))"
        )
      }
    }
  }

  private func show(_ line: String) {
    print(line)
    fflush(nil)
  }

  private func padded(_ text: String, _ column: Int) -> String {
    let width = [9, 12, 8, 13, 9, 7, 10, 9]
    let wanted = column < width.count ? width[column] : 14
    let space = String(repeating: " ", count: max(wanted - text.count, 1))
    return column < 2 ? text + space : space + text
  }

  private func giga(_ number: Double) -> String { String(format: "%.1f", number / 1e9) }

  private func ratio(_ a: Double, _ b: Double) -> String { String(format: "%.2f ×", a / b) }

  private func rounded(_ number: Double) -> String {
    String(format: number < 100 ? "%.1f" : "%.0f", number)
  }
}
