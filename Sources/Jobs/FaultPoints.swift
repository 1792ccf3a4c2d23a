import Foundation
import Synchronization

/// A place in the program where a test makes things go wrong on purpose.
package enum FaultPoint: String, Hashable, Sendable, CaseIterable {
  case beforeEnqueueCommit = "before-enqueue-commit"
  case afterEnqueueCommit = "after-enqueue-commit"
  case afterClaim = "after-claim"
  case midRead = "mid-read"
  case afterSnapshot = "after-snapshot"
  case beforeWrite = "before-write"
  case midWrite = "mid-write"
  case beforeRename = "before-rename"
  case afterRename = "after-rename"
  case beforeCommit = "before-commit"
  case afterCommit = "after-commit"
  case beforeFinish = "before-finish"
  case diskFull = "disk-full"
  case ioError = "io-error"

  /// One line for people.
  package var help: String {
    switch self {
    case .beforeEnqueueCommit: "dies with all jobs of a run inserted, before they are committed"
    case .afterEnqueueCommit: "dies as soon as the jobs of a run are committed"
    case .afterClaim: "dies as soon as a claim is committed, with nothing of the job done"
    case .midRead: "dies between two pieces of a document's reading"
    case .afterSnapshot: "dies as soon as a reading's snapshot is on the disk"
    case .beforeWrite: "dies with an output made, before its file exists"
    case .midWrite: "dies with half of an output in its temporary file"
    case .beforeRename: "dies with the temporary file on the disk, before it gets its name"
    case .afterRename: "dies with the output in place, before its folder is synced"
    case .beforeCommit: "dies inside the transaction that completes a job"
    case .afterCommit: "dies as soon as a job's completion is committed"
    case .beforeFinish: "dies with all jobs completed, before the run is marked as finished"
    case .diskFull: "the write of an output fails: no space left on the device (ENOSPC)"
    case .ioError: "the sync of an output fails: input/output error (EIO)"
    }
  }

  /// The error it makes a system call return; nil where the process dies instead.
  var errorNumber: Int32? {
    switch self {
    case .diskFull: ENOSPC
    case .ioError: EIO
    default: nil
    }
  }
}

/// The faults a run was asked for: `POINT:N` strikes at the N-th pass of the point, once.
package final class FaultPoints: Sendable {
  package static let none = FaultPoints([:])

  private let armed: [FaultPoint: Int]
  private let passes: Mutex<[FaultPoint: Int]> = Mutex([:])

  package init(_ armed: [FaultPoint: Int]) { self.armed = armed }

  /// `POINT:N`, several separated by commas; `POINT` alone is `POINT:1`.
  package convenience init(parsing text: String) throws(FaultPointError) {
    var armed: [FaultPoint: Int] = [:]
    for part in text.split(separator: ",") {
      let halves = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let point = FaultPoint(rawValue: String(halves[0])) else {
        throw FaultPointError(argument: String(part), reason: .unknownPoint)
      }
      let count = halves.count == 1 ? 1 : Int(halves[1])
      guard let count, count >= 1 else {
        throw FaultPointError(argument: String(part), reason: .badCount)
      }
      armed[point] = count
    }
    self.init(armed)
  }

  /// Passes a point. Where a death is due, the process ends here, by SIGKILL: no handler runs, no buffer is
  /// flushed. Where an error is due, returns the `errno` the next system call is to fail with.
  @discardableResult
  package func reach(_ point: FaultPoint) -> Int32? {
    guard let due = armed[point] else { return nil }
    let count = passes.withLock { passes in
      passes[point, default: 0] += 1
      return passes[point]!
    }
    guard count == due else { return nil }
    if let number = point.errorNumber { return number }
    kill(getpid(), SIGKILL)
    // The signal may reach another thread first; this one must not go on in the meantime.
    while true { pause() }
  }
}

package struct FaultPointError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Reason: Hashable, Sendable { case unknownPoint, badCount }
  package var argument: String
  package var reason: Reason

  package var description: String {
    switch reason {
    case .unknownPoint:
      "No fault point is called '\(argument)'. There are: "
        + FaultPoint.allCases.map(\.rawValue).joined(separator: ", ") + "."
    case .badCount:
      "'\(argument)' should be POINT:N, with N the pass at which to strike, 1 or more."
    }
  }
}
