import Digests
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

  /// SHA-256 over what a result says, and not over what it names as its origin: the declaration's digest is
  /// another one after a change of a comment or of the output folder.
  ///
  /// - Returns: The empty text for what cannot be read.
  static func contentSHA256(_ path: String, in folder: URL) -> String {
    guard var content = read(path, in: folder)?.object else { return "" }
    content["produced"] = content["produced"]?["key"]
    return SHA256.hash(of: JSONValue.object(content).text())
  }
}
