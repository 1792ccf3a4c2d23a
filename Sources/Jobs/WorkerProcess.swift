import Foundation

/// A process as the queue knows it, precisely enough to tell whether it still lives: process ids are used
/// again, so the start time belongs to them; both mean something only on one boot of one machine and inside
/// one PID namespace (a container has its own).
package struct WorkerProcess: Hashable, Sendable {
  package var host: String
  /// Of the running kernel; changes with each boot.
  package var boot: String
  package var namespace: String
  package var pid: Int32
  /// Clock ticks after boot, field 22 of /proc/PID/stat.
  package var started: UInt64

  package init(host: String, boot: String, namespace: String, pid: Int32, started: UInt64) {
    self.host = host
    self.boot = boot
    self.namespace = namespace
    self.pid = pid
    self.started = started
  }

  /// The process that calls.
  package static let current = WorkerProcess(
    host: ProcessInfo.processInfo.hostName,
    boot: firstLine(of: "/proc/sys/kernel/random/boot_id") ?? "unknown",
    namespace: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid"))
      ?? "unknown",
    pid: getpid(), started: start(of: getpid())?.ticks ?? 0)

  package enum Life: Hashable, Sendable {
    case alive, dead
    /// It is elsewhere: only its lease can tell.
    case unknown
  }

  /// What can be said about this process from `here`.
  package func life(seenFrom here: WorkerProcess = .current) -> Life {
    // The machine was started anew since.
    if boot != here.boot { return host == here.host ? .dead : .unknown }
    guard namespace == here.namespace else { return .unknown }
    guard let found = Self.start(of: pid) else { return .dead }
    return found.ticks == started && !found.isZombie ? .alive : .dead
  }

  /// Nil when there is no such process.
  static func start(of pid: Int32) -> (ticks: UInt64, isZombie: Bool)? {
    guard let line = firstLine(of: "/proc/\(pid)/stat"),
      // The second field, the name in parentheses, may itself hold spaces and parentheses.
      let close = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[line.index(after: close)...].split(separator: " ")
    // After the name come state (field 3) … starttime (field 22).
    guard fields.count > 19, let ticks = UInt64(fields[19]) else { return nil }
    return (ticks, fields[0] == "Z" || fields[0] == "X")
  }

  private static func firstLine(of path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
