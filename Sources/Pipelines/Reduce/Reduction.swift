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
  /// SHA-256 over what the results say that go in.
  var inputsSHA256: String
  var key: String
  /// The result's file, relative to the output folder.
  var outputPath: String

  /// What the queue takes for the job's document.
  var name: String { String(outputPath.dropLast(".json".count)) }
}

/// How a step of a document ended, as far as groups depend on it.
enum StepEnd: Sendable {
  /// Its result, by the key it was made for.
  case made(JobOutput, key: String)
  /// Its condition excludes the document.
  case skipped
  /// There is no result: the class of its failure, where it failed.
  case missing(FailureClass?)

  init(_ job: Job) {
    if let output = job.output, job.state == .completed {
      self = .made(output, key: job.key)
    } else {
      self = job.outcome == .skipped ? .skipped : .missing(job.failure)
    }
  }

  var output: JobOutput? { if case .made(let output, _) = self { output } else { nil } }
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
    var groups: [JSONValue: Members] = [:]
    for document in documents {
      let ends = ends[document.path] ?? [:]
      var results: [(path: String, key: String)] = []
      var missing: String?
      for id in step.from {
        guard let from = declaration.step(id), from.outputKind != nil, !from.isReduce else {
          continue
        }
        switch ends[id] {
        case .made(let output, let key): results.append((output.path, key))
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
        groups[group ?? .null, default: Members()].missing.append(
          DigestOutput.Missing(path: document.path, reason: missing))
      } else {
        add(
          DigestOutput.Source(path: document.path, sha256: document.sha256, results: results),
          to: &groups[group ?? .null, default: Members()])
      }
    }
    // Digests that a digest is made of stand for no single document, and belong to no group.
    for id in step.from {
      for (reduction, output) in earlier[id] ?? [] {
        add(
          DigestOutput.Source(
            path: reduction.name, sha256: reduction.inputsSHA256,
            results: [(output.path, reduction.key)]),
          to: &groups[.null, default: Members()])
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
        inputsSHA256: members.inputsSHA256, key: key(step, value, members),
        outputPath: "\(step.id)/\(slug).json")
    }
  }

  /// What goes into one digest.
  private struct Members {
    var sources: [DigestOutput.Source] = []
    /// What the results of the sources say, one after the other.
    var contents: [String] = []
    var missing: [DigestOutput.Missing] = []

    var inputs: JSONValue {
      [
        "sources": .array(sources.map(\.json)), "contents": .array(contents.map { .string($0) }),
        "missing": .array(missing.map(\.json)),
      ]
    }
    var inputsSHA256: String { SHA256.hash(of: inputs.text()) }
  }

  private func add(_ source: DigestOutput.Source, to members: inout Members) {
    members.sources.append(source)
    members.contents += source.results.map {
      ResultFile.contentSHA256($0.path, in: declaration.output.directory)
    }
  }

  private func key(_ step: Step, _ group: JSONValue?, _ members: Members) -> String {
    let parts: JSONValue = [
      "outputs": .integer(ResultKey.outputVersion), "step": step.canonical,
      "group": group ?? .null, "inputs": members.inputs, "model": .string(modelSHA256),
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
