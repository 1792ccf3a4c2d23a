import Dispatch
import Glibc
import Pipelines

/// SIGTERM and SIGINT ask the run to stop at a safe point; a second SIGINT ends the process at once
/// (the queue then finds its process dead, and nothing is lost).
final class StopSignals: Sendable {
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  init(_ stop: StopSignal, note: @escaping @Sendable (StopSignal.Reason) -> Void) {
    unsafe sources = [(SIGTERM, StopSignal.Reason.terminated), (SIGINT, .interrupted)].map {
      number, reason in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if stop.isSet, reason == .interrupted { _exit(ExitStatus.interrupted.rawValue) }
        stop.stop(reason)
        note(reason)
      }
      source.resume()
      return source
    }
  }

  func end() {
    for source in unsafe sources { source.cancel() }
  }
}
