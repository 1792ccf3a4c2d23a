import Foundation
import JSON
import Jobs
import SQLite
import TestSupport
import Testing

@testable import docket

/// Verbs that look after the queue and its ledger: gc, release, jobs, watch.
@Suite(.serialized) struct LedgerVerbTests {
  @Test(.timeLimit(.minutes(2)))
  func
    `gc removes what nothing refers to, says so beforehand, and never what makes a result up to date`()
    throws
  {
    let site = try AgreementSite()
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    // A second run by other words: the first one's results were replaced and are not known by it any more.
    try site.declare(sentences: 1)
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    let snapshots = site.workspace.appendingPathComponent("snapshots")
    let orphan = snapshots.appendingPathComponent(
      "\(String(repeating: "a", count: 64))-\(String(repeating: "b", count: 16))-0.snapshot")
    try Data(count: 5000).write(to: orphan)
    let torn = site.output.appendingPathComponent(".docket-999999-5-1.tmp")
    try Data(count: 10).write(to: torn)
    let mine = try #require(
      try String(contentsOfFile: "/proc/self/stat", encoding: .utf8).split(separator: ")").last)
    let start = mine.split(separator: " ")[19]
    let alive = site.output.appendingPathComponent(".docket-\(getpid())-\(start)-1.tmp")
    try Data(count: 10).write(to: alive)

    let young = try site.docket.run(["gc", "--dry-run"])
    #expect(young.output.contains("would remove 0 runs, 1 snapshots (4.9 KiB), 1 temporary files"))
    #expect(FileManager.default.fileExists(atPath: orphan.path))
    let dry = try site.docket.run(["gc", "--older-than", "0", "--dry-run", "--json"])
    #expect(dry.status == 0)
    let lines = dry.output.split(separator: "\n")
    #expect(lines.count == 4, "a run, a snapshot, a file, and the sums: \(dry.output)")
    #expect(lines.last?.contains(#""runs":1"#) == true, "\(dry.output)")
    #expect(lines.last?.contains(#""keptRuns":1"#) == true, "\(dry.output)")
    #expect(try site.queue().runs().count == 2)

    let done = try site.docket.run(["gc", "--older-than", "0"])
    #expect(done.output.contains("removed run 1 agreements"))
    #expect(done.output.contains("1 old runs stay"))
    #expect(try site.queue().runs().map(\.id) == [RunID(2)])
    #expect(try site.queue().integrityProblems().isEmpty)
    #expect(!FileManager.default.fileExists(atPath: orphan.path))
    #expect(!FileManager.default.fileExists(atPath: torn.path))
    #expect(FileManager.default.fileExists(atPath: alive.path), "its writer lives")
    let again = try site.docket.run(["run", site.declaration.path, "--json"])
    #expect(again.output.contains(#""cached":2"#), "results are still up to date")
  }

  @Test(.timeLimit(.minutes(2)))
  func `gc keeps the snapshot of a document that has work left`() throws {
    let site = try AgreementSite(documents: 0)
    try site.putLong("long.txt", pieces: 4)
    let killed = try site.docket.run([
      "run", site.declaration.path, "--snapshot-every", "1536", "--fault", "after-snapshot:1",
    ])
    #expect(killed.status == -9)
    #expect(try site.docket.run(["gc", "--older-than", "0"]).status == 0)
    #expect(site.snapshots().count == 1)
    #expect(try site.queue().runs().count == 1)
    #expect(try site.docket.run(["cancel", "--run", "1"]).status == 0)
    #expect(try site.docket.run(["gc", "--older-than", "0"]).status == 0)
    #expect(site.snapshots().isEmpty)
    #expect(try site.queue().runs().isEmpty)
  }

  @Test(.timeLimit(.minutes(2)))
  func `a dead letter tells all that is needed to do it again`() throws {
    let site = try AgreementSite(documents: 1)
    try site.put("%PDF-1.7\nnothing of a PDF follows", "damaged.pdf")
    #expect(try site.docket.run(["run", site.declaration.path]).status == 1)
    let job = try #require(try site.queue().jobs(JobFilter(states: [.discarded])).first)
    let ending = try site.docket.run(["jobs", "\(job.id)", "--json"])
    let detail = try JSONValue.parse(Array(ending.output.utf8))
    #expect(detail["document"]?.string == "damaged.pdf")
    #expect(detail["documentSha256"]?.string == job.documentSHA256)
    #expect(detail["directory"]?.string == site.documents.path)
    #expect(detail["declarationSha256"]?.string?.count == 64)
    #expect(detail["class"]?.string == "input")
    #expect(detail["history"]?.array?.count == 1)
    #expect(detail["history"]?.array?.first?["ended"]?.string == "failed")
    #expect(detail["notices"]?.array?.isEmpty == false)
    let plain = try site.docket.run(["jobs", "\(job.id)"])
    #expect(plain.output.contains("attempt 1    failed"))
    #expect(try site.docket.run(["jobs", "77"]).status == 2)
  }

  @Test(.timeLimit(.minutes(2)))
  func `release takes a job back from a worker that hangs, and what it still does does not count`()
    throws
  {
    let site = try AgreementSite(documents: 0)
    try site.putLong("long.txt", pieces: 8)
    let started = try site.docket.start(["run", site.declaration.path])
    #expect(site.wait { (try? site.queue().jobs(JobFilter(states: [.running])))?.isEmpty == false })
    kill(started.process.processIdentifier, SIGSTOP)
    let released = try site.docket.run(["release", "--run", "1"])
    #expect(released.output.contains("1 changed"))
    let job = try #require(try site.queue().jobs().first)
    #expect(job.state == .available)
    #expect(job.attempts == 0)
    #expect(try site.queue().attempts(of: job.id).map(\.end) == [.released])
    kill(started.process.processIdentifier, SIGCONT)
    // It has the job again, by a claim of its own.
    #expect(try started.wait().status == 0)
    #expect(try site.queue().attempts(of: job.id).map(\.end) == [.released, .completed])
  }

  @Test(.timeLimit(.minutes(2)))
  func `a process that planned by other inputs than the queue has now stops before it does harm`()
    throws
  {
    let site = try AgreementSite(documents: 40)
    let schema = site.folder.url.appendingPathComponent("fields.schema.json")
    func write(_ field: String) throws {
      try """
      { "type": "object", "properties": { "\(field)": { "type": "string", "x-tag": "governing_law" } } }
      """.write(to: schema, atomically: true, encoding: .utf8)
    }
    try write("law")
    try """
    { format: 1, name: "agreements", input: { dir: "documents", match: ["**/*"] },
      steps: [ { id: "fields", kind: "extract", schema: "fields.schema.json" } ], output: { dir: "out" } }
    """.write(to: site.declaration, atomically: true, encoding: .utf8)
    let first = try site.docket.start(["run", site.declaration.path])
    #expect(site.wait { (try? site.queue().counts()[.completed]) ?? 0 > 0 })
    kill(first.process.processIdentifier, SIGSTOP)
    try write("governingLaw")
    let second = try site.docket.run([
      "run", site.declaration.path, "--fault", "after-enqueue-commit:1",
    ])
    #expect(second.status == -9)
    kill(first.process.processIdentifier, SIGCONT)
    let ending = try first.wait()
    #expect(ending.status == 1)
    #expect(ending.errors.contains("works by the new ones"))
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    for name in try FileManager.default.contentsOfDirectory(atPath: site.output.path)
    where name.hasSuffix(".fields.json") {
      let text = try String(
        contentsOf: site.output.appendingPathComponent(name), encoding: .utf8)
      #expect(text.contains("\"governingLaw\"") && !text.contains("\"law\""), "\(name)")
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `watch prints lines elsewhere than on a terminal, and ends with the run`() throws {
    let site = try AgreementSite(documents: 20)
    try site.put("%PDF-1.7\nnothing of a PDF follows", "damaged.pdf")
    let started = try site.docket.start(["run", site.declaration.path])
    #expect(site.wait { (try? site.queue().jobs())?.isEmpty == false })
    let watch = try site.docket.start(["watch", "--json"])
    #expect(try started.wait().status == 1)
    let ending = try watch.wait()
    #expect(ending.status == 1, "as the run: one document failed")
    let last = try #require(watch.lines.last)
    #expect(last["state"]?.string == "finished")
    #expect(last["documents"]?["complete"]?.integer == 20)
    #expect(last["documents"]?["failed"]?.integer == 1)
    let once = try site.docket.run(["watch", "--once"])
    #expect(once.output.contains("21 of 21 documents"))
    #expect(once.output.contains("✗ 1 failed"))
    #expect(once.output.contains("damaged.pdf · summary: "))
  }

  /// A name could tell the terminal what to do; the program's own colours do.
  @Test(.timeLimit(.minutes(2)))
  func `a terminal gets the colours of watch, and no control character of a name`() throws {
    let site = try AgreementSite(documents: 1)
    try site.put("%PDF-1.7\nnothing of a PDF follows", "red\u{1B}[31m.pdf")
    #expect(try site.docket.run(["run", site.declaration.path]).status == 1)
    let watched = try site.docket.outputOnTerminal(["watch", "--once"])
    #expect(watched.contains("\u{1B}[32m") && watched.contains("2 of 2 documents"))
    #expect(!watched.contains("?["))
    let jobs = try site.docket.outputOnTerminal(["jobs"])
    #expect(jobs.contains("red") && !jobs.contains("\u{1B}"))
  }

  @Test func `a frame fits its terminal, and many documents share cells that show the worst`()
    throws
  {
    let folder = try TemporaryFolder()
    let queue = try JobQueue.open(at: folder.url.appendingPathComponent("queue.sqlite"))
    let id = try queue.startRun(
      NewRun(
        pipeline: "contracts", directory: "/documents", output: "/out",
        declaration: Declaration(sha256: "0", text: "{}"), program: "test"))
    let run = try #require(try queue.run(id))
    func document(_ number: Int) -> DocumentStanding {
      DocumentStanding(
        path: "d\(number).txt", bytes: 4000, tokens: 1000, jobs: 1,
        completed: number < 5000 ? 1 : 0,
        running: number == 6000 ? 1 : 0, retryable: 0, paused: 0, lost: number == 9999 ? 1 : 0,
        partial: 0, skipped: 0, cached: 0, progress: number == 6000 ? 400 : 0)
    }
    let progress = RunProgress(run: run, documents: (0..<10_000).map(document), isPaused: false)
    #expect(progress.tokensDone == 5000 * 1000 + 400 + 1000)
    #expect(progress.tokensLeft == 4999 * 1000 - 400)
    for (columns, rows) in [(80, 24), (40, 12), (200, 50)] {
      let lines = WatchFrame(
        progress: progress, tokensPerSecond: 1000, failures: ["d9999.txt · summary: damaged"],
        columns: columns, rows: rows, hasColour: false
      ).lines
      #expect(lines.count < rows)
      #expect(lines.allSatisfy { $0.count <= max(columns, 68) })
      let grid = lines.filter { $0.hasPrefix(" ") }.joined()
      #expect(grid.contains("✗") && grid.contains("▶") && grid.contains("■"))
      #expect(lines.contains { $0.contains("5001 of 10000 documents") })
      #expect(lines.contains { $0.contains("1 h 23 min left") })
    }
  }

  @Test func `the rate is that of the last half minute, and unknown while nothing gets on`() {
    var rate = ReadingRate()
    rate.note(0, at: 0)
    #expect(rate.perSecond == nil)
    for second in 1...100 { rate.note(second * (second < 60 ? 10 : 100), at: Double(second)) }
    #expect(rate.perSecond == 100)
    rate.note(5, at: 101)
    #expect(rate.perSecond == nil)
  }
}
