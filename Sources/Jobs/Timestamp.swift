package import Foundation

/// An instant of the wall clock, in whole milliseconds since 1970-01-01T00:00:00Z: what the ledger stores.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package init(_ date: Date) {
    milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded(.down))
  }

  package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  package func adding(milliseconds more: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds + more)
  }
}

/// The two clocks of a queue, injected so that tests can turn them.
///
/// Leases run on the monotonic clock: setting the wall clock neither ends nor prolongs one, and while the
/// machine sleeps none runs out. Waiting times that must survive a reboot are kept in wall time.
package struct QueueClock: Sendable {
  package var wall: @Sendable () -> Timestamp
  /// Milliseconds since boot, not counting sleep (CLOCK_MONOTONIC, the same for all processes of a boot).
  package var monotonic: @Sendable () -> Int64

  package init(
    wall: @escaping @Sendable () -> Timestamp, monotonic: @escaping @Sendable () -> Int64
  ) {
    self.wall = wall
    self.monotonic = monotonic
  }

  package static let system = QueueClock(
    wall: {
      var time = timespec()
      unsafe clock_gettime(CLOCK_REALTIME, &time)
      return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    },
    monotonic: {
      var time = timespec()
      unsafe clock_gettime(CLOCK_MONOTONIC, &time)
      return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    })
}
