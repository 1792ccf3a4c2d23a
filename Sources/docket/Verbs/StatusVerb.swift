import Foundation
import JSON
import Jobs
import Pipelines
import SQLite

enum StatusVerb {
  static let verb = Verb(
    name: "status",
    summary: "Show the runs of the queue and where their jobs stand.",
    operands: "", operandCount: 0...0,
    discussion: "Newest runs first. Dead letters are named with the reason.",
    options: [
      .value("--runs", "<count>", "How many runs to show. (default: 10)"), .workspace, .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let limit = try arguments.integer("--runs", in: 1...100_000) ?? 10
    let workspace = try Workspace(at: arguments["--workspace"])
    guard FileManager.default.fileExists(atPath: workspace.queueFile.path) else {
      if arguments.json {
        Console.json(["workspace": .string(workspace.folder.path), "runs": 0])
      } else {
        Console.out("No run yet in \(workspace.folder.path).")
      }
      return .complete
    }
    let queue = try JobQueue.open(at: workspace.queueFile, access: .readOnly)
    let runs = try queue.runs(limit: limit)
    for run in runs {
      let counts = try queue.counts(run: run.id)
      let dead = try queue.jobs(JobFilter(run: run.id, states: [.discarded], limit: 100))
      let cost = try queue.cost(run: run.id)
      arguments.json
        ? Console.json(json(run, counts, dead, cost))
        : Console.out(lines(run, counts, dead, cost))
    }
    if !arguments.json, runs.isEmpty { Console.out("No run yet in \(workspace.folder.path).") }
    return .complete
  }

  private static func lines(_ run: Run, _ counts: JobCounts, _ dead: [Job], _ cost: AttemptCost)
    -> [String]
  {
    let states = JobState.allCases.compactMap { state in
      counts[state] > 0 ? "\(counts[state]) \(state.rawValue)" : nil
    }
    var lines = [
      "run \(run.id.rawValue)  \(run.pipeline)  \(run.state.rawValue)  started "
        + ISO8601DateFormatter().string(from: run.startedAt.date)
        + (run.trigger == "manual" ? "" : "  by \(run.trigger)"),
      "  " + (states.isEmpty ? "no jobs" : states.joined(separator: ", ")),
      "  \(run.directory) → \(run.output)",
    ]
    if cost.cpuMilliseconds > 0 {
      lines.append(
        "  \(TextLayout.grouped(cost.tokensRead)) tokens read, "
          + "\(TextLayout.duration(Double(cost.cpuMilliseconds) / 1000)) of processor time, peak "
          + TextLayout.bytes(cost.peakBytes))
    }
    for job in dead {
      lines.append("  failed: \(job.documentPath) · \(job.step): \(job.error ?? "")")
    }
    return lines
  }

  private static func json(_ run: Run, _ counts: JobCounts, _ dead: [Job], _ cost: AttemptCost)
    -> JSONValue
  {
    var states = JSONObject()
    for state in JobState.allCases { states[state.rawValue] = .integer(counts[state]) }
    var outcomes = JSONObject()
    for outcome in JobOutcome.allCases { outcomes[outcome.rawValue] = .integer(counts[outcome]) }
    return [
      "run": .integer(Int(run.id.rawValue)), "pipeline": .string(run.pipeline),
      "state": .string(run.state.rawValue), "directory": .string(run.directory),
      "output": .string(run.output), "jobs": .object(states), "outcomes": .object(outcomes),
      "trigger": .string(run.trigger),
      "started": .string(DaemonDisplay.text(run.startedAt)),
      "finished": run.finishedAt.map { .string(DaemonDisplay.text($0)) } ?? .null,
      "cost": [
        "tokensRead": .integer(cost.tokensRead), "tokensWritten": .integer(cost.tokensWritten),
        "cpuMilliseconds": .integer(cost.cpuMilliseconds), "peakBytes": .integer(cost.peakBytes),
      ],
      "failed": .array(
        dead.map {
          [
            "job": .integer(Int($0.id.rawValue)), "document": .string($0.documentPath),
            "step": .string($0.step), "class": $0.failure.map { .string($0.rawValue) } ?? .null,
            "message": $0.error.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }
}
