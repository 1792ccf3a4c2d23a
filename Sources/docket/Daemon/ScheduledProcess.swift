import Foundation
import Jobs
import Pipelines

/// A scheduled run in a process of its own, which a document may take down without taking the daemon along.
final class ScheduledProcess {
  let start: Scheduler.Start
  private let process = Process()

  /// - Parameter options: for `docket run`, after those that belong to the schedule.
  init(_ start: Scheduler.Start, workspace: Workspace, options: [String]) throws {
    self.start = start
    process.executableURL = Program.url
    process.arguments =
      ["run", start.schedule.declarationPath]
      + (start.schedule.directory.map { [$0] } ?? [])
      + ["--workspace", workspace.folder.path, "--scheduled", "\(start.id)"]
      + (start.schedule.window == nil ? [] : ["--window"]) + options
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  var isRunning: Bool { process.isRunning }
  var id: Int32 { process.processIdentifier }

  enum Ending: Hashable {
    /// Came to its end, with this status: 0, 1, 2.
    case ended(Int32)
    /// At a safe point, to go on later.
    case stopped
    /// Taken down by a signal.
    case died(Int32)
  }

  /// Of one that is not running any more.
  var ending: Ending {
    let status = process.terminationStatus
    if process.terminationReason == .uncaughtSignal { return .died(status) }
    return status == ExitStatus.stopped.rawValue || status == ExitStatus.interrupted.rawValue
      ? .stopped : .ended(status)
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }
}
