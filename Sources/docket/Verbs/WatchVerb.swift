import Foundation
import Glibc
import JSON
import Jobs
import Pipelines
import SQLite

enum WatchVerb {
  static let verb = Verb(
    name: "watch",
    summary: "Watch a run while it goes on: documents as a grid, tokens a second, time left.",
    operands: "", operandCount: 0...0,
    discussion: """
      Only looks, from any terminal and at any time; the run does not notice. On a terminal q or
      Ctrl-C leaves; elsewhere a line is printed when something has changed. Ends when the run does,
      with its exit status: 0 all complete, 1 some documents failed or are partial.
      """,
    options: [
      .value(
        "--run", "<number>", "Which run. (default: the newest one that is open, else the newest)"),
      .value("--interval", "<seconds>", "Between two looks. (default: 1)"),
      .flag("--once", "One look, then the end."), .workspace, .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let interval = try arguments.integer("--interval", in: 1...3600) ?? 1
    let workspace = try Workspace(at: arguments["--workspace"])
    guard FileManager.default.fileExists(atPath: workspace.queueFile.path) else {
      if !arguments.json { Console.out("No run yet in \(workspace.folder.path).") }
      return .complete
    }
    let queue = try JobQueue.open(at: workspace.queueFile, access: .readOnly)
    let chosen = try arguments.integer("--run", in: 1...Int.max).map { RunID(Int64($0)) }
    guard
      let id = try chosen ?? queue.runs(state: .open, limit: 1).first?.id
        ?? queue.runs(limit: 1).first?.id
    else {
      if !arguments.json { Console.out("No run yet in \(workspace.folder.path).") }
      return .complete
    }
    guard try queue.run(id) != nil else {
      throw UsageError("there is no run \(id); docket status lists them")
    }
    let watch = RunWatch(queue: queue, run: id, interval: interval)
    if arguments.has("--once") { return try watch.once(json: arguments.json) }
    return !arguments.json && isatty(1) == 1 && isatty(0) == 1
      ? try watch.onScreen() : try watch.inLines(json: arguments.json)
  }
}

/// Looks at one run again and again.
private struct RunWatch {
  let queue: JobQueue
  let run: RunID
  let interval: Int

  private func look() throws -> RunProgress {
    guard let run = try queue.run(run) else {
      throw PipelineError("Run \(run) is not in the ledger any more.")
    }
    let isPaused = try run.state == .paused || queue.pausedPipelines().contains(run.pipeline)
    return RunProgress(run: run, documents: try queue.standings(of: run.id), isPaused: isPaused)
  }

  private func failures() throws -> [String] {
    try queue.jobs(JobFilter(run: run, states: [.discarded], limit: 1000)).suffix(4).map {
      "\($0.documentPath) · \($0.step): \($0.error ?? "")"
    }
  }

  private func isOver(_ progress: RunProgress) -> Bool {
    progress.run.state == .finished || progress.run.state == .cancelled
  }

  private func status(_ progress: RunProgress) -> ExitStatus {
    progress.failed + progress.partial == 0 ? .complete : .incomplete
  }

  private func frame(
    _ progress: RunProgress, _ rate: Double?, colour: Bool
  ) throws -> WatchFrame {
    let size = WatchScreen.size
    return WatchFrame(
      progress: progress, tokensPerSecond: rate, failures: try failures(),
      columns: size.columns, rows: size.rows, hasColour: colour)
  }

  func once(json: Bool) throws -> ExitStatus {
    let progress = try look()
    json
      ? Console.json(value(progress, nil))
      : Console.draw(try frame(progress, nil, colour: isatty(1) == 1).lines)
    return status(progress)
  }

  func onScreen() throws -> ExitStatus {
    let stop = StopSignal()
    let signals = StopSignals(stop) { _ in }
    let screen = WatchScreen()
    defer {
      screen.end()
      signals.end()
    }
    var rate = ReadingRate()
    while true {
      let progress = try look()
      rate.note(progress.tokensDone, at: Self.now)
      screen.draw(try frame(progress, rate.perSecond, colour: true).lines)
      if isOver(progress) || stop.isSet {
        screen.end()
        Console.draw(try frame(progress, rate.perSecond, colour: true).lines)
        return isOver(progress) ? status(progress) : .interrupted
      }
      let next = Self.now + Double(interval)
      while Self.now < next, !stop.isSet {
        if screen.key(within: 100) == "q" { return .complete }
      }
    }
  }

  func inLines(json: Bool) throws -> ExitStatus {
    var rate = ReadingRate()
    var last = ""
    while true {
      let progress = try look()
      rate.note(progress.tokensDone, at: Self.now)
      let line =
        json
        ? value(progress, rate.perSecond).text()
        : "run \(progress.run.id) \(progress.run.pipeline): "
          + (try frame(progress, rate.perSecond, colour: false)).facts
          + "  \(progress.atWork.count) at work"
          + (progress.failed > 0 ? "  \(progress.failed) failed" : "")
          + (progress.isPaused ? "  paused" : "")
      if line != last { Console.out(line) }
      last = line
      if isOver(progress) { return status(progress) }
      Thread.sleep(forTimeInterval: Double(interval))
    }
  }

  private func value(_ progress: RunProgress, _ rate: Double?) -> JSONValue {
    var counts = JSONObject()
    let cells = progress.documents.map(WatchFrame.Cell.init)
    for cell in WatchFrame.Cell.allCases {
      counts["\(cell)"] = .integer(cells.count { $0 == cell })
    }
    return [
      "run": .integer(Int(progress.run.id.rawValue)), "pipeline": .string(progress.run.pipeline),
      "state": .string(progress.isPaused ? "paused" : progress.run.state.rawValue),
      "documents": .object(counts),
      "tokensPerSecond": rate.map { .number(($0 * 10).rounded() / 10) } ?? .null,
      "secondsLeft": rate.map { .integer(Int(Double(progress.tokensLeft) / $0)) } ?? .null,
      "atWork": .array(
        progress.atWork.map {
          [
            "document": .string($0.path), "tokensRead": .integer($0.progress),
            "tokens": $0.tokens.map { .integer($0) } ?? .null,
          ]
        }),
    ]
  }

  private static var now: TimeInterval { ProcessInfo.processInfo.systemUptime }
}
