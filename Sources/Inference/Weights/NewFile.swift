import Foundation

/// A file that gets its name only when it is whole: it is written beside it, synced, renamed, and the folder is
/// synced. At any moment there is what stood under the name before, or the whole new file; what a killed
/// process leaves is one hidden `.NAME.partial`, which the next one writing to the name replaces.
///
/// Several threads may write to different places of it; one appends and finishes.
final class NewFile: @unchecked Sendable {
  private let target: URL
  private let partial: URL
  private let file: Int32
  private var end = 0
  private var named = false

  /// Readable by its owner alone, as everything made of documents.
  init(_ target: URL) throws(InferenceError) {
    self.target = target
    partial = Self.partial(of: target)
    file = unsafe open(partial.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Self.failed("create", target) }
  }

  deinit {
    if file >= 0 { close(file) }
    if !named { unsafe _ = unlink(partial.path) }
  }

  static func partial(of target: URL) -> URL {
    target.deletingLastPathComponent().appendingPathComponent(
      ".\(target.lastPathComponent).partial")
  }

  /// Takes the room of `count` bytes now, so that a full disk shows before hours of work.
  func reserve(_ count: Int) throws(InferenceError) {
    let status = posix_fallocate(file, 0, count)
    // Some file systems cannot; the writes will tell.
    guard status == 0 || status == EOPNOTSUPP || status == EINVAL else {
      errno = status
      throw Self.failed("make room for \(count) bytes of", target)
    }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(InferenceError) {
    unsafe try write(bytes, at: end)
    end += bytes.count
  }

  func append(_ text: String) throws(InferenceError) {
    unsafe try Array(text.utf8).lendBytes { bytes throws(InferenceError) in unsafe try append(bytes)
    }
  }

  /// Writes at `offset`; threads may write to different places at the same time.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(InferenceError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let count = unsafe pwrite(file, base + done, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Self.failed("write", target) }
      done += count
    }
  }

  /// Puts it on the disk and gives it its name.
  func finish() throws(InferenceError) {
    guard fsync(file) == 0 else { throw Self.failed("sync", target) }
    guard unsafe rename(partial.path, target.path) == 0 else { throw Self.failed("rename", target) }
    named = true
    try Self.syncFolder(target.deletingLastPathComponent())
  }

  static func syncFolder(_ url: URL) throws(InferenceError) {
    let folder = unsafe open(url.path, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { throw failed("sync the folder", url) }
    let synced = fsync(folder)
    close(folder)
    guard synced == 0 else { throw failed("sync the folder", url) }
  }

  private static func failed(_ what: String, _ url: URL) -> InferenceError {
    let reason = unsafe String(cString: strerror(errno))
    return InferenceError(.unreadable, "Cannot \(what) \(url.lastPathComponent): \(reason).")
  }
}
