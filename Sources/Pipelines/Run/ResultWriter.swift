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
}
