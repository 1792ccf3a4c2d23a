import Foundation
import JSON
import Jobs
import SQLite

/// What made a result's key another one than that of the last time.
package enum KeyChange: String, Hashable, Sendable, CaseIterable {
  case document, step, schema, sampling, context, passwords, model, prompt, writing
  /// A result this step is given is made anew.
  case earlierStep = "earlier-step"
  /// The program reads or answers otherwise than the version before.
  case program
  /// Its last output, which would tell, is gone.
  case unknown

  /// As a part of a sentence: "changed: the document, the schema".
  package var words: String {
    switch self {
    case .document: "the document"
    case .step: "the step"
    case .schema: "its schema"
    case .sampling: "temperature or seed"
    case .context: "maxTokens or overLimit"
    case .passwords: "the passwords"
    case .model: "the model"
    case .prompt: "the prompt"
    case .writing: "how the model writes (model.topP, thinking, answerTokens or tools)"
    case .earlierStep: "a result it is given"
    case .program: "the version of docket"
    case .unknown:
      "its schema, the model, the prompt or the version of docket; the last output, which would tell, is gone"
    }
  }
}

/// Compares a declaration's results with those of its earlier runs on the same folder.
final class KeyHistory {
  private let declaration: Declaration
  private let modelSHA256: String
  private let writes: Bool
  private let queue: JobQueue
  /// Newest first.
  private let runs: [Run]
  private var declarations: [DeclarationID: Declaration?] = [:]

  /// Looks no further back than this many runs.
  private static let depth = 8

  init(_ declaration: Declaration, modelSHA256: String, writes: Bool, queue: JobQueue) throws {
    self.declaration = declaration
    self.modelSHA256 = modelSHA256
    self.writes = writes
    self.queue = queue
    runs = try queue.runs(pipeline: declaration.name, limit: 100)
      .filter { $0.directory == declaration.input.directory.path }.prefix(Self.depth).map { $0 }
  }

  /// Why `step` of a document has the key it has and not the last one; empty when it was never done here.
  func changes(path: String, step: Step, sourceSHA256: String, changedBefore: Set<String>) throws
    -> [KeyChange]
  {
    for run in runs {
      let filter = JobFilter(run: run.id, documentPath: path, step: step.id, limit: 1)
      guard let job = try queue.jobs(filter).first, job.state == .completed else { continue }
      return changes(from: job, run: run, step: step, sourceSHA256, changedBefore)
    }
    return []
  }

  private func changes(
    from job: Job, run: Run, step: Step, _ sourceSHA256: String, _ changedBefore: Set<String>
  ) -> [KeyChange] {
    var found: Set<KeyChange> = []
    if job.documentSHA256 != sourceSHA256 { found.insert(.document) }
    if step.from.contains(where: changedBefore.contains) { found.insert(.earlierStep) }
    if let before = stored(job.declaration) {
      compare(before, step, &found)
    }
    let file = job.output.flatMap {
      ResultFile.read($0.path, in: URL(fileURLWithPath: run.output))
    }
    if let file, let produced = file["produced"], produced["key"]?.string == job.key {
      if produced["model"]?["sha256"]?.string != modelSHA256 { found.insert(.model) }
      if produced["promptSha256"]?.string
        != declaration.promptSHA256(of: step, writes: writes)
      {
        found.insert(.prompt)
      }
      if let schema = Self.schema(of: step),
        file["data"]?["schema"]?["sha256"]?.string != schema
      {
        found.insert(.schema)
      }
      // Nothing of what can be seen: then it is the program, which has a version for its readers and outputs.
      if found.isEmpty { found.insert(.program) }
    }
    if found.isEmpty { found.insert(.unknown) }
    return KeyChange.allCases.filter(found.contains)
  }

  private func compare(_ before: Declaration, _ step: Step, _ found: inout Set<KeyChange>) {
    if let old = before.step(step.id), Self.withoutSchema(old) != Self.withoutSchema(step) {
      found.insert(.step)
    }
    if before.model.temperature != declaration.model.temperature
      || before.model.seed != declaration.model.seed
    {
      found.insert(.sampling)
    }
    if writes, before.model.writing.canonical != declaration.model.writing.canonical {
      found.insert(.writing)
    }
    if before.model.weights != declaration.model.weights { found.insert(.model) }
    let (old, new) = (before.input, declaration.input)
    if old.maxTokens != new.maxTokens || old.overLimit != new.overLimit { found.insert(.context) }
    if old.passwords != new.passwords { found.insert(.passwords) }
  }

  /// Schemas are files of their own: a stored declaration would be read with those of today.
  private static func withoutSchema(_ step: Step) -> JSONValue {
    guard var object = step.canonical.object else { return step.canonical }
    object["schema"] = nil
    return .object(object)
  }

  private static func schema(of step: Step) -> String? {
    switch step.action {
    case .extract(let extract): extract.schema.sha256
    case .ask(let ask): ask.schema.sha256
    default: nil
    }
  }

  private func stored(_ id: DeclarationID) -> Declaration? {
    if let known = declarations[id] { return known }
    let text = (try? queue.declaration(id))??.text
    let read = text.flatMap { try? DeclarationReader.read(Array($0.utf8), from: declaration.file) }
    declarations[id] = .some(read)
    return read
  }
}
