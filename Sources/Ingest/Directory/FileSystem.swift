import Foundation

/// The folder a scan began at: absolute, as bytes of the file system.
struct RootPath: Hashable, Sendable {
  let path: String

  init(_ url: URL) {
    let path = url.standardizedFileURL.path
    self.path = path.isEmpty ? "/" : path
  }

  func url(of relative: [UInt8]) -> URL {
    let whole = Array(path.utf8) + [0x2F] + relative + [0]
    return unsafe whole.withUnsafeBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
        unsafe URL(
          fileURLWithFileSystemRepresentation: characters.baseAddress!, isDirectory: false,
          relativeTo: nil)
      }
    }
  }
}

/// POSIX calls on paths relative to a root, as bytes, of any length.
///
/// The kernel takes paths of 4095 bytes. Longer ones are opened in several steps, each relative to
/// the folder before it.
enum FileSystem {
  struct Entry: Hashable {
    var kind: Kind
    var byteCount: Int
    var modified: Int64

    enum Kind: Hashable { case file, folder, link, special }
  }

  /// The text of `errno`.
  static func lastError() -> String {
    unsafe String(cString: strerror(errno))
  }

  private static let step = 3000

  /// Opens the folder that holds `path` and hands over its descriptor and the last name.
  private static func withParent<Result>(
    of path: [UInt8], _ root: RootPath, _ body: (Int32, [CChar]) -> Result?
  ) -> Result? {
    let names = path.split(separator: 0x2F)
    let last = names.last.map(Array.init) ?? Array(".".utf8)
    guard var folder = openFolder(unsafe open(root.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
      return nil
    }
    defer { close(folder) }
    var index = 0
    let count = max(0, names.count - 1)
    while index < count {
      var piece: [UInt8] = []
      while index < count, piece.isEmpty || piece.count + names[index].count < step {
        if !piece.isEmpty { piece.append(0x2F) }
        piece += names[index]
        index += 1
      }
      let next = unsafe openat(
        folder, characters(piece), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard let next = openFolder(next) else { return nil }
      close(folder)
      folder = next
    }
    return body(folder, characters(last))
  }

  private static func openFolder(_ descriptor: Int32) -> Int32? {
    descriptor >= 0 ? descriptor : nil
  }

  private static func characters(_ bytes: [UInt8]) -> [CChar] {
    bytes.map { CChar(bitPattern: $0) } + [0]
  }

  /// The names in a folder, sorted by bytes; nil where it cannot be listed.
  static func names(in path: [UInt8], of root: RootPath) -> [[UInt8]]? {
    withParent(of: path, root) { parent, name in
      let descriptor = unsafe openat(
        parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { return nil }
      guard let stream = unsafe fdopendir(descriptor) else {
        close(descriptor)
        return nil
      }
      defer { unsafe closedir(stream) }
      var names: [[UInt8]] = []
      errno = 0
      while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe pointer.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
            unsafe Array(
              UnsafeBufferPointer(
                start: bytes,
                count: strlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self))))
          }
        }
        if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
      }
      return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
  }

  static func entry(_ path: [UInt8], of root: RootPath) -> Entry? {
    withParent(of: path, root) { parent, name in
      var information = stat()
      guard unsafe fstatat(parent, name, &information, AT_SYMLINK_NOFOLLOW) == 0 else {
        return nil
      }
      let kind: Entry.Kind =
        switch information.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .special
        }
      let time = information.st_mtim
      return Entry(
        kind: kind, byteCount: Int(information.st_size),
        modified: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
  }

  /// Where a symbolic link leads in the end; nil where that does not exist.
  static func linkTarget(_ path: [UInt8], of root: RootPath) -> [UInt8]? {
    withParent(of: path, root) { parent, name in
      var information = stat()
      guard unsafe fstatat(parent, name, &information, 0) == 0 else { return nil }
      let link =
        Array("/proc/self/fd/\(parent)/".utf8) + name.dropLast().map { UInt8(bitPattern: $0) }
      return realPath(link)
    }
  }

  static func realPath(_ path: [UInt8]) -> [UInt8]? {
    guard let resolved = unsafe realpath(characters(path), nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe Array(String(cString: resolved).utf8)
  }

  /// The first `maximum` bytes of a file.
  static func read(_ path: [UInt8], of root: RootPath, maximum: Int) -> [UInt8]? {
    withParent(of: path, root) { parent, name in
      // Without O_NONBLOCK a pipe put in the file's place would hold the run up.
      let descriptor = unsafe openat(parent, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      var information = stat()
      guard unsafe fstat(descriptor, &information) == 0 else { return nil }
      let wanted = min(maximum, max(Int(information.st_size), 0) + 1)
      var isGood = true
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        while count < wanted {
          let got = unsafe Glibc.read(descriptor, buffer.baseAddress! + count, wanted - count)
          if got == 0 { break }
          if got < 0 {
            if errno == EINTR { continue }
            isGood = false
            break
          }
          count += got
        }
      }
      return isGood ? bytes : nil
    }
  }

  /// Bytes inside a file; nil where they cannot be had.
  static func read(_ range: Range<Int>, _ path: [UInt8], of root: RootPath) -> [UInt8]? {
    guard let descriptor = openFile(path, root) else { return nil }
    defer { close(descriptor) }
    return read(range, descriptor)
  }

  static func read(_ range: Range<Int>, _ descriptor: Int32) -> [UInt8]? {
    let bytes = bytes(range, descriptor).bytes
    return bytes.count == range.count ? bytes : nil
  }

  /// The bytes of `range` that there are, up to the file's end or an error, with its number.
  static func bytes(_ range: Range<Int>, _ descriptor: Int32) -> (bytes: [UInt8], error: Int32?) {
    var error: Int32?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let got = unsafe pread(
          descriptor, buffer.baseAddress! + count, range.count - count,
          off_t(range.lowerBound + count))
        if got == 0 { break }
        if got < 0 {
          if errno == EINTR { continue }
          error = errno
          break
        }
        count += got
      }
    }
    return (bytes, error)
  }

  static func areSame(_ first: [UInt8], _ second: [UInt8], of root: RootPath) -> Bool {
    guard let one = openFile(first, root) else { return false }
    defer { close(one) }
    guard let other = openFile(second, root) else { return false }
    defer { close(other) }
    var left = [UInt8](repeating: 0, count: 1 << 18)
    var right = left
    while true {
      let got = fill(&left, one)
      guard got >= 0, got == fill(&right, other), left[..<got] == right[..<got] else {
        return false
      }
      if got == 0 { return true }
    }
  }

  static func openFile(_ path: [UInt8], _ root: RootPath) -> Int32? {
    withParent(of: path, root) { parent, name in
      openFolder(unsafe openat(parent, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK))
    }
  }

  private static func fill(_ buffer: inout [UInt8], _ descriptor: Int32) -> Int {
    var count = 0
    let size = buffer.count
    unsafe buffer.withUnsafeMutableBytes { bytes in
      while count < size {
        let got = unsafe Glibc.read(descriptor, bytes.baseAddress! + count, size - count)
        if got < 0, errno == EINTR { continue }
        if got < 0 {
          count = -1
          return
        }
        if got == 0 { return }
        count += got
      }
    }
    return count
  }
}
