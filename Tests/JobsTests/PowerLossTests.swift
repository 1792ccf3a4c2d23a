import Foundation
import Jobs
import SQLite
import TestSupport
import Testing

/// Processes that die as in a power loss, or whose disk fails, by a library preloaded into them: see
/// Tests/PowerLoss/power_loss.c.
@Suite(.serialized) struct PowerLossTests {
  private func preloaded(_ more: [String: String] = [:]) -> [String: String] {
    let library = Site.products.appendingPathComponent("libPowerLoss.so").path
    // The crash report of a worker whose threads are halted can wait for the library's lock for ever.
    return [
      "LD_PRELOAD": library, "POWER_LOSS": "1", "SWIFT_BACKTRACE": "enable=no",
    ].merging(more) { $1 }
  }

  /// The control: without a sync nothing survives, or the tests below would prove nothing.
  @Test func `what was written and not synced is gone after a power loss`() throws {
    let folder = try TemporaryFolder()
    try Data("old\n".utf8).write(to: folder.url.appendingPathComponent("kept"))
    for (isPreloaded, expected) in [(true, ["kept"]), (false, ["kept", "lost"])] {
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = ["-c", "echo a > lost; echo more >> kept; kill -9 $$"]
      shell.currentDirectoryURL = folder.url
      if isPreloaded {
        shell.environment = ProcessInfo.processInfo.environment.merging(preloaded()) { $1 }
      }
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == SIGKILL)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == expected)
      let kept = try String(contentsOf: folder.url.appendingPathComponent("kept"), encoding: .utf8)
      #expect(kept == (isPreloaded ? "old\n" : "old\nmore\n"))
    }
  }

  @Test(
    .timeLimit(.minutes(2)),
    arguments: FaultPoint.allCases.filter { $0.isInWorker && $0 != .diskFull && $0 != .ioError })
  func `whatever counts as done has its file after a power loss`(point: FaultPoint) throws {
    let site = try Site(documents: 4)
    for pass in [1, 2, 3, 5] {
      let victim = try site.start("--fault", "\(point.rawValue):\(pass)", environment: preloaded())
      victim.waitUntilExit()
      if victim.terminationReason == .exit { break }
      #expect(victim.terminationStatus == SIGKILL)
      try site.verifyDone()
    }
    let last = try site.start()
    last.waitUntilExit()
    try site.verify(4)
  }

  @Test(.timeLimit(.minutes(2)))
  func `what was reported as recorded is so after a power loss`() throws {
    let site = try Site(documents: 4)
    let pipe = Pipe()
    let victim = try site.start("--fault", "mid-read:5", environment: preloaded(), output: pipe)
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    victim.waitUntilExit()
    #expect(victim.terminationStatus == SIGKILL)
    let recorded = said.split(separator: "\n").filter { $0.hasPrefix("recorded ") }
      .map { String($0.dropFirst("recorded ".count)) }
    #expect(recorded.count == 4)
    let done = try site.queue().jobs(JobFilter(run: site.run, states: [.completed]))
    #expect(done.map { "\($0.documentPath) \($0.step)" } == recorded)
    try site.verifyDone()
  }

  @Test(.timeLimit(.minutes(2)), arguments: [ENOSPC, EIO])
  func `a queue whose disk fails at any write loses nothing and goes on later`(number: Int32) throws
  {
    let site = try Site(documents: 3)
    var failures = 0
    for pass in [1, 2, 5, 9, 14] {
      let victim = try site.start(
        environment: preloaded([
          "POWER_LOSS_FAIL": "write:\(pass):\(number)", "POWER_LOSS_MATCH": "queue.db",
          "POWER_LOSS_STICKY": "1",
        ]))
      victim.waitUntilExit()
      if victim.terminationReason == .exit, victim.terminationStatus == 0 { break }
      failures += 1
      try site.verifyDone()
    }
    #expect(failures > 1)
    let last = try site.start()
    last.waitUntilExit()
    try site.verify(3)
  }

  @Test(.timeLimit(.minutes(2)))
  func `a queue whose sync fails says so and goes on later`() throws {
    let site = try Site(documents: 3)
    let victim = try site.start(
      environment: preloaded([
        "POWER_LOSS_FAIL": "sync:1:\(EIO)", "POWER_LOSS_MATCH": "queue.db-wal",
      ]))
    victim.waitUntilExit()
    #expect(victim.terminationStatus != 0)
    try site.verifyDone()
    let last = try site.start()
    last.waitUntilExit()
    try site.verify(3)
  }

  @Test(.timeLimit(.minutes(2)), arguments: ["write", "sync"])
  func `an output whose disk fails once is written by the next try`(call: String) throws {
    let site = try Site(documents: 3)
    let worker = try site.start(
      environment: preloaded([
        "POWER_LOSS_FAIL": "\(call):2:\(ENOSPC)", "POWER_LOSS_MATCH": "/out/.docket",
      ]))
    worker.waitUntilExit()
    #expect(worker.terminationStatus == 0)
    try site.verify(3)
    let failures = try site.queue().jobs(JobFilter(run: site.run)).flatMap {
      try site.queue().attempts(of: $0.id).filter { $0.end == .failed }
    }
    #expect(failures.map(\.failure) == [.inputOutput])
    #expect(failures.first?.error?.contains("errno \(ENOSPC)") == true)
  }
}
