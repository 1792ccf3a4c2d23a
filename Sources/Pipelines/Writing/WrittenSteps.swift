import Digests
import Documents
import Foundation
import JSON
import Jobs
import Outputs

/// The steps of a checkpoint that writes: what is asked, and what becomes of the answers.
extension StepRun {
  /// - Parameter writer: not nil for steps that a model writes.
  func runWritten(_ writer: any AnswerWriter) throws -> Result {
    var talk = Talk(step: self, writer: writer)
    let content: OutputContent
    switch step.action {
    case .extract(let extract):
      content = try fields(
        extract.schema, evidence: extract.evidence, asks: .extract, [:], &talk)
    case .ask(let ask):
      content = try fields(
        ask.schema, evidence: ask.evidence, asks: .ask,
        ["instructions": ask.instructions ?? "", "given": given()], &talk)
    case .classify(let classify): content = try labels(classify, &talk)
    case .summarize(let length): content = try summary(length, &talk)
    case .minutes: content = try minutes(&talk)
    case .filter, .reduce: preconditionFailure("\(step.kind) asks no model about a document")
    }
    return try written(content, talk)
  }

  private func written(_ content: OutputContent, _ talk: Talk) throws -> Result {
    if lease.status == .lost { throw Interruption() }
    var content = content
    if !talk.asking.failedTools.isEmpty {
      let names = Set(talk.asking.failedTools).sorted().joined(separator: ", ")
      content.warnings.append(
        Warning("tool-failed", "\(talk.asking.failedTools.count) calls of tools failed: \(names)."))
    }
    let read = try document.conversations(lease: lease)
    let coverage = Coverage(
      tokensTotal: read.tokens, tokensRead: read.tokens, notices: document.document.notices)
    let envelope = Envelope(
      kind: step.outputKind ?? .fields, source: source,
      produced: produced(
        Produced.Usage(
          promptTokens: read.tokens + talk.asking.promptTokens,
          outputTokens: talk.asking.outputTokens)),
      coverage: coverage, content: content)
    let writer = ResultWriter(
      folder: pipeline.declaration.output.directory, faults: pipeline.faults)
    if pipeline.declaration.model.writing.keepsReasoning, !talk.asking.reasoning.isEmpty {
      _ = try writer.write(
        Array(talk.asking.reasoning.joined(separator: "\n\n").utf8),
        to: outputPath.dropLast(".json".count) + ".reasoning.md")
    }
    let output = try writer.write(envelope.fileBytes, to: outputPath)
    let notices = coverage.notices.map {
      JobNotice(reason: $0.reason.rawValue, page: $0.page, bytes: $0.bytes, detail: $0.detail)
    }
    return Result(
      ending: .done(envelope.status == .complete ? .complete : .partial, output, notices),
      tokensRead: read.tokens + talk.asking.promptTokens, tokensWritten: talk.asking.outputTokens)
  }

  // MARK: Questions

  private func fields(
    _ file: Step.SchemaFile, evidence: Step.EvidenceRule, asks prompt: Prompts.Name,
    _ values: [String: String], _ talk: inout Talk
  ) throws -> OutputContent {
    let schema = try FieldSchema(file.value, named: file.file.lastPathComponent)
    let questions = FieldQuestions(
      schema, declared: file.value, asksForValues: prompt == .ask,
      quotesAreOptional: evidence == .optional)
    return try answers(
      questions, schemaSHA256: file.sha256, prompt: prompt, values, &talk)
  }

  private func labels(_ classify: Step.Classify, _ talk: inout Talk) throws -> OutputContent {
    let questions = FieldQuestions.labels(
      classify.labels.map(\.name), multiple: classify.multiple, named: step.id)
    let list = classify.labels.map { label in
      "- \(label.name)" + (label.description.map { ": \($0)" } ?? "")
    }
    return try answers(
      questions, schemaSHA256: SHA256.hash(of: step.canonical.text()), prompt: .classify,
      [
        "instructions": classify.instructions ?? "", "labels": list.joined(separator: "\n"),
      ], &talk)
  }

  private func answers(
    _ questions: FieldQuestions, schemaSHA256: String, prompt: Prompts.Name,
    _ values: [String: String], _ talk: inout Talk
  ) throws -> OutputContent {
    let schema = questions.schema
    let read = try document.conversations(lease: lease)
    var replies: [JSONObject] = []
    for (number, part) in read.parts.enumerated() {
      var reply = JSONObject()
      for start in stride(from: 0, to: schema.fields.count, by: talk.writer.fieldsAtOnce) {
        let fields = Array(schema.fields[start...].prefix(talk.writer.fieldsAtOnce))
        var values = values
        values["fields"] = fields.map { field in
          "- \(field.name): \(field.description ?? field.name)"
        }.joined(separator: "\n")
        let shape = questions.answerSchema(for: fields)
        let said = try talk.ask(
          part, "\(fields.map(\.name).joined(separator: ","))/\(number)", prompt, values, shape)
        for (name, value) in said.object?.members.map({ ($0, $1) }) ?? [] { reply[name] = value }
      }
      replies.append(reply)
    }
    let isWhole = Coverage(
      tokensTotal: read.tokens, tokensRead: read.tokens, notices: document.document.notices
    ).isWhole
    return FieldsOutput.content(
      questions.answers(replies, quoting: talk.quoting), schemaName: schema.name,
      schemaSha256: schemaSHA256, grounding: document.grounding, isWhole: isWhole,
      statesConfidence: false)
  }

  private func summary(_ length: Step.Length, _ talk: inout Talk) throws -> OutputContent {
    let words = length.words(of: document.text)
    let shape = SummaryQuestion.answerSchema(most: length.sentences)
    let replies = try eachPart(
      "summary", .summarize, ["length": length.inWords(words)], shape, &talk)
    return SummaryQuestion.content(
      replies, of: document.document, quoting: talk.quoting, words: words)
  }

  private func minutes(_ talk: inout Talk) throws -> OutputContent {
    let question = MinutesQuestion(of: document.document, quoting: talk.quoting)
    return question.content(
      try eachPart("minutes", .minutes, [:], question.answerSchema, &talk))
  }

  private func eachPart(
    _ id: String, _ prompt: Prompts.Name, _ values: [String: String], _ shape: JSONValue,
    _ talk: inout Talk
  ) throws -> [JSONValue] {
    var replies: [JSONValue] = []
    for (number, part) in try document.conversations(lease: lease).parts.enumerated() {
      replies.append(try talk.ask(part, "\(id)/\(number)", prompt, values, shape))
    }
    return replies
  }

  /// The results of the steps that an `ask` stands `from`, as the model is shown them.
  private func given() throws -> String {
    var lines: [String] = []
    for id in step.from {
      guard let earlier = pipeline.declaration.step(id), let data = resultData(of: earlier) else {
        continue
      }
      lines.append("\(id): \(GivenResult.json(data).text())")
    }
    return lines.isEmpty
      ? "" : "What is known of the document already:\n" + lines.joined(separator: "\n")
  }
}

/// The questions of one step about a document.
private struct Talk {
  let writer: any AnswerWriter
  let quoting: Quoting
  var asking: Asking

  init(step: StepRun, writer: any AnswerWriter) {
    self.writer = writer
    quoting = Quoting(step.document.grounding, isBound: writer.bindsQuotes)
    asking = Asking(
      step: step.step, key: step.job.key, declaration: step.pipeline.declaration,
      workspace: step.pipeline.workspace, watch: step.document.watch(step.lease))
  }

  mutating func ask(
    _ conversation: any Conversation, _ id: String, _ prompt: Prompts.Name,
    _ values: [String: String], _ shape: JSONValue
  ) throws -> JSONValue {
    try asking.ask(conversation, id, prompt, values, shape)
  }
}

extension Step.Length {
  /// The most words; nil where sentences are counted.
  func words(of text: ExtractedText) -> Int? {
    switch self {
    case .words(let count): count
    case .sentences: nil
    case .share(let share):
      max(10, Int(Double(text.text.split(whereSeparator: \.isWhitespace).count) * share))
    }
  }

  var sentences: Int? { if case .sentences(let count) = self { count } else { nil } }

  /// As a model is told.
  func inWords(_ words: Int?) -> String {
    if let words { return "At most \(words) words." }
    if let sentences { return "At most \(sentences) sentences." }
    return ""
  }
}
