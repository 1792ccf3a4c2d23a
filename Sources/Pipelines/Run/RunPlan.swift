import Digests
import Foundation
package import Ingest
package import JSON
package import Jobs
import SQLite

/// What a run would do: every document with every step, and whether its result is there already.
package struct RunPlan: Sendable {
  package var documents: [PlannedDocument]
  /// What the scan found and did not take, with the reason.
  package var leftOut: [DirectoryScanner.LeftOut]
  /// The steps that bring documents together, in their order. For plans that are shown; a run makes its own
  /// groups, when it comes to them.
  package var following: [FollowingStep] = []

  package struct FollowingStep: Sendable {
    package var step: Step
    /// Nil where a result that they are made of, or that says what belongs together, is still to be made.
    package var groups: [PlannedGroup]?
  }

  package struct PlannedGroup: Sendable {
    /// What the documents have in common; nil where all are brought together.
    package var value: JSONValue?
    package var documents: Int
    package var key: String
    package var outputPath: String
    package var standing: Standing
  }

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
    /// Whether a condition decides about the step: then a result that is up to date still waits for it, as the
    /// condition is no part of the key.
    package var isConditional: Bool

    /// Whether nothing is left to do.
    package var isDone: Bool { standing.isUpToDate && !isConditional }
  }

  /// Whether a result must be made, and why.
  package enum Standing: Sendable {
    case upToDate(JobOutput)
    /// No result with this key was ever completed. Because of these changes, where there was one with another
    /// key and the plan was asked to tell; else empty.
    case new(since: [KeyChange])
    /// It was made, but its file is gone from the output folder.
    case outputMissing
    /// It was made, but its file has other bytes now.
    case outputChanged

    package var reason: String {
      switch self {
      case .upToDate: "up to date"
      case .new(let changes):
        changes.isEmpty ? "new" : "changed: " + changes.map(\.words).joined(separator: ", ")
      case .outputMissing: "its output file is gone"
      case .outputChanged: "its output file was changed"
      }
    }

    package var isUpToDate: Bool { output != nil }
    package var output: JobOutput? { if case .upToDate(let output) = self { output } else { nil } }

    init(key: String, outputPath: String, in folder: URL, _ queue: JobQueue?) throws {
      self = .new(since: [])
      guard let queue, let done = try queue.completedOutput(forKey: key, at: outputPath) else {
        return
      }
      let file = folder.appendingPathComponent(outputPath)
      guard FileManager.default.fileExists(atPath: file.path) else {
        self = .outputMissing
        return
      }
      let isWhole =
        done.output.path == outputPath && FileDigest.sha256(of: file) == done.output.sha256
      self = isWhole ? .upToDate(done.output) : .outputChanged
    }
  }

  /// The plan of a declaration as its folder and the ledger stand now; reads, and changes nothing.
  package init(
    of declaration: Declaration, model: LoadedModel, workspace: Workspace
  ) throws(PipelineError) {
    do {
      let exists = FileManager.default.fileExists(atPath: workspace.queueFile.path)
      let queue = try exists ? JobQueue.open(at: workspace.queueFile, access: .readOnly) : nil
      var planner = Planner(
        declaration: declaration, modelSHA256: model.sha256, writes: model.capabilities.writes,
        queue: queue)
      planner.history = try queue.map {
        try KeyHistory(
          declaration, modelSHA256: model.sha256, writes: model.capabilities.writes, queue: $0)
      }
      self = try planner.plan()
      following = try planner.following(documents)
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
    documents.reduce(0) { $0 + $1.jobs.count { $0.isDone } }
  }
  /// Of the steps that bring documents together, as far as they are known.
  package var groups: [PlannedGroup] { following.flatMap { $0.groups ?? [] } }
}

/// Makes plans: scans the folder, digests the files, asks the ledger.
struct Planner {
  let declaration: Declaration
  let modelSHA256: String
  /// Whether the model writes.
  let writes: Bool
  let queue: JobQueue?
  /// Where reasons are wanted.
  var history: KeyHistory?

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
    var changed: Set<String> = []
    // What brings documents together is planned when they are done.
    for step in declaration.steps where !step.isReduce {
      var parts = ResultKey.Parts(
        sourceSHA256: sha256, step: step, from: step.from.compactMap { keys[$0] },
        modelSHA256: modelSHA256, promptSHA256: declaration.promptSHA256(of: step, writes: writes),
        declaration: declaration)
      parts.writes = writes
      parts.recogniser = recogniser
      let key = ResultKey.of(parts)
      keys[step.id] = key
      let outputPath = OutputName(declaration: declaration).path(of: step, document: path)
      var standing = try RunPlan.Standing(
        key: key, outputPath: outputPath, in: declaration.output.directory, queue)
      if case .new = standing, let history {
        let changes = try history.changes(
          path: path, step: step, sourceSHA256: sha256, changedBefore: changed)
        standing = .new(since: changes)
        changed.insert(step.id)
      }
      jobs.append(
        RunPlan.PlannedJob(
          step: step.id, key: key, dependsOn: step.dependencies, outputPath: outputPath,
          standing: standing,
          isConditional: isConditional(step)))
    }
    return jobs
  }

  private func isConditional(_ step: Step) -> Bool {
    step.condition != nil
      || step.from.contains {
        if case .filter? = declaration.step($0)?.action { true } else { false }
      }
  }

  /// The groups of the steps that bring documents together, where the results that decide about them are there.
  func following(_ documents: [RunPlan.PlannedDocument]) throws -> [RunPlan.FollowingStep] {
    var reductions = ReductionPlanner(
      declaration: declaration, modelSHA256: modelSHA256, documents: documents)
    for document in documents {
      reductions.ends[document.path] = Dictionary(
        uniqueKeysWithValues: document.jobs.filter(\.isDone).compactMap { job in
          job.standing.output.map { (job.step, .made($0, key: job.key)) }
        })
    }
    var known = Set(
      declaration.steps.map(\.id).filter { id in
        documents.allSatisfy { $0.jobs.contains { $0.step == id && $0.isDone } }
      })
    var following: [RunPlan.FollowingStep] = []
    for step in declaration.steps where step.isReduce {
      guard !documents.isEmpty, step.dependencies.allSatisfy(known.contains) else {
        following.append(RunPlan.FollowingStep(step: step))
        continue
      }
      let groups = try reductions.reductions(of: step).map { reduction in
        let standing = try RunPlan.Standing(
          key: reduction.key, outputPath: reduction.outputPath,
          in: declaration.output.directory, queue)
        if let output = standing.output {
          reductions.earlier[step.id, default: []].append((reduction, output))
        }
        return RunPlan.PlannedGroup(
          value: reduction.group, documents: reduction.sources.count, key: reduction.key,
          outputPath: reduction.outputPath, standing: standing)
      }
      if groups.allSatisfy(\.standing.isUpToDate) { known.insert(step.id) }
      following.append(RunPlan.FollowingStep(step: step, groups: groups))
    }
    return following
  }
}
