package import Foundation
import Inference

/// The snapshots of long readings: one file for a document's bytes, prompt and part. Whichever run or worker
/// reads the same text next goes on from it; it is removed when the reading is done, or for a model that writes
/// when the last question about the document is.
package struct SnapshotFolder: Sendable {
  package let folder: URL

  /// A file in the folder.
  package struct Entry: Hashable, Sendable {
    package var file: URL
    /// Of the source, from the name; nil for a file that never got its name.
    package var documentSHA256: String?
    package var bytes: Int
    package var modified: Date
  }

  private static let suffix = ".snapshot"

  func plan(
    document sha256: String, prompt: String, part: Int, interval: Int
  ) -> SnapshotPlan {
    SnapshotPlan(
      file: folder.appendingPathComponent(
        "\(sha256)-\(prompt.prefix(16))-\(part)\(Self.suffix)"), interval: interval)
  }

  /// Everything in the folder, by name.
  package func entries() -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      let file = folder.appendingPathComponent(name)
      guard
        let values = try? FileManager.default.attributesOfItem(atPath: file.path),
        values[.type] as? FileAttributeType == .typeRegular
      else { return nil }
      let fields = name.split(separator: "-")
      let hasName = name.hasSuffix(Self.suffix) && fields.count == 3 && fields[0].count == 64
      return Entry(
        file: file, documentSHA256: hasName ? String(fields[0]) : nil,
        bytes: (values[.size] as? NSNumber)?.intValue ?? 0,
        modified: values[.modificationDate] as? Date ?? .distantPast)
    }
  }
}
