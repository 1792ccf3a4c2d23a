import Foundation

/// What the scorer of a set says of outputs.
struct IngestScores {
  /// Task → score, as the scorer prints it.
  let tasks: [String: Any]
  /// In the order of names: `pdftext/ts/order`, and its value.
  let rows: [(name: String, value: String)]

  init(scorer: URL, set: URL, out: URL) throws {
    let text = try IngestProgram.output(
      "python3", ["-B", scorer.path, set.path, out.path])
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

/// Programs the benchmark leans on.
enum IngestProgram {
  /// Runs a program of the PATH and returns its output.
  static func output(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw IngestBenchmark.UsageError(
        description:
          "\(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
