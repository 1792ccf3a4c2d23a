package import Foundation
package import SQLite
import Synchronization

/// What a heartbeat learns about a claim.
package enum LeaseStatus: Hashable, Sendable {
  case held
  /// Still held, but somebody paused the job, its run or its pipeline: release it at the next safe point.
  case pauseRequested
  /// Another worker has it, or it was cancelled: whatever follows no longer counts.
  case lost
}

/// Prolongs leases, over a connection of its own, so that it can beat from a timer's thread while the
/// worker's thread computes. Used by one thread at a time.
package final class Heartbeat {
  private let queue: JobQueue

  package init(
    at url: URL, clock: QueueClock = .system, lease: Int64 = JobQueue.usualLease
  ) throws(DatabaseError) {
    queue = try JobQueue.open(at: url, access: .readWrite, clock: clock, lease: lease)
    try queue.connection.set(.normal)
  }

  /// - Parameter progress: tokens read or written by this attempt so far.
  package func beat(_ claim: Claim, progress: Int) throws(DatabaseError) -> LeaseStatus {
    let status = try queue.beat(claim, progress: progress)
    try queue.connection.checkpointWhenDue()
    return status
  }
}

extension JobQueue {
  /// For a worker without a timer's thread. See `Heartbeat`.
  package func beat(_ claim: Claim, progress: Int) throws(DatabaseError) -> LeaseStatus {
    try connection.set(.normal)
    let stop = try connection.first(
      JobSQL.beat,
      [
        "lease": .integer(clock.monotonic() + self.lease), "now": now, "progress": Value(progress),
        "id": .integer(claim.job.id.rawValue), "token": .integer(claim.token),
      ]
    ) { $0.bool(0) }
    return stop.map { $0 ? .pauseRequested : .held } ?? .lost
  }
}

/// A claim and how it stands, shared by the worker's thread and the one that beats.
package final class Lease: Sendable {
  package let claim: Claim
  private let tokens = Atomic<Int>(0)
  private let standing = Mutex(LeaseStatus.held)

  init(_ claim: Claim) { self.claim = claim }

  /// Tokens read or written so far. Cheap: call it as often as you like.
  package func advance(to count: Int) { tokens.store(count, ordering: .relaxed) }
  package var progress: Int { tokens.load(ordering: .relaxed) }

  /// To be asked at each safe point.
  package var status: LeaseStatus { standing.withLock { $0 } }

  func note(_ status: LeaseStatus) { standing.withLock { $0 = status } }
}

/// A thread that keeps the leases of one process alive, however long the worker's threads compute.
package final class LeaseKeeper: Sendable {
  private struct State {
    var leases: [JobID: Lease] = [:]
    var isStopped = false
    var problem: DatabaseError?
  }
  private let state = Mutex(State())

  /// Milliseconds between beats where leases are long: who watches wants to see a reading get on. A beat waits for
  /// no disk.
  private static let longestInterval: Int64 = 2_000

  /// Beats at least four times a lease until `stop`.
  package init(
    at url: URL, lease: Int64 = JobQueue.usualLease, clock: QueueClock = .system
  ) throws(DatabaseError) {
    let interval = min(lease / 4, Self.longestInterval)
    // Opened here for its error; the thread that owns the connection opens its own.
    _ = try Heartbeat(at: url, clock: clock, lease: lease)
    let thread = Thread { [weak self] in
      let heart = try? Heartbeat(at: url, clock: clock, lease: lease)
      var next = clock.monotonic()
      while let keeper = self, !keeper.state.withLock({ $0.isStopped }) {
        if clock.monotonic() >= next {
          keeper.beatAll(heart)
          next = clock.monotonic() + interval
        }
        // Short, so that `stop` and a new claim do not wait for the next beat.
        Thread.sleep(forTimeInterval: min(0.2, Double(interval) / 1000))
      }
    }
    thread.name = "docket.leases"
    thread.start()
  }

  package func keep(_ claim: Claim) -> Lease {
    let lease = Lease(claim)
    state.withLock { $0.leases[claim.job.id] = lease }
    return lease
  }

  /// The job has ended, one way or another.
  package func drop(_ lease: Lease) {
    _ = state.withLock { $0.leases.removeValue(forKey: lease.claim.job.id) }
  }

  /// Gives every job of this process back, no attempt counted: for a process that must end before its workers
  /// reach a safe point. What they still do no longer counts.
  package func releaseAll(at url: URL, because: String) {
    guard let queue = try? JobQueue.open(at: url, access: .readWrite) else { return }
    for lease in state.withLock({ Array($0.leases.values) }) {
      _ = try? queue.release(
        lease.claim, because: because, cost: AttemptCost(tokensRead: lease.progress))
    }
  }

  package func stop() { state.withLock { $0.isStopped = true } }

  /// The last beat that could not be made, if the last one could not. The lease may still be good: only the
  /// queue knows.
  package var problem: DatabaseError? { state.withLock { $0.problem } }

  private func beatAll(_ heart: Heartbeat?) {
    var problem: DatabaseError?
    for lease in state.withLock({ Array($0.leases.values) }) where lease.status != .lost {
      do throws(DatabaseError) {
        if let heart { lease.note(try heart.beat(lease.claim, progress: lease.progress)) }
      } catch {
        problem = error
      }
    }
    state.withLock { [problem] in $0.problem = problem }
  }
}
