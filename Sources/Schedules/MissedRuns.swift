package import Foundation

/// What to do about runs that were due while nobody was there to start them. Stored by raw value.
package enum MissedRuns: String, Hashable, Sendable, CaseIterable {
  /// One run for all of them.
  case once
  /// None.
  case skip
  /// Each of them, up to a cap.
  case all

  /// What is to be made of the runs r with `after` < r ≤ `now`.
  package struct Decision: Hashable, Sendable {
    /// To be run, oldest first.
    package var runs: [Date] = []
    /// Due and not to be run: the first and the last of them, and how many (at least, once `isCountExact`
    /// is false).
    package var skipped: ClosedRange<Date>?
    package var skippedCount = 0
    package var isCountExact = true

    package init() {}
  }

  /// - Parameters:
  ///   - cap: for `all`, the most runs that are made up for; the newest are taken.
  ///   - grace: seconds by which a run may be late and still not be one that was missed.
  package func runs(
    of expression: CronExpression, in zone: TimeZone, after: Date, now: Date, cap: Int,
    grace: TimeInterval = 60
  ) -> Decision {
    var decision = Decision()
    // A clock that was set back, or nothing due: both give an empty interval.
    guard after < now else { return decision }
    let first = expression.next(after: after, in: zone)
    guard first <= now else { return decision }
    let most = self == .all ? max(0, cap) : 1
    let (newest, count, isExact) = Self.newest(
      most + 1, of: expression, in: zone, after: after, now: now)
    let isOnTime = newest.last.map { now.timeIntervalSince($0) <= grace } ?? false
    let wanted =
      switch self {
      case .once: 1
      case .skip: isOnTime ? 1 : 0
      case .all: max(most, isOnTime ? 1 : 0)
      }
    decision.runs = wanted == 0 ? [] : Array(newest.suffix(wanted))
    decision.skippedCount = count - decision.runs.count
    decision.isCountExact = isExact
    if decision.skippedCount > 0 {
      let last = newest.count > wanted ? newest[newest.count - wanted - 1] : first
      decision.skipped = first...max(first, last)
    }
    return decision
  }

  /// The newest `limit` due instants, oldest first, and how many there are at all: counted up to 100 000, as
  /// a minute-by-minute job that slept for years should not take seconds to wake.
  private static func newest(
    _ limit: Int, of expression: CronExpression, in zone: TimeZone, after: Date, now: Date
  ) -> (dates: [Date], count: Int, isExact: Bool) {
    var dates: [Date] = []
    var count = 0
    var date = expression.next(after: after, in: zone)
    while date <= now, count < 100_000 {
      count += 1
      dates.append(date)
      if dates.count > 2 * limit + 64 { dates.removeFirst(dates.count - limit) }
      date = expression.next(after: date, in: zone)
    }
    if date > now { return (Array(dates.suffix(limit)), count, true) }
    // Too many to count: the newest ones are found from the near end.
    var lookback = 3600.0
    while true {
      var start = max(after, now.addingTimeInterval(-lookback))
      dates = []
      while case let next = expression.next(after: start, in: zone), next <= now {
        dates.append(next)
        start = next
      }
      if dates.count >= limit || lookback > now.timeIntervalSince(after) { break }
      lookback *= 8
    }
    return (Array(dates.suffix(limit)), count, false)
  }
}
