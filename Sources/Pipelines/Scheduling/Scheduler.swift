import Foundation
package import Jobs
import SQLite
import Schedules

/// Turns the clock into runs: what of the stored schedules is due is taken down in the queue, skipped times with
/// their reason, and what may start is handed out, marked as started. Starting it is the caller's business.
///
/// Asks the clock anew each time, so a machine that slept, or whose clock was set, is seen as it is.
package final class Scheduler {
  private let queue: JobQueue
  private let clock: QueueClock
  private let report: (SchedulerEvent) -> Void
  private var files: [ScheduleID: WatchedDeclaration] = [:]
  /// When something is next due, as long as the schedule stays the same.
  private var upcoming: [StoredSchedule: Date] = [:]

  package init(
    workspace: Workspace, clock: QueueClock = .system,
    report: @escaping (SchedulerEvent) -> Void
  ) throws {
    queue = try JobQueue.open(at: workspace.queueFile, clock: clock)
    self.clock = clock
    self.report = report
  }

  /// A run that was marked as started and is to be started now.
  package struct Start: Hashable, Sendable {
    package var id: ScheduledRunID
    package var schedule: StoredSchedule
    package var dueAt: Timestamp
  }

  /// Decides about everything due up to now, and gives the runs that may begin.
  package func due() throws -> [Start] {
    var starts: [Start] = []
    for stored in try queue.schedules() {
      do {
        let schedule = try refreshed(stored)
        try decide(schedule)
        guard try isOpen(schedule), isSound(schedule) else { continue }
        if let next = try queue.startScheduledRun(of: schedule.id) {
          starts.append(Start(id: next.id, schedule: schedule, dueAt: next.dueAt))
        }
      } catch let error as ScheduleError {
        // Stored by a version that took it; the others go on.
        report(.problem(schedule: stored.name, "\(error)"))
      }
    }
    return starts
  }

  /// Runs that were started and have not come back: those of a daemon that died, and those whose window closed.
  /// The ones that came to their end meanwhile are marked so.
  package func unfinished() throws -> [Start] {
    var starts: [Start] = []
    for schedule in try queue.schedules() {
      for started in try queue.startedRuns(of: schedule.id) {
        if let run = started.run, let state = try queue.run(run)?.state,
          state == .finished || state == .cancelled
        {
          try queue.endScheduledRun(started.id)
        } else {
          starts.append(Start(id: started.id, schedule: schedule, dueAt: started.dueAt))
        }
      }
    }
    return starts
  }

  package func end(_ run: ScheduledRunID) throws { try queue.endScheduledRun(run) }

  /// Whether the schedule's window, if it has one, is open.
  package func isOpen(_ schedule: StoredSchedule) throws -> Bool {
    guard let text = schedule.window else { return true }
    return try DailyWindow(parsing: text).contains(
      clock.wall().date, in: ScheduleZone.named(schedule.timeZone))
  }

  // MARK: Parts

  private func decide(_ schedule: StoredSchedule) throws {
    let now = clock.wall()
    if schedule.decidedUntil > now {
      // A clock set back by a day or less has its times run once; one that had been far ahead is put right.
      if schedule.decidedUntil.milliseconds - now.milliseconds > 26 * 3_600_000 {
        try queue.realign(schedule)
        report(.clockSetBack(schedule: schedule.name))
      }
      return
    }
    if let next = upcoming[schedule], next > now.date { return }
    let times = try CronExpression(parsing: schedule.cron)
    let zone = try ScheduleZone.named(schedule.timeZone)
    let missed = MissedRuns(rawValue: schedule.missed) ?? .once
    let found = missed.runs(
      of: times, in: zone, after: schedule.decidedUntil.date, now: now.date,
      cap: schedule.missedCap)
    upcoming = upcoming.filter { $0.key.id != schedule.id }
    guard !found.runs.isEmpty || found.skippedCount > 0 else {
      upcoming[schedule] = times.next(after: now.date, in: zone)
      return
    }
    let decision = ScheduleDecision(
      due: found.runs.map { Timestamp($0) },
      missed: found.skipped.map { (Timestamp($0.lowerBound), found.skippedCount) })
    guard try queue.decide(schedule, until: now, decision) else { return }
    for row in try queue.scheduledRuns(named: schedule.name, limit: found.runs.count + 1)
    where row.decidedAt >= now && row.state == .skipped {
      report(
        .skipped(
          schedule: schedule.name, dueAt: row.dueAt, covers: row.covers, reason: row.reason ?? ""))
    }
  }

  /// The schedule as its declaration says now. Times due so far follow what it said until now.
  private func refreshed(_ stored: StoredSchedule) throws -> StoredSchedule {
    var file = files[stored.id] ?? WatchedDeclaration(path: stored.declarationPath)
    defer { files[stored.id] = file }
    guard file.path == stored.declarationPath else {
      file = WatchedDeclaration(path: stored.declarationPath)
      return stored
    }
    guard file.hasChanged() else { return stored }
    do {
      let declaration = try DeclarationReader.read(URL(fileURLWithPath: file.path))
      file.problem = nil
      guard let schedule = declaration.schedule else {
        report(
          .problem(
            schedule: stored.name,
            "\(file.path) declares no schedule any more; the one before stays until it is removed.")
        )
        return stored
      }
      let new = schedule.stored(
        named: stored.name, declaration: file.path, directory: stored.directory)
      guard !new.saysTheSame(as: stored) else { return stored }
      try decide(stored)
      try queue.putSchedule(new)
      report(.changed(schedule: stored.name))
      return try queue.schedules().first { $0.id == stored.id } ?? stored
    } catch let error as ScheduleError {
      throw error
    } catch let error as DeclarationError {
      file.problem = "\(error)"
      report(.problem(schedule: stored.name, "\(error)"))
      return stored
    }
  }

  /// A run whose declaration cannot be read waits until it can.
  private func isSound(_ schedule: StoredSchedule) -> Bool {
    files[schedule.id]?.problem == nil
  }
}

/// What a scheduler has to say. Names, times and reasons only.
package enum SchedulerEvent: Hashable, Sendable {
  case skipped(schedule: String, dueAt: Timestamp, covers: Int, reason: String)
  /// The declaration changed, and with it when or how the schedule runs.
  case changed(schedule: String)
  case clockSetBack(schedule: String)
  case problem(schedule: String, String)
}

/// A declaration's file, read again only when it is another one.
private struct WatchedDeclaration {
  let path: String
  var problem: String?
  private var seen: [Int64]?

  init(path: String) { self.path = path }

  /// Whether the file differs from the last time it was asked; true the first time.
  mutating func hasChanged() -> Bool {
    var status = stat()
    var now: [Int64] = []
    if unsafe stat(path, &status) == 0 {
      now = [
        Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec), Int64(status.st_size),
        Int64(bitPattern: UInt64(status.st_ino)),
      ]
    }
    defer { seen = now }
    return seen != now
  }
}
