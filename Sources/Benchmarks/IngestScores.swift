import Foundation

/// What the scorer of a set says of outputs.
struct IngestScores {
  /// Task → score, as the scorer prints it.
  let tasks: [String: Any]
  /// In the order of names: `pdftext/ts/order`, and its value.
  let rows: [(name: String, value: String)]

  init(scorer: URL, set: URL, out: URL) throws {
    let text = try IngestProgram.output(
      "python3", ["-B", scorer.path, set.path, out.path], echo: false)
    guard
      let tasks = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    else {
      throw IngestBenchmark.UsageError(description: "\(scorer.path) printed no scores")
    }
    self.tasks = tasks
    rows = Self.flat(tasks, "")
  }

  private static func flat(_ value: Any, _ path: String) -> [(name: String, value: String)] {
    if let object = value as? [String: Any] {
      return object.keys.sorted().flatMap { key in
        flat(object[key]!, path.isEmpty ? key : path + "/" + key)
      }
    }
    guard let number = value as? NSNumber else { return [] }
    let isWhole = number.doubleValue == number.doubleValue.rounded() && !path.hasSuffix("f1")
    return [(path, isWhole ? "\(number)" : IngestBenchmark.figure(number.doubleValue, 4))]
  }
}

/// Other tools on the same set, and one table of all.
struct IngestPeers {
  /// `run_peers.py SET OUT`, which writes `OUT/summary.json`; `tables.py` stands beside it.
  let program: URL
  let python: String
  let set: URL
  let out: URL

  func run(beside costs: [String: IngestCost], _ scores: IngestScores) throws {
    let folder = out.appendingPathComponent("peers")
    let file = folder.appendingPathComponent("summary.json")
    _ = try IngestProgram.output(
      python, [program.path, set.path, folder.path], echo: true,
      environment: ["PEERS_PYTHON": python])
    var summary =
      (try? JSONSerialization.jsonObject(with: Data(contentsOf: file))) as? [String: Any] ?? [:]
    for (task, score) in scores.tasks {
      // Blocks are read together with the text.
      let cost = costs[task] ?? (task == "pdfblocks" ? costs["pdftext"] : nil)
      var row: [String: Any] = ["score": score]
      if let cost {
        row["n"] = cost.files
        row["pages"] = cost.pages
        row["bytes"] = cost.bytes
        row["cpu_s"] = cost.seconds
        row["rss_mb"] = Double(cost.peakBytes) / Double(1 << 20)
      }
      summary["\(task)/docket"] = row
    }
    try IngestBenchmark.write(summary, to: file)
    let tables = program.deletingLastPathComponent().appendingPathComponent("tables.py")
    print(try IngestProgram.output(python, [tables.path, file.path], echo: false))
  }
}

/// Programs the benchmark leans on.
enum IngestProgram {
  /// Runs a program of the PATH; its output, which is shown as well if `echo`.
  static func output(
    _ program: String, _ arguments: [String], echo: Bool, environment: [String: String] = [:]
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var data = Data()
    while case let piece = pipe.fileHandleForReading.availableData, !piece.isEmpty {
      data += piece
      if echo { FileHandle.standardOutput.write(piece) }
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw IngestBenchmark.UsageError(
        description:
          "\(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
