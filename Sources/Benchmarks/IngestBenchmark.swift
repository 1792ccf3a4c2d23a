import Foundation
import Ingest

/// Writes what the ingest scorer reads, one folder a task and one file a document, and prints what
/// reading cost and, where a scorer is at hand, what it was worth.
struct IngestBenchmark {
  static let help =
    "--set DIR --out DIR [--tasks pdftext,pdftables,…] [--scorer score.py] [--peers run_peers.py] [--peers-python PYTHON] [--peer-seconds 900]"

  let set: URL
  let out: URL
  let tasks: [String]
  /// The program that scores outputs; none where there is none.
  let scorer: URL?
  /// The program that runs other tools on the same set, and the Python that has them installed.
  let peers: URL?
  let peersPython: String
  /// Wall-clock seconds after which one of them is stopped and the next one goes on.
  let peerSeconds: Double

  /// A task writes the outputs of one folder of the set and returns what reading cost.
  typealias Task = @Sendable (_ set: URL, _ out: URL) throws -> IngestCost

  /// In the order they run. A task whose folder the set lacks has no files and writes nothing.
  static let all: [(name: String, run: Task)] =
    IngestBenchmarkPDF.tasks + IngestTextTasks.tasks

  struct UsageError: Error, CustomStringConvertible {
    var description: String
  }

  init(arguments: [String]) throws {
    let names = [
      "--set", "--out", "--tasks", "--scorer", "--peers", "--peers-python", "--peer-seconds",
    ]
    var values: [String: String] = [:]
    var index = 0
    while index < arguments.count {
      guard names.contains(arguments[index]) else {
        throw UsageError(description: "unknown option \(arguments[index]): ingest \(Self.help)")
      }
      guard index + 1 < arguments.count else {
        throw UsageError(description: "\(arguments[index]) needs a value: ingest \(Self.help)")
      }
      // An empty value is none: make passes on variables that are not set.
      if !arguments[index + 1].isEmpty { values[arguments[index]] = arguments[index + 1] }
      index += 2
    }
    guard let set = values["--set"], let out = values["--out"] else {
      throw UsageError(description: "ingest \(Self.help)")
    }
    self.set = URL(fileURLWithPath: set)
    self.out = URL(fileURLWithPath: out)
    let known = Self.all.map(\.name)
    tasks = values["--tasks"]?.split(separator: ",").map(String.init) ?? known
    for task in tasks where !known.contains(task) {
      throw UsageError(
        description: "unknown task \(task); known: \(known.joined(separator: ", "))")
    }
    // A set brings its scorer along.
    let own = self.set.appendingPathComponent("scorers/score.py")
    scorer =
      values["--scorer"].map { URL(fileURLWithPath: $0) }
      ?? (FileManager.default.fileExists(atPath: own.path) ? own : nil)
    peers = values["--peers"].map { URL(fileURLWithPath: $0) }
    peersPython = values["--peers-python"] ?? "python3"
    let seconds = values["--peer-seconds"] ?? "900"
    guard let limit = Double(seconds), limit > 0 else {
      throw UsageError(description: "--peer-seconds needs a number of seconds, not \(seconds)")
    }
    peerSeconds = limit
  }

  func run() throws {
    print(Self.row("task", "files", "pages", "MB", "CPU s", "pages/s", "MB/s", "peak MiB"))
    var costs: [String: IngestCost] = [:]
    for task in Self.all where tasks.contains(task.name) {
      let cost = try task.run(set, out)
      guard cost.files > 0 else { continue }
      costs[task.name] = cost
      print(
        Self.row(
          task.name, "\(cost.files)", "\(cost.pages)", Self.figure(Double(cost.bytes) / 1e6, 1),
          Self.figure(cost.seconds, 3), cost.pages > 0 ? "\(Int(cost.pagesPerSecond))" : "",
          Self.figure(cost.megabytesPerSecond, 1),
          cost.peakBytes > 0 ? "\(cost.peakBytes >> 20)" : ""))
      if let alone = cost.popplerSeconds {
        print(
          "  the same pages' characters and boxes by poppler-glib alone: \(Self.figure(alone, 3)) s"
            + ", \(Int(Double(cost.pages) / alone)) pages/s, ratio \(Self.figure(alone / cost.seconds, 2))"
        )
      }
    }
    guard let scorer else {
      print("No scorer: SET has no scorers/score.py, and none was given (SCORER=…).")
      return
    }
    let scores = try IngestScores(scorer: scorer, set: set, out: out)
    print("")
    for (name, value) in scores.rows { print(Self.row(name, value)) }
    if let peers {
      try IngestPeers(
        program: peers, python: peersPython, seconds: peerSeconds, set: set, out: out
      ).run(beside: costs, scores)
    }
  }

  private static func row(_ cells: String...) -> String {
    cells.enumerated().map { at, cell in
      let width = at == 0 ? 40 : 9
      let blank = String(repeating: " ", count: max(0, width - cell.count))
      return at == 0 ? cell + blank : blank + cell
    }.joined(separator: " ")
  }

  static func figure(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// The files of a folder, sorted by name; empty where there is no such folder.
  static func files(in folder: URL, ending: String) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.lowercased().hasSuffix(ending) }.sorted()
      .map { folder.appendingPathComponent($0) }
  }

  static func write(_ object: Any, to url: URL) throws {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]).write(to: url)
  }
}
