package import Foundation

extension CronExpression {
  /// The first instant strictly after `after` at which the expression is due. Results are whole minutes of
  /// the zone's wall time, or the first instant after a gap.
  ///
  /// When clocks are turned, a job at fixed times (minute and hour both begin without a star) runs once for
  /// each of its wall times: at the first of two equal ones, and for one that is skipped at the first
  /// instant after the gap, where several skipped ones are one run. Any other job runs at the real minutes
  /// that match, hence in both of two equal hours and not in a skipped one.
  package func next(after: Date, in zone: TimeZone) -> Date {
    var from = Int(after.timeIntervalSince1970.rounded(.down)) + 1
    while true {
      // Up to here no wall time that matches is shown or skipped, and clocks differ from UTC by less than a
      // day or so: real time may be passed over to a little before it.
      let offset = zone.offset(at: from)
      let wall = nextWall(from: from + offset - Self.margin)
      from = max(from, wall - offset - 2 * Self.margin)
      let window = from..<from + 4 * Self.margin
      if let due = firstDue(in: window, zone) {
        return Date(timeIntervalSince1970: Double(due))
      }
      from = window.upperBound
    }
  }

  /// The next `count` instants, strictly increasing.
  package func upcoming(_ count: Int, after: Date, in zone: TimeZone) -> [Date] {
    var dates: [Date] = []
    var last = after
    for _ in 0..<max(0, count) {
      last = next(after: last, in: zone)
      dates.append(last)
    }
    return dates
  }

  /// Seconds: more than any clock has ever been turned by (a day, in the zones that moved across the date line).
  private static let margin = 26 * 3600

  private func firstDue(in window: Range<Int>, _ zone: TimeZone) -> Int? {
    // What was shown before the window, by then-valid offsets, is needed to know what is a repetition.
    let early = window.lowerBound - Self.margin
    var shown = Int.min
    for segment in zone.segments(of: early..<window.upperBound) {
      defer { shown = max(shown, segment.walls.upperBound) }
      let begin = segment.instants.lowerBound
      if fields.isFixedTime, shown != .min, begin >= window.lowerBound {
        let skipped = shown..<max(shown, segment.walls.lowerBound)
        if !skipped.isEmpty, skipped.contains(nextWall(from: shown)) { return begin }
      }
      guard segment.instants.upperBound > window.lowerBound else { continue }
      var wall = max(begin, window.lowerBound) + segment.offset
      if fields.isFixedTime { wall = max(wall, shown) }
      let found = nextWall(from: wall)
      if found < segment.walls.upperBound { return found - segment.offset }
    }
    return nil
  }
}
