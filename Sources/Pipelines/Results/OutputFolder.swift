import Digests
import Documents
package import Foundation
import Ingest
import JSON
import Jobs
package import Outputs

/// An output folder of an earlier run, looked at without the model.
package struct OutputFolder: Sendable {
  package let folder: URL
  private let run: JSONValue

  /// - Throws: ``PipelineError`` when the folder holds no run.
  package init(_ folder: URL) throws(PipelineError) {
    self.folder = folder.standardizedFileURL
    guard let run = ResultFile.read(RunFile.name, in: folder) else {
      throw PipelineError(
        "\(folder.path) has no run.json that can be read. Name the output folder of a run that "
          + "finished.")
    }
    self.run = run
  }

  /// Where the documents were read from.
  package var input: URL {
    URL(fileURLWithPath: run["input"]?.string ?? ".", relativeTo: folder).standardizedFileURL
  }

  /// The results of all documents, relative to the folder, in the order of the documents.
  package var outputPaths: [String] {
    (run["documents"]?.array ?? []).flatMap { $0["steps"]?.array ?? [] }
      .compactMap { $0["output"]?.string }
  }

  /// The texts over several documents, relative to the folder.
  package var digestPaths: [String] {
    (run["digests"]?.array ?? []).compactMap { $0["output"]?.string }
  }

  /// What a check of the whole folder found.
  package struct Verification: Sendable {
    package var files = 0
    package var problems: [OutputVerifier.Problem] = []
  }

  /// Reads every document again and checks every file of the run: its digest, its shape, and that
  /// each quote stands at the stated place.
  ///
  /// - Parameters:
  ///   - input: where the documents are now; nil where they were.
  ///   - pdfProgram: the program that reads PDFs in a process of its own.
  package func verify(
    input: URL? = nil, passwords: [String] = [], pdfProgram: URL?,
    progress: (String) -> Void = { _ in }
  ) -> Verification {
    var verification = Verification()
    let documents = input ?? self.input
    checkDigests(&verification)
    // Neighbouring results are of one document: the last reading is kept.
    var last: (path: String, reading: OutputVerifier.Reading)?
    let reader = DocumentOpener(passwords: passwords, pdfProgram: pdfProgram)
    for path in outputPaths {
      progress(path)
      verification.files += 1
      guard let bytes = ResultFile.bytes(path, in: folder) else {
        verification.problems.append(
          OutputVerifier.Problem(
            file: path, pointer: "", message: "is gone. Run the pipeline again to make it anew."))
        continue
      }
      verification.problems += OutputVerifier.problems(
        in: bytes, file: path, schemaProblems: EnvelopeSchema.problems
      ) { source in
        if let last, last.path == source { return last.reading }
        let file = try SourceFile(source, in: documents, named: source)
        let reading = OutputVerifier.Reading(
          sha256: SHA256.hash(of: try file.contents(named: source)),
          document: try reader.read(file, named: source))
        last = (source, reading)
        return reading
      }
    }
    for path in digestPaths {
      progress(path)
      verification.files += 1
      verification.problems += DigestVerifier.problems(
        in: ResultFile.bytes(path, in: folder) ?? [], file: path
      ) { source in
        let file = try SourceFile(source, in: documents, named: source)
        return OutputVerifier.Reading(
          sha256: SHA256.hash(of: try file.contents(named: source)),
          document: try reader.read(file, named: source))
      }
    }
    return verification
  }

  /// Writes `report.html` anew from the folder's results, with the words around each quote and the
  /// pages they stand on where the documents can still be read.
  ///
  /// - Parameter pictureBudget: bytes of all pictures of pages together; 0 draws none.
  package func writeReport(
    input: URL? = nil, passwords: [String] = [], pdfProgram: URL?,
    pictureBudget: Int = Report.usualPictureBudget
  ) throws(PipelineError) -> URL {
    let html = RunReport(
      title: run["pipeline"]?.string ?? folder.lastPathComponent, run: run,
      input: input ?? self.input,
      opener: DocumentOpener(passwords: passwords, pdfProgram: pdfProgram),
      pictureBudget: pictureBudget
    ).html(of: outputPaths.compactMap { ResultFile.read($0, in: folder) })
    let writer = ResultWriter(folder: folder, faults: .none)
    do {
      _ = try writer.write(html, to: RunReport.name)
      // The report belongs to the run as if the run had written it.
      if let bytes = ResultFile.bytes(OutputDigests.fileName, in: folder),
        var digests = OutputDigests(parsing: String(decoding: bytes, as: UTF8.self))
      {
        digests.add(RunReport.name, html)
        _ = try writer.write(Array(digests.text.utf8), to: OutputDigests.fileName)
      }
    } catch {
      throw PipelineError("\(error)")
    }
    return folder.appendingPathComponent(RunReport.name)
  }

  private func checkDigests(_ verification: inout Verification) {
    func problem(_ file: String, _ message: String) {
      verification.problems.append(
        OutputVerifier.Problem(file: file, pointer: "", message: message))
    }
    guard let bytes = ResultFile.bytes(OutputDigests.fileName, in: folder),
      let digests = OutputDigests(parsing: String(decoding: bytes, as: UTF8.self))
    else {
      problem(OutputDigests.fileName, "is missing or cannot be read.")
      return
    }
    for (path, digest) in digests.digests.sorted(by: { $0.key < $1.key }) {
      let now = FileDigest.sha256(of: folder.appendingPathComponent(path))
      if now == nil { problem(path, "is gone.") }
      if let now, now != digest { problem(path, "has other bytes than the run wrote.") }
    }
    for path in files().sorted() where digests.digests[path] == nil {
      problem(
        path, "was not written by the run. Delete it, or keep it outside the output folder.")
    }
  }

  /// Every file below the folder but the list of digests and what a killed writer may leave.
  private func files() -> [String] {
    var files: [String] = []
    let enumerator = FileManager.default.enumerator(atPath: folder.path)
    while let path = enumerator?.nextObject() as? String {
      let name = path.split(separator: "/").last ?? ""
      let url = folder.appendingPathComponent(path)
      if (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true { continue }
      if path != OutputDigests.fileName, !DurableFile.isTemporary(name) {
        files.append(path)
      }
    }
    return files
  }
}
