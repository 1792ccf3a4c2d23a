package import Foundation

/// Every regular file below a folder: path relative to it → bytes.
package func files(below folder: URL) throws -> [String: Data] {
  var files: [String: Data] = [:]
  for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
    let file = folder.appendingPathComponent(path)
    if try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
      files[path] = try Data(contentsOf: file)
    }
  }
  return files
}

/// The same of a run's output folder, without the temporary files that a crash may leave.
package func outputs(of folder: URL) throws -> [String: Data] {
  try files(below: folder).filter { !$0.key.hasPrefix(".docket-") }
}
