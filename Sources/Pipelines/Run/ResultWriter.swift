import Digests
import Foundation
import Jobs

/// Puts result files into the output folder, whole and on the disk.
struct ResultWriter {
  let folder: URL
  let faults: FaultPoints

  /// - Parameter path: Relative to the folder; folders on the way are made.
  func write(_ bytes: [UInt8], to path: String) throws(DurableFileError) -> JobOutput {
    let url = folder.appendingPathComponent(path)
    try DurableFile.makeFolder(url.deletingLastPathComponent())
    try DurableFile.write(bytes, to: url, faults: faults)
    return JobOutput(path: path, sha256: SHA256.hash(of: bytes), bytes: bytes.count)
  }

  /// Puts what a model thought beside its result where the declaration keeps that, and takes away what stood there
  /// of an earlier one.
  func write(reasoning parts: [String], besides result: String, of declaration: Declaration) throws
  {
    guard declaration.model.writing.keepsReasoning else { return }
    let path = OutputName.reasoning(besides: result)
    if parts.isEmpty {
      try? FileManager.default.removeItem(at: folder.appendingPathComponent(path))
    } else {
      _ = try write(Array(parts.joined(separator: "\n\n").utf8), to: path)
    }
  }
}
