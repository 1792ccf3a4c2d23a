package import SQLite

package typealias ScheduleID = Identifier<StoredSchedule>
package typealias ScheduledRunID = Identifier<ScheduledRun>

/// A declaration that is run by the clock. Its expressions are opaque here; the caller reads them.
package struct StoredSchedule: Hashable, Sendable {
  package var id: ScheduleID
  package var name: String
  package var declarationPath: String
  package var directory: String?
  package var cron: String
  package var timeZone: String
  /// `once`, `skip` or `all`.
  package var missed: String
  package var missedCap: Int
  package var overlap: Overlap
  package var window: String?
  /// Everything due up to here has been decided about.
  package var decidedUntil: Timestamp

  package enum Overlap: String, Hashable, Sendable {
    /// A run that is due while the one before is at work is left out.
    case skip
    /// It waits. One waits at most: further ones would do what that one will do.
    case queue
  }
}

package struct NewSchedule: Hashable, Sendable {
  package var name: String
  package var declarationPath: String
  package var directory: String?
  package var cron: String
  package var timeZone: String
  package var missed: String
  package var missedCap: Int
  package var overlap: StoredSchedule.Overlap
  package var window: String?

  package init(
    name: String, declarationPath: String, directory: String? = nil, cron: String,
    timeZone: String, missed: String = "once", missedCap: Int = 10,
    overlap: StoredSchedule.Overlap = .skip, window: String? = nil
  ) {
    self.name = name
    self.declarationPath = declarationPath
    self.directory = directory
    self.cron = cron
    self.timeZone = timeZone
    self.missed = missed
    self.missedCap = missedCap
    self.overlap = overlap
    self.window = window
  }
}

/// What became of a time at which a schedule was due.
package struct ScheduledRun: Hashable, Sendable {
  package enum State: String, Hashable, Sendable { case queued, started, skipped }
  package var id: ScheduledRunID
  package var schedule: String
  package var dueAt: Timestamp
  package var state: State
  /// Of a skipped one: `missed` or `overlap`.
  package var reason: String?
  /// How many due times the row stands for, `dueAt` being the first.
  package var covers: Int
  package var run: RunID?
  package var decidedAt: Timestamp
  package var endedAt: Timestamp?
}

/// What a scheduler found due between a schedule's `decidedUntil` and now.
package struct ScheduleDecision: Hashable, Sendable {
  /// To be run, oldest first.
  package var due: [Timestamp]
  /// Missed and not to be made up for.
  package var missed: (first: Timestamp, count: Int)?

  package init(due: [Timestamp], missed: (first: Timestamp, count: Int)? = nil) {
    self.due = due
    self.missed = missed
  }

  package static func == (a: ScheduleDecision, b: ScheduleDecision) -> Bool {
    a.due == b.due && a.missed?.first == b.missed?.first && a.missed?.count == b.missed?.count
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(due)
    hasher.combine(missed?.first)
    hasher.combine(missed?.count)
  }
}

extension JobQueue {
  /// Adds a schedule, or changes the one with this name. It is due from now on.
  @discardableResult
  package func putSchedule(_ new: NewSchedule) throws(DatabaseError) -> ScheduleID {
    try connection.set(.full)
    let id = try connection.first(
      ScheduleSQL.put,
      [
        "name": .text(new.name), "declaration": .text(new.declarationPath),
        "directory": Value(new.directory), "cron": .text(new.cron), "zone": .text(new.timeZone),
        "missed": .text(new.missed), "cap": Value(new.missedCap),
        "overlap": .text(new.overlap.rawValue), "window": Value(new.window), "now": now,
      ]
    ) { $0.integer(0) }
    return ScheduleID(id!)
  }

  /// False when there is none of this name.
  package func removeSchedule(named name: String) throws(DatabaseError) -> Bool {
    try connection.set(.full)
    return try connection.run(ScheduleSQL.remove, ["name": .text(name)]) == 1
  }

  /// By name.
  package func schedules() throws(DatabaseError) -> [StoredSchedule] {
    try connection.rows(ScheduleSQL.all, [:], StoredSchedule.init)
  }

  /// Takes down what is to be made of everything due up to `until`. False, and nothing happens, when another
  /// scheduler has decided about it already, or `until` lies before what was decided (a clock set back).
  package func decide(
    _ schedule: StoredSchedule, until: Timestamp, _ decision: ScheduleDecision
  ) throws(DatabaseError) -> Bool {
    try connection.set(.full)
    let id = Value.integer(schedule.id.rawValue)
    return try connection.transaction { () throws(DatabaseError) in
      guard
        try connection.run(
          ScheduleSQL.decide,
          [
            "until": .integer(until.milliseconds), "id": id,
            "from": .integer(schedule.decidedUntil.milliseconds),
          ]) == 1
      else { return false }
      func put(_ due: Timestamp, _ state: ScheduledRun.State, _ reason: String?, covers: Int = 1)
        throws(DatabaseError)
      {
        try connection.run(
          ScheduleSQL.putRun,
          [
            "schedule": id, "due": .integer(due.milliseconds), "state": .text(state.rawValue),
            "reason": Value(reason), "covers": Value(covers), "now": now,
          ])
      }
      if let missed = decision.missed, missed.count > 0 {
        try put(missed.first, .skipped, "missed", covers: missed.count)
      }
      let isMakingUpForAll = schedule.missed == "all"
      for due in decision.due {
        let atWork =
          try connection.first(ScheduleSQL.isAtWork, ["schedule": id]) { $0.bool(0) } ?? false
        let waiting =
          try connection.first(ScheduleSQL.isWaiting, ["schedule": id]) { $0.bool(0) } ?? false
        let isInTheWay =
          switch schedule.overlap {
          case .skip: atWork || waiting && !isMakingUpForAll
          case .queue: waiting && !isMakingUpForAll
          }
        try put(due, isInTheWay ? .skipped : .queued, isInTheWay ? "overlap" : nil)
      }
      return true
    }
  }

  /// Forgets what was decided about times to come, by a clock that has turned out to be wrong: due from now on.
  package func realign(_ schedule: StoredSchedule) throws(DatabaseError) {
    try connection.set(.full)
    try connection.run(
      ScheduleSQL.realign,
      [
        "now": now, "id": .integer(schedule.id.rawValue),
        "from": .integer(schedule.decidedUntil.milliseconds),
      ])
  }

  /// Takes the next run of a schedule that waits, unless one is at work. To be followed by `attach` and,
  /// when the command came back, by `endScheduledRun`.
  package func startScheduledRun(
    of schedule: ScheduleID
  ) throws(DatabaseError) -> (id: ScheduledRunID, dueAt: Timestamp)? {
    try connection.set(.full)
    return try connection.first(ScheduleSQL.startNext, ["schedule": .integer(schedule.rawValue)]) {
      (ScheduledRunID($0.integer(0)), Timestamp(milliseconds: $0.integer(1)))
    }
  }

  package func attach(_ run: RunID, to scheduled: ScheduledRunID) throws(DatabaseError) {
    try connection.set(.full)
    try connection.run(
      ScheduleSQL.attachRun,
      ["run": .integer(run.rawValue), "id": .integer(scheduled.rawValue)])
  }

  /// The run a scheduled time has become, and the schedule's name; nil where there is no such row.
  package func scheduledRun(
    _ id: ScheduledRunID
  ) throws(DatabaseError) -> (schedule: String, run: RunID?)? {
    try connection.first(ScheduleSQL.scheduledRun, ["id": .integer(id.rawValue)]) {
      ($0.text(0), $0.integerOrNil(1).map { RunID($0) })
    }
  }

  package func endScheduledRun(_ scheduled: ScheduledRunID) throws(DatabaseError) {
    try connection.set(.full)
    try connection.run(ScheduleSQL.endRun, ["now": now, "id": .integer(scheduled.rawValue)])
  }

  /// Runs of a schedule that were started and have not come back: what a new daemon goes on with.
  package func startedRuns(
    of schedule: ScheduleID
  ) throws(DatabaseError) -> [(id: ScheduledRunID, dueAt: Timestamp, run: RunID?)] {
    try connection.rows(ScheduleSQL.started, ["schedule": .integer(schedule.rawValue)]) {
      (
        ScheduledRunID($0.integer(0)), Timestamp(milliseconds: $0.integer(1)),
        $0.integerOrNil(2).map { RunID($0) }
      )
    }
  }

  /// Newest first.
  package func scheduledRuns(
    named name: String? = nil, limit: Int = 100
  ) throws(DatabaseError) -> [ScheduledRun] {
    try connection.rows(ScheduleSQL.history, ["name": Value(name), "limit": Value(limit)]) {
      ScheduledRun(
        id: ScheduledRunID($0.integer(0)), schedule: $0.text(1),
        dueAt: Timestamp(milliseconds: $0.integer(2)),
        state: ScheduledRun.State(rawValue: $0.text(3)) ?? .skipped, reason: $0.textOrNil(4),
        covers: $0.int(5), run: $0.integerOrNil(6).map { RunID($0) },
        decidedAt: Timestamp(milliseconds: $0.integer(7)),
        endedAt: $0.integerOrNil(8).map { Timestamp(milliseconds: $0) })
    }
  }
}

extension StoredSchedule {
  init(_ row: borrowing Row) {
    id = ScheduleID(row.integer(0))
    name = row.text(1)
    declarationPath = row.text(2)
    directory = row.textOrNil(3)
    cron = row.text(4)
    timeZone = row.text(5)
    missed = row.text(6)
    missedCap = row.int(7)
    overlap = Overlap(rawValue: row.text(8)) ?? .skip
    window = row.textOrNil(9)
    decidedUntil = Timestamp(milliseconds: row.integer(10))
  }
}
