import Foundation
import Jobs
import Pipelines

/// Serves the schedules of a workspace until told to stop: starts what is due, each run as a process of its own,
/// and goes on with what was stopped by a window, by a crash, or by the end of an earlier daemon.
final class Daemon {
  private let workspace: Workspace
  private let scheduler: Scheduler
  private let display: DaemonDisplay
  private let stop: StopSignal
  private let options: [String]
  private var running: [ScheduledProcess] = []
  private var waiting: [Waiting] = []

  /// A run that has begun and is to go on.
  private struct Waiting {
    var start: Scheduler.Start
    var notBefore: Date
    /// Deaths in a row.
    var deaths = 0
  }

  /// So often a run's process may die, each time without a stop in between. A document that takes its process
  /// down is given up after five, so a run that keeps dying is not a document's fault.
  private static let mostDeaths = 12
  /// Seconds for the runs to stop in; each gives itself less.
  static let patience = 9.2

  init(
    _ workspace: Workspace, display: DaemonDisplay, stop: StopSignal, options: [String]
  ) throws {
    self.workspace = workspace
    self.display = display
    self.stop = stop
    self.options = options
    scheduler = try Scheduler(workspace: workspace) { display.show($0) }
    waiting = try scheduler.unfinished().map { Waiting(start: $0, notBefore: .distantPast) }
  }

  func serve() throws {
    while !stop.isSet {
      try reap()
      for start in try scheduler.due() {
        waiting.append(Waiting(start: start, notBefore: .distantPast))
      }
      try launch()
      Thread.sleep(forTimeInterval: 0.25)
    }
    drain()
  }

  private func launch() throws {
    let now = Date()
    for next in waiting where next.notBefore <= now {
      guard try scheduler.isOpen(next.start.schedule) else { continue }
      waiting.removeAll { $0.start.id == next.start.id }
      let process = try ScheduledProcess(next.start, workspace: workspace, options: options)
      running.append(process)
      deaths[next.start.id] = next.deaths
      display.started(next.start, process: process.id)
    }
  }

  private var deaths: [ScheduledRunID: Int] = [:]

  /// Sees to the processes that have ended.
  private func reap() throws {
    for process in running where !process.isRunning {
      running.removeAll { $0 === process }
      let start = process.start
      display.ended(start, process.ending)
      switch process.ending {
      case .ended: try scheduler.end(start.id)
      case .stopped:
        // By its window, or by somebody's hand: then it goes on like any other that is not finished.
        waiting.append(Waiting(start: start, notBefore: Date().addingTimeInterval(5)))
      case .died:
        let count = (deaths[start.id] ?? 0) + 1
        if count > Self.mostDeaths {
          display.gaveUp(start, deaths: count)
          try scheduler.end(start.id)
        } else {
          let delay = min(60, pow(2, Double(count - 1)))
          waiting.append(
            Waiting(start: start, notBefore: Date().addingTimeInterval(delay), deaths: count))
        }
      }
    }
  }

  /// Tells the runs to stop at a safe point, and waits for them as long as they have time for it.
  private func drain() {
    let limit = Date().addingTimeInterval(Self.patience)
    var told = Date.distantPast
    while running.contains(where: \.isRunning), Date() < limit {
      // Again and again: a process that has just begun does not listen yet.
      if Date().timeIntervalSince(told) > 0.5 {
        for process in running where process.isRunning { process.signal(SIGTERM) }
        told = Date()
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
    for process in running {
      if process.isRunning {
        process.signal(SIGKILL)
      } else {
        display.ended(process.start, process.ending)
        // One that was done just then is not to be started again.
        if case .ended = process.ending { try? scheduler.end(process.start.id) }
      }
    }
  }
}
