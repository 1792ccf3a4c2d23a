import Digests
import Foundation
import TestSupport

/// A real run of the real binary on some of `Samples/`: a PDF, a page of HTML, a transcript and a file
/// that is damaged.
///
/// Everything a run leaves can move: its input is stated relative to its output. So one run serves all
/// tests, each with a copy of its own to spoil.
struct SampleRun: Sendable {
  let folder: TemporaryFolder
  let docket: DocketProgram
  let ending: DocketProgram.Ending

  static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Samples")

  static let documents = [
    "contracts/agreement-mutual-nda.pdf", "contracts/agreement-clause-technical-data.html",
    "meetings/transcript-mercury-atlas-8.srt",
  ]

  private static let shared = Result { try SampleRun() }

  /// A copy of the one run.
  static func copy() throws -> SampleRun {
    let run = try shared.get()
    let folder = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: run.folder.url.path) {
      try FileManager.default.copyItem(
        at: run.folder.url.appendingPathComponent(name),
        to: folder.url.appendingPathComponent(name))
    }
    return SampleRun(
      folder: folder,
      docket: DocketProgram(workspace: folder.url.appendingPathComponent("workspace")),
      ending: run.ending)
  }

  private init(folder: TemporaryFolder, docket: DocketProgram, ending: DocketProgram.Ending) {
    self.folder = folder
    self.docket = docket
    self.ending = ending
  }

  var declaration: URL { folder.url.appendingPathComponent("pipeline.json5") }
  var out: URL { folder.url.appendingPathComponent("out") }

  init(workers: Int = 1) throws {
    folder = try TemporaryFolder()
    docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
    let input = folder.url.appendingPathComponent("documents")
    let manager = FileManager.default
    try manager.createDirectory(at: input, withIntermediateDirectories: true)
    for path in Self.documents {
      let from = Self.samples.appendingPathComponent(path)
      try manager.copyItem(at: from, to: input.appendingPathComponent(from.lastPathComponent))
    }
    try Data("%PDF-1.7\nnothing of a PDF follows".utf8).write(
      to: input.appendingPathComponent("damaged.pdf"))
    try """
    { "type": "object", "properties": {
        "governingLaw": { "type": "string", "x-tag": "governing_law", "x-normalize": "jurisdiction" },
        "agreementDate": { "type": "string", "x-tag": "agreement_date", "x-normalize": "date" },
        "antiAssignment": { "type": "boolean", "x-tag": "anti_assignment" },
        "astronaut": { "type": "string", "x-pattern": "(?<value>Wally)" } } }
    """.write(
      to: folder.url.appendingPathComponent("fields.schema.json"), atomically: true,
      encoding: .utf8)
    let file = folder.url.appendingPathComponent("pipeline.json5")
    try """
    { format: 1, name: "samples", input: { dir: "documents", match: ["**/*"] },
      steps: [ { id: "fields", kind: "extract", schema: "fields.schema.json" },
               { id: "summary", kind: "summarize", sentences: 3 },
               { id: "minutes", kind: "minutes", where: "document.mediaType != 'application/pdf'" } ],
      output: { dir: "out", csv: ["fields"] } }
    """.write(to: file, atomically: true, encoding: .utf8)
    ending = try docket.run(["run", file.path, "--workers", "\(workers)"])
  }

  /// Every file of the output folder: path → bytes.
  func outputs() throws -> [String: Data] {
    try files(below: out)
  }

  /// Makes `SHA256SUMS` agree with the files as they are now, as one would who wants to hide a change.
  func writeDigests() throws {
    let list = out.appendingPathComponent("SHA256SUMS")
    let lines = try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map { line in
      let path = String(line.dropFirst(66))
      let bytes = try Data(contentsOf: out.appendingPathComponent(path))
      return "\(SHA256.hash(of: Array(bytes)))  \(path)\n"
    }
    try lines.joined().write(to: list, atomically: true, encoding: .utf8)
  }
}
