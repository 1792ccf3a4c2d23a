import Foundation
package import Jobs
import SQLite

extension Workspace {
  /// What a scheduled run is done by: one that has begun keeps the declaration it was enqueued with, whatever the
  /// file says now.
  package func scheduled(
    _ id: ScheduledRunID
  ) throws(PipelineError) -> (schedule: String, declaration: [UInt8]?) {
    do {
      let queue = try JobQueue.open(at: queueFile)
      guard let row = try queue.scheduledRun(id) else {
        throw PipelineError("There is no scheduled run \(id) in \(folder.path).")
      }
      guard let run = try row.run.flatMap({ try queue.run($0) }),
        run.state == .open || run.state == .paused,
        let stored = try queue.declaration(run.declaration)
      else { return (row.schedule, nil) }
      return (row.schedule, Array(stored.text.utf8))
    } catch let error as PipelineError {
      throw error
    } catch {
      throw PipelineError("\(error)")
    }
  }
}
