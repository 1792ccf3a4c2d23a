import Digests
package import Foundation

/// The SHA-256 of a file, read in pieces: memory does not grow with the file.
package enum FileDigest {
  /// Nil when the file cannot be read to its end.
  package static func sha256(of file: URL) -> String? {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
    defer { try? handle.close() }
    var hash = SHA256()
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
        unsafe piece.withUnsafeBytes { unsafe hash.update($0) }
      }
    } catch {
      return nil
    }
    return hash.hexDigest()
  }
}
