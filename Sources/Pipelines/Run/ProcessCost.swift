import Foundation
import Glibc
import Jobs

/// What the process has used, for the ledger. With several workers the processor time of an attempt
/// includes what the others used meanwhile.
enum ProcessCost {
  /// Processor time of the process in milliseconds, all threads.
  static var now: Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  static func since(_ start: Int, tokensRead: Int) -> AttemptCost {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return AttemptCost(
      tokensRead: tokensRead, cpuMilliseconds: now - start, peakBytes: usage.ru_maxrss * 1024)
  }
}
