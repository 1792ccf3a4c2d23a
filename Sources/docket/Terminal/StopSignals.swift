import Dispatch
import Glibc
import Pipelines
import Synchronization

/// SIGTERM and SIGINT ask the run to stop at a safe point; a second SIGINT ends the process at once
/// (the queue then finds its process dead, and nothing is lost).
final class StopSignals: Sendable {
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// - Parameter patience: seconds for the way to a safe point. A piece of a very long text may take longer on
  ///   a slow machine: then its leases are given back as they are, and the reading goes on from its last
  ///   snapshot.
  init(
    _ stop: StopSignal, patience: Double = 7.5,
    note: @escaping @Sendable (StopSignal.Reason) -> Void
  ) {
    unsafe sources = [(SIGTERM, StopSignal.Reason.terminated), (SIGINT, .interrupted)].map {
      number, reason in
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      let heed: @Sendable () -> Void = {
        if stop.isSet, reason == .interrupted { _exit(ExitStatus.interrupted.rawValue) }
        let isFirst = !stop.isSet
        stop.stop(reason)
        if isFirst {
          note(reason)
          Self.limit(stop, patience, reason == .interrupted ? .interrupted : .stopped)
        }
      }
      source.setEventHandler(handler: heed)
      // When the source listens, Dispatch's own handler has taken the early one's place and leads the signal to
      // the source. To ignore the signal now would undo that: the system drops what is ignored.
      source.setRegistrationHandler {
        if early.hasCome(reason) { heed() }
      }
      source.resume()
      return source
    }
  }

  /// To be called as soon as a process knows that it will listen: a signal that comes before it does is
  /// remembered, where it would have ended the process.
  static func expect() {
    // Made now: a handler must make nothing.
    _ = early.hasCome(.terminated)
    signal(SIGTERM) { _ in early.terminated.store(true, ordering: .sequentiallyConsistent) }
    signal(SIGINT) { _ in early.interrupted.store(true, ordering: .sequentiallyConsistent) }
  }

  private static func limit(_ stop: StopSignal, _ patience: Double, _ status: ExitStatus) {
    DispatchQueue.global().asyncAfter(deadline: .now() + patience) {
      stop.abandon()
      _exit(status.rawValue)
    }
    // Should the queue file be held by others, its leases run out by themselves.
    DispatchQueue.global().asyncAfter(deadline: .now() + patience + 1.5) { _exit(status.rawValue) }
  }

  func end() {
    for source in unsafe sources { source.cancel() }
  }
}

/// The signals that came before a source listened.
private final class EarlySignals: Sendable {
  let terminated = Atomic<Bool>(false)
  let interrupted = Atomic<Bool>(false)

  func hasCome(_ reason: StopSignal.Reason) -> Bool {
    (reason == .terminated
      ? terminated.load(ordering: .sequentiallyConsistent)
      : interrupted.load(ordering: .sequentiallyConsistent))
  }
}

private let early = EarlySignals()
