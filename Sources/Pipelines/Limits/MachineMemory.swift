import Foundation

/// The memory a process can count on: the machine's, or less where a control group says so.
package enum MachineMemory {
  /// Nine tenths of ``total`` in bytes: the rest is for the system and the page cache.
  package static var usable: Int { total / 10 * 9 }

  /// Bytes.
  package static var total: Int {
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return controlGroupLimits().reduce(physical, min)
  }

  /// The limits of the process's control group and all above it: version 2, else version 1.
  private static func controlGroupLimits() -> [Int] {
    guard let text = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else {
      return []
    }
    var limits: [Int] = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if fields[0] == "0" {
        limits += walk("/sys/fs/cgroup", String(fields[2]), file: "memory.max")
      } else if fields[1].split(separator: ",").contains("memory") {
        limits += walk("/sys/fs/cgroup/memory", String(fields[2]), file: "memory.limit_in_bytes")
      }
    }
    return limits
  }

  private static func walk(_ root: String, _ path: String, file: String) -> [Int] {
    var folder = URL(fileURLWithPath: root + path).standardizedFileURL
    var limits: [Int] = []
    while folder.path.hasPrefix(root) {
      let text = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      // "max" stands for none.
      if let limit = text.flatMap({ Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }),
        limit > 0
      {
        limits.append(limit)
      }
      if folder.path == root { break }
      folder = folder.deletingLastPathComponent()
    }
    return limits
  }
}
