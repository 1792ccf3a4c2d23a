import Foundation
import Jobs
import Pipelines
import SQLite
import TestSupport
import Testing

/// Long readings that are stopped or killed, and documents that do not fit.
@Suite(.serialized) struct StoppedReadingTests {
  /// Passes of `mid-read`, one a piece, in a whole reading of the long text.
  private static let pieces = 5

  private func site() throws -> AgreementSite {
    let site = try AgreementSite(documents: 0)
    try site.putLong("long.txt", pieces: Self.pieces)
    return site
  }

  /// Whether a run reads fewer pieces than the whole text has: it dies at the piece that it must not reach.
  private func goesOn(_ site: AgreementSite, after pieces: Int) throws -> Bool {
    let rest = try site.docket.run([
      "run", site.declaration.path, "--fault", "mid-read:\(Self.pieces - pieces + 1)",
    ])
    return rest.status == 0
  }

  @Test(.timeLimit(.minutes(3)))
  func `a reading killed after a snapshot goes on there, to the same bytes`() throws {
    let undisturbed = try site()
    #expect(try undisturbed.docket.run(["run", undisturbed.declaration.path]).status == 0)
    let result = "long.txt.summary.json"
    let expected = try Data(contentsOf: undisturbed.output.appendingPathComponent(result))
    #expect(undisturbed.snapshots().isEmpty)

    let killed = try site()
    let death = try killed.docket.run([
      "run", killed.declaration.path, "--snapshot-every", "1536", "--fault", "after-snapshot:3",
    ])
    #expect(death.status == -9)
    #expect(killed.snapshots().count == 1)
    #expect(try goesOn(killed, after: 3))
    #expect(try Data(contentsOf: killed.output.appendingPathComponent(result)) == expected)
    #expect(killed.snapshots().isEmpty, "removed when the reading is done")
  }

  @Test(.timeLimit(.minutes(3)))
  func `the control: without its snapshot the reading begins anew`() throws {
    let site = try site()
    let death = try site.docket.run([
      "run", site.declaration.path, "--snapshot-every", "1536", "--fault", "after-snapshot:3",
    ])
    #expect(death.status == -9)
    for name in site.snapshots() {
      // Cut in the middle: a snapshot that is not whole costs time and nothing else.
      let file = site.workspace.appendingPathComponent("snapshots/\(name)")
      let handle = try FileHandle(forWritingTo: file)
      try handle.truncate(atOffset: 100_000)
    }
    #expect(try goesOn(site, after: 3) == false)
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
  }

  @Test(.timeLimit(.minutes(3)))
  func `SIGTERM in mid-document leaves a snapshot, counts no attempt, and the reading goes on`()
    throws
  {
    let site = try AgreementSite(documents: 0)
    try site.putLong("long.txt", pieces: 12)
    let started = try site.docket.start([
      "run", site.declaration.path, "--snapshot-every", "1536",
    ])
    #expect(site.wait { !site.snapshots().isEmpty })
    let told = Date()
    started.process.terminate()
    #expect(try started.wait().status == 75)
    #expect(Date().timeIntervalSince(told) < 10)
    #expect(site.snapshots().count == 1)
    let job = try #require(try site.queue().jobs().first)
    #expect(job.state == .available)
    #expect(job.attempts == 0)
    #expect(try site.queue().attempts(of: job.id).map(\.end) == [.released])
    #expect(try site.queue().attempts(of: job.id)[0].error == "SIGTERM")
    let rest = try site.docket.run(["run", site.declaration.path, "--fault", "mid-read:12"])
    #expect(rest.status == 0, "fewer pieces than the whole text has")
    #expect(site.snapshots().isEmpty)
  }

  @Test(.timeLimit(.minutes(3)))
  func
    `a document that does not fit is refused with the numbers, before it is read, and others go on`()
    throws
  {
    let site = try AgreementSite(documents: 1)
    try site.putLong("long.txt", pieces: 5)
    // Room for one text and not for the other, whatever the model's own needs.
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let model = try LoadedModel(.default, threads: threads)
    let limit = try #require(
      (1...1000).first {
        MemoryBudget(model.engine, limit: $0 << 20, workers: 1, threads: threads).longest > 3000
      })
    let refused = try site.docket.run(["run", site.declaration.path, "--memory", "\(limit)"])
    #expect(refused.status == 1)
    #expect(refused.output.contains("failed: long.txt: Reading "))
    #expect(refused.output.contains("a limit of \(limit) MiB leaves "))
    #expect(site.results() == ["agreement-0.txt.summary.json"])
    let job = try #require(try site.queue().jobs(JobFilter(documentPath: "long.txt")).first)
    #expect(job.failure == .limit)
    #expect(job.progress == 0)
    // A rerun with the room it needs does what was refused.
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    #expect(site.results().count == 2)
  }
}
