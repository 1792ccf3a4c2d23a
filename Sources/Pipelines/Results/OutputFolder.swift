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
    return verification
  }

  /// Writes `report.html` anew from the folder's results, with the words around each quote where
  /// the documents can still be read.
  package func writeReport(
    input: URL? = nil, passwords: [String] = [], pdfProgram: URL?
  ) throws(PipelineError) -> URL {
    let documents = input ?? self.input
    let opener = DocumentOpener(passwords: passwords, pdfProgram: pdfProgram)
    let html = Report.html(
      of: outputPaths.compactMap { ResultFile.read($0, in: folder) },
      title: run["pipeline"]?.string ?? folder.lastPathComponent,
      text: { path in
        (try? opener.read(path, in: documents)).map { ExtractedText($0) }
      })
    let file = folder.appendingPathComponent("report.html")
    do {
      try DurableFile.write(html, to: file)
    } catch {
      throw PipelineError("\(error)")
    }
    return file
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
  }
}
