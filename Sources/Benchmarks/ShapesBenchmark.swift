import Foundation
import Inference
import JSON
import Kernels

/// `docket-bench m1-shapes`: the published MiniMax-M1 at its true sizes, two layers of eighty.
///
/// Writes a checkpoint with one lightning and one softmax layer of random weights, packed straight to 4 bits, loads it,
/// reads and writes, and says what a layer costs here and what eighty would need. Costs are processor seconds of all
/// threads, which a busy machine changes less than the time on the wall.
struct ShapesBenchmark {
  static let help =
    "[--in DIR] [--keep] [--threads N] [--prefill 96,1536] [--steps N] [--small]   needs 10.1 GB in DIR"

  var place = FileManager.default.temporaryDirectory
  var keeps = false
  var threads = ProcessInfo.processInfo.activeProcessorCount
  var prefill = [96, 1536]
  var steps = 24
  var small = false

  init(arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst() else { throw Usage("\(argument) needs a value") }
        return value
      }
      switch argument {
      case "--in": place = URL(fileURLWithPath: try value())
      case "--keep": keeps = true
      case "--small": small = true
      case "--threads": threads = Int(try value()) ?? 0
      case "--steps": steps = Int(try value()) ?? 0
      case "--prefill": prefill = try value().split(separator: ",").compactMap { Int($0) }
      default: throw Usage("no option \(argument)")
      }
    }
    guard threads > 0, steps > 0, prefill.allSatisfy({ $0 > 0 }) else {
      throw Usage("--threads, --steps and --prefill take numbers above 0")
    }
  }

  /// The published configuration with one layer of each kind, or the first alone.
  private func json(_ kinds: [Int]) -> JSONValue {
    var object = PublishedModel.minimaxM1.json.object!
    object["num_hidden_layers"] = .integer(kinds.count)
    object["attn_type_list"] = .array(kinds.map { .integer($0) })
    if small {
      // The same wiring, to try the measurement itself.
      for (key, value) in [
        ("hidden_size", 512), ("num_attention_heads", 8), ("num_key_value_heads", 2),
        ("head_dim", 64), ("intermediate_size", 768), ("vocab_size", 4096), ("rotary_dim", 32),
      ] { object[key] = .integer(value) }
    }
    return .object(object)
  }

  func run() throws {
    let both = place.appendingPathComponent("docket-m1-shapes")
    let files = FileManager.default
    if !files.fileExists(atPath: both.appendingPathComponent("model.safetensors.index.json").path) {
      let start = Resources.now()
      var written = 0
      try RandomCheckpoint(json([0, 1]), seed: 7).write(to: both, as: .packed(.int4)) {
        written += $1
        print("# wrote \($0), \($1) bytes")
      }
      let seconds = Resources.now().wall - start.wall
      print(
        "# \(written) bytes in \(rounded(seconds)) s, peak memory \(Resources.peakMemory()) MiB")
    }
    defer { if !keeps { try? files.removeItem(at: both) } }
    let alone = try lightningAlone(both)
    defer { try? files.removeItem(at: alone) }

    let configuration = try Configuration(json([0, 1]))
    let head = try headSeconds(both, configuration)
    var tables: [(decode: Double, prefill: [Double])] = []
    for (name, folder) in [("lightning", alone), ("lightning + softmax", both)] {
      tables.append(try measure(folder, name))
    }
    let lightning = tables[0].decode - head
    let softmax = tables[1].decode - tables[0].decode
    try report(configuration, lightning: lightning, softmax: softmax, head: head)
    for (index, length) in prefill.enumerated() {
      let first = (tables[0].prefill[index] - head) / Double(length)
      let second = (tables[1].prefill[index] - tables[0].prefill[index]) / Double(length)
      print(
        "prefill \(length): \(milli(first)) CPU ms a lightning layer and token, \(milli(second)) a softmax layer and token; 80 layers \(rounded(1 / (70 * first + 10 * second))) tokens a CPU second"
      )
    }
  }

  /// A second folder on the same files whose configuration has the first layer only.
  private func lightningAlone(_ both: URL) throws -> URL {
    let folder = place.appendingPathComponent("docket-m1-shapes-first")
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: both.path)
    where name != "config.json" {
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent(name),
        withDestinationURL: both.appendingPathComponent(name))
    }
    try Data(json([0]).text().utf8).write(to: folder.appendingPathComponent("config.json"))
    return folder
  }

  /// Seconds of one row's product with the head, all threads, its bytes in memory.
  private func headSeconds(_ folder: URL, _ configuration: Configuration) throws -> Double {
    let head = try TensorStore(folder: folder).matrix(
      "lm_head.weight", configuration.vocabularySize, configuration.hiddenSize, as: .int8)
    let x = Plane(rows: 1, columns: configuration.hiddenSize)
    x.fill(0.01)
    let y = Plane(rows: 1, columns: configuration.vocabularySize)
    let scratch = (0..<threads).map { _ in
      QuantizedRows(rows: 1, inputs: configuration.hiddenSize)
    }
    let workers = Workers(threads)
    let share = 512
    var best = Double.infinity
    for _ in 0..<8 {
      let start = Resources.now().cpu
      workers.run((head.outputs + share - 1) / share) { item, slot in
        KernelSet.best.multiply(
          x, rows: 0..<1, by: head,
          outputs: item * share..<min(head.outputs, (item + 1) * share), into: y,
          scratch: scratch[slot])
      }
      best = min(best, Resources.now().cpu - start)
    }
    return best
  }

  private func measure(_ folder: URL, _ name: String) throws -> (decode: Double, prefill: [Double])
  {
    let before = Residency.now()
    let start = Resources.now()
    let engine = try Engine(folder: folder, threads: threads)
    let loaded = Resources.now()
    print(
      "\(name): loaded in \(rounded(loaded.wall - start.wall)) s, resident \(before.total) → \(Residency.now().total) MiB (of files \(Residency.now().files))"
    )
    var session = engine.session()
    let vocabulary = engine.configuration.vocabularySize
    func tokens(_ count: Int, _ seed: Int) -> [Int32] {
      (0..<count).map { Int32(($0 &* 7919 &+ seed &* 104_729) % vocabulary) }
    }
    let experts = engine.configuration.layers.count * engine.configuration.expertsPerToken
    let first = Resources.now().wall
    try session.advance(by: tokens(1, 1))
    print(
      "\(name): first token, which reads \(experts) experts from the disk or its cache: \(rounded(Resources.now().wall - first)) s, resident \(Residency.now().total) MiB (of files \(Residency.now().files))"
    )
    var seconds: [Double] = []
    for length in prefill {
      var (best, wall) = (Double.infinity, Double.infinity)
      // The first reading brings the experts in.
      for turn in 0..<2 {
        session.reset()
        let start = Resources.now()
        try session.advance(by: tokens(length, turn))
        let end = Resources.now()
        if turn > 0 { (best, wall) = (end.cpu - start.cpu, end.wall - start.wall) }
      }
      seconds.append(best)
      print(
        "\(name): \(length) tokens read in \(rounded(best)) CPU s, \(rounded(wall)) s, resident \(Residency.now().total) MiB (of files \(Residency.now().files))"
      )
    }
    var decode: [Double] = []
    for token in tokens(steps, 3) {
      let start = Resources.now().cpu
      try session.advance(by: [token])
      decode.append(Resources.now().cpu - start)
    }
    decode.sort()
    let median = decode[decode.count / 2]
    print(
      "\(name): a token written in \(milli(median)) CPU ms (median of \(steps), best \(milli(decode[0])) ms)"
    )
    return (decode[0], seconds)
  }

  private func report(
    _ configuration: Configuration, lightning: Double, softmax: Double, head: Double
  ) throws {
    let cost = Cost(
      try Configuration(
        small ? json((0..<80).map { $0 % 8 == 7 ? 1 : 0 }) : PublishedModel.minimaxM1.json))
    let bytes = Double(cost.activeWeightBytes(.int4))
    let here = 70 * lightning + 10 * softmax + head
    print(
      "decode: \(milli(lightning)) CPU ms a lightning layer, \(milli(softmax)) a softmax layer, \(milli(head)) the head; 80 layers \(rounded(1 / here)) tokens a CPU second: \(rounded(bytes / here / 1e9)) GB/s of weights a core"
    )
    let gigabytes = 1e9
    print(
      "80 layers in 4 bits: weights \(rounded(Double(cost.weightBytes(.int4)) / gigabytes)) GB, lightning states \(rounded(Double(cost.recurrentStateBytes) / gigabytes)) GB a sequence, cache \(rounded(Double(cost.cacheBytes(1 << 20, .int4)) / gigabytes)) GB at 1M tokens, \(rounded(bytes / gigabytes)) GB of weights read a token"
    )
    // Peak rates of DDR5: channels × 8 bytes × transfers. Reading streams reach some three quarters of it.
    for (channels, transfers) in [(8, 4.8), (12, 4.8), (12, 6.0)] {
      let peak = Double(channels) * 8 * transfers
      print(
        "\(channels) channels of DDR5-\(Int(transfers * 1000)) (\(rounded(peak)) GB/s): at most \(rounded(peak * gigabytes / bytes)) tokens/s, at 75 % of it \(rounded(0.75 * peak * gigabytes / bytes))"
      )
    }
  }

  private func rounded(_ value: Double) -> String { String(format: "%.2f", value) }
  private func milli(_ seconds: Double) -> String { String(format: "%.2f", seconds * 1000) }
}

/// Memory of this process that is resident now, in MiB.
struct Residency {
  let total: Int
  /// Of mapped files.
  let files: Int

  static func now() -> Residency {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    func field(_ name: String) -> Int {
      let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
      return (line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) / 1024
    }
    return Residency(total: field("VmRSS:"), files: field("RssFile:"))
  }
}
