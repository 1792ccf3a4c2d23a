package import Foundation
import Glibc

/// The folder where one user's queue, ledger and snapshots are kept, private to the user.
package struct Workspace: Sendable {
  package let folder: URL

  package var queueFile: URL { folder.appendingPathComponent("queue.sqlite") }
  package var snapshots: SnapshotFolder {
    SnapshotFolder(folder: folder.appendingPathComponent("snapshots"))
  }

  /// - Parameter path: The folder asked for; nil takes `$DOCKET_WORKSPACE`, then
  ///   `$XDG_STATE_HOME/docket`, then `~/.local/state/docket`.
  /// - Throws: ``PipelineError`` when the folder cannot be made or written.
  package init(at path: String?) throws(PipelineError) {
    let environment = ProcessInfo.processInfo.environment
    if let path = path ?? environment["DOCKET_WORKSPACE"], !path.isEmpty {
      folder = URL(fileURLWithPath: path).standardizedFileURL
    } else if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      folder = URL(fileURLWithPath: state).appendingPathComponent("docket")
    } else {
      folder = FileManager.default.homeDirectoryForCurrentUser
        .appendingPathComponent(".local/state/docket")
    }
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw PipelineError(
        "The workspace \(folder.path) cannot be created. Name a writable folder with --workspace "
          + "or DOCKET_WORKSPACE.")
    }
    guard unsafe access(folder.path, W_OK | X_OK) == 0 else {
      throw PipelineError(
        "The workspace \(folder.path) is not writable. Name another folder with --workspace or "
          + "DOCKET_WORKSPACE.")
    }
  }
}
