import Foundation
import JSON
import Jobs
import Pipelines

enum RunVerb {
  static let verb = Verb(
    name: "run",
    summary: "Run a pipeline on a folder: documents in, cited JSON out.",
    operands: "FILE [DIR]", operandCount: 1...2,
    discussion: """
      FILE is a declaration (JSON5). DIR takes the place of its input.dir. What is up to date is not
      done again; what a crash or a stop left over is finished. SIGTERM and SIGINT stop at a safe
      point within 10 seconds.
      """,
    options: [
      .value("--output", "<folder>", "Where results go. (default: output.dir of the declaration)"),
      .value(
        "--threads", "<count>",
        "Threads that compute, over all workers. (default: the processors of this machine)"),
      .value("--workers", "<count>", "Documents worked on at the same time. (default: 1)"),
      .value(
        "--until", "<HH:MM>",
        "Stop at a safe point at this local time, today or tomorrow; run again to go on. "
          + "(default: no limit)"),
      .value(
        "--memory", "<MiB>",
        "Most memory of the process, the model included. A document that would need more than a worker's "
          + "share is refused before it is read, with the numbers. (default: nine tenths of what the "
          + "machine or its control group has)"),
      .value(
        "--snapshot-every", "<tokens>",
        "How often a long reading is saved, so that it goes on from there after a stop or a crash. "
          + "(default: \(RunLimits.usualSnapshotInterval))"),
      .value(
        "--lease", "<seconds>",
        "How long another process leaves a job to this one without a sign of life. A process that died "
          + "on this machine is noticed at once. (default: \(JobQueue.usualLease / 1000))"),
      .flag(
        "--window",
        "Keep to the hours of the declaration's schedule.window: stop at a safe point when they end, with "
          + "exit status 75, and do nothing outside them."),
      .value(
        "--scheduled", "<number>",
        "For docket daemon: which time of a schedule this run is for. (default: none)"),
      .workspace, .json,
      .flag(
        "--allow-tools", "Let the model run the programs that the declaration names. (default: no)"),
      .value(
        "--fault", "<point:n>",
        "For tests of crashes: die or fail on purpose at the n-th pass of a named point."),
    ], readsDocuments: true, run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    StopSignals.expect()
    let workspace = try Workspace(at: arguments["--workspace"])
    let scheduled = try arguments.integer("--scheduled", in: 1...Int.max)
      .map { ScheduledRunID(Int64($0)) }
    let begun = try scheduled.map { try workspace.scheduled($0) }
    guard let declaration = try DeclarationArgument.read(arguments, text: begun?.declaration) else {
      return .usage
    }
    let window = try arguments.has("--window") ? WindowHours(declaration) : nil
    if let window, !window.isOpen {
      Console.note("outside the window \(window); it opens at \(window.opening)")
      return .stopped
    }
    let workers = try arguments.integer("--workers", in: 1...64) ?? 1
    let threads =
      try arguments.integer("--threads", in: 1...1024)
      ?? ProcessInfo.processInfo.activeProcessorCount
    var limits = RunLimits()
    if let memory = try arguments.integer("--memory", in: 1...1 << 40) {
      limits.memory = memory << 20
    }
    if let seconds = try arguments.integer("--lease", in: 1...86_400) {
      limits.lease = Int64(seconds) * 1000
    }
    if let tokens = try arguments.integer("--snapshot-every", in: 1...1 << 40) {
      limits.snapshotInterval = tokens
    }
    let stop = StopSignal(
      deadline: try deadline(arguments["--until"]), windowEnd: window?.end)
    let faults: FaultPoints
    do {
      faults = try arguments["--fault"].map { try FaultPoints(parsing: $0) } ?? .none
    } catch {
      throw UsageError("\(error)")
    }
    // Several scheduled runs may write to one terminal: no lines that are drawn again.
    let display = RunDisplay(json: arguments.json, redraws: scheduled == nil)
    let signals = StopSignals(stop) { display.show(.stopping($0)) }
    defer { signals.end() }
    if scheduled != nil { ParentWatch.start(stop) }

    display.show(.loadingModel(LoadedModel.name(of: declaration.model.weights)))
    let model = try LoadedModel(declaration.model.weights, threads: threads)
    let problems = declaration.problems(for: model.capabilities)
    guard problems.isEmpty else {
      Console.note("\(DeclarationError(problems: problems))")
      return .usage
    }
    var pipeline = PipelineRun(
      declaration: declaration, model: model, workspace: workspace, workers: workers,
      limits: limits, trigger: begun.map { "schedule:\($0.schedule)" } ?? "manual",
      program: "docket \(Version.current)",
      pdfProgram: Program.url, faults: faults,
      stop: stop,
      report: { display.show($0) })
    pipeline.scheduled = scheduled
    pipeline.allowsTools = arguments.has("--allow-tools")
    let ending: PipelineRun.Ending
    do {
      ending = try pipeline.execute()
    } catch {
      display.end()
      throw error
    }
    display.end()
    RunSummary(ending: ending, declaration: declaration).print(json: arguments.json)
    if let reason = ending.stopped {
      return reason == .interrupted ? .interrupted : .stopped
    }
    return ending.results.isComplete ? .complete : .incomplete
  }

  /// The next moment the local clock shows `text`.
  private static func deadline(_ text: String?) throws -> Date? {
    guard let text else { return nil }
    let parts = text.split(separator: ":")
    guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]),
      (0..<24).contains(hour), (0..<60).contains(minute)
    else { throw UsageError("option “--until” needs a time such as 06:00, not “\(text)”") }
    return Calendar.current.nextDate(
      after: Date(), matching: DateComponents(hour: hour, minute: minute, second: 0),
      matchingPolicy: .nextTime)
  }
}
