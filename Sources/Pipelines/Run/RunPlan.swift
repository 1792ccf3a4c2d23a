import Digests
import Foundation
package import Ingest
package import Jobs
import SQLite

/// What a run would do: every document with every step, and whether its result is there already.
package struct RunPlan: Sendable {
  package var documents: [PlannedDocument]
  /// What the scan found and did not take, with the reason.
  package var leftOut: [DirectoryScanner.LeftOut]

  package struct PlannedDocument: Sendable {
    package var file: DirectoryScanner.FoundFile
    package var sha256: String
    /// An earlier document of the run with the same bytes, whose reading serves both.
    package var duplicateOf: String?
    package var jobs: [PlannedJob]

    /// Relative to the input folder, with `/`.
    package var path: String { file.relativePath }
  }

  package struct PlannedJob: Sendable {
    package var step: String
    package var key: String
    package var dependsOn: [String]
    /// The result's file, relative to the output folder.
    package var outputPath: String
    package var standing: Standing
  }

  /// Whether a result must be made, and why.
  package enum Standing: Sendable {
    case upToDate(JobOutput)
    /// No result with this key was ever completed.
    case new
    /// It was made, but its file is gone from the output folder.
    case outputMissing
    /// It was made, but its file has other bytes now.
    case outputChanged

    package var reason: String {
      switch self {
      case .upToDate: "up to date"
      case .new: "new or changed: the document, the step, its schema or the model"
      case .outputMissing: "its output file is gone"
      case .outputChanged: "its output file was changed"
      }
    }

    package var isUpToDate: Bool { if case .upToDate = self { true } else { false } }
  }

  /// The plan of a declaration as its folder and the ledger stand now; reads, and changes nothing.
  package init(of declaration: Declaration, workspace: Workspace) throws(PipelineError) {
    do {
      let exists = FileManager.default.fileExists(atPath: workspace.queueFile.path)
      self = try Planner(
        declaration: declaration,
        modelSHA256: LoadedModel(declaration.model.weights, threads: 1).sha256,
        queue: exists ? JobQueue.open(at: workspace.queueFile, access: .readOnly) : nil
      ).plan()
    } catch let error as PipelineError {
      throw error
    } catch {
      throw PipelineError("\(error)")
    }
  }

  init(documents: [PlannedDocument], leftOut: [DirectoryScanner.LeftOut]) {
    self.documents = documents
    self.leftOut = leftOut
  }

  package var jobs: Int { documents.reduce(0) { $0 + $1.jobs.count } }
  package var upToDate: Int {
    documents.reduce(0) { $0 + $1.jobs.count { $0.standing.isUpToDate } }
  }
}

/// Makes plans: scans the folder, digests the files, asks the ledger.
struct Planner {
  let declaration: Declaration
  let modelSHA256: String
  let queue: JobQueue?

  func plan() throws -> RunPlan {
    let input = declaration.input
    let scan = try DirectoryScanner(
      root: input.directory, include: input.match,
      exclude: declaration.exclusions
    ).scan()
    var leftOut = scan.leftOut
    var documents: [RunPlan.PlannedDocument] = []
    let recogniser =
      scan.files.contains { $0.mediaType == .pdf } ? Recogniser.installed?.version : nil
    for file in scan.files {
      do {
        let sha256 = SHA256.hash(of: try file.contents())
        documents.append(
          RunPlan.PlannedDocument(
            file: file, sha256: sha256, duplicateOf: file.duplicateOf,
            jobs: try jobs(
              of: file.relativePath, sha256: sha256,
              recogniser: file.mediaType == .pdf ? recogniser : nil)))
      } catch let error as ReadError {
        leftOut.append(
          DirectoryScanner.LeftOut(
            path: file.relativePath, reason: .unreadable, detail: "\(error.what). \(error.advice)"))
      }
    }
    return RunPlan(documents: documents, leftOut: leftOut)
  }

  private func jobs(of path: String, sha256: String, recogniser: String?) throws -> [RunPlan
    .PlannedJob]
  {
    var keys: [String: String] = [:]
    var jobs: [RunPlan.PlannedJob] = []
    for step in declaration.steps {
      let key = ResultKey.of(
        ResultKey.Parts(
          sourceSHA256: sha256, step: step, from: step.from.compactMap { keys[$0] },
          modelSHA256: modelSHA256, promptSHA256: Prompt.of(step).sha256, declaration: declaration,
          recogniser: recogniser))
      keys[step.id] = key
      let outputPath = OutputName(declaration: declaration).path(of: step, document: path)
      jobs.append(
        RunPlan.PlannedJob(
          step: step.id, key: key, dependsOn: step.from, outputPath: outputPath,
          standing: try standing(key: key, outputPath: outputPath)))
    }
    return jobs
  }

  private func standing(key: String, outputPath: String) throws -> RunPlan.Standing {
    guard let queue, let done = try queue.completedOutput(forKey: key) else { return .new }
    let file = declaration.output.directory.appendingPathComponent(outputPath)
    guard FileManager.default.fileExists(atPath: file.path) else { return .outputMissing }
    guard done.output.path == outputPath, FileDigest.sha256(of: file) == done.output.sha256 else {
      return .outputChanged
    }
    return .upToDate(done.output)
  }
}
