import DefaultReader
import Foundation
import Inference
import JSON
import Tokenization

/// `docket-bench context`: one reading of up to a million tokens, with time and memory at each length on the way.
struct EngineContext {
  static let help =
    "[FOLDER] [--text FILE.jsonl|FILE.txt]… [--tokens 1024,…,1048576] [--weights stored|f32|bf16|int8|int4] [--threads N] [--csv FILE]"

  var folder = DefaultReader.folder
  var texts: [URL] = []
  var lengths = [1024, 4096, 16384, 65536, 262_144, 1_048_576]
  var weights = WeightFormat.asStored
  var threads = 2
  var csv: URL?

  init(arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst() else {
          throw Usage("\(argument) needs a value")
        }
        return value
      }
      switch argument {
      case "--text": texts.append(URL(fileURLWithPath: try value()))
      case "--tokens": lengths = try value().split(separator: ",").compactMap { Int($0) }.sorted()
      case "--weights":
        let name = try value()
        guard let format = WeightFormat(rawValue: name) else {
          throw Usage("no weights \(name)")
        }
        weights = format
      case "--threads": threads = Int(try value()) ?? 2
      case "--csv": csv = URL(fileURLWithPath: try value())
      default: folder = URL(fileURLWithPath: argument)
      }
    }
    guard let longest = lengths.last, longest > 0, threads > 0 else {
      throw Usage("--tokens and --threads take numbers above 0")
    }
  }

  func run() throws {
    let longest = lengths.last!
    let tokens = try self.tokens(longest)
    // Tokenising took memory that a reading does not; what this program holds now stands for `docket`.
    Resources.resetPeakMemory()
    let program = Resources.residentBytes() ?? Cost.programBytes
    let engine = try Engine(folder: folder, weights: weights, threads: threads)
    let cost = Cost(engine.configuration)
    var lines =
      "tokens,wall_s,cpu_s,tokens_per_s,tokens_per_cpu_s,peak_MiB,predicted_MiB,session_MiB\n"
    print(lines, terminator: "")
    var left = lengths[...]
    let start = Resources.now()
    func report(_ position: Int) throws {
      while let next = left.first, position >= next {
        left.removeFirst()
        let now = Resources.now()
        let (wall, cpu) = (now.wall - start.wall, now.cpu - start.cpu)
        let predicted =
          cost.peakBytes(engine.weights, tokens: position, threads: threads, program: program)
          >> 20
        let line = [
          "\(position)", rounded(wall), rounded(cpu), rounded(Double(position) / wall),
          rounded(Double(position) / cpu), "\(Resources.peakMemory())", "\(predicted)",
          "\(cost.sessionBytes(position, weights) >> 20)",
        ].joined(separator: ",")
        print(line)
        lines += line + "\n"
        if let csv { try Data(lines.utf8).write(to: csv) }
      }
    }
    if engine.tags {
      // The progress callback cannot throw: a table that cannot be written shows at the end.
      var failure: (any Error)?
      let logits = try engine.tag(tokens) { position in
        do { try report(position) } catch { failure = error }
      }
      if let failure { throw failure }
      print("# \(logits.count) logits, largest \(logits.max() ?? 0)")
    } else {
      var session = engine.session()
      for length in lengths {
        try session.advance(to: Array(tokens[..<length]))
        try report(length)
      }
    }
  }

  /// The tokens of the texts, again from the start when they are too few; of random numbers without texts.
  private func tokens(_ count: Int) throws -> [Int32] {
    var result: [Int32] = []
    if texts.isEmpty {
      var state: UInt64 = 1
      let limit = try UInt64(Tokenizer(folder: folder).idLimit)
      for _ in 0..<count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        result.append(Int32((state >> 33) % limit))
      }
      return result
    }
    let tokenizer = try Tokenizer(folder: folder)
    var read = 0
    while result.count < count {
      for file in texts where result.count < count {
        let data = try Data(contentsOf: file, options: .mappedIfSafe)
        guard file.pathExtension == "jsonl" else {
          result += tokenizer.encode(String(decoding: data, as: UTF8.self)).ids
          continue
        }
        // Each line's "text", one at a time.
        for line in data.split(separator: 10) where result.count < count {
          guard let text = try JSONValue.parse([UInt8](line))["text"]?.string else { continue }
          result += tokenizer.encode(text).ids
        }
      }
      read += 1
      if result.isEmpty { throw Usage("the texts hold no tokens") }
    }
    if read > 1 { print("# the texts were read \(read) times over") }
    return Array(result[..<count])
  }

  private func rounded(_ number: Double) -> String { String(format: "%.2f", number) }
}
