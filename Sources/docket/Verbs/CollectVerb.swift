import Foundation
import JSON
import Jobs
import Pipelines

enum CollectVerb {
  private static let usualAge = 90

  static let verb = Verb(
    name: "gc",
    summary: "Remove what nothing refers to: old runs of the ledger, snapshots, temporary files.",
    operands: "", operandCount: 0...0,
    discussion: """
      Results are never removed, and a run stays as long as one of its results is up to date by it.
      Snapshots go when no run has work left for their document, temporary files when the process
      that wrote them is dead.
      """,
    options: [
      .value(
        "--older-than", "<days>",
        "How long a run must have ended to be removed from the ledger. (default: \(usualAge))"),
      .flag("--dry-run", "Say what would be removed, and remove nothing."), .workspace, .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let days = try arguments.integer("--older-than", in: 0...100_000) ?? usualAge
    let workspace = try Workspace(at: arguments["--workspace"])
    guard FileManager.default.fileExists(atPath: workspace.queueFile.path) else {
      if arguments.json {
        Console.json(["workspace": .string(workspace.folder.path), "runs": 0])
      } else {
        Console.out("Nothing yet in \(workspace.folder.path).")
      }
      return .complete
    }
    let garbage = try Garbage(
      in: workspace, before: Date().addingTimeInterval(-86_400 * Double(days)))
    let isDry = arguments.has("--dry-run")
    if !isDry { try garbage.remove() }
    arguments.json
      ? lines(garbage, isDry).forEach(Console.json) : Console.out(text(garbage, isDry))
    return .complete
  }

  private static func text(_ garbage: Garbage, _ isDry: Bool) -> [String] {
    let verb = isDry ? "would remove" : "removed"
    var lines = garbage.runs.map {
      "\(verb) run \($0.id) \($0.pipeline), ended \(DaemonDisplay.text($0.finishedAt)), \($0.jobs) jobs"
    }
    lines += garbage.snapshots.map { "\(verb) \($0.file.path), \(TextLayout.bytes($0.bytes))" }
    lines += garbage.leftovers.map { "\(verb) \($0.path)" }
    let bytes = garbage.snapshots.reduce(0) { $0 + $1.bytes }
    lines.append(
      "\(verb) \(garbage.runs.count) runs, \(garbage.snapshots.count) snapshots "
        + "(\(TextLayout.bytes(bytes))), \(garbage.leftovers.count) temporary files")
    if !garbage.keptRuns.isEmpty {
      lines.append(
        "\(garbage.keptRuns.count) old runs stay: results of theirs are still up to date by them")
    }
    return lines
  }

  private static func lines(_ garbage: Garbage, _ isDry: Bool) -> [JSONValue] {
    func line(_ what: String, _ name: JSONValue, _ more: (String, JSONValue)...) -> JSONValue {
      var object = JSONObject()
      object["removed"] = .bool(!isDry)
      object[what] = name
      for (key, value) in more { object[key] = value }
      return .object(object)
    }
    var lines = garbage.runs.map {
      line(
        "run", .integer(Int($0.id.rawValue)), ("pipeline", .string($0.pipeline)),
        ("ended", .string(DaemonDisplay.text($0.finishedAt))), ("jobs", .integer($0.jobs)))
    }
    lines += garbage.snapshots.map {
      line("snapshot", .string($0.file.path), ("bytes", .integer($0.bytes)))
    }
    lines += garbage.leftovers.map { line("temporaryFile", .string($0.path)) }
    lines.append([
      "removed": .bool(!isDry), "runs": .integer(garbage.runs.count),
      "snapshots": .integer(garbage.snapshots.count),
      "bytes": .integer(garbage.snapshots.reduce(0) { $0 + $1.bytes }),
      "temporaryFiles": .integer(garbage.leftovers.count),
      "keptRuns": .integer(garbage.keptRuns.count),
    ])
    return lines
  }
}
