import DefaultReader
import Foundation
import Inference

/// `docket-bench engine`: reading and writing speed of a model, as JSON lines.
struct EngineBenchmark {
  static let help =
    """
    [FOLDER] [--weights stored|f32|bf16|int8|int4] [--threads N] [--prefill 512,4096] [--decode 64@16,64@4096] [--batch 1,8] [--repeats N]
      --table [--weights f32,bf16,int8,int4] [--threads 1,2] [--long TOKENS] [--peers COMMAND]
      --batch: tokens a second of so many sessions that decode together.
      --table: formats in one table, each speed beside this machine's limit; with further numbers of threads the first
      prefill; --long: one prefill more, in the last format, with what a token takes there. COMMAND (or
      $DOCKET_BENCH_PEERS) is run by sh first, with the tests in $DOCKET_BENCH_TESTS (pp:4096x1 tg:32@16); it prints a
      JSON line for each measurement of another program on the same checkpoint, with "peer", "test" (pp4096, tg32@d16),
      "tok_per_cpu_s", and "dtype" or "model" (a name with f32, bf16, q8 or q4 in it).
    """

  var folder = DefaultReader.folder
  var weights: [WeightFormat] = []
  var threads = [1]
  var prefill = [512, 4096]
  var decode: [(tokens: Int, depth: Int)] = []
  var repeats = 3
  var batches: [Int] = []
  var table = false
  var long: Int?
  var peers = ProcessInfo.processInfo.environment["DOCKET_BENCH_PEERS"]

  init(arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst() else { throw Usage("\(argument) needs a value") }
        return value
      }
      switch argument {
      case "--weights":
        weights = try value().split(separator: ",").map { name in
          guard let format = WeightFormat(rawValue: String(name)) else {
            throw Usage("no weights \(name)")
          }
          return format
        }
      case "--threads": threads = try Self.numbers(value())
      case "--long": long = try Self.number(value())
      case "--table": table = true
      case "--peers": peers = try value()
      case "--batch": batches = try Self.numbers(value())
      case "--repeats": repeats = try Self.number(value())
      case "--prefill": prefill = try Self.numbers(value())
      case "--decode":
        decode = try value().split(separator: ",").map { part in
          let pair = part.split(separator: "@").map(String.init)
          guard pair.count == 2 else { throw Usage("--decode takes TOKENS@DEPTH") }
          return (try Self.number(pair[0]), try Self.number(pair[1]))
        }
      default:
        if argument.hasPrefix("-") { throw Usage("no option \(argument)") }
        folder = URL(fileURLWithPath: argument)
      }
    }
  }

  private static func numbers(_ text: String) throws -> [Int] {
    let numbers = try text.split(separator: ",").map { try number(String($0)) }
    guard !numbers.isEmpty else { throw Usage("a list of numbers is empty") }
    return numbers
  }

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text), number > 0 else { throw Usage("\(text) is not a number") }
    return number
  }

  func run() throws {
    if table {
      try EngineTable(
        folder: folder, formats: weights.isEmpty ? [.f32, .bf16, .int8, .int4] : weights,
        threads: threads, prefill: prefill, decode: decode, batches: batches, repeats: repeats,
        long: long, peers: peers
      ).run()
      return
    }
    let tests =
      prefill.map { ModelBenchmark.Test.prefill(tokens: $0, repeats: repeats) }
      + decode.map { ModelBenchmark.Test.decode(tokens: $0.tokens, depth: $0.depth) }
      + batches.map { ModelBenchmark.Test.together(sessions: $0, tokens: 32, depth: 16) }
    for format in weights.isEmpty ? [.asStored] : weights {
      for count in threads { try run(tests, format, threads: count) }
    }
  }

  private func run(_ tests: [ModelBenchmark.Test], _ format: WeightFormat, threads: Int) throws {
    let start = Resources.now()
    let engine = try Engine(folder: folder, weights: format, threads: threads)
    let loaded = Resources.now()
    let about =
      "\"peer\": \"docket\", \"model\": \"\(folder.lastPathComponent)\", \"weights\": \"\(format.rawValue)\", \"threads\": \(threads)"
    print(
      "{\(about), \"test\": \"load\", \"seconds\": \(rounded(loaded.wall - start.wall)), \"cpu_s\": \(rounded(loaded.cpu - start.cpu))}"
    )
    let benchmark = ModelBenchmark(engine)
    for test in tests {
      let result = try benchmark.run(test)
      let mean = result.meanRate.map { ", \"mean_tps\": \(rounded($0))" } ?? ""
      print(
        "{\(about), \"test\": \"\(test)\", \"best_tps\": \(rounded(result.bestRate))\(mean), \"tok_per_cpu_s\": \(rounded(result.ratePerCPU)), \"peak_rss_MB\": \(result.peakMemory)}"
      )
    }
  }

  private func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}
