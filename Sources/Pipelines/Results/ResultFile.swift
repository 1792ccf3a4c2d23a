import Foundation
import JSON

/// A document's result as it stands in the output folder.
enum ResultFile {
  static func bytes(_ path: String, in folder: URL) -> [UInt8]? {
    FileManager.default.contents(atPath: folder.appendingPathComponent(path).path).map { Array($0) }
  }

  /// Nil when there is no such file or it is not JSON.
  static func read(_ path: String, in folder: URL) -> JSONValue? {
    bytes(path, in: folder).flatMap { try? JSONValue.parse($0) }
  }
}
