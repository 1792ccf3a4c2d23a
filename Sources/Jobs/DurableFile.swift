package import Foundation
import Synchronization

/// Writes files that are whole or absent, and on the disk when the call returns.
package enum DurableFile {
  /// Replaces the file at `url`. The bytes go to a temporary file in the same folder, which is synced, gets
  /// the name in one step, and then the folder is synced. On an error the old file, if there was one, is
  /// untouched and the temporary one is gone. The mode is 0600; the folder must exist.
  package static func write(
    _ bytes: [UInt8], to url: URL, faults: FaultPoints = .none
  ) throws(DurableFileError) {
    let folder = url.deletingLastPathComponent()
    let temporary = folder.appendingPathComponent(temporaryName())
    faults.reach(.beforeWrite)
    do throws(DurableFileError) {
      try fill(temporary, with: bytes, faults)
      faults.reach(.beforeRename)
      try call("rename", url) { unsafe rename(temporary.path, url.path) }
    } catch {
      unsafe unlink(temporary.path)
      throw DurableFileError(operation: error.operation, path: url.path, number: error.number)
    }
    faults.reach(.afterRename)
    try syncFolder(folder)
  }

  package static func write(
    _ text: String, to url: URL, faults: FaultPoints = .none
  ) throws(DurableFileError) {
    try write(Array(text.utf8), to: url, faults: faults)
  }

  /// Makes a folder (mode 0700) and those above it that are missing, each entry on the disk.
  package static func makeFolder(_ url: URL) throws(DurableFileError) {
    var missing: [URL] = []
    var next = url.standardizedFileURL
    while !FileManager.default.fileExists(atPath: next.path), next.path != "/" {
      missing.append(next)
      next = next.deletingLastPathComponent()
    }
    for folder in missing.reversed() {
      do throws(DurableFileError) {
        try call("mkdir", folder) { unsafe mkdir(folder.path, 0o700) }
      } catch {
        guard error.number == EEXIST else { throw error }  // another worker was faster
      }
      try syncFolder(folder.deletingLastPathComponent())
    }
  }

  /// Removes the temporary files that processes which no longer live left in a folder and those below it.
  /// Gives how many. To be called by a run before it ends: a killed writer leaves one.
  @discardableResult
  package static func removeLeftovers(in folder: URL) -> Int {
    leftovers(in: folder).count { unsafe unlink($0.path) == 0 }
  }

  /// What `removeLeftovers` would remove.
  package static func leftovers(in folder: URL) -> [URL] {
    guard let names = FileManager.default.enumerator(atPath: folder.path) else { return [] }
    var files: [URL] = []
    for case let path as String in names {
      let name = path.split(separator: "/").last ?? ""
      guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { continue }
      let fields = name.dropFirst(prefix.count).dropLast(suffix.count).split(separator: "-")
      guard fields.count == 3, let pid = Int32(fields[0]), let ticks = UInt64(fields[1]) else {
        continue
      }
      let owner = WorkerProcess.start(of: pid)
      if let owner, owner.ticks == ticks, !owner.isZombie { continue }
      files.append(folder.appendingPathComponent(path))
    }
    return files
  }

  /// Whether a file of this name is one that a killed writer may have left.
  package static func isTemporary(_ name: some StringProtocol) -> Bool {
    name.hasPrefix(prefix) && name.hasSuffix(suffix)
  }

  // MARK: Parts

  private static let prefix = ".docket-"
  private static let suffix = ".tmp"
  private static let serial = Atomic<Int>(0)

  /// Names its owner, so that what a dead process left behind can be told from what a live one is writing.
  private static func temporaryName() -> String {
    let me = WorkerProcess.current
    let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
    return "\(prefix)\(me.pid)-\(me.started)-\(number)\(suffix)"
  }

  private static func fill(
    _ url: URL, with bytes: [UInt8], _ faults: FaultPoints
  ) throws(DurableFileError) {
    var descriptor: Int32 = -1
    try call("open", url) {
      descriptor = unsafe open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      return descriptor
    }
    var isOpen = true
    defer { if isOpen { close(descriptor) } }
    var written = 0
    // Two halves, so that there is a middle to die in.
    for end in [bytes.count / 2, bytes.count] {
      while written < end {
        let range = written..<end
        var count = 0
        try call("write", url, failing: faults.reach(.diskFull)) {
          count = unsafe bytes.withUnsafeBytes { raw in
            unsafe Glibc.write(descriptor, raw.baseAddress! + range.lowerBound, range.count)
          }
          return Int32(truncatingIfNeeded: min(count, 0))
        }
        written += count
      }
      if end < bytes.count { faults.reach(.midWrite) }
    }
    try call("fsync", url, failing: faults.reach(.ioError)) { fsync(descriptor) }
    isOpen = false
    try call("close", url) { close(descriptor) }
  }

  /// Makes the entries of a folder (names given and taken) survive a power loss.
  private static func syncFolder(_ url: URL) throws(DurableFileError) {
    var descriptor: Int32 = -1
    try call("open", url) {
      descriptor = unsafe open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      return descriptor
    }
    defer { close(descriptor) }
    try call("fsync", url) { fsync(descriptor) }
  }

  /// The one place where a system call's result becomes an error; interrupted calls are made again.
  private static func call(
    _ operation: String, _ url: URL, failing fault: Int32? = nil, _ body: () -> Int32
  ) throws(DurableFileError) {
    if let fault { throw DurableFileError(operation: operation, path: url.path, number: fault) }
    while body() < 0 {
      let number = errno
      if number != EINTR {
        throw DurableFileError(operation: operation, path: url.path, number: number)
      }
    }
  }
}

/// A file could not be written; what was there before still is.
package struct DurableFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The system call.
  package var operation: String
  package var path: String
  /// `errno`.
  package var number: Int32

  package init(operation: String, path: String, number: Int32) {
    self.operation = operation
    self.path = path
    self.number = number
  }

  /// Nothing further can be written either: a reason to stop, not to try the next document.
  package var isDiskFull: Bool { number == ENOSPC || number == EDQUOT }

  package var description: String {
    let reason = unsafe String(cString: strerror(number))
    let cure =
      switch number {
      case ENOSPC, EDQUOT: "Free some space and run the command again; finished work is kept."
      case EACCES, EPERM, EROFS: "Check the permissions of the folder, or name another one."
      case ENOENT, ENOTDIR: "Check that the folder exists."
      default: "Check the disk, then run the command again."
      }
    return "\(path) cannot be written (\(operation): \(reason), errno \(number)). \(cure)"
  }
}
