import Foundation

/// Files that a declaration names.
enum NamedFile {
  struct Unreadable: Error {
    var message: String
  }

  /// The path relative to the folder of `file`, or absolute as it is; `..` is taken away.
  static func url(_ path: String, besides file: URL) -> URL {
    URL(fileURLWithPath: path, relativeTo: file.absoluteURL.deletingLastPathComponent())
      .absoluteURL.standardized
  }

  /// The same path as a user would write it who wrote `file`: for messages.
  static func shownURL(_ path: String, besides file: URL) -> URL {
    if path.hasPrefix("/") { return URL(fileURLWithPath: path) }
    let folder = (file.relativePath as NSString).deletingLastPathComponent
    return URL(fileURLWithPath: folder.isEmpty ? path : "\(folder)/\(path)")
  }

  /// - Parameter largest: In bytes.
  static func read(_ file: URL, largest: Int) -> Result<[UInt8], Unreadable> {
    // Asked before opening: a pipe would keep the reader waiting.
    let target = file.resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else {
      return .failure(.init(message: "there is no such file"))
    }
    let type = attributes[.type] as? FileAttributeType
    guard type == .typeRegular else {
      return .failure(
        .init(message: type == .typeDirectory ? "is a folder, not a file" : "is not a plain file"))
    }
    do {
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      // Never more than is allowed, whatever the file is or claims to be.
      let data = try handle.read(upToCount: largest + 1) ?? Data()
      guard data.count <= largest else {
        return .failure(.init(message: "is larger than \(largest) bytes, the most that is read"))
      }
      return .success(Array(data))
    } catch {
      return .failure(.init(message: "cannot be opened; may this user read it?"))
    }
  }
}
