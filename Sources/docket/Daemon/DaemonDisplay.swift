import Foundation
import JSON
import Jobs
import Pipelines

/// What a daemon does, a line each: plain, or JSON. The lines of its runs stand between them.
struct DaemonDisplay: Sendable {
  let isJSON: Bool

  func serving(_ workspace: Workspace, schedules: Int) {
    line(
      "serving \(schedules) schedule\(schedules == 1 ? "" : "s") of \(workspace.folder.path)",
      [
        "event": "serving", "workspace": .string(workspace.folder.path),
        "schedules": .integer(schedules), "process": .integer(Int(getpid())),
      ])
  }

  func started(_ start: Scheduler.Start, process: Int32) {
    line(
      "\(start.schedule.name): run due \(Self.text(start.dueAt)) started, process \(process)",
      [
        "event": "runStarted", "schedule": .string(start.schedule.name),
        "due": .string(Self.text(start.dueAt)), "process": .integer(Int(process)),
      ])
  }

  func ended(_ start: Scheduler.Start, _ ending: ScheduledProcess.Ending) {
    let (words, status): (String, JSONValue) =
      switch ending {
      case .ended(0): ("complete", 0)
      case .ended(let status):
        ("ended with status \(status); see docket status", .integer(Int(status)))
      case .stopped: ("stopped at a safe point, will go on", .integer(75))
      case .died(let signal): ("its process died of signal \(signal)", .integer(-Int(signal)))
      }
    line(
      "\(start.schedule.name): run due \(Self.text(start.dueAt)) \(words)",
      [
        "event": "runEnded", "schedule": .string(start.schedule.name),
        "due": .string(Self.text(start.dueAt)), "status": status,
      ])
  }

  func gaveUp(_ start: Scheduler.Start, deaths: Int) {
    line(
      "\(start.schedule.name): given up after \(deaths) deaths of its process in a row; run it by hand to "
        + "see why: docket run \(start.schedule.declarationPath)",
      [
        "event": "gaveUp", "schedule": .string(start.schedule.name), "deaths": .integer(deaths),
      ])
  }

  func show(_ event: SchedulerEvent) {
    switch event {
    case .skipped(let name, let due, let covers, let reason):
      line(
        "\(name): \(covers == 1 ? "the run" : "\(covers) runs from the one") due \(Self.text(due)) skipped: "
          + reason,
        [
          "event": "skipped", "schedule": .string(name), "due": .string(Self.text(due)),
          "covers": .integer(covers), "reason": .string(reason),
        ])
    case .changed(let name):
      line(
        "\(name): its declaration has another schedule now",
        ["event": "changed", "schedule": .string(name)])
    case .clockSetBack(let name):
      line(
        "\(name): the clock was far ahead and has been set back; due from now on",
        ["event": "clockSetBack", "schedule": .string(name)])
    case .problem(let name, let text):
      line(
        "\(name): \(text)",
        ["event": "problem", "schedule": .string(name), "detail": .string(text)])
    }
  }

  func stopping(_ reason: StopSignal.Reason) {
    line(
      "stopping (\(reason.rawValue)): its runs stop at a safe point",
      ["event": "stopping", "reason": .string(reason.rawValue)])
  }

  private func line(_ text: String, _ value: JSONValue) {
    isJSON ? Console.json(value) : Console.note(text)
  }

  static func text(_ time: Timestamp) -> String { ISO8601DateFormatter().string(from: time.date) }
}
