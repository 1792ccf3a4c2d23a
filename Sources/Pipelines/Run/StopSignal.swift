package import Foundation
import Synchronization

/// Asks everything that works on a run to stop at its next safe point. Set once, from any thread or
/// by the clock, and never taken back.
package final class StopSignal: Sendable {
  package enum Reason: String, Sendable {
    case terminated = "SIGTERM"
    case interrupted = "SIGINT"
    case deadline
    case fault
  }

  private let state = Mutex<Reason?>(nil)
  /// When the run must have stopped by itself (`--until`, the end of a nightly window).
  private let deadline: Date?

  package init(deadline: Date? = nil) { self.deadline = deadline }

  package func stop(_ reason: Reason) {
    state.withLock { if $0 == nil { $0 = reason } }
  }

  /// Why to stop; nil while work may go on. Cheap enough to ask once a piece of text.
  package var reason: Reason? {
    if let reason = state.withLock({ $0 }) { return reason }
    if let deadline, Date() >= deadline { return .deadline }
    return nil
  }

  package var isSet: Bool { reason != nil }
}
