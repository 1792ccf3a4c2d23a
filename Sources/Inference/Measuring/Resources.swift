import Foundation

/// What this process has used so far.
package struct Resources: Sendable {
  /// Seconds since some start.
  package let wall: Double
  /// Seconds of all threads together.
  package let cpu: Double

  package static func now() -> Resources {
    Resources(wall: seconds(CLOCK_MONOTONIC), cpu: seconds(CLOCK_PROCESS_CPUTIME_ID))
  }

  /// Most memory resident at any time, in MiB.
  package static func peakMemory() -> Int {
    // What rusage tells begins with the peak of the process that started this one.
    if let kibibytes = status("VmHWM:") { return kibibytes / 1024 }
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }

  /// Bytes resident now; nil where the system does not tell.
  package static func residentBytes() -> Int? { status("VmRSS:").map { $0 << 10 } }

  /// A number of the system's status of this process.
  private static func status(_ name: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) })
    else { return nil }
    return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
  }

  /// Lets the peak start again from what is resident now, where the system can.
  package static func resetPeakMemory() {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? file.write(contentsOf: Data("5".utf8))
    try? file.close()
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
