import Foundation

/// Writes what the ingest scorer reads: one folder a task, one file a document.
struct IngestBenchmark {
  static let help = "--set DIR --out DIR [--tasks pdftext,pdftables,…]"

  let set: URL
  let out: URL
  let tasks: [String]

  /// A task writes the outputs of one folder of the set and returns a line for people.
  typealias Task = @Sendable (_ set: URL, _ out: URL) throws -> String

  /// In the order they run. A task whose folder the set lacks says so and writes nothing.
  static let all: [(name: String, run: Task)] =
    IngestBenchmarkPDF.tasks + IngestTextTasks.tasks

  struct UsageError: Error, CustomStringConvertible {
    var description: String
  }

  init(arguments: [String]) throws {
    var set: String?
    var out: String?
    var tasks: [String]?
    var index = 0
    while index < arguments.count {
      guard index + 1 < arguments.count else {
        throw UsageError(description: "\(arguments[index]) needs a value: ingest \(Self.help)")
      }
      switch arguments[index] {
      case "--set": set = arguments[index + 1]
      case "--out": out = arguments[index + 1]
      case "--tasks": tasks = arguments[index + 1].split(separator: ",").map(String.init)
      default:
        throw UsageError(description: "unknown option \(arguments[index]): ingest \(Self.help)")
      }
      index += 2
    }
    guard let set, let out else { throw UsageError(description: "ingest \(Self.help)") }
    self.set = URL(fileURLWithPath: set)
    self.out = URL(fileURLWithPath: out)
    let known = Self.all.map(\.name)
    self.tasks = tasks ?? known
    for task in self.tasks where !known.contains(task) {
      throw UsageError(
        description: "unknown task \(task); known: \(known.joined(separator: ", "))")
    }
  }

  func run() throws {
    for task in Self.all where tasks.contains(task.name) {
      print("\(task.name): \(try task.run(set, out))")
    }
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
