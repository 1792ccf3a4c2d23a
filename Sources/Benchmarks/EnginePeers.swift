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
  ///
  /// - Parameter found: told of each measurement as it comes: peers take long, and a table that is cut off holds
  ///   what was measured.
  init(command: String, tests: String, found: (String) -> Void) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["DOCKET_BENCH_TESTS": tests]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var rates: [Key: Double] = [:]
    var unreadable = 0
    func take(_ line: [UInt8]) {
      guard let json = try? JSONValue.parse(line) else {
        unreadable += 1
        return
      }
      guard let peer = json["peer"]?.string, let test = json["test"]?.string,
        let rate = json["tok_per_cpu_s"]?.double,
        let format = Self.format(json["dtype"]?.string ?? json["model"]?.string ?? "")
      else { return }
      let key = Key(peer: peer, format: format, test: test)
      rates[key] = max(rates[key] ?? 0, rate)
      found("\(peer), \(format.rawValue), \(test): \(rate) tokens a CPU second")
    }
    var pending: [UInt8] = []
    while case let more = pipe.fileHandleForReading.availableData, !more.isEmpty {
      pending += more
      while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        take(Array(pending[..<end]))
        pending.removeSubrange(...end)
      }
    }
    if !pending.isEmpty { take(pending) }
    process.waitUntilExit()
    self.rates = rates
    names = Set(rates.keys.map(\.peer)).sorted()
    let faults = [
      process.terminationStatus == 0 ? nil : "ended with status \(process.terminationStatus)",
      unreadable == 0 ? nil : "printed \(unreadable) lines that are no JSON",
      rates.isEmpty ? "printed no measurement" : nil,
    ].compactMap { $0 }
    problem =
      faults.isEmpty ? nil : "the peers' command \(faults.joined(separator: "; "))"
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
