import Foundation
import JSON
import Jobs
import Pipelines
import SQLite
import Schedules

/// The schedules of a workspace: `docket schedule add`, `list`, `history` and `remove`.
enum ScheduleTable {
  static func add(_ arguments: Arguments) throws -> ExitStatus {
    let file = URL(fileURLWithPath: arguments.operands[1]).standardizedFileURL
    let declaration: Pipelines.Declaration
    do {
      declaration = try DeclarationReader.read(file)
    } catch {
      Console.note("\(error)")
      return .usage
    }
    let problems = declaration.problems(
      for: try LoadedModel.capabilities(of: declaration.model.weights))
    guard problems.isEmpty else {
      Console.note("\(DeclarationError(problems: problems))")
      return .usage
    }
    guard let schedule = declaration.schedule else {
      throw UsageError("\(arguments.operands[1]) declares no schedule; write one there first")
    }
    let name = arguments["--name"] ?? declaration.name
    let directory = arguments.url(2)?.standardizedFileURL
    let workspace = try Workspace(at: arguments["--workspace"])
    if arguments.has("--systemd") {
      return try SystemdSchedule(name: name, arguments: arguments).add(
        declaration, directory: directory, workspace: workspace)
    }
    try JobQueue.open(at: workspace.queueFile).putSchedule(
      schedule.stored(named: name, declaration: file.path, directory: directory?.path))
    let next = schedule.times.next(after: Date(), in: schedule.timeZone)
    let local = ScheduleVerb.formatter(schedule.timeZone).string(from: next)
    if arguments.json {
      Console.json([
        "schedule": .string(name), "declaration": .string(file.path),
        "next": .string(ScheduleVerb.formatter(.gmt).string(from: next)), "local": .string(local),
      ])
    } else {
      Console.out("\(name): \(schedule.cron) \(schedule.timeZone.identifier), next \(local)")
      Console.out("docket daemon runs it.")
    }
    return .complete
  }

  static func list(_ arguments: Arguments) throws -> ExitStatus {
    guard let queue = try queue(arguments) else { return .complete }
    var rows = [["schedule", "cron", "zone", "window", "next", "last", "declaration"]]
    for schedule in try queue.schedules() {
      let zone = try ScheduleZone.named(schedule.timeZone)
      let next = try CronExpression(parsing: schedule.cron).next(after: Date(), in: zone)
      let last = try queue.scheduledRuns(named: schedule.name, limit: 1).first
      if arguments.json {
        Console.json([
          "schedule": .string(schedule.name), "declaration": .string(schedule.declarationPath),
          "directory": schedule.directory.map { .string($0) } ?? .null,
          "cron": .string(schedule.cron), "timeZone": .string(schedule.timeZone),
          "missed": .string(schedule.missed), "overlap": .string(schedule.overlap.rawValue),
          "window": schedule.window.map { .string($0) } ?? .null,
          "next": .string(ScheduleVerb.formatter(.gmt).string(from: next)),
          "last": try last.map { try json($0, queue) } ?? .null,
        ])
      } else {
        rows.append([
          schedule.name, schedule.cron, schedule.timeZone, schedule.window ?? "",
          ScheduleVerb.formatter(zone).string(from: next),
          try last.map { try words($0, queue) } ?? "",
          schedule.declarationPath,
        ])
      }
    }
    if !arguments.json {
      Console.out(rows.count == 1 ? ["No schedule yet."] : TextLayout.table(rows, indent: 0))
    }
    return .complete
  }

  static func history(_ arguments: Arguments) throws -> ExitStatus {
    guard let queue = try queue(arguments) else { return .complete }
    let name = arguments.operands.count > 1 ? arguments.operands[1] : nil
    if let name { try check(name, in: queue) }
    let limit = try arguments.integer("--count", in: 1...10_000) ?? 10
    var rows = [["due", "schedule", "what became of it"]]
    for run in try queue.scheduledRuns(named: name, limit: limit) {
      arguments.json
        ? Console.json(try json(run, queue))
        : rows.append([DaemonDisplay.text(run.dueAt), run.schedule, try words(run, queue)])
    }
    if !arguments.json {
      Console.out(rows.count == 1 ? ["Nothing was due yet."] : TextLayout.table(rows, indent: 0))
    }
    return .complete
  }

  static func remove(_ arguments: Arguments) throws -> ExitStatus {
    let name = arguments.operands[1]
    if arguments.has("--systemd") {
      return try SystemdSchedule(name: name, arguments: arguments).remove()
    }
    guard let queue = try queue(arguments) else { return .incomplete }
    try check(name, in: queue)
    _ = try queue.removeSchedule(named: name)
    arguments.json
      ? Console.json(["removed": .string(name)])
      : Console.out("\(name) is removed; a run of it that has begun can be finished by docket run.")
    return .complete
  }

  // MARK: Parts

  /// Nil, and said so, where there is no queue yet.
  private static func queue(_ arguments: Arguments) throws -> JobQueue? {
    let workspace = try Workspace(at: arguments["--workspace"])
    guard FileManager.default.fileExists(atPath: workspace.queueFile.path) else {
      if !arguments.json { Console.out("No schedule yet in \(workspace.folder.path).") }
      return nil
    }
    return try JobQueue.open(at: workspace.queueFile)
  }

  private static func check(_ name: String, in queue: JobQueue) throws {
    let names = try queue.schedules().map(\.name)
    guard !names.contains(name) else { return }
    let near = Spelling.nearest(to: name, among: names)
    throw UsageError(
      "there is no schedule “\(name)”" + (near.map { ", did you mean “\($0)”?" } ?? ""))
  }

  private static func words(_ run: ScheduledRun, _ queue: JobQueue) throws -> String {
    switch run.state {
    case .queued: return "waits"
    case .skipped:
      let reason =
        run.reason == "overlap"
        ? "the run before was still at work" : "missed: no daemon was there to start it"
      return "skipped" + (run.covers > 1 ? " with \(run.covers - 1) more" : "") + ", \(reason)"
    case .started:
      guard let id = run.run, let state = try queue.run(id)?.state else {
        return run.endedAt == nil ? "begun" : "ended without a run; run it by hand to see why"
      }
      return "run \(id) \(state == .open ? "at work" : state.rawValue)"
    }
  }

  private static func json(_ run: ScheduledRun, _ queue: JobQueue) throws -> JSONValue {
    [
      "schedule": .string(run.schedule), "due": .string(DaemonDisplay.text(run.dueAt)),
      "state": .string(run.state.rawValue), "reason": run.reason.map { .string($0) } ?? .null,
      "covers": .integer(run.covers), "run": run.run.map { .integer(Int($0.rawValue)) } ?? .null,
      "runState": try run.run.flatMap { try queue.run($0) }.map { .string($0.state.rawValue) }
        ?? .null,
      "ended": run.endedAt.map { .string(DaemonDisplay.text($0)) } ?? .null,
    ]
  }
}
