import DefaultReader
import Foundation
import Inference
import JSON

/// `docket model cost`: what a context needs, from a configuration alone.
enum ModelCost {
  static let verb = Verb(
    name: "model cost",
    summary: "Foretell operations, memory and time of a context from config.json alone.",
    operands: "[CONFIG|DIR|NAME]", operandCount: 0...1,
    discussion: """
      No weight is read. NAME is a published shape: minimax-m1 or deepseek-r1 (for which only
      operations are known). Operations count a multiply and an add as two; memory is the most
      that one reading keeps resident; times are bounds from below, for a quiet machine, by what
      its kernels do in a measurement of some tenths of a second.
      """,
    options: [
      .value("--context", "<tokens>", "Tokens read. (default: 100000)"),
      .value("--generate", "<tokens>", "Tokens written after them. (default: 0)"),
      .value(
        "--weights", "<format>",
        "Weights in memory: stored, f32, bf16, int8 or int4. (default: as the files have them)"),
      .value("--threads", "<count>", "Threads that compute. (default: all cores)"),
      .value(
        "--against", "<config>",
        "A second CONFIG, DIR or NAME: compare the operations of written tokens, from the first "
          + "to the millionth. (default: none)"),
      .value("--plot", "<file>", "Also draw both curves as SVG; needs --against. (default: none)"),
      .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let (name, model) = try Self.model(arguments.operands.first)
    let context = try arguments.integer("--context", in: 0...1 << 40) ?? 100_000
    let generated = try arguments.integer("--generate", in: 0...1 << 40) ?? 0
    let other = try arguments["--against"].map { try Self.model($0) }
    if arguments["--plot"] != nil, other == nil {
      throw UsageError("option “--plot” needs “--against”")
    }
    var facts = JSONObject()
    facts["model"] = .string(name)
    facts["parameters"] = .integer(model.parameters)
    facts["activeParameters"] = .integer(model.activeParameters)
    facts["context"] = .integer(context)
    facts["generated"] = .integer(generated)
    var lines = [
      ["model", name],
      [
        "parameters",
        "\(TextLayout.grouped(model.parameters)), \(TextLayout.grouped(model.activeParameters)) a token "
          + "without embedding and head",
      ],
    ]
    if case .lightning(let cost) = model {
      guard cost.configuration.head == .languageModel || generated == 0 else {
        throw UsageError("\(name) marks spans and writes nothing: leave “--generate” out")
      }
      let needs = Needs(cost, context, generated, try Settings(arguments))
      facts = needs.add(to: facts)
      lines += needs.lines
    } else {
      let read = model.operations(0..<context)
      let written = model.operations(context..<context + generated)
      facts["operationsReading"] = .number(read)
      facts["operationsWriting"] = .number(written)
      lines.append(["operations", "\(Self.scaled(read)) reading, \(Self.scaled(written)) writing"])
    }
    var table: [String] = []
    if let other {
      let comparison = CostComparison((name, model), other)
      facts["comparison"] = comparison.json
      table = comparison.lines
      if let file = arguments["--plot"] {
        try Data(CostPlot(comparison).svg.utf8).write(to: URL(fileURLWithPath: file))
      }
    }
    if arguments.json {
      Console.json(.object(facts))
    } else {
      let width = (lines.map(\.[0].count).max() ?? 0) + 2
      Console.out(lines.map { TextLayout.pad($0[0], to: width) + $0[1] } + table)
    }
    return .complete
  }

  /// What `--weights` and `--threads` say.
  struct Settings {
    let weights: WeightFormat
    let threads: Int

    init(_ arguments: Arguments) throws {
      // A packed checkpoint stays as it is.
      let packed = arguments.url(0).flatMap { try? TensorStore(folder: $0).packedFormat }
      weights =
        try WeightFormat(option: arguments)
        ?? packed.flatMap { WeightFormat(rawValue: "\($0)") } ?? .asStored
      threads =
        try arguments.integer("--threads", in: 1...1024)
        ?? ProcessInfo.processInfo.activeProcessorCount
    }
  }

  /// A published name, a checkpoint folder, or a config.json.
  private static func model(_ word: String?) throws -> (String, ArchitectureCost) {
    if let published = word.flatMap(PublishedModel.init(rawValue:)) {
      return (published.rawValue, try ArchitectureCost(published.json))
    }
    var file = word.map { URL(fileURLWithPath: $0) } ?? DefaultReader.folder
    var name = file.lastPathComponent
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else {
      let known = PublishedModel.allCases.map(\.rawValue)
      let near = Spelling.nearest(to: word ?? "", among: known)
      throw UsageError(
        "no configuration at \(file.path), and no published model of that name"
          + (near.map { ", did you mean “\($0)”?" } ?? " (\(known.joined(separator: ", ")))"))
    }
    if isFolder.boolValue {
      file.appendPathComponent("config.json")
    } else if name == "config.json" {
      name = file.deletingLastPathComponent().lastPathComponent
    }
    let json: JSONValue
    do {
      json = try JSONValue.parse([UInt8](Data(contentsOf: file)))
    } catch {
      throw UsageError("\(file.path) is no configuration: \(error)")
    }
    return (name, try ArchitectureCost(json))
  }

  /// 1234567890 → `1.23 G`.
  static func scaled(_ number: Double) -> String {
    let units = ["", " k", " M", " G", " T", " P", " E", " Z"]
    var (value, unit) = (number, 0)
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return String(format: "%.3g", value) + units[unit]
  }
}

/// What one reading and writing needs of this machine.
private struct Needs {
  let read: Double
  let written: Double
  let settings: ModelCost.Settings
  let memory: [(key: String, name: String, bytes: Int)]
  let peak: Int
  let installed: Int
  let speed: MachineSpeed
  let seconds: (reading: Double, writing: Double)

  init(_ cost: Cost, _ context: Int, _ generated: Int, _ settings: ModelCost.Settings) {
    self.settings = settings
    let (weights, threads) = (settings.weights, settings.threads)
    let tokens = context + generated
    read = cost.operations(context: context, generated: 0)
    written = cost.operations(context: context, generated: generated) - read
    peak = cost.peakBytes(weights, tokens: tokens, threads: threads)
    let parts = [
      ("weightBytes", "weights, \(weights.rawValue)", cost.weightBytes(weights)),
      (
        "stateBytes", "state of the lightning layers, whatever the length", cost.recurrentStateBytes
      ),
      (
        "cacheBytes", "key/value cache of \(TextLayout.grouped(tokens)) tokens",
        cost.cacheBytes(tokens, weights)
      ),
      (
        "workspaceBytes", "planes of \(threads) threads, blocks at hand, program",
        Cost.programBytes + cost.workspaceBytes(threads: threads)
          + cost.sessionBytes(tokens, weights) - cost.recurrentStateBytes
          - cost.cacheBytes(tokens, weights)
      ),
    ]
    let left = peak - parts.reduce(0) { $0 + $1.2 }
    memory =
      parts.map { (key: $0.0, name: $0.1, bytes: $0.2) }
      + (left > 0 ? [(key: "resultBytes", name: "logits of the labels", bytes: left)] : [])
    installed = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    speed = MachineSpeed.measured(cost.configuration, weights, threads: threads)
    seconds = cost.seconds(weights, context: context, generated: generated, on: speed)
  }

  func add(to object: JSONObject) -> JSONObject {
    var facts = object
    facts["operationsReading"] = .number(read)
    facts["operationsWriting"] = .number(written)
    facts["weights"] = .string(settings.weights.rawValue)
    facts["threads"] = .integer(settings.threads)
    for part in memory { facts[part.key] = .integer(part.bytes) }
    facts["peakBytes"] = .integer(peak)
    facts["machineBytes"] = .integer(installed)
    facts["secondsReading"] = .number(seconds.reading)
    facts["secondsWriting"] = .number(seconds.writing)
    facts["machine"] = .object([
      "productsPerSecond": .number(speed.products), "attentionPerSecond": .number(speed.attention),
      "bytesPerSecond": .number(speed.bandwidth),
    ])
    return facts
  }

  var lines: [[String]] {
    let scaled = ModelCost.scaled
    let fits = peak <= installed ? "" : ": more than this machine's \(TextLayout.bytes(installed))"
    return [
      ["operations", "\(scaled(read)) reading, \(scaled(written)) writing"],
      ["memory", "\(TextLayout.bytes(peak)) at most\(fits)"],
    ] + memory.map { ["", "\(TextLayout.bytes($0.bytes)) \($0.name)"] } + [
      [
        "seconds",
        "\(TextLayout.duration(seconds.reading)) reading, \(TextLayout.duration(seconds.writing)) "
          + "writing, at the least",
      ],
      [
        "measured",
        "\(scaled(speed.products))FLOP/s products, \(scaled(speed.attention))FLOP/s attention, "
          + "\(scaled(speed.bandwidth))B/s of weights, \(speed.threads) threads",
      ],
    ]
  }
}
