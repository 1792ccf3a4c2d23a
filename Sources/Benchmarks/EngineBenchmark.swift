import DefaultReader
import Foundation
import Inference

/// `docket-bench engine`: reading and writing speed of a model, as JSON lines.
struct EngineBenchmark {
  static let help =
    """
    [FOLDER] [--weights stored|f32|bf16|int8|int4] [--threads N] [--prefill 512,4096] [--decode 64@16,64@4096] [--batch 1,8] [--repeats N] [--table [--peers COMMAND]]
      --table: all four formats in one table, each speed beside this machine's limit. COMMAND (or $DOCKET_BENCH_PEERS)
      is run by sh first; it prints a JSON line for each measurement of another program on the same checkpoint, with
      "peer", "test" (pp4096, tg64@d16), "tok_per_cpu_s", and "dtype" or "model" (a name with f32, bf16, q8 or q4 in it).
      --batch: tokens a second of so many sessions that decode together.
    """

  var folder = DefaultReader.folder
  var weights = WeightFormat.asStored
  var threads = 1
  var prefill = [512, 4096]
  var decode: [(tokens: Int, depth: Int)] = []
  var repeats = 3
  var batches: [Int] = []
  var table = false
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
        let name = try value()
        guard let format = WeightFormat(rawValue: name) else { throw Usage("no weights \(name)") }
        weights = format
      case "--threads": threads = try Self.number(value())
      case "--table": table = true
      case "--peers": peers = try value()
      case "--batch":
        batches = try value().split(separator: ",").map { try Self.number(String($0)) }
      case "--repeats": repeats = try Self.number(value())
      case "--prefill":
        prefill = try value().split(separator: ",").map { try Self.number(String($0)) }
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

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text), number > 0 else { throw Usage("\(text) is not a number") }
    return number
  }

  struct Usage: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) {
      self.description = "\(description)\nusage: docket-bench engine \(help)"
    }
  }

  func run() throws {
    let tests =
      prefill.map { ModelBenchmark.Test.prefill(tokens: $0, repeats: repeats) }
      + decode.map { ModelBenchmark.Test.decode(tokens: $0.tokens, depth: $0.depth) }
      + batches.map { ModelBenchmark.Test.together(sessions: $0, tokens: 32, depth: 16) }
    if table {
      try EngineTable(folder: folder, threads: threads, tests: tests, peers: peers).run()
      return
    }
    let start = Resources.now()
    let engine = try Engine(folder: folder, weights: weights, threads: threads)
    let loaded = Resources.now()
    let about =
      "\"peer\": \"docket\", \"model\": \"\(folder.lastPathComponent)\", \"weights\": \"\(weights.rawValue)\", \"threads\": \(threads)"
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
