package import Foundation
package import SQLite

/// The queue file: what is to be done, what was done, and by whom. One file may serve many runs and many
/// processes; each thread opens its own `JobQueue`.
///
/// Enqueueing, completing, failing and what people ask for are on the disk when the call returns, as at
/// synchronous=FULL. Claims, heartbeats and releases are not (NORMAL): a power loss may take them back, and
/// then the job is simply one that is ready, or whose worker is dead.
///
/// Every method throws `DatabaseError`; after `.full` nothing of the call has happened.
package final class JobQueue {
  let connection: Connection
  let clock: QueueClock
  let policy: RetryPolicy
  let faults: FaultPoints
  /// When this object last looked for dead workers, by the monotonic clock.
  var lastReclaim: Int64?

  /// Milliseconds a claim holds without a heartbeat. A quarter of it is a good interval between heartbeats:
  /// three may be missed.
  package let lease: Int64
  package static let usualLease: Int64 = 60_000

  package static func open(
    at url: URL, access: Connection.Access = .create, clock: QueueClock = .system,
    policy: RetryPolicy = RetryPolicy(), lease: Int64 = usualLease, faults: FaultPoints = .none
  ) throws(DatabaseError) -> JobQueue {
    let connection = try Connection(path: url.path, access: access)
    if access == .readOnly {
      do throws(DatabaseError) {
        try connection.check(QueueMigrations.all, applicationID: QueueMigrations.applicationID)
      } catch {
        guard case .olderSchema = error.kind else { throw error }
        // Ours, and of an earlier version: whoever looks at it first brings it up to date.
        try migrate(Connection(path: url.path, access: .readWrite))
      }
    } else {
      try migrate(connection)
    }
    return JobQueue(connection, clock, policy, lease, faults)
  }

  private static func migrate(_ connection: Connection) throws(DatabaseError) {
    try connection.migrate(by: QueueMigrations.all, applicationID: QueueMigrations.applicationID)
  }

  private init(
    _ connection: Connection, _ clock: QueueClock, _ policy: RetryPolicy, _ lease: Int64,
    _ faults: FaultPoints
  ) {
    self.connection = connection
    self.clock = clock
    self.policy = policy
    self.lease = lease
    self.faults = faults
  }

  package static var schemaVersion: Int { QueueMigrations.all.count }

  /// What SQLite's integrity check complains about; empty for a sound file.
  package func integrityProblems() throws(DatabaseError) -> [String] {
    try connection.integrityProblems()
  }
}
