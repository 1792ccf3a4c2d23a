import Digests
import Foundation
import Jobs

/// Answers that failed, kept in the workspace for whoever looks into why: private to the user, as
/// they may hold the document's words.
enum KeptAnswer {
  /// - Returns: A sentence that says where.
  static func keep(_ text: String, job key: String, question: String, in workspace: Workspace)
    -> String
  {
    let folder = workspace.folder.appendingPathComponent("failed-answers")
    let name = "\(key.prefix(16))-\(SHA256.hash(of: question).prefix(8)).txt"
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try DurableFile.write(Array(text.utf8), to: folder.appendingPathComponent(name))
      return "Its text is in \(folder.appendingPathComponent(name).path)."
    } catch {
      return "Its text could not be kept."
    }
  }
}
