import Foundation
import Pipelines

/// Held by the one daemon of a workspace for as long as its process lives, however it ends.
final class DaemonLock {
  private let descriptor: Int32

  /// - Throws: ``PipelineError`` when another daemon holds it.
  init(_ workspace: Workspace) throws {
    let path = workspace.folder.appendingPathComponent("daemon.lock").path
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw PipelineError("\(path) cannot be opened: \(unsafe String(cString: strerror(errno))).")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let owner = (try? String(contentsOfFile: path, encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines)
      close(descriptor)
      throw PipelineError(
        "Another daemon\(owner.map { " (process \($0))" } ?? "") serves \(workspace.folder.path). "
          + "One is enough; stop it first, or name another folder with --workspace.")
    }
    let text = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = unsafe write(descriptor, text, text.count)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
