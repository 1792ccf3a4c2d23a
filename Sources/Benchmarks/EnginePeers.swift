import Foundation
import Inference
import JSON

/// What other programs reach with the same checkpoint: the output of a command that prints a JSON line for each
/// measurement.
struct EnginePeers {
  /// Their names, sorted.
  let names: [String]
  /// Why measurements may be missing.
  let problem: String?
  private let rates: [Key: Double]

  private struct Key: Hashable {
    let peer: String
    let format: WeightFormat
    let test: String
  }

  /// Runs `command` by sh, with the tests wanted in $DOCKET_BENCH_TESTS ("pp:4096x1 tg:32@16").
  ///
  /// A line has "peer", "test" (pp4096, tg32@d16), "tok_per_cpu_s", and "dtype" or a "model" whose name tells its
  /// format (f32, bf16, q8_0, q4_k_m). Other lines are passed over; what was printed before a failure counts.
  init(command: String, tests: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["DOCKET_BENCH_TESTS": tests]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    var rates: [Key: Double] = [:]
    for line in output.split(separator: 10) {
      guard let json = try? JSONValue.parse([UInt8](line)), let peer = json["peer"]?.string,
        let test = json["test"]?.string, let rate = json["tok_per_cpu_s"]?.double,
        let format = Self.format(json["dtype"]?.string ?? json["model"]?.string ?? "")
      else { continue }
      let key = Key(peer: peer, format: format, test: test)
      rates[key] = max(rates[key] ?? 0, rate)
    }
    self.rates = rates
    names = Set(rates.keys.map(\.peer)).sorted()
    problem =
      process.terminationStatus != 0
      ? "the peers' command ended with status \(process.terminationStatus)"
      : rates.isEmpty ? "the peers' command printed no measurement" : nil
  }

  /// Tokens a CPU second.
  func rate(_ peer: String, _ format: WeightFormat, _ test: String) -> Double? {
    rates[Key(peer: peer, format: format, test: test)]
  }

  private static func format(_ name: String) -> WeightFormat? {
    let name = name.lowercased()
    let known: [(String, WeightFormat)] = [
      ("bf16", .bf16), ("f32", .f32), ("q8", .int8), ("int8", .int8), ("q4", .int4),
      ("int4", .int4),
    ]
    return known.first { name.contains($0.0) }?.1
  }
}
