import Foundation
import JSON
import Outputs

/// Whether a declaration's model can do its steps, also where not all of the declaration could be read.
struct ModelCheck {
  var file: URL
  var places: DeclarationPlaces
  var model: Declaration.Model
  /// Nil where it could not be read.
  var maxTokens: Int?

  /// What a step does, and where it stands in the file.
  struct Placed {
    var index: Int
    var id: String
    var action: Step.Action
  }

  /// The steps and fields that a model cannot do, each with what would do it; empty when it can do all.
  func problems(of steps: [Placed], for able: ModelCapabilities) -> [DeclarationError.Problem] {
    if able.writes { return writingProblems(of: steps, for: able) }
    return modelProblems + steps.flatMap { problems(of: $0, for: able) }
  }

  /// What a model that tags has no use for.
  private var modelProblems: [DeclarationError.Problem] {
    guard model.writing != Declaration.Model.Writing() else { return [] }
    return [
      .init(
        file: file, position: places.value("/model"),
        message:
          "“topP”, “thinking”, “reasoning”, “answerTokens” and “tools” are about models that write; \(weightsName) only mark words in a document"
      )
    ]
  }

  /// What a model that writes cannot do.
  private func writingProblems(of steps: [Placed], for able: ModelCapabilities)
    -> [DeclarationError.Problem]
  {
    var problems: [DeclarationError.Problem] = []
    let beside = model.writing.answerTokens + model.writing.thinking
    if let maxTokens, beside >= maxTokens {
      problems.append(
        .init(
          file: file, position: places.value("/input/maxTokens"),
          message:
            "a context of \(maxTokens) tokens has no room for a document beside \(model.writing.thinking) tokens of thinking and \(model.writing.answerTokens) of an answer; raise maxTokens or lower model.answerTokens"
        ))
    }
    return problems + answerProblems(of: steps, for: able)
  }

  private func problems(of step: Placed, for able: ModelCapabilities) -> [DeclarationError.Problem]
  {
    func problem(_ message: String) -> DeclarationError.Problem {
      .init(
        file: file, position: places.value("/steps/\(step.index)/kind"),
        message: "step “\(step.id)”: \(message)")
    }
    switch step.action {
    case .filter: return []
    // Statements of results are chosen, not written.
    case .reduce(let reduce):
      guard reduce.instructions != nil else { return [] }
      return [
        problem(
          "only a checkpoint that writes follows “instructions”; \(weightsName) only choose among the statements of the results"
        )
      ]
    case .ask:
      return [
        problem(
          "ask needs a model that writes, and \(weightsName) only mark words in a document; name a checkpoint with a language-model head in model.weights, or a server in model.endpoint with model.name"
        )
      ]
    case .classify(let classify):
      guard classify.instructions == nil else {
        return [problem("only a model that writes follows “instructions”; leave them out")]
      }
      do {
        _ = try LabelRules(classify.rules, multiple: classify.multiple, labels: able.tags.sorted())
        return []
      } catch {
        return error.problems.map { problem($0.message) }
      }
    case .minutes: return missing(Declaration.minutesTags, in: able).map { [problem($0)] } ?? []
    case .summarize: return missing(Declaration.summaryTags, in: able).map { [problem($0)] } ?? []
    case .extract(let extract):
      do {
        _ = try FieldSchema(
          extract.schema.value, named: extract.schema.file.lastPathComponent,
          labels: able.tags.sorted())
        return []
      } catch {
        return extract.schema.problems(error, step: step.id)
      }
    }
  }

  private var weightsName: String {
    switch model.weights {
    case .default: "the default weights"
    case .folder(let folder): "the weights in \(quoted(folder.lastPathComponent))"
    case .endpoint(let remote): "the model \(quoted(remote.name))"
    }
  }

  private func missing(_ tags: [String], in able: ModelCapabilities) -> String? {
    let missing = tags.filter { !able.tags.contains($0) }
    guard !missing.isEmpty else { return nil }
    return
      "needs a checkpoint that writes, or one that marks \(missing.joined(separator: ", ")); the default weights do"
  }
}
