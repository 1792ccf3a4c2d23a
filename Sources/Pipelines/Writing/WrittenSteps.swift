import Documents
import JSON
import Jobs
import Outputs

/// The steps of a checkpoint that writes.
extension StepRun {
  /// - Parameter writer: not nil for steps that a model writes.
  func runWritten(_ writer: any AnswerWriter) throws -> Result {
    let read = try document.conversations(lease: lease)
    let questions = try questions(of: step, for: writer)
    var asking = asking(step, key: job.key)
    if writer.answersAtOnce > 1 { try lookAhead(read, writer) }
    var replies: [[JSONValue]] = []
    for (number, part) in read.parts.enumerated() {
      replies.append(try asking.ask(part, questions.about(part: number, asking)))
    }
    return try written(questions.content(replies), read, asking)
  }

  private func asking(_ step: Step, key: String) -> Asking {
    Asking(
      step: step, key: key, declaration: pipeline.declaration, workspace: pipeline.workspace,
      watch: document.watch(lease))
  }

  /// Has the questions of later steps that depend on no other answered along with this step's.
  ///
  /// Only where one worker does all steps of a document: it would ask what another is asking.
  private func lookAhead(_ read: LoadedDocument.Conversations, _ writer: any AnswerWriter) throws {
    guard pipeline.workers == 1, !document.hasLookedAhead else { return }
    document.hasLookedAhead = true
    let later = pipeline.declaration.steps.drop { $0.id != step.id }.dropFirst()
    for step in later where step.asksOnItsOwn {
      guard let planned = work.planned(document: job.documentPath, step: step.id),
        !planned.standing.isUpToDate
      else { continue }
      let questions = try questions(of: step, for: writer)
      let asking = asking(step, key: planned.key)
      for (number, part) in read.parts.enumerated() {
        part.expect(questions.about(part: number, asking))
      }
    }
  }

  private func written(
    _ content: OutputContent, _ read: LoadedDocument.Conversations, _ asking: Asking
  ) throws -> Result {
    if lease.status == .lost { throw Interruption() }
    var content = content
    if !asking.failedTools.isEmpty {
      let names = Set(asking.failedTools).sorted().joined(separator: ", ")
      content.warnings.append(
        Warning("tool-failed", "\(asking.failedTools.count) calls of tools failed: \(names)."))
    }
    let coverage = coverage(read)
    let envelope = Envelope(
      kind: step.outputKind ?? .fields, source: source,
      produced: produced(
        Produced.Usage(
          promptTokens: read.tokens + asking.promptTokens, outputTokens: asking.outputTokens)),
      coverage: coverage, content: content)
    let writer = ResultWriter(
      folder: pipeline.declaration.output.directory, faults: pipeline.faults)
    try writer.write(reasoning: asking.reasoning, besides: outputPath, of: pipeline.declaration)
    let output = try writer.write(envelope.fileBytes, to: outputPath)
    let notices = coverage.notices.map {
      JobNotice(reason: $0.reason.rawValue, page: $0.page, bytes: $0.bytes, detail: $0.detail)
    }
    return Result(
      ending: .done(envelope.status == .complete ? .complete : .partial, output, notices),
      tokensRead: read.tokens + asking.promptTokens, tokensWritten: asking.outputTokens)
  }
}

extension Step {
  /// Whether a model is asked about a document whatever other steps find in it.
  fileprivate var asksOnItsOwn: Bool {
    guard from.isEmpty, condition == nil else { return false }
    switch action {
    case .extract, .ask, .classify, .summarize, .minutes: return true
    case .filter, .reduce: return false
    }
  }
}
