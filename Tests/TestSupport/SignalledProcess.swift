package import Foundation

extension Process {
  /// Starts it with no signal blocked, as a shell does. The threads that tests run on block most signals, and a
  /// child has its parent's mask: there a signal waits, and reaches even a program that ignores it by mistake.
  package func runUnblocked() throws {
    var none = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    try run()
  }
}
