import Digests
import Foundation
import JSON
import Jobs
import SQLite
import TestSupport
import Testing

/// What makes a result be made again, what does not, and what `plan` says about it.
@Suite(.serialized) struct StalenessTests {
  private func declare(
    _ site: AgreementSite, sentences: Int = 2, condition: String = "true", more: String = ""
  ) throws {
    try """
    { format: 1, name: "agreements", input: { dir: "documents", match: ["**/*"]\(more) },
      steps: [ { id: "fields", kind: "extract", schema: "fields.schema.json" },
               { id: "summary", kind: "summarize", sentences: \(sentences), where: "\(condition)" } ],
      output: { dir: "out" } }
    """.write(to: site.declaration, atomically: true, encoding: .utf8)
  }

  private func writeSchema(_ site: AgreementSite, _ field: String = "law") throws {
    try """
    { "type": "object", "properties": { "\(field)": { "type": "string", "x-tag": "governing_law" } } }
    """.write(
      to: site.folder.url.appendingPathComponent("fields.schema.json"), atomically: true,
      encoding: .utf8)
  }

  /// By document and step: what `plan` says.
  private func reasons(_ site: AgreementSite) throws -> [String: String] {
    let ending = try site.docket.run(["plan", site.declaration.path, "--quick", "--json"])
    #expect(ending.status == 0, "\(ending.errors)")
    var reasons: [String: String] = [:]
    for line in ending.output.split(separator: "\n") {
      let value = try JSONValue.parse(Array(line.utf8))
      guard let document = value["document"]?.string, let step = value["step"]?.string else {
        continue
      }
      reasons["\(document) \(step)"] = value["reason"]?.string
    }
    return reasons
  }

  @Test(.timeLimit(.minutes(3)))
  func `plan names what changed for each result, and nothing else runs again`() throws {
    let site = try AgreementSite(documents: 1)
    try writeSchema(site)
    try declare(site)
    let (fields, summary) = ("agreement-0.txt fields", "agreement-0.txt summary")
    #expect(try reasons(site) == [fields: "new", summary: "new"])
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    #expect(try reasons(site)[fields] == "up to date")

    try writeSchema(site, "governingLaw")
    #expect(try reasons(site)[fields] == "changed: its schema")
    #expect(try reasons(site)[summary]?.hasPrefix("up to date") == true)
    try writeSchema(site)
    #expect(try reasons(site)[fields] == "up to date")

    try declare(site, sentences: 1)
    #expect(try reasons(site)[fields] == "up to date")
    #expect(try reasons(site)[summary] == "changed: the step")

    try declare(site, more: ", maxTokens: 5000")
    #expect(try reasons(site)[fields] == "changed: maxTokens or overLimit")

    try declare(site)
    try site.put(AgreementSite.agreement(1950), "agreement-0.txt")
    #expect(
      try reasons(site) == [fields: "changed: the document", summary: "changed: the document"])

    try site.put(AgreementSite.agreement(2000), "agreement-0.txt")
    let file = site.output.appendingPathComponent("agreement-0.txt.fields.json")
    try "{}".write(to: file, atomically: true, encoding: .utf8)
    #expect(try reasons(site)[fields] == "its output file was changed")
    try FileManager.default.removeItem(at: file)
    #expect(try reasons(site)[fields] == "its output file is gone")
  }

  @Test(.timeLimit(.minutes(3)))
  func `a condition decides anew each time, though no result is made anew for it`() throws {
    let site = try AgreementSite(documents: 2)
    try writeSchema(site)
    try declare(site, condition: "document.path != 'agreement-1.txt'")
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    #expect(site.results() == ["agreement-0.txt.summary.json"])
    try declare(site, condition: "document.path != 'agreement-0.txt'")
    let second = try site.docket.run(["run", site.declaration.path])
    #expect(second.status == 0, "\(second.errors)")
    func outcome(_ document: String, run: Int) throws -> JobOutcome? {
      try site.queue().jobs(
        JobFilter(run: RunID(Int64(run)), documentPath: document, step: "summary")
      ).first?.outcome
    }
    #expect(try outcome("agreement-0.txt", run: 2) == .skipped)
    #expect(try outcome("agreement-1.txt", run: 2) == .complete)
    // What is not asked for any more is kept, and said so.
    let earlier = "agreement-0.txt.summary.json"
    #expect(site.results().contains(earlier))
    let runFile = try JSONValue.parse(
      Array(try Data(contentsOf: site.output.appendingPathComponent("run.json"))))
    #expect(runFile["earlier"] == [.string(earlier), "agreement-0.txt.summary.md"])
    let verified = try site.docket.run(["verify", site.output.path])
    #expect(verified.status == 0, "\(verified.output)")
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    #expect(try outcome("agreement-1.txt", run: 3) == .cached)
  }

  @Test(.timeLimit(.minutes(3)))
  func
    `a digest is made anew when what goes into it is another, and not for a comment or a folder`()
    throws
  {
    let site = try AgreementSite(documents: 2)
    func run(output: String, comment: String) throws -> (outcome: JobOutcome?, digest: JSONValue) {
      try """
      // \(comment)
      { format: 1, name: "agreements", input: { dir: "documents", match: ["**/*"] },
        steps: [ { id: "summary", kind: "summarize", sentences: 2 },
                 { id: "digest", kind: "reduce", from: ["summary"], sentences: 3 } ],
        output: { dir: "\(output)" } }
      """.write(to: site.declaration, atomically: true, encoding: .utf8)
      let ending = try site.docket.run(["run", site.declaration.path])
      #expect(ending.status == 0, "\(ending.errors)")
      let newest = try #require(try site.queue().runs(limit: 1).first?.id)
      let jobs = try site.queue().jobs(JobFilter(run: newest, step: "digest"))
      #expect(jobs.count == 1)
      let file = site.folder.url.appendingPathComponent("\(output)/digest/all.json")
      return (jobs.first?.outcome, try JSONValue.parse(Array(try Data(contentsOf: file))))
    }
    let first = try run(output: "out", comment: "as it was")
    #expect(first.outcome == .complete)
    // The summary is made anew, says the same, and names another declaration.
    try FileManager.default.removeItem(
      at: site.output.appendingPathComponent("agreement-0.txt.summary.json"))
    let second = try run(output: "out", comment: "with another comment")
    #expect(second.outcome == .cached)
    #expect(second.digest == first.digest)
    // There is no digest in the other folder; it is the same one but for the declaration it names.
    let third = try run(output: "elsewhere", comment: "in another folder")
    #expect(third.digest["produced"]?["key"] == first.digest["produced"]?["key"])
    for member in ["sources", "evidence", "data"] {
      #expect(third.digest[member] == first.digest[member])
    }
    try site.put(AgreementSite.agreement(1950), "agreement-1.txt")
    let fourth = try run(output: "out", comment: "as it was")
    #expect(fourth.outcome == .complete)
    #expect(fourth.digest["produced"]?["key"] != first.digest["produced"]?["key"])
  }

  @Test(.timeLimit(.minutes(3)))
  func `a run that brought nothing new keeps its page, and draws it when anything is new`() throws {
    let site = try AgreementSite(documents: 1)
    try writeSchema(site)
    try declare(site)
    func run() throws { #expect(try site.docket.run(["run", site.declaration.path]).status == 0) }
    try run()
    let page = site.output.appendingPathComponent("report.html")
    let drawn = try Data(contentsOf: page)
    // A mark that drawing would not leave, and the memory of it: who reads no document keeps it.
    let marked = drawn + Data("<!-- marked -->".utf8)
    let pages = site.docket.workspace.appendingPathComponent("pages")
    let names = try FileManager.default.contentsOfDirectory(atPath: pages.path)
    let memory = pages.appendingPathComponent(try #require(names.first))
    let key = try String(contentsOf: memory, encoding: .utf8).prefix(64)
    try marked.write(to: page)
    try "\(key) \(SHA256.hash(of: Array(marked)))\n".write(
      to: memory, atomically: true, encoding: .utf8)
    try run()
    #expect(try Data(contentsOf: page) == marked)
    // A page that is not the one remembered is drawn anew.
    try (drawn + Data("<!-- touched -->".utf8)).write(to: page)
    try run()
    #expect(try Data(contentsOf: page) == drawn)
    try site.put(AgreementSite.agreement(1950), "agreement-0.txt")
    try run()
    #expect(try Data(contentsOf: page) != drawn)
  }

  @Test(.timeLimit(.minutes(3)))
  func `a condition waits for the step it speaks of, and its document is no result without it`()
    throws
  {
    let site = try AgreementSite(documents: 1)
    try writeSchema(site)
    try declare(site, condition: "fields.law.status == 'found'")
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    let summary = try #require(try site.queue().jobs(JobFilter(step: "summary")).first)
    #expect(summary.dependsOn == ["fields"])
    #expect(summary.outcome == .complete)
  }

  @Test(.timeLimit(.minutes(3)))
  func `an output that was lost while its run was open is made again by the same command`() throws {
    let site = try AgreementSite(documents: 3)
    let killed = try site.docket.run(["run", site.declaration.path, "--fault", "after-commit:2"])
    #expect(killed.status == -9)
    let first = try #require(site.results().first)
    try FileManager.default.removeItem(at: site.output.appendingPathComponent(first))
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    #expect(site.results().count == 3)
  }

  @Test(.timeLimit(.minutes(3)))
  func `torn files that a crash left are made anew or removed, others are left alone`() throws {
    let site = try AgreementSite(documents: 2)
    try FileManager.default.createDirectory(at: site.output, withIntermediateDirectories: true)
    let names = [
      ".docket-999999-5-1.tmp": "{\"format\": 1, \"ki", "agreement-0.txt.summary.json": "{\"form",
      "notes-of-the-owner.txt": "mine",
    ]
    for (name, text) in names {
      try text.write(
        to: site.output.appendingPathComponent(name), atomically: false, encoding: .utf8)
    }
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    // The owner's file is none of the run's, and verify names it: nothing is hidden.
    let verified = try site.docket.run(["verify", site.output.path])
    #expect(verified.status == 1)
    #expect((verified.output + verified.errors).contains("notes-of-the-owner.txt"))
    let found = try FileManager.default.contentsOfDirectory(atPath: site.output.path)
    #expect(!found.contains(".docket-999999-5-1.tmp"))
    #expect(found.contains("notes-of-the-owner.txt"))
  }

  @Test(.timeLimit(.minutes(3)))
  func
    `an output folder that cannot be written is refused with what to do, and nothing is used up`()
    throws
  {
    let site = try AgreementSite(documents: 1)
    // Root may write everywhere but where there is nothing to write to.
    let refused = try site.docket.run([
      "run", site.declaration.path, "--output", "/proc/self/docket-out",
    ])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("/proc/self/docket-out cannot be written (mkdir: "))
    #expect(try site.queue().jobs().isEmpty)
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
  }

  @Test(.timeLimit(.minutes(3)))
  func `what could not be written is made by the next command of a run that stayed open`() throws {
    let site = try AgreementSite(documents: 1)
    #expect(try site.docket.run(["run", site.declaration.path]).status == 0)
    // As a full disk leaves it, after half a minute of tries: a dead letter, and a run without its list of results.
    try FileManager.default.removeItem(at: site.output)
    try site.alter(
      """
      UPDATE job SET state = 'discarded', failure = 'io', error = 'no room', outcome = NULL,
        output_path = NULL, output_sha256 = NULL, output_bytes = NULL;
      UPDATE run SET state = 'open', finished_at = NULL
      """)
    let ending = try site.docket.run(["run", site.declaration.path])
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(site.results().contains("agreement-0.txt.summary.json"))
    #expect(try site.queue().runs().count == 1)
  }

  @Test(.timeLimit(.minutes(3)))
  func `plan says tokens, time and memory of what is left, and what will fail`() throws {
    let site = try AgreementSite(documents: 1)
    try writeSchema(site)
    try declare(site, more: ", maxTokens: 2000")
    try site.putLong("long.txt", pieces: 2)
    try site.put("%PDF-1.7\nnothing of a PDF follows", "damaged.pdf")
    let ending = try site.docket.run(["plan", site.declaration.path, "--json"])
    let lines = try ending.output.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
    func line(_ document: String) throws -> JSONValue {
      try #require(lines.first { $0["document"]?.string == document })
    }
    let short = try line("agreement-0.txt")
    #expect((100...300).contains(short["tokens"]?.integer ?? 0))
    #expect(short["readings"]?.integer == 1, "fields and summary share one")
    #expect(short["problem"] == .null)
    #expect(try line("long.txt")["problem"]?.string?.contains("a context of 2000 holds") == true)
    #expect(try line("damaged.pdf")["problem"]?.string?.contains("PDF") == true)
    let sum = try #require(lines.last)
    #expect(sum["tokens"]?.integer == short["tokens"]?.integer)
    #expect((sum["memoryBytes"]?.integer ?? 0) > 40 << 20)
    #expect(try site.queue().runs().isEmpty, "nothing was enqueued")
  }
}
