import Digests
package import Foundation
import Ingest
package import JSON
package import Jobs
import Outputs
import SQLite

/// Where one result file comes from, as far as it can be found out from here: its run's folder, its
/// document, and the ledger's record of the attempts at it.
package struct ResultOrigin: Sendable {
  package let envelope: JSONValue
  /// The output folder it lies in; nil where no `run.json` stands above it.
  package let folder: OutputFolder?
  /// Relative to that folder.
  package let path: String

  /// - Throws: ``PipelineError`` when the file is no result of one document.
  package init(of file: URL) throws(PipelineError) {
    let shown = file.relativePath
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw PipelineError(
        "\(shown) cannot be read. Name the result of a document, such as "
          + "out/contract.pdf.fields.json.", isDeclarationFault: true)
    }
    do {
      envelope = try JSONValue.parse(Array(data))
    } catch {
      throw PipelineError(
        "\(shown) is not JSON (\(error)). Name the result of one document, such as "
          + "out/contract.pdf.fields.json; the lines of a .jsonl are the same results.",
        isDeclarationFault: true)
    }
    guard envelope["source"]?["path"]?.string != nil, envelope["produced"]?["key"] != nil,
      envelope["data"] != nil
    else {
      let isRun = envelope["documents"]?.array != nil
      throw PipelineError(
        "\(shown) is not the result of a document"
          + (isRun ? ", but the list of a run's. Name one of its outputs:" : ".")
          + Self.some(of: envelope), isDeclarationFault: true)
    }
    var found: OutputFolder?
    var path = file.lastPathComponent
    var above = file.standardizedFileURL.deletingLastPathComponent()
    while found == nil {
      found = try? OutputFolder(above)
      if found != nil || above.path == "/" { break }
      path = above.lastPathComponent + "/" + path
      above.deleteLastPathComponent()
    }
    folder = found
    self.path = found == nil ? file.lastPathComponent : path
  }

  /// The first outputs a run's file lists, for the message.
  private static func some(of run: JSONValue) -> String {
    (run["documents"]?.array ?? []).lazy.flatMap { $0["steps"]?.array ?? [] }
      .compactMap { $0["output"]?.string }.prefix(3).map { "\n  " + $0 }.joined()
  }

  /// What has become of the document and of the file since.
  package struct Standing: Sendable {
    /// Where the document was looked for; nil without a run's folder and `--input`.
    package var document: URL?
    /// What does not hold any more; empty when the document was read again and all does.
    package var problems: [String]
  }

  /// Reads the document again and checks that every quote of the file stands at its place.
  package func standing(
    input: URL?, passwords: [String], pdfProgram: URL?
  ) -> Standing {
    guard let input = input ?? folder?.input, let source = envelope["source"]?["path"]?.string
    else { return Standing(document: nil, problems: []) }
    let document = input.appendingPathComponent(source)
    let opener = DocumentOpener(passwords: passwords, pdfProgram: pdfProgram)
    let problems = OutputVerifier.problems(
      in: Envelope.fileBytes(of: envelope), file: path, schemaProblems: { _ in [] }
    ) { source in
      let file = try SourceFile(source, in: input, named: source)
      return OutputVerifier.Reading(
        sha256: SHA256.hash(of: try file.contents(named: source)),
        document: try opener.read(file, named: source))
    }
    return Standing(
      document: document,
      problems: problems.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer): \($0.message)" })
  }

  /// A job of the ledger that made this result, or took it over as it was.
  package struct Record: Sendable {
    package var job: Job
    package var attempts: [Attempt]
  }

  /// Every job with the result's key, oldest first; nil where the workspace has no ledger.
  package func records(in workspace: Workspace) throws(PipelineError) -> [Record]? {
    guard FileManager.default.fileExists(atPath: workspace.queueFile.path) else { return nil }
    let produced = envelope["produced"]
    do {
      let queue = try JobQueue.open(at: workspace.queueFile, access: .readOnly)
      let jobs = try queue.jobs(
        JobFilter(
          pipeline: produced?["pipeline"]?.string,
          documentPath: envelope["source"]?["path"]?.string, step: produced?["step"]?.string,
          limit: 10_000))
      return try jobs.filter { $0.key == produced?["key"]?.string }
        .map { Record(job: $0, attempts: try queue.attempts(of: $0.id)) }
    } catch {
      throw PipelineError("\(error)")
    }
  }
}
