import Foundation
import Jobs
import SQLite
import Synchronization
import TestSupport

/// Two clocks that stand still until they are turned.
final class TurnedClock: Sendable {
  private let times = Mutex((wall: Int64(1_700_000_000_000), monotonic: Int64(5_000_000)))

  func advance(_ milliseconds: Int64) {
    times.withLock {
      $0.wall += milliseconds
      $0.monotonic += milliseconds
    }
  }
  func setWall(_ milliseconds: Int64) { times.withLock { $0.wall = milliseconds } }

  var wall: Timestamp { Timestamp(milliseconds: times.withLock { $0.wall }) }
  var clock: QueueClock {
    QueueClock(wall: { self.wall }, monotonic: { self.times.withLock { $0.monotonic } })
  }
}

/// A queue file of its own, with one open run.
final class QueueFixture {
  let folder: TemporaryFolder
  let url: URL
  let time = TurnedClock()
  let queue: JobQueue
  let run: RunID
  let worker: WorkerID

  init(policy: RetryPolicy = RetryPolicy(baseDelay: 1_000, seed: 1)) throws {
    folder = try TemporaryFolder()
    url = folder.url.appendingPathComponent("queue.db")
    queue = try JobQueue.open(at: url, clock: time.clock, policy: policy)
    run = try queue.startRun(newRun())
    worker = try queue.startWorker(named: "w1", program: "test")
  }

  func claim(preferring document: DocumentID? = nil, count: Int = 1) throws -> [Claim] {
    try queue.claim(worker: worker, preferring: document, count: count)
  }

  /// Another worker of this process, as far as the queue can tell.
  func anotherWorker() throws -> WorkerID { try queue.startWorker(named: "w2", program: "test") }
}

func newRun(pipeline: String = "contracts", text: String = "{}") -> NewRun {
  NewRun(
    pipeline: pipeline, directory: "/in", output: "/out",
    declaration: Declaration(sha256: hex(text), text: text), program: "test")
}

func documents(_ count: Int, steps: [String] = ["fields"], from first: Int = 0) -> [NewDocument] {
  (first..<first + count).map { number in
    NewDocument(
      path: "d\(number).txt", sha256: hex("d\(number)"), bytes: 100,
      jobs: steps.map { NewJob(step: $0, kind: "extract", key: hex("d\(number)/\($0)")) })
  }
}

/// 64 hexadecimal digits that differ where the text does: a stand-in for a digest, which this module never computes.
func hex(_ text: String) -> String {
  var state: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  let digits = String(state, radix: 16)
  return String(repeating: String(repeating: "0", count: 16 - digits.count) + digits, count: 4)
}

extension JobOutput {
  static func file(_ name: String) -> JobOutput {
    JobOutput(path: name, sha256: hex(name), bytes: 10)
  }
}
