import Synchronization

/// When the workers of a run may begin their next request: not more often than declared, and not
/// before the server has said that it is ready again.
final class RequestPace: Sendable {
  private let interval: Duration
  private let next = Mutex<ContinuousClock.Instant?>(nil)

  init(perMinute: Int?) {
    interval = perMinute.map { .seconds(60) / max(1, $0) } ?? .zero
  }

  /// Takes the next place in the line: the moment at which the caller may begin.
  func place(now: ContinuousClock.Instant) -> ContinuousClock.Instant {
    next.withLock { next in
      let place = max(now, next ?? now)
      next = place + interval
      return place
    }
  }

  /// Nobody begins before `moment`.
  func hold(until moment: ContinuousClock.Instant) {
    next.withLock { $0 = max(moment, $0 ?? moment) }
  }
}
