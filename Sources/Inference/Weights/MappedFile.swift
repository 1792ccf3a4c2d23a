package import Foundation

/// A file's bytes, mapped and never copied.
@safe package final class MappedFile: @unchecked Sendable {
  package let url: URL
  package let bytes: UnsafeRawBufferPointer

  /// - Throws: why the system refused, with the file's name.
  package init(_ url: URL) throws(InferenceError) {
    let name = url.lastPathComponent
    let file = unsafe open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw InferenceError(.unreadable, "\(name) cannot be opened: \(Self.reason()).")
    }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else {
      throw InferenceError(.unreadable, "\(name) cannot be read: \(Self.reason()).")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw InferenceError(.unreadable, "\(name) is not a regular file.")
    }
    let count = Int(status.st_size)
    self.url = url
    guard count > 0 else {
      unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0),
      unsafe address != MAP_FAILED
    else {
      throw InferenceError(.unreadable, "\(name) cannot be mapped: \(Self.reason()).")
    }
    unsafe bytes = UnsafeRawBufferPointer(start: address, count: count)
  }

  deinit {
    if let base = unsafe bytes.baseAddress {
      unsafe munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }

  /// Lets the system take back the pages read so far; they are read again when touched.
  package func release() {
    if let base = unsafe bytes.baseAddress {
      unsafe _ = madvise(UnsafeMutableRawPointer(mutating: base), bytes.count, MADV_DONTNEED)
    }
  }

  private static func reason() -> String { unsafe String(cString: strerror(errno)) }
}
