package import Foundation
import Synchronization

/// Asks everything that works on a run to stop at its next safe point. Set once, from any thread or
/// by the clock, and never taken back.
package final class StopSignal: Sendable {
  package enum Reason: String, Sendable {
    case terminated = "SIGTERM"
    case interrupted = "SIGINT"
    case deadline
    /// The nightly window has closed.
    case window
    case fault
  }

  private let state = Mutex<Reason?>(nil)
  private let lastResort = Mutex<(@Sendable (Reason) -> Void)?>(nil)
  /// When to stop by itself: at `--until`, or at the end of a nightly window. By the wall clock, which a
  /// machine that slept finds further on.
  private let deadline: (date: Date, reason: Reason)?

  package init(deadline: Date? = nil, windowEnd: Date? = nil) {
    self.deadline = [(deadline, Reason.deadline), (windowEnd, .window)]
      .compactMap { date, reason in date.map { ($0, reason) } }.min { $0.0 < $1.0 }
  }

  package func stop(_ reason: Reason) {
    state.withLock { if $0 == nil { $0 = reason } }
  }

  /// Why to stop; nil while work may go on. Cheap enough to ask once a piece of text.
  package var reason: Reason? {
    if let reason = state.withLock({ $0 }) { return reason }
    if let deadline, Date() >= deadline.date { return deadline.reason }
    return nil
  }

  package var isSet: Bool { reason != nil }

  /// What to do where the next safe point is too far away; nil once there is nothing to do.
  func setLastResort(_ body: (@Sendable (Reason) -> Void)?) { lastResort.withLock { $0 = body } }

  /// To be called before the process ends without waiting any longer: gives back what its workers hold, as if
  /// they had reached a safe point.
  package func abandon() { lastResort.withLock { $0 }?(reason ?? .terminated) }
}
