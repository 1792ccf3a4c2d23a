import Foundation
import Jobs
import Pipelines
import SQLite

enum DaemonVerb {
  static let verb = Verb(
    name: "daemon",
    summary: "Run the schedules of the workspace by the clock, until told to stop.",
    operands: "", operandCount: 0...0,
    discussion: """
      Schedules are put there by docket schedule add. Each run is a process of its own, started again
      when it dies. Declarations are read again when they change; a run that has begun keeps what it
      began with. SIGTERM stops all at safe points within 10 seconds, exit status 75; a daemon started
      later goes on. A second daemon on one workspace is refused.
      """,
    options: [
      .value(
        "--threads", "<count>",
        "Threads that compute, for each run. (default: the processors of this machine)"),
      .value("--workers", "<count>", "Documents each run works on at a time. (default: 1)"),
      .value(
        "--memory", "<MiB>",
        "Most memory of each run. (default: nine tenths of what the machine has)"),
      .workspace, .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    var options: [String] = []
    for (name, range) in [
      ("--threads", 1...1024), ("--workers", 1...64), ("--memory", 1...1 << 40),
    ] {
      if let value = try arguments.integer(name, in: range) { options += [name, "\(value)"] }
    }
    if arguments.json { options.append("--json") }
    StopSignals.expect()
    let workspace = try Workspace(at: arguments["--workspace"])
    let lock = try DaemonLock(workspace)
    defer { withExtendedLifetime(lock) {} }
    let display = DaemonDisplay(isJSON: arguments.json)
    let stop = StopSignal()
    let signals = StopSignals(stop, patience: Daemon.patience + 0.3) { display.stopping($0) }
    defer { signals.end() }
    let daemon = try Daemon(workspace, display: display, stop: stop, options: options)
    display.serving(
      workspace, schedules: try JobQueue.open(at: workspace.queueFile).schedules().count)
    try daemon.serve()
    return stop.reason == .interrupted ? .interrupted : .stopped
  }
}
