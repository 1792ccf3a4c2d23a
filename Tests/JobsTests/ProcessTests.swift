import Foundation
import Jobs
import SQLite
import TestSupport
import Testing

/// Several real processes at one queue, killed, stopped and starved.
@Suite(.serialized) struct ProcessTests {
  @Test(.timeLimit(.minutes(2)))
  func `four processes share the work, each job completed by one of them`() throws {
    let site = try Site(documents: 40)
    let workers = try (0..<4).map { _ in try site.start("--work", "2") }
    workers.forEach { $0.waitUntilExit() }
    #expect(workers.map(\.terminationStatus) == [0, 0, 0, 0])
    try site.verify(40)
    let workersSeen = Set(try site.queue().jobs(JobFilter(run: site.run)).compactMap(\.worker))
    #expect(workersSeen.count > 1)
  }

  /// The case the other queues fail: some lose the ten jobs, some lock them for ever, some fail them.
  @Test(.timeLimit(.minutes(2)))
  func `after SIGKILL with jobs in hand another process finishes all forty`() throws {
    let site = try Site(documents: 20)
    let victims = try (0..<4).map { _ in try site.start("--work", "60000") }
    try site.wait { try site.queue().counts(run: site.run)[.running] == 4 }
    for victim in victims {
      kill(victim.processIdentifier, SIGKILL)
      victim.waitUntilExit()
    }
    let rescuer = try site.start()
    rescuer.waitUntilExit()
    #expect(rescuer.terminationStatus == 0)
    try site.verify(20)
    let lost = try site.queue().jobs(JobFilter(run: site.run)).flatMap {
      try site.queue().attempts(of: $0.id).filter { $0.end == .lost }
    }
    #expect(lost.count == 4)
  }

  @Test(.timeLimit(.minutes(2)), arguments: FaultPoint.allCases.filter { $0.isInWorker })
  func `a death at any point is made good by running again`(point: FaultPoint) throws {
    let site = try Site(documents: 4)
    for pass in 1...3 {
      let victim = try site.start("--fault", "\(point.rawValue):\(pass)")
      victim.waitUntilExit()
      if point == .diskFull || point == .ioError {
        #expect(victim.terminationStatus == 0)
        break
      }
      // A run that has finished has no further pass of the point.
      if victim.terminationReason == .exit { break }
      #expect(victim.terminationStatus == SIGKILL)
    }
    let last = try site.start()
    last.waitUntilExit()
    try site.verify(4)
  }

  @Test(.timeLimit(.minutes(2)))
  func `a process stopped for longer than its lease does no harm when it goes on`() throws {
    let site = try Site(documents: 3)
    let sleeper = try site.start("--work", "400", "--lease", "600")
    try site.wait { try site.queue().counts(run: site.run)[.running] == 1 }
    kill(sleeper.processIdentifier, SIGSTOP)
    let held = try #require(
      try site.queue().jobs(JobFilter(run: site.run, states: [.running])).first)
    let other = try site.start("--lease", "600")
    other.waitUntilExit()
    #expect(try site.queue().job(held.id)?.state == .completed)
    kill(sleeper.processIdentifier, SIGCONT)
    sleeper.waitUntilExit()
    #expect(sleeper.terminationStatus == 0)
    try site.verify(3)
    #expect(try site.queue().attempts(of: held.id).map(\.end) == [.lost, .completed])
  }

  @Test(.timeLimit(.minutes(2)))
  func `a heartbeat of its own thread keeps a job that computes for several leases`() throws {
    let site = try Site(documents: 1)
    let slow = try site.start("--work", "1500", "--lease", "400")
    try site.wait { try site.queue().counts(run: site.run)[.running] == 1 }
    let other = try site.start("--lease", "400")
    slow.waitUntilExit()
    other.waitUntilExit()
    try site.verify(1)
    for job in try site.queue().jobs(JobFilter(run: site.run)) {
      #expect(try site.queue().attempts(of: job.id).map(\.end) == [.completed])
    }
  }

  @Test(.timeLimit(.minutes(5)), arguments: 1...6)
  func `processes killed at random finish the same work`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let site = try Site(documents: 15)
    var workers: [Process] = []
    var kills = 0
    while try site.queue().run(site.run)?.state != .finished {
      workers.removeAll { !$0.isRunning }
      while workers.count < 1 + seed % 4 { workers.append(try site.start("--work", "3")) }
      Thread.sleep(forTimeInterval: Double.random(in: 0.005...0.15, using: &random))
      if kills < 25, let victim = workers.randomElement(using: &random) {
        kill(victim.processIdentifier, SIGKILL)
        kills += 1
      }
    }
    workers.forEach { $0.waitUntilExit() }
    try site.verify(15)
  }
}

extension FaultPoint {
  /// Whether the test's worker passes it: it neither enqueues nor keeps snapshots.
  var isInWorker: Bool {
    switch self {
    case .beforeEnqueueCommit, .afterEnqueueCommit, .afterSnapshot: false
    default: true
    }
  }
}
