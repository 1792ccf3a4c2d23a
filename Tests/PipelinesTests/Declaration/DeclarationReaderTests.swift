import Foundation
import JSON
import Schedules
import TestSupport
import Testing

@testable import Pipelines

@Suite struct DeclarationReaderTests {
  private let folder: DeclarationFolder
  init() throws { folder = try DeclarationFolder() }

  private let full = """
    // Everything a declaration can say.
    { $schema: "declaration.schema.json", format: 1, name: "contracts 2027",
      input: { dir: "in", match: ["**/*.pdf", "x/"], exclude: ["drafts/**"], maxTokens: 5e5,
               overLimit: "split", passwords: ["one", "two"] },
      model: { weights: "default", temperature: 0.6, seed: 0x7 },
      steps: [
        { id: "short", kind: "filter", where: "document.pages <= 100" },
        { id: "fields", kind: "extract", from: ["short"], schema: "terms.schema.json",
          evidence: "optional", attempts: 5 },
        { id: "summary", kind: "summarize", share: .25, where: "fields.governingLaw.status == 'found'" },
        { id: "talk", kind: "minutes" },
        { id: "risks", kind: "ask", from: ["fields"], schema: "./risks.schema.json",
          instructions: "Be brief.", where: "fields.capOnLiability.status in ['absent', 'notRead']" },
        { id: "sort", kind: "classify", labels: { lease: "Of land", other: "Anything else" }, multiple: true },
        { id: "digest", kind: "reduce", from: ["summary"], groupBy: "fields.governingLaw.value",
          sentences: 12 },
      ],
      output: { dir: "../results", jsonl: false, csv: ["fields", "sort"], html: false, markdown: false },
      schedule: { cron: "0 22 * * 1-5", timeZone: "Europe/Berlin", missed: "all", overlap: "queue",
                  window: "22:00-06:30" },
    }
    """

  @Test func `everything that is said is read`() throws {
    let declaration = try folder.read(full)
    let here = folder.folder.url
    #expect(declaration.file == folder.file)
    #expect(declaration.source == Array(full.utf8))
    #expect(declaration.sha256.count == 64)
    #expect(declaration.name == "contracts 2027")
    let input = declaration.input
    #expect(input.directory.path == here.appendingPathComponent("in").path)
    #expect(input.match == ["**/*.pdf", "x/"])
    #expect(input.exclude == ["drafts/**"])
    #expect(input.maxTokens == 500_000)
    #expect(input.overLimit == .split)
    #expect(input.passwords == ["one", "two"])
    #expect(declaration.model == .init(weights: .default, temperature: 0.6, seed: 7))
    #expect(
      declaration.output.directory.path
        == here.deletingLastPathComponent().appendingPathComponent("results").path)
    #expect(declaration.output.csv == ["fields", "sort"])
    #expect(!declaration.output.jsonl && !declaration.output.html && !declaration.output.markdown)
    let schedule = try #require(declaration.schedule)
    #expect(schedule.cron == "0 22 * * 1-5")
    #expect(schedule.times == (try CronExpression(parsing: "0 22 * * MON-FRI")))
    #expect(schedule.timeZone.identifier == "Europe/Berlin")
    #expect(schedule.missed == .all && schedule.overlap == .queue)
    #expect(schedule.window?.text == "22:00-06:30")

    #expect(declaration.steps.map(\.kind) == DeclarationReaderTests.kinds)
    #expect(declaration.steps.map(\.attempts) == [1, 5, 3, 3, 3, 3, 3])
    #expect(
      declaration.steps.map(\.dependencies) == [
        [], ["short"], ["fields"], [], ["fields"], [], ["summary", "fields"],
      ])
    let fields = try #require(declaration.step("fields"))
    guard case .extract(let extract) = fields.action else { throw Unexpected() }
    #expect(extract.evidence == .optional)
    #expect(extract.schema.value["properties"]?.object?.count == 3)
    #expect(extract.schema.file.lastPathComponent == "terms.schema.json")
    guard case .classify(let sort)? = declaration.step("sort")?.action else { throw Unexpected() }
    #expect(sort.multiple)
    #expect(
      sort.labels == [
        .init(name: "lease", description: "Of land"),
        .init(name: "other", description: "Anything else"),
      ])
    guard case .ask(let risks)? = declaration.step("risks")?.action else { throw Unexpected() }
    #expect(risks.instructions == "Be brief." && risks.evidence == .required)
    #expect(declaration.step("summary")?.action == .summarize(.share(0.25)))
    #expect(
      declaration.step("summary")?.condition?.source == "fields.governingLaw.status == 'found'")
    guard case .filter(let short)? = declaration.step("short")?.action else { throw Unexpected() }
    #expect(short.source == "document.pages <= 100" && declaration.steps[0].condition == nil)
    guard case .reduce(let digest)? = declaration.step("digest")?.action else { throw Unexpected() }
    #expect(digest.length == .sentences(12))
    #expect(digest.groupBy?.source == "fields.governingLaw.value")
  }

  private static let kinds = [
    "filter", "extract", "summarize", "minutes", "ask", "classify", "reduce",
  ]

  private struct Unexpected: Error {}

  @Test func `what is left out has a default`() throws {
    let read = try folder.read(declaration(steps: #"{ id: "m", kind: "minutes" }"#))
    #expect(read.input.match == ["**/*.pdf", "**/*.{html,htm}", "**/*.{txt,vtt,srt}"])
    #expect(read.input.exclude.isEmpty && read.input.passwords.isEmpty)
    #expect(read.input.maxTokens == 1_000_000 && read.input.overLimit == .fail)
    #expect(read.model == .init(weights: .default, temperature: 0, seed: 0))
    #expect(read.output.jsonl && read.output.html && read.output.markdown)
    #expect(read.output.csv.isEmpty && read.schedule == nil)
    #expect(read.steps[0].attempts == 3 && read.steps[0].from.isEmpty)
  }

  @Test func `a checkpoint folder is found from the declaration's folder`() throws {
    let weights = folder.folder.url.appendingPathComponent("m1")
    try FileManager.default.createDirectory(at: weights, withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: weights.appendingPathComponent("config.json"))
    let text = declaration(
      steps: #"{ id: "m", kind: "minutes" }"#,
      output: #"output: {dir: "out"}, model: {weights: "m1"}"#)
    guard case .folder(let found) = try folder.read(text).model.weights else {
      throw Unexpected()
    }
    #expect(found.path == weights.path)
  }

  @Test func `what a step says, and nothing else, is its canonical form`() throws {
    let steps = try folder.read(full).steps
    #expect(
      steps[2].canonical.text() == #"{"id":"summary","kind":"summarize","length":{"share":0.25}}"#)
    // Layout, order, defaults written out, conditions and attempts make no difference …
    let same = try folder.read(
      declaration(
        steps: """
          { kind: 'extract', // the fields
            schema: "terms.schema.json", attempts: 9, where: "document.pages > 1", id: "fields" }
          """))
    let plain = try folder.read(
      declaration(
        steps:
          #"{ id: "fields", kind: "extract", schema: "./terms.schema.json", evidence: "required" }"#
      ))
    #expect(same.steps[0].canonical == plain.steps[0].canonical)
    // … the schema's bytes do, and so do the options of the kind.
    #expect(steps[1].canonical != plain.steps[0].canonical)
    try folder.write("terms.schema.json", #"{"properties": {"a": {"x-tag": "b"}}}"#)
    let changed = try folder.read(
      declaration(steps: #"{ id: "fields", kind: "extract", schema: "terms.schema.json" }"#))
    #expect(changed.steps[0].canonical != plain.steps[0].canonical)
  }

  @Test func `outputs inside the input folder are not read again`() throws {
    func exclusions(_ input: String, _ output: String) throws -> [String] {
      try folder.read(
        """
        { format: 1, name: "x", input: { dir: "\(input)", exclude: ["a"] },
          steps: [{ id: "m", kind: "minutes" }], output: { dir: "\(output)" } }
        """
      ).exclusions
    }
    #expect(try exclusions(".", "out") == ["a", "out"])
    #expect(try exclusions(".", "./deep/../o[1]/*x") == ["a", #"o\[1\]/\*x"#])
    #expect(try exclusions("in", "out") == ["a"])
    #expect(try exclusions("in", "input") == ["a"])
    #expect(try exclusions("/data", "/data/out/x") == ["a", "out/x"])
  }

  @Test func `expressions see the fields of extract and ask, and the data of other steps`() throws {
    let steps = try folder.read(full).steps
    let data: JSONValue = ["fields": ["a": ["value": 1]], "schema": ["name": "x"]]
    #expect(steps[1].scopeMember(data) == ["a": ["value": 1]])
    #expect(steps[3].scopeMember(data) == data)
    #expect(steps[1].scopeMember(nil) == nil)
  }
}
