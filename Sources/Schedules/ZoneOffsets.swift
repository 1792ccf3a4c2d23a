package import Foundation

/// A stretch of real time in which a zone's clocks are not turned.
struct ZoneSegment: Hashable {
  /// Seconds since 1970 in UTC, half-open.
  var instants: Range<Int>
  /// Seconds that wall time is ahead of UTC.
  var offset: Int

  /// The wall times shown, half-open.
  var walls: Range<Int> { instants.lowerBound + offset..<instants.upperBound + offset }
}

extension TimeZone {
  func offset(at instant: Int) -> Int {
    secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
  }

  /// The stretches of `instants`, in order.
  ///
  /// Asks the zone every six hours and halves the step where two answers differ. (Foundation's own search for
  /// transitions knows those of daylight saving only.) No zone has turned its clocks forth and back again
  /// within six hours.
  func segments(of instants: Range<Int>) -> [ZoneSegment] {
    var segments: [ZoneSegment] = []
    var start = instants.lowerBound
    var offset = offset(at: start)
    var probe = start
    while probe < instants.upperBound {
      let next = min(probe + 21_600, instants.upperBound)
      let other = self.offset(at: next)
      if other != offset {
        var low = probe
        var high = next
        while high - low > 1 {
          let middle = (low + high) / 2
          if self.offset(at: middle) == offset { low = middle } else { high = middle }
        }
        segments.append(ZoneSegment(instants: start..<high, offset: offset))
        start = high
        offset = self.offset(at: high)
        probe = high
      } else {
        probe = next
      }
    }
    if start < instants.upperBound {
      segments.append(ZoneSegment(instants: start..<instants.upperBound, offset: offset))
    }
    return segments
  }
}

/// The zone with an IANA name, such as `Europe/Berlin` or `UTC`.
package enum ScheduleZone {
  package static func named(_ name: String) throws(ScheduleError) -> TimeZone {
    // Foundation would also take abbreviations and offsets such as "GMT+0730", which have no clock changes.
    let isName = name == "UTC" || name == "GMT" || name.contains("/")
    guard isName, let zone = TimeZone(identifier: name) else {
      let known = TimeZone.knownTimeZoneIdentifiers
      let tail = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
      let near = known.first { !tail.isEmpty && $0.lowercased().hasSuffix(tail) }
      let hint =
        near.map { "Did you mean '\($0)'?" } ?? "Write an IANA name such as Europe/Berlin or UTC."
      throw ScheduleError("There is no time zone '\(name)'. \(hint)")
    }
    return zone
  }
}
