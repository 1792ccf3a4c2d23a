import Constraints
import JSON
import Outputs

extension Step {
  /// The shapes of the answers that the step asks for, each with what it is about, so that `check` can
  /// say before the night which of them cannot be written. What depends on a document is left
  /// open: people's names, how many statements there are.
  var questionShapes: [(about: String, shape: JSONValue)] {
    switch action {
    case .extract(let extract):
      Self.shapes(extract.schema, asksForValues: false, optional: extract.evidence == .optional)
    case .ask(let ask):
      Self.shapes(ask.schema, asksForValues: true, optional: ask.evidence == .optional)
    case .classify(let classify):
      Self.shapes(
        .labels(classify.labels.map(\.name), multiple: classify.multiple, named: id))
    case .summarize(let length):
      [("the summary", SummaryQuestion.answerSchema(most: length.sentences))]
    case .minutes: [("the minutes", MinutesQuestion.answerSchema(people: []))]
    case .reduce(let reduce):
      [
        (
          "the digest",
          DigestOutput.Contents.answerSchema(count: 1, most: reduce.length.sentences)
        )
      ]
    case .filter: []
    }
  }

  private static func shapes(_ file: SchemaFile, asksForValues: Bool, optional: Bool)
    -> [(about: String, shape: JSONValue)]
  {
    guard let schema = try? FieldSchema(file.value, named: "") else { return [] }
    // As if the document answered them all: a field without any value that can be written would always be told
    // to be absent.
    return shapes(
      FieldQuestions(
        schema, declared: file.value, asksForValues: asksForValues, quotesAreOptional: optional,
        allowsAbsence: false))
  }

  private static func shapes(_ questions: FieldQuestions) -> [(about: String, shape: JSONValue)] {
    questions.schema.fields.map { field in
      ("the field “\(field.name)”", questions.answerSchema(for: [field]))
    }
  }
}

extension Declaration {
  /// The answers that cannot be asked for: schemas that cannot be held to, budgets that no answer fits.
  func answerProblems(for model: ModelCapabilities) -> [DeclarationError.Problem] {
    var problems: [DeclarationError.Problem] = []
    for (index, step) in steps.enumerated() {
      func add(_ message: String) {
        problems.append(
          .init(
            file: file, position: places.value("/steps/\(index)/kind"),
            message: "step “\(step.id)”: \(message)"))
      }
      for (about, shape) in step.questionShapes {
        guard !model.isRemote else {
          if (try? JSONSchema(shape)) == nil {
            add("the schema of \(about) cannot be checked: see its $ref and patterns")
          }
          continue
        }
        do throws(ConstraintError) {
          let least = try SchemaConstraint(shape).leastBytes
          guard least > self.model.writing.answerTokens else { continue }
          add(
            "the shortest answer for \(about) has \(least) bytes, and model.answerTokens is \(self.model.writing.answerTokens); raise it"
          )
        } catch {
          add("\(about) cannot be written by its schema: \(error)")
        }
      }
    }
    return problems
  }
}
