package import Foundation
package import Jobs
import SQLite

/// What of a workspace nothing refers to any more. Results are never part of it, nor what makes one up to date.
package struct Garbage: Sendable {
  /// Runs that ended before the time asked for, and whose results are gone or known by later runs as well.
  package var runs: [EndedRun] = []
  /// Runs as old that stay, as a result of theirs is still up to date by them.
  package var keptRuns: [EndedRun] = []
  /// Snapshots of documents no run has work for, and those a killed process left unfinished.
  package var snapshots: [SnapshotFolder.Entry] = []
  /// Temporary files of killed processes in the output folders of all runs.
  package var leftovers: [URL] = []

  private let workspace: Workspace
  private let before: Timestamp

  /// Seconds after which a snapshot without a name cannot be on its way to one.
  private static let longestWrite: TimeInterval = 3600

  /// Looks, and changes nothing.
  ///
  /// - Parameter before: how old a run must be.
  package init(in workspace: Workspace, before: Date) throws(PipelineError) {
    self.workspace = workspace
    self.before = Timestamp(before)
    do {
      let queue = try JobQueue.open(at: workspace.queueFile)
      for run in try queue.endedRuns(before: self.before) {
        let output = URL(fileURLWithPath: run.output)
        let isNeeded = try queue.lastOutputs(of: run.id).contains {
          FileDigest.sha256(of: output.appendingPathComponent($0.path)) == $0.sha256
        }
        if isNeeded { keptRuns.append(run) } else { runs.append(run) }
      }
      let alive = try queue.unfinishedDocuments()
      snapshots = workspace.snapshots.entries().filter { entry in
        entry.documentSHA256.map { !alive.contains($0) }
          ?? (Date().timeIntervalSince(entry.modified) > Self.longestWrite)
      }
      leftovers = try queue.outputFolders().flatMap {
        DurableFile.leftovers(in: URL(fileURLWithPath: $0))
      }
    } catch {
      throw PipelineError("\(error)")
    }
  }

  /// Removes it.
  package func remove() throws(PipelineError) {
    do {
      try JobQueue.open(at: workspace.queueFile).remove(runs.map(\.id), before: before)
    } catch {
      throw PipelineError("\(error)")
    }
    for file in snapshots.map(\.file) + leftovers {
      do {
        try FileManager.default.removeItem(at: file)
      } catch {
        // Gone already is as good as removed.
        if FileManager.default.fileExists(atPath: file.path) {
          throw PipelineError(
            "\(file.path) cannot be removed. Check the permissions of its folder.")
        }
      }
    }
  }
}
