import Foundation
import Inference
import JSON

/// `docket-bench engine --table`: all formats of one checkpoint, each speed beside the machine's limit and beside
/// what other programs do with the same checkpoint.
struct EngineTable {
  let folder: URL
  let threads: Int
  let tests: [ModelBenchmark.Test]
  /// A shell command that prints JSON lines with "peer", "test", "tok_per_cpu_s", and "dtype" or a "model" whose
  /// name tells its format (f32, bf16, q8_0, q4_k_m).
  let peers: String?

  func run() throws {
    let limits = EngineLimits()
    print(
      "limits of one core: f32 \(giga(limits.f32)) GFLOP/s, bf16 \(giga(limits.pairs)) GFLOP/s, memory \(giga(limits.bandwidth)) GB/s"
    )
    let others = try peers.map(rates) ?? [:]
    let names = Set(others.keys.map(\.peer)).sorted()
    print(
      (["weights", "test", "tokens/CPU s", "limit", "of it", "tokens/s", "peak MiB"] + names)
        .enumerated().map { padded($1, $0) }.joined())
    for format in [WeightFormat.f32, .bf16, .int8, .int4] {
      let engine = try Engine(folder: folder, weights: format, threads: threads)
      let cost = Cost(engine.configuration)
      for test in tests {
        let result = try ModelBenchmark(engine).run(test)
        let limit =
          switch test {
          case .prefill(let tokens, _): limits.prefill(cost, format, tokens: tokens)
          case .decode(_, let depth): limits.decode(cost, format, depth: depth)
          case .together(let sessions, _, let depth):
            // Weights read once for all; which experts they meet is chance, so this is beyond reach.
            Double(sessions) * limits.decode(cost, format, depth: depth)
          }
        let cells =
          [
            format.rawValue, "\(test)", rounded(result.ratePerCPU), rounded(limit),
            "\(Int((100 * result.ratePerCPU / limit).rounded())) %", rounded(result.bestRate),
            "\(result.peakMemory)",
          ]
          + names.map { name in
            others[Peer(peer: name, format: format, test: "\(test)")].map(rounded) ?? "–"
          }
        print(cells.enumerated().map { padded($1, $0) }.joined())
      }
    }
  }

  private struct Peer: Hashable {
    let peer: String
    let format: WeightFormat
    let test: String
  }

  /// What the peers' command printed.
  private func rates(_ command: String) throws -> [Peer: Double] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw EngineBenchmark.Usage(
        "the peers' command ended with status \(process.terminationStatus)")
    }
    var result: [Peer: Double] = [:]
    for line in output.split(separator: 10) {
      guard let json = try? JSONValue.parse([UInt8](line)), let peer = json["peer"]?.string,
        let test = json["test"]?.string, let rate = json["tok_per_cpu_s"]?.double,
        let format = Self.format(json["dtype"]?.string ?? json["model"]?.string ?? "")
      else { continue }
      let key = Peer(peer: peer, format: format, test: test)
      result[key] = max(result[key] ?? 0, rate)
    }
    return result
  }

  private static func format(_ name: String) -> WeightFormat? {
    let name = name.lowercased()
    let known: [(String, WeightFormat)] = [
      ("bf16", .bf16), ("f32", .f32), ("q8", .int8), ("int8", .int8), ("q4", .int4),
      ("int4", .int4),
    ]
    return known.first { name.contains($0.0) }?.1
  }

  private func padded(_ text: String, _ column: Int) -> String {
    let width = column < 2 ? 11 : 14
    let space = String(repeating: " ", count: max(width - text.count, 1))
    return column < 2 ? text + space : space + text
  }

  private func giga(_ number: Double) -> String { String(format: "%.1f", number / 1e9) }

  private func rounded(_ number: Double) -> String {
    String(format: number < 100 ? "%.1f" : "%.0f", number)
  }
}
