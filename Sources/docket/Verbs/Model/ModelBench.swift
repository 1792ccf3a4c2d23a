import DefaultReader
import Foundation
import Inference
import JSON

/// `docket model bench`: reading and writing speed of a checkpoint on this machine.
enum ModelBench {
  static let verb = Verb(
    name: "model bench",
    summary: "Measure reading (prefill) and writing (decode) speed on random tokens.",
    operands: "[DIR]", operandCount: 0...1,
    discussion: """
      Processor time counts on a shared machine: tokens per second of it stand beside the best
      wall time. Memory is the most resident so far.
      """,
    options: [
      .value(
        "--weights", "<format>",
        "Weights in memory: stored, f32, bf16, int8 or int4. (default: stored)"),
      .value("--threads", "<count>", "Threads that compute. (default: 1)"),
      .value("--prefill", "<tokens,…>", "Lengths to read. (default: 512,4096)"),
      .value(
        "--decode", "<tokens@depth,…>",
        "Tokens to write after reading so many. (default: 64@16)"),
      .value("--repeats", "<count>", "Readings of each length; the best counts. (default: 3)"),
      .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let weights = try WeightFormat(option: arguments) ?? .asStored
    let threads = try arguments.integer("--threads", in: 1...1024) ?? 1
    let repeats = try arguments.integer("--repeats", in: 1...1000) ?? 3
    let tests = try prefills(arguments, repeats) + decodes(arguments)
    let folder = arguments.url(0) ?? DefaultReader.folder
    let benchmark = ModelBenchmark(try Engine(folder: folder, weights: weights, threads: threads))
    if !arguments.json {
      Console.out("test         tokens/CPU s      best tokens/s  peak MiB")
    }
    for test in tests {
      let result = try benchmark.run(test)
      if arguments.json {
        Console.json([
          "peer": "docket", "model": .string(folder.lastPathComponent),
          "weights": .string(weights.rawValue), "threads": .integer(threads),
          "test": .string("\(test)"), "tok_per_cpu_s": .number(rounded(result.ratePerCPU)),
          "best_tps": .number(rounded(result.bestRate)),
          "peak_rss_MB": .integer(result.peakMemory),
        ])
      } else {
        Console.out(
          TextLayout.pad("\(test)", to: 12)
            + TextLayout.padLeft("\(rounded(result.ratePerCPU))", to: 13)
            + TextLayout.padLeft("\(rounded(result.bestRate))", to: 19)
            + TextLayout.padLeft("\(result.peakMemory)", to: 10))
      }
    }
    return .complete
  }

  private static func prefills(_ arguments: Arguments, _ repeats: Int) throws
    -> [ModelBenchmark.Test]
  {
    try (arguments["--prefill"] ?? "512,4096").split(separator: ",").map { part in
      guard let tokens = Int(part), tokens > 0 else {
        throw UsageError("option “--prefill” takes lengths such as 512,4096, not “\(part)”")
      }
      return .prefill(tokens: tokens, repeats: repeats)
    }
  }

  private static func decodes(_ arguments: Arguments) throws -> [ModelBenchmark.Test] {
    try (arguments["--decode"] ?? "64@16").split(separator: ",").map { part in
      let pair = part.split(separator: "@").map { Int($0) ?? 0 }
      guard pair.count == 2, pair[0] > 0, pair[1] > 0 else {
        throw UsageError("option “--decode” takes tokens@depth such as 64@16, not “\(part)”")
      }
      return .decode(tokens: pair[0], depth: pair[1])
    }
  }

  private static func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}
