import Digests

/// The SHA-256 of every file of a run's output, in the format of `sha256sum`: what `verify` checks
/// first, and what anybody can check without Docket.
package struct OutputDigests: Hashable, Sendable {
  package static let fileName = "SHA256SUMS"

  /// Path relative to the output folder, with `/` → digest in hexadecimal.
  package private(set) var digests: [String: String] = [:]

  package init() {}

  package mutating func add(_ path: String, _ bytes: [UInt8]) {
    digests[path] = SHA256.hash(of: bytes)
  }

  /// For a file whose digest is known.
  package mutating func add(_ path: String, digest: String) { digests[path] = digest }

  /// Sorted by path; LF.
  package var text: String {
    digests.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
      .map { "\($0.value)  \($0.key)\n" }.joined()
  }

  package mutating func remove(_ path: String) { digests[path] = nil }

  /// Nil where the text is not, byte for byte, what ``text`` gives: a digest, two spaces and a path a
  /// line, in order.
  package init?(parsing text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      let digest = line.prefix(64)
      guard line.count > 66, digest.count == 64,
        digest.allSatisfy({ $0.isHexDigit && !$0.isUppercase }),
        line.dropFirst(64).hasPrefix("  ")
      else { return nil }
      digests[String(line.dropFirst(66))] = String(digest)
    }
    guard Array(self.text.utf8) == Array(text.utf8) else { return nil }
  }
}
