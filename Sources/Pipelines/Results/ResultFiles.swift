import Digests
import Documents
import Foundation
import Ingest
import JSON
import Jobs
import Outputs

/// The files of a run as a whole, made anew from the documents' results after every run:
/// `KIND.jsonl`, `KIND.csv`, Markdown, `report.html`, `run.json` and `SHA256SUMS`.
struct ResultFiles {
  let declaration: Declaration
  let model: LoadedModel
  let results: RunResults
  let pdfProgram: URL?
  let workspace: Workspace
  let program: String
  let faults: FaultPoints
  let stop: StopSignal

  /// - Throws: ``Interruption`` when told to stop: the files are made anew by the next run.
  func write() throws {
    var digests = OutputDigests()
    let writer = ResultWriter(folder: declaration.output.directory, faults: faults)
    func put(_ bytes: [UInt8], _ path: String) throws {
      if stop.isSet { throw Interruption() }
      _ = try writer.write(bytes, to: path)
      digests.add(path, bytes)
    }
    for document in results.documents {
      for step in document.steps {
        guard let path = step.outputPath,
          let bytes = ResultFile.bytes(path, in: declaration.output.directory)
        else { continue }
        digests.add(path, bytes)
        addReasoning(besides: path, to: &digests)
      }
    }
    for step in declaration.steps where step.isReduce {
      let files = results.digests.filter { $0.step == step.id }.compactMap { digest in
        digest.outputPath.flatMap { path in
          ResultFile.bytes(path, in: declaration.output.directory).map { (path, $0) }
        }
      }
      for (path, bytes) in files {
        digests.add(path, bytes)
        addReasoning(besides: path, to: &digests)
      }
      if declaration.output.jsonl {
        let lines = files.compactMap { try? JSONValue.parse($0.1) }
        try put(OutputLines.bytes(of: lines), "\(step.id).jsonl")
      }
    }
    for step in declaration.steps where step.outputKind != nil && !step.isReduce {
      let name = OutputName(declaration: declaration).name(of: step)
      let envelopes = envelopes(of: step)
      if declaration.output.jsonl {
        try put(OutputLines.bytes(of: envelopes.map(\.value)), "\(name).jsonl")
      }
      if declaration.output.csv.contains(step.id) {
        try put(
          FieldsTable.csv(of: envelopes.map(\.value) + failures(of: step)), "\(name).csv")
      }
      if declaration.output.markdown, let markdown = Self.markdown(of: step) {
        for (path, value) in envelopes {
          try put(Array(markdown(value).utf8), path.dropLast(".json".count) + ".md")
        }
      }
    }
    let earlier = earlierResults(besides: digests)
    for (path, digest) in earlier { digests.add(path, digest: digest) }
    let run = runFile(earlier: earlier.map(\.path))
    let runBytes = Envelope.fileBytes(of: run)
    if declaration.output.html {
      let memory = PageMemory(
        of: declaration.output.directory, in: workspace,
        shows: [program, pdfProgram == nil ? "" : "pdf", digests.text, SHA256.hash(of: runBytes)])
      let page = memory.page ?? report(run)
      try put(page, RunReport.name)
      memory.keep(page)
    }
    try put(runBytes, RunFile.name)
    _ = try writer.write(Array(digests.text.utf8), to: OutputDigests.fileName)
  }

  private func addReasoning(besides path: String, to digests: inout OutputDigests) {
    let name = OutputName.reasoning(besides: path)
    guard declaration.model.writing.keepsReasoning,
      let bytes = ResultFile.bytes(name, in: declaration.output.directory)
    else { return }
    digests.add(name, bytes)
  }

  /// What runs before wrote and this one was not asked for, by a changed condition or folder: results of hours
  /// are not deleted, and are what they were when they are asked for again.
  private func earlierResults(besides digests: OutputDigests) -> [(path: String, digest: String)] {
    let folder = declaration.output.directory
    guard let bytes = ResultFile.bytes(OutputDigests.fileName, in: folder),
      let before = OutputDigests(parsing: String(decoding: bytes, as: UTF8.self))
    else { return [] }
    return before.digests.sorted { $0.key < $1.key }.compactMap { path, digest in
      guard digests.digests[path] == nil, path != RunFile.name,
        path != RunReport.name || !declaration.output.html,
        FileDigest.sha256(of: folder.appendingPathComponent(path)) == digest
      else { return nil }
      return (path, digest)
    }
  }

  /// What makes a result of the step one to read; nil where its fields have a table instead.
  private static func markdown(of step: Step) -> ((JSONValue) -> String)? {
    switch step.outputKind {
    case .minutes: MinutesMarkdown.text
    case .summary: SummaryMarkdown.text
    case .fields, nil: nil
    }
  }

  /// The step's results, in the order of the documents' paths.
  private func envelopes(of step: Step) -> [(path: String, value: JSONValue)] {
    var envelopes: [(path: String, value: JSONValue)] = []
    for document in results.documents {
      guard let path = document.steps.first(where: { $0.step == step.id })?.outputPath,
        let value = ResultFile.read(path, in: declaration.output.directory)
      else { continue }
      envelopes.append((path, value))
    }
    return envelopes
  }

  /// A row for each document that could not be read: a table that leaves it out would hide it.
  private func failures(of step: Step) -> [JSONValue] {
    var rows: [JSONValue] = []
    for document in results.documents {
      guard let result = document.steps.first(where: { $0.step == step.id }),
        result.status == .failed
      else { continue }
      rows.append([
        "kind": .string(step.outputKind?.rawValue ?? ""), "status": "failed",
        "source": ["path": .string(document.path)], "data": ["fields": [:]],
      ])
    }
    return rows
  }

  /// Each value beside its source; the documents are read once more for the words around it and for
  /// the pages it stands on.
  private func report(_ run: JSONValue) -> [UInt8] {
    RunReport(
      title: declaration.name, run: run, input: declaration.input.directory,
      opener: DocumentOpener(passwords: declaration.input.passwords, pdfProgram: pdfProgram),
      // A report that a stop cuts short will not be written.
      shouldStop: { stop.isSet }
    ).html(
      of: declaration.steps.filter { $0.outputKind != nil && !$0.isReduce }
        .flatMap { envelopes(of: $0).map(\.value) })
  }

  private func runFile(earlier: [String]) -> JSONValue {
    RunFile(
      pipeline: declaration.name, pipelineSHA256: declaration.sha256,
      input: RunFile.relativePath(
        from: declaration.output.directory, to: declaration.input.directory),
      modelName: model.name, modelSHA256: model.sha256,
      steps: declaration.steps, results: results, earlier: earlier
    ).json
  }
}
