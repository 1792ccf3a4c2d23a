import Foundation
import Inference
import JSON
import Tokenization

/// `docket model quantize`: packs a checkpoint to fewer bits a weight.
enum ModelQuantize {
  static let verb = Verb(
    name: "model quantize",
    summary: "Pack a checkpoint to bf16, int8 or int4 weights, tensor by tensor.",
    operands: "IN OUT", operandCount: 2...2,
    discussion: """
      Reads the checkpoint folder IN, of any size, with little memory, and writes the new folder
      OUT, which loads without being read: its weights are mapped and come from the disk when
      first needed. Each packed tensor is printed with its error, sqrt(Σ(w − ŵ)² / Σw²). Until it
      is whole OUT is called OUT.partial; when the work is killed, the same command goes on with
      the next file.
      """,
    options: [
      .value("--weights", "<format>", "bf16, int8 or int4. (default: int4)"),
      .value("--threads", "<count>", "Threads that pack. (default: all cores)"),
      .value(
        "--text", "<file>",
        "Then read this text with both checkpoints and say how far the outputs are apart: mean KL "
          + "divergence a token, in nats. Needs memory for IN as it is. (default: none)"),
      .value("--tokens", "<count>", "How much of the text is read, in tokens. (default: 2048)"),
      .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let format = try WeightFormat(option: arguments, among: [.bf16, .int8, .int4]) ?? .int4
    let threads =
      try arguments.integer("--threads", in: 1...1024)
      ?? ProcessInfo.processInfo.activeProcessorCount
    let limit = try arguments.integer("--tokens", in: 1...1 << 24) ?? 2048
    let (source, target) = (arguments.url(0)!, arguments.url(1)!)
    // What the text needs is looked at before the work.
    let text = try arguments["--text"].map { path in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let tokens = try Tokenizer(folder: source).encode(String(decoding: bytes, as: UTF8.self)).ids
      guard !tokens.isEmpty else { throw UsageError("the text \(path) is empty") }
      return Array(tokens.prefix(limit))
    }
    let quantizer = try Quantizer(source, to: target, as: format)
    let all = quantizer.sourceBytes
    if FileManager.default.fileExists(atPath: quantizer.partial.path) {
      Console.note("Going on with \(quantizer.partial.lastPathComponent).")
    }
    let start = Resources.now()
    let losses = try quantizer.run(threads: threads) { loss, done in
      if let loss { show(loss, arguments.json) }
      if Console.isTerminal {
        Console.redraw("\(done * 100 / max(all, 1)) % of \(TextLayout.bytes(all)) ")
      }
    }
    if Console.isTerminal { Console.redraw("") }
    let wall = Resources.now().wall - start.wall
    var facts = JSONObject()
    facts["sourceBytes"] = .integer(all)
    facts["bytes"] = .integer(quantizer.targetBytes)
    facts["tensors"] = .integer(losses.count)
    facts["worstRelativeError"] = .number(losses.map(\.relativeError).max() ?? 0)
    facts["seconds"] = .number(wall)
    facts["peakMemoryBytes"] = .integer(Resources.peakMemory() << 20)
    var lines = [
      "\(losses.count) tensors packed, \(TextLayout.bytes(all)) → "
        + "\(TextLayout.bytes(quantizer.targetBytes)), in \(TextLayout.duration(wall)) "
        + "(\(Int(Double(all) / 1e6 / max(wall, 1e-9))) MB/s), peak memory "
        + "\(TextLayout.bytes(Resources.peakMemory() << 20))"
    ]
    if let text {
      let divergence = try Divergence(
        of: Engine(folder: target, threads: threads),
        from: Engine(folder: source, threads: threads),
        on: text)
      facts["divergenceTokens"] = .integer(divergence.tokens)
      facts["meanDivergence"] = .number(divergence.meanDivergence)
      facts["worstDivergence"] = .number(divergence.worstDivergence)
      facts["sameTop"] = .number(divergence.sameTop)
      lines.append(
        "on \(divergence.tokens) tokens of text: KL \(shown(divergence.meanDivergence)) nats a token "
          + "(worst \(shown(divergence.worstDivergence))), same first choice in "
          + "\(percent(divergence.sameTop))")
    }
    if arguments.json { Console.json(.object(facts)) } else { Console.out(lines) }
    return .complete
  }

  private static func show(_ loss: PackingLoss, _ json: Bool) {
    if json {
      Console.json([
        "tensor": .string(loss.name), "format": .string(loss.format.rawValue),
        "relativeError": .number(loss.relativeError),
      ])
    } else {
      if Console.isTerminal { Console.redraw("") }
      Console.out(
        TextLayout.pad("\(loss.name)  ", to: 60) + TextLayout.pad(loss.format.rawValue, to: 6)
          + shown(loss.relativeError))
    }
  }

  private static func shown(_ number: Double) -> String { String(format: "%.4g", number) }
  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}

extension WeightFormat {
  /// What `--weights` names; nil where it is not given.
  init?(option arguments: Arguments, among formats: [WeightFormat] = WeightFormat.allCases) throws {
    guard let name = arguments["--weights"] else { return nil }
    guard let format = formats.first(where: { $0.rawValue == name }) else {
      let names = formats.map(\.rawValue)
      throw UsageError(
        "option “--weights” takes \(names.dropLast().joined(separator: ", ")) or \(names.last!), "
          + "not “\(name)”")
    }
    self = format
  }
}
