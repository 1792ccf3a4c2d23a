package import Foundation
package import JSON

/// A document's result as it stands in the output folder.
package enum ResultFile {
  /// Nil when there is no such file or it is not JSON.
  package static func read(_ path: String, in folder: URL) -> JSONValue? {
    guard
      let data = FileManager.default.contents(atPath: folder.appendingPathComponent(path).path)
    else { return nil }
    return try? JSONValue.parse(Array(data))
  }
}
