import Digests
import JSON
import Jobs
import Outputs

/// One job of a step of kind reduce: a group of documents whose results become one text.
struct Reduction: Sendable {
  var step: Step
  /// What the documents have in common; nil where all are reduced together.
  var group: JSONValue?
  var sources: [DigestOutput.Source]
  var missing: [DigestOutput.Missing]
  var key: String
  /// The result's file, relative to the output folder.
  var outputPath: String

  /// What the queue takes for the job's document.
  var name: String { String(outputPath.dropLast(".json".count)) }

  /// SHA-256 over the results that go in.
  var inputsSHA256: String {
    SHA256.hash(of: JSONValue.array(sources.map(\.json) + missing.map(\.json)).text())
  }
}

/// How a step of a document ended, as far as groups depend on it.
enum StepEnd: Sendable {
  case made(JobOutput)
  /// Its condition excludes the document.
  case skipped
  /// There is no result: the class of its failure, where it failed.
  case missing(FailureClass?)

  init(_ job: Job) {
    if let output = job.output, job.state == .completed {
      self = .made(output)
    } else {
      self = job.outcome == .skipped ? .skipped : .missing(job.failure)
    }
  }

  var output: JobOutput? { if case .made(let output) = self { output } else { nil } }
}

/// Groups the results of documents for a step of kind reduce, once they are all final.
struct ReductionPlanner {
  let declaration: Declaration
  let modelSHA256: String
  let documents: [RunPlan.PlannedDocument]
  /// By document and step.
  var ends: [String: [String: StepEnd]] = [:]
  /// Of the steps of kind reduce before this one.
  var earlier: [String: [(reduction: Reduction, output: JobOutput)]] = [:]

  func reductions(of step: Step) -> [Reduction] {
    guard case .reduce(let reduce) = step.action else { return [] }
    var groups: [JSONValue: (sources: [DigestOutput.Source], missing: [DigestOutput.Missing])] = [:]
    for document in documents {
      let ends = ends[document.path] ?? [:]
      var results: [(path: String, sha256: String)] = []
      var missing: String?
      for id in step.from {
        guard let from = declaration.step(id), from.outputKind != nil, !from.isReduce else {
          continue
        }
        switch ends[id] {
        case .made(let output): results.append((output.path, output.sha256))
        case .skipped: continue
        case .missing(let failure?): missing = failure.rawValue
        case .missing(nil), nil: missing = "its step “\(id)” has no result"
        }
      }
      // A document that its steps were not wanted for is not missed.
      guard !results.isEmpty || missing != nil else { continue }
      let group = reduce.groupBy.map {
        $0.value(
          in: ResultScope(declaration, document.path, ends.compactMapValues(\.output)).scope)
      }
      if let missing {
        groups[group ?? .null, default: ([], [])].missing.append(
          DigestOutput.Missing(path: document.path, reason: missing))
      } else {
        groups[group ?? .null, default: ([], [])].sources.append(
          DigestOutput.Source(path: document.path, sha256: document.sha256, results: results))
      }
    }
    // Digests that a digest is made of stand for no single document, and belong to no group.
    for id in step.from {
      for (reduction, output) in earlier[id] ?? [] {
        groups[.null, default: ([], [])].sources.append(
          DigestOutput.Source(
            path: reduction.name, sha256: reduction.inputsSHA256,
            results: [(output.path, output.sha256)]))
      }
    }
    var taken: Set<String> = []
    return groups.sorted { $0.key.text() < $1.key.text() }.map { group, members in
      let value: JSONValue? = reduce.groupBy == nil ? .none : .some(group)
      var slug = reduce.groupBy == nil ? "all" : Self.slug(group)
      if !taken.insert(slug).inserted {
        slug += "-\(SHA256.hash(of: group.text()).prefix(8))"
        taken.insert(slug)
      }
      return Reduction(
        step: step, group: value, sources: members.sources, missing: members.missing,
        key: key(step, value, members.sources, members.missing),
        outputPath: "\(step.id)/\(slug).json")
    }
  }

  private func key(
    _ step: Step, _ group: JSONValue?, _ sources: [DigestOutput.Source],
    _ missing: [DigestOutput.Missing]
  ) -> String {
    let parts: JSONValue = [
      "outputs": .integer(ResultKey.outputVersion), "step": step.canonical,
      "group": group ?? .null, "sources": .array(sources.map(\.json)),
      "missing": .array(missing.map(\.json)), "model": .string(modelSHA256),
      "prompt": .string(declaration.prompts.sha256(of: .reduce)),
      "sampling": [
        "temperature": .number(declaration.model.temperature),
        "seed": .integer(declaration.model.seed), "writing": declaration.model.writing.canonical,
      ],
      "maxTokens": .integer(declaration.input.maxTokens),
      "overLimit": .string(declaration.input.overLimit.rawValue),
    ]
    return SHA256.hash(of: parts.text())
  }

  /// A file name for a group: its letters and digits, lower case.
  private static func slug(_ group: JSONValue) -> String {
    guard !group.isNull else { return "none" }
    var slug = ""
    for scalar in (group.string ?? group.text()).lowercased().unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        slug.unicodeScalars.append(scalar)
      } else if !slug.isEmpty, slug.last != "-" {
        slug += "-"
      }
    }
    while slug.last == "-" { slug.removeLast() }
    let text = String(slug.prefix(60))
    return text.isEmpty ? "group-\(SHA256.hash(of: group.text()).prefix(8))" : text
  }
}

extension Step {
  /// Whether it is about all documents together.
  package var isReduce: Bool { if case .reduce = action { true } else { false } }
}
