import Foundation
import JSON
import Jobs
import SQLite
import TestSupport
import Testing

/// The real daemon, its runs as processes of their own, and what becomes of both when they are killed.
@Suite(.serialized) struct DaemonTests {
  /// Due every minute, and added an hour ago: at once, and 59 times missed.
  private func scheduled(
    _ site: AgreementSite, _ more: String = "", cron: String = "* * * * *"
  ) throws {
    try site.declare(schedule: "cron: \"\(cron)\", timeZone: \"UTC\"\(more)")
    let added = try site.docket.run(["schedule", "add", site.declaration.path])
    #expect(added.status == 0, "\(added.errors)")
    try site.alter("UPDATE schedule SET decided_until = decided_until - 3600000")
  }

  private func stop(_ daemon: DocketProgram.Started) throws -> DocketProgram.Ending {
    let told = Date()
    daemon.process.terminate()
    let ending = try daemon.wait()
    #expect(Date().timeIntervalSince(told) < 10)
    return ending
  }

  @Test(.timeLimit(.minutes(3)))
  func `a daemon makes up for missed times by one run, and leaves a row for the others`() throws {
    let site = try AgreementSite()
    try scheduled(site)
    let daemon = try site.docket.start(["daemon", "--json"])
    #expect(site.wait { !daemon.events("runEnded").isEmpty })
    #expect(daemon.events("runEnded").first?["status"]?.integer == 0)
    #expect(site.results().count == 2)
    let skipped = try #require(daemon.events("skipped").first)
    #expect(skipped["reason"]?.string == "missed")
    #expect((58...60).contains(skipped["covers"]?.integer ?? 0))

    let second = try site.docket.run(["daemon"])
    #expect(second.status == 1)
    #expect(second.errors.contains("process \(daemon.process.processIdentifier)"))

    #expect(try stop(daemon).status == 75)
    let history = try site.docket.run(["schedule", "history", "--json"])
    #expect(history.output.contains(#""reason":"missed""#))
    #expect(history.output.contains(#""runState":"finished""#))
    #expect(try site.queue().runs().last?.trigger == "schedule:agreements")
  }

  @Test(.timeLimit(.minutes(3)))
  func `a run whose process dies is started again and completes`() throws {
    let site = try AgreementSite(documents: 30)
    try scheduled(site)
    let daemon = try site.docket.start(["daemon", "--json"])
    #expect(site.wait { site.results().count > 1 })
    let first = try #require(daemon.events("runStarted").first?["process"]?.integer)
    kill(Int32(first), SIGKILL)
    #expect(site.wait { daemon.events("runEnded").contains { $0["status"]?.integer == 0 } })
    #expect(daemon.events("runEnded").first?["status"]?.integer == -9)
    #expect(site.results().count == 30)
    #expect(try stop(daemon).status == 75)
  }

  @Test(.timeLimit(.minutes(3)))
  func `a stopped daemon's run is finished by the next one, by the declaration it began with`()
    throws
  {
    let site = try AgreementSite(documents: 60)
    try scheduled(site)
    let daemon = try site.docket.start(["daemon", "--json"])
    #expect(site.wait { site.results().count > 1 })
    #expect(try stop(daemon).status == 75)
    #expect(site.results().count < 60)
    #expect(try site.queue().jobs().allSatisfy { $0.attempts <= 1 && $0.state != .running })
    let digest = try #require(
      try site.queue().runs().first.flatMap {
        try site.queue().declaration($0.declaration)?.sha256
      })
    // Other sentences, the same times: for runs to come.
    try site.declare(sentences: 1, schedule: "cron: \"* * * * *\", timeZone: \"UTC\"")
    let next = try site.docket.start(["daemon", "--json"])
    #expect(site.wait { next.events("runEnded").contains { $0["status"]?.integer == 0 } })
    #expect(try stop(next).status == 75)
    let first = try #require(try site.queue().runs().last)
    #expect(first.state == .finished)
    #expect(try site.queue().declaration(first.declaration)?.sha256 == digest)
    #expect(try site.queue().counts(run: first.id)[.completed] == 60)
  }

  @Test(.timeLimit(.minutes(3)))
  func `outside its window a run waits, and by hand it is refused with the time it opens`() throws {
    let site = try AgreementSite()
    // Two hours, half a day from now.
    let hour =
      (Calendar(identifier: .gregorian).dateComponents(in: .gmt, from: Date()).hour! + 12) % 24
    let window = String(format: "%02d:00-%02d:00", hour, (hour + 2) % 24)
    try scheduled(site, ", window: \"\(window)\"")
    let daemon = try site.docket.start(["daemon", "--json"])
    #expect(site.wait { !daemon.events("skipped").isEmpty })
    Thread.sleep(forTimeInterval: 0.6)
    #expect(daemon.events("runStarted").isEmpty)
    #expect(try stop(daemon).status == 75)
    #expect(try site.docket.run(["schedule", "history"]).output.contains("waits"))
    let byHand = try site.docket.run(["run", site.declaration.path, "--window"])
    #expect(byHand.status == 75)
    #expect(byHand.errors.contains("outside the window \(window) "))
    #expect(site.results().isEmpty)
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
  }

  @Test(.timeLimit(.minutes(3)))
  func `a declaration that changes, breaks and is mended is followed`() throws {
    let site = try AgreementSite()
    try site.declare(schedule: "cron: \"0 3 * * *\", timeZone: \"UTC\"")
    #expect(try site.docket.run(["schedule", "add", site.declaration.path]).status == 0)
    let daemon = try site.docket.start(["daemon", "--json"])
    #expect(site.wait { !daemon.events("serving").isEmpty })
    Thread.sleep(forTimeInterval: 0.5)
    try site.declare(schedule: "cron: \"30 4 * * *\", timeZone: \"UTC\"")
    #expect(site.wait { !daemon.events("changed").isEmpty })
    #expect(try site.docket.run(["schedule", "list", "--json"]).output.contains("30 4 * * *"))
    try "{ format: 1, stpes: 3 }".write(
      to: site.declaration, atomically: true, encoding: .utf8)
    #expect(site.wait { !daemon.events("problem").isEmpty })
    #expect(daemon.events("problem").first?["detail"]?.string?.contains(":1:14: ") == true)
    #expect(try stop(daemon).status == 75)
  }

  private static let analyzer = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: analyzer != nil, "systemd-analyze is not installed"))
  func `the units that are written are accepted by systemd, and removed again`() throws {
    let site = try AgreementSite()
    try site.declare(
      schedule: "cron: \"0 22 * * 1-5\", timeZone: \"Europe/Berlin\", window: \"22:00-06:00\"")
    let units = site.folder.url.appendingPathComponent("units")
    let options = ["--systemd", "--units", units.path]
    let added = try site.docket.run(["schedule", "add", site.declaration.path] + options)
    #expect(added.status == 0, "\(added.errors)")
    let files = ["service", "timer"].map { units.appendingPathComponent("docket-agreements.\($0)") }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.analyzer))
    process.arguments = ["verify", "--man=no"] + files.map(\.path)
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(!said.contains("docket-agreements"), "\(said)")
    let service = try String(contentsOf: files[0], encoding: .utf8)
    #expect(service.contains("\"--window\""))
    #expect(try site.docket.run(["schedule", "remove", "agreements"] + options).status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: units.path).isEmpty)
    try site.declare(schedule: "cron: \"@daily\", timeZone: \"UTC\", overlap: \"queue\"")
    let refused = try site.docket.run(["schedule", "add", site.declaration.path] + options)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("docket daemon"))
  }
}
