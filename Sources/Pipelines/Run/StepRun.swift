import Digests
import Documents
import Foundation
import JSON
import Jobs
import Outputs

/// One step of one document, from the loaded document to the file on the disk.
struct StepRun {
  let step: Step
  let job: Job
  let document: LoadedDocument
  let work: WorkOfRun
  let lease: Lease

  struct Result {
    enum Ending {
      case done(JobOutcome, JobOutput?, [JobNotice])
      case failed(JobFailure)
    }
    var ending: Ending
    var tokensRead = 0
    var tokensWritten = 0
  }

  var pipeline: PipelineRun { work.pipeline }

  func run() throws -> Result {
    guard try isWanted() else { return Result(ending: .done(.skipped, nil, [])) }
    if case .upToDate(let output)? = work.planned(document: job.documentPath, step: job.step)?
      .standing
    {
      return Result(ending: .done(.cached, output, []))
    }
    if case .filter = step.action { return Result(ending: .done(.complete, nil, [])) }
    if let writer = work.writer { return try runWritten(writer) }
    switch step.action {
    case .extract(let extract):
      return try tagged { reading in
        let schema = try FieldSchema(
          extract.schema.value, named: extract.schema.file.lastPathComponent)
        let whole = coverage(reading).isWhole
        let answers = FieldExtractor(schema: schema).answers(
          text: document.text, scores: reading.scores, readWhole: whole)
        return FieldsOutput.content(
          answers, schemaName: schema.name, schemaSha256: extract.schema.sha256,
          grounding: document.grounding, isWhole: whole)
      }
    case .summarize(let length):
      return try tagged { reading in
        Summary(
          of: document.document, text: document.text, scores: reading.scores,
          length: length.summaryLength
        ).content(document.grounding)
      }
    case .minutes:
      return try tagged { reading in
        Minutes(of: document.document, text: document.text, scores: reading.scores)
          .content(document.grounding)
      }
    case .classify(let classify):
      return try tagged { reading in
        let whole = coverage(reading).isWhole
        return FieldsOutput.content(
          try LabelRules(classify.rules, multiple: classify.multiple).answers(
            text: document.text, scores: reading.scores, readWhole: whole),
          schemaName: step.id, schemaSha256: SHA256.hash(of: step.canonical.text()),
          grounding: document.grounding, isWhole: whole)
      }
    case .filter, .ask, .reduce:
      throw JobFault(
        .fault,
        "Step “\(step.id)” (\(step.kind)) needs a checkpoint that writes; \(pipeline.model.name) "
          + "tags. Remove the step or name such a checkpoint in model.weights.")
    }
  }

  /// Reads the document under the step's prompt, asks `answer` for the content, writes the file.
  private func tagged(_ answer: (LoadedDocument.Reading) throws -> OutputContent) throws -> Result {
    let reading = try document.reading(
      pipeline.declaration.prompt(of: step, isTranscript: document.isTranscript), lease: lease)
    if lease.status == .lost { throw Interruption() }
    let coverage = coverage(reading)
    let envelope = Envelope(
      kind: step.outputKind ?? .fields, source: source,
      produced: produced(Produced.Usage(promptTokens: reading.tokensRead, outputTokens: 0)),
      coverage: coverage, content: try answer(reading))
    let bytes = envelope.fileBytes
    let output = try ResultWriter(
      folder: pipeline.declaration.output.directory, faults: pipeline.faults
    ).write(bytes, to: outputPath)
    let notices = coverage.notices.map {
      JobNotice(reason: $0.reason.rawValue, page: $0.page, bytes: $0.bytes, detail: $0.detail)
    }
    return Result(
      ending: .done(envelope.status == .complete ? .complete : .partial, output, notices),
      tokensRead: reading.tokensRead)
  }

  var outputPath: String {
    work.outputPath(document: job.documentPath, step: job.step)
      ?? OutputName(declaration: pipeline.declaration).path(of: step, document: job.documentPath)
  }

  private func coverage(_ reading: LoadedDocument.Reading) -> Coverage {
    Coverage(
      tokensTotal: reading.tokensTotal, tokensRead: reading.tokensRead,
      notices: document.document.notices)
  }

  var source: Source {
    Source(document.document, text: document.text, path: document.path, sha256: document.sha256)
  }

  func produced(_ usage: Produced.Usage) -> Produced {
    Produced(
      key: job.key, pipeline: pipeline.declaration.name,
      pipelineSha256: pipeline.declaration.sha256, step: step.id, modelName: pipeline.model.name,
      modelSha256: pipeline.model.sha256, promptSha256: work.promptSHA256(of: step),
      temperature: pipeline.declaration.model.temperature, seed: pipeline.declaration.model.seed,
      usage: usage)
  }

  /// Whether the step's condition, and every filter it stands behind, lets the document through.
  private func isWanted() throws -> Bool {
    var scope: JSONObject?
    func holds(_ expression: Expression) throws -> Bool {
      if scope == nil { scope = try expressionScope() }
      return expression.holds(in: scope ?? JSONObject())
    }
    for id in step.from {
      if case .filter(let expression)? = pipeline.declaration.step(id)?.action,
        try !holds(expression)
      {
        return false
      }
    }
    guard let condition = step.condition else { return true }
    return try holds(condition)
  }

  /// What expressions see: the document, and the data of every earlier step that has a file.
  private func expressionScope() throws -> JSONObject {
    var scope = JSONObject()
    scope[Expression.documentRoot] = [
      "path": .string(document.path), "mediaType": .string(document.document.mediaType),
      "pages": document.document.pages.isEmpty
        ? .null : .integer(document.document.pages.count),
      "notices": .array(document.document.notices.map { .string($0.reason.rawValue) }),
    ]
    for earlier in pipeline.declaration.steps.prefix(while: { $0.id != step.id }) {
      guard let data = resultData(of: earlier) else { continue }
      scope[earlier.id] = earlier.scopeMember(data)
    }
    return scope
  }

  /// What an earlier step found in the document; nil where it has no result.
  func resultData(of earlier: Step) -> JSONValue? {
    work.outputPath(document: job.documentPath, step: earlier.id)
      .flatMap { ResultFile.read($0, in: pipeline.declaration.output.directory) }?["data"]
  }
}

extension Step.Classify {
  var rules: [LabelRules.Rule] {
    labels.map { LabelRules.Rule(name: $0.name, tag: $0.tag, pattern: $0.pattern) }
  }
}

extension Step.Classify.Label {
  var hasRule: Bool { tag != nil || pattern != nil }
}

extension Step.Length {
  var summaryLength: Summary.Length {
    switch self {
    case .words(let count): .words(count)
    case .sentences(let count): .sentences(count)
    case .share(let share): .share(share)
    }
  }
}
