import Digests
import Documents
import Foundation
import JSON
import Jobs
import Outputs

/// What a step asks about each part of a document, and what its result is made of.
struct StepQuestions {
  struct Asked {
    var id: String
    var prompt: Prompts.Name
    /// What the prompt's places are filled with, the shape aside.
    var values: [String: String]
    var shape: JSONValue
  }

  var asked: [Asked]
  /// Makes the content of the answers: for each part those to `asked`, in their order.
  var content: (_ replies: [[JSONValue]]) throws -> OutputContent

  /// The questions about part `number`.
  func about(part number: Int, _ asking: Asking) -> [Question] {
    asked.map { asking.question("\($0.id)/\(number)", $0.prompt, $0.values, $0.shape) }
  }
}

extension StepRun {
  /// What `step` asks about the document.
  func questions(of step: Step, for writer: any AnswerWriter) throws -> StepQuestions {
    let quoting = Quoting(document.grounding, isBound: writer.bindsQuotes)
    switch step.action {
    case .extract(let extract):
      return try fields(
        extract.schema, evidence: extract.evidence, .extract, [:], writer, quoting)
    case .ask(let ask):
      return try fields(
        ask.schema, evidence: ask.evidence, .ask,
        ["instructions": ask.instructions ?? "", "given": try given(to: step)], writer, quoting)
    case .classify(let classify):
      let questions = FieldQuestions.labels(
        classify.labels.map(\.name), multiple: classify.multiple, named: step.id)
      let list = classify.labels.map { label in
        "- \(label.name)" + (label.description.map { ": \($0)" } ?? "")
      }
      return fields(
        questions, schemaSHA256: SHA256.hash(of: step.canonical.text()), .classify,
        [
          "instructions": classify.instructions ?? "", "labels": list.joined(separator: "\n"),
        ], writer, quoting)
    case .summarize(let length):
      let words = length.words(of: document.text)
      return StepQuestions(
        asked: [
          .init(
            id: "summary", prompt: .summarize, values: ["length": length.inWords(words)],
            shape: SummaryQuestion.answerSchema(most: length.sentences))
        ],
        content: { replies in
          SummaryQuestion.content(
            replies.flatMap { $0 }, of: document.document, quoting: quoting, words: words)
        })
    case .minutes:
      let question = MinutesQuestion(of: document.document, quoting: quoting)
      return StepQuestions(
        asked: [.init(id: "minutes", prompt: .minutes, values: [:], shape: question.answerSchema)],
        content: { replies in question.content(replies.flatMap { $0 }) })
    case .filter, .reduce:
      preconditionFailure("\(step.kind) asks no model about a document")
    }
  }

  private func fields(
    _ file: Step.SchemaFile, evidence: Step.EvidenceRule, _ prompt: Prompts.Name,
    _ values: [String: String], _ writer: any AnswerWriter, _ quoting: Quoting
  ) throws -> StepQuestions {
    let schema = try FieldSchema(file.value, named: file.file.lastPathComponent)
    let questions = FieldQuestions(
      schema, declared: file.value, asksForValues: prompt == .ask,
      quotesAreOptional: evidence == .optional)
    return fields(questions, schemaSHA256: file.sha256, prompt, values, writer, quoting)
  }

  private func fields(
    _ questions: FieldQuestions, schemaSHA256: String, _ prompt: Prompts.Name,
    _ values: [String: String], _ writer: any AnswerWriter, _ quoting: Quoting
  ) -> StepQuestions {
    let schema = questions.schema
    let groups = stride(from: 0, to: schema.fields.count, by: writer.fieldsAtOnce).map {
      Array(schema.fields[$0...].prefix(writer.fieldsAtOnce))
    }
    let asked = groups.map { fields in
      var values = values
      values["fields"] = fields.map { field in
        "- \(field.name): \(field.description ?? field.name)"
      }.joined(separator: "\n")
      return StepQuestions.Asked(
        id: fields.map(\.name).joined(separator: ","), prompt: prompt, values: values,
        shape: questions.answerSchema(for: fields))
    }
    return StepQuestions(
      asked: asked,
      content: { replies in
        let answers = questions.answers(replies.map(Self.merged), quoting: quoting)
        return FieldsOutput.content(
          answers, schemaName: schema.name, schemaSha256: schemaSHA256,
          grounding: document.grounding,
          isWhole: try coverage(document.conversations(lease: lease)).isWhole,
          statesConfidence: false)
      })
  }

  private static func merged(_ answers: [JSONValue]) -> JSONObject {
    var merged = JSONObject()
    for answer in answers {
      guard let object = answer.object else { continue }
      for (name, value) in object.members { merged[name] = value }
    }
    return merged
  }

  /// The results of the steps that an `ask` stands `from`, as the model is shown them.
  private func given(to step: Step) throws -> String {
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

  func coverage(_ read: LoadedDocument.Conversations) -> Coverage {
    Coverage(
      tokensTotal: read.tokens, tokensRead: read.tokens, notices: document.document.notices)
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
