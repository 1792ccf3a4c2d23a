package import Foundation
import Glibc

/// A regular file, open for reading: what is read stays the same file whatever happens to its name,
/// and names of any bytes and any length are served.
package struct SourceFile: ~Copyable {
  let descriptor: Int32
  package let byteCount: Int
  /// Nanoseconds since 1970 of the last change when it was opened.
  private let modified: Int64

  deinit { close(descriptor) }

  /// - Parameter descriptor: an open file, which becomes this one's; negative where opening failed.
  init(taking descriptor: Int32, named name: String) throws(ReadError) {
    guard descriptor >= 0 else { throw Self.unreadable(name, errno) }
    var information = stat()
    guard unsafe fstat(descriptor, &information) == 0 else {
      let code = errno
      close(descriptor)
      throw Self.unreadable(name, code)
    }
    guard information.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw ReadError(
        .unreadable, file: name, what: "it is no regular file", advice: "Leave it out.")
    }
    self.descriptor = descriptor
    byteCount = Int(information.st_size)
    modified = Self.nanoseconds(information)
  }

  package init(_ url: URL, named name: String) throws(ReadError) {
    // Without O_NONBLOCK a pipe would hold the reader up.
    let descriptor = unsafe url.withUnsafeFileSystemRepresentation { path in
      guard let path = unsafe path else { return Int32(-1) }
      return unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    }
    try self.init(taking: descriptor, named: name)
  }

  /// The file `path` of a scan's folder: as written in outputs, relative, by names of any bytes.
  package init(_ path: String, in folder: URL, named name: String) throws(ReadError) {
    guard let bytes = DirectoryScanner.bytes(ofPrintable: path) else {
      throw Self.unreadable(name, ENOENT)
    }
    try self.init(
      taking: FileSystem.openFile(bytes, RootPath(folder)) ?? -1, named: name)
  }

  /// The first bytes, `maximum` at most, from the start whatever was read before.
  func head(_ maximum: Int, named name: String) throws(ReadError) -> [UInt8] {
    let (bytes, error) = FileSystem.bytes(0..<min(maximum, byteCount), descriptor)
    if let error { throw Self.unreadable(name, error) }
    return bytes
  }

  /// The whole file.
  package func contents(named name: String) throws(ReadError) -> [UInt8] {
    let bytes = try head(byteCount, named: name)
    try checkUnchanged(named: name)
    return bytes
  }

  /// Throws where the file was written to since it was opened.
  func checkUnchanged(named name: String) throws(ReadError) {
    var information = stat()
    guard unsafe fstat(descriptor, &information) == 0 else { throw Self.unreadable(name, errno) }
    guard Int(information.st_size) == byteCount, Self.nanoseconds(information) == modified else {
      throw ReadError(
        .unreadable, file: name,
        what:
          "the file changed while it was read (\(byteCount) bytes before, \(information.st_size) now)",
        advice: "Run again when nothing writes to it.")
    }
  }

  func isAsFound(byteCount: Int, modified: Int64) -> Bool {
    self.byteCount == byteCount && self.modified == modified
  }

  private static func nanoseconds(_ information: stat) -> Int64 {
    Int64(information.st_mtim.tv_sec) * 1_000_000_000 + Int64(information.st_mtim.tv_nsec)
  }

  private static func unreadable(_ name: String, _ code: Int32) -> ReadError {
    ReadError(
      .unreadable, file: name,
      what: "the file cannot be read (\(unsafe String(cString: strerror(code))))",
      advice: "Check that it exists and that you may read it.")
  }
}

extension DirectoryScanner.FoundFile {
  /// Opens the file, whatever its name; throws where it is gone or no longer the one that was
  /// found.
  package func open() throws(ReadError) -> SourceFile {
    let file = try SourceFile(
      taking: FileSystem.openFile(pathBytes, root) ?? -1, named: relativePath)
    guard file.isAsFound(byteCount: byteCount, modified: modified) else {
      throw ReadError(
        .unreadable, file: relativePath,
        what:
          "the file changed while the run was going on (\(byteCount) bytes at the scan, \(file.byteCount) now)",
        advice: "Run again when nothing writes to it.")
    }
    return file
  }
}
