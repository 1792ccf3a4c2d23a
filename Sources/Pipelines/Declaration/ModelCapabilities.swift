import Foundation
import JSON
import Outputs

/// What a checkpoint can do.
package struct ModelCapabilities: Hashable, Sendable {
  /// The labels it marks spans with; empty when it has no tagging head.
  package var tags: Set<String>
  /// Whether it has a language-model head.
  package var writes: Bool
  /// Whether it is behind a server.
  package var isRemote = false

  /// Whatever a server's model can do, it writes.
  static var remote: ModelCapabilities {
    var capabilities = ModelCapabilities(tags: [], writes: true)
    capabilities.isRemote = true
    return capabilities
  }

  package init(tags: Set<String>, writes: Bool) {
    self.tags = tags
    self.writes = writes
  }
}

extension Declaration {
  /// The labels a tagging checkpoint needs for minutes, and for summaries.
  static let minutesTags = [
    "meeting_action", "meeting_decision", "meeting_problem", "meeting_salient",
    "meeting_topic_start",
  ]
  static let summaryTags = ["salient"]

  /// The steps and fields that a checkpoint cannot do, each with what would do it; empty when it can
  /// do all.
  package func problems(for model: ModelCapabilities) -> [DeclarationError.Problem] {
    if model.writes { return writingProblems(for: model) }
    return modelProblems
      + steps.enumerated().flatMap { index, step in
        problems(of: step, at: "/steps/\(index)", for: model)
      }
  }

  /// What a model that tags has no use for.
  private var modelProblems: [DeclarationError.Problem] {
    guard model.writing != Model.Writing() else { return [] }
    return [
      .init(
        file: file, position: places.value("/model"),
        message:
          "“topP”, “thinking”, “reasoning”, “answerTokens” and “tools” are about models that write; \(weightsName) only mark words in a document"
      )
    ]
  }

  /// What a model that writes cannot do.
  private func writingProblems(for model: ModelCapabilities) -> [DeclarationError.Problem] {
    var problems: [DeclarationError.Problem] = []
    let beside = self.model.writing.answerTokens + self.model.writing.thinking
    if beside >= input.maxTokens {
      problems.append(
        .init(
          file: file, position: places.value("/input/maxTokens"),
          message:
            "a context of \(input.maxTokens) tokens has no room for a document beside \(self.model.writing.thinking) tokens of thinking and \(self.model.writing.answerTokens) of an answer; raise maxTokens or lower model.answerTokens"
        ))
    }
    return problems + answerProblems(for: model)
  }

  private func problems(
    of step: Step, at pointer: String, for model: ModelCapabilities
  ) -> [DeclarationError.Problem] {
    func problem(_ message: String) -> DeclarationError.Problem {
      .init(
        file: file, position: places.value("\(pointer)/kind"),
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
        _ = try LabelRules(classify.rules, multiple: classify.multiple, labels: model.tags.sorted())
        return []
      } catch {
        return error.problems.map { problem($0.message) }
      }
    case .minutes: return missing(Self.minutesTags, in: model).map { [problem($0)] } ?? []
    case .summarize: return missing(Self.summaryTags, in: model).map { [problem($0)] } ?? []
    case .extract(let extract):
      do {
        _ = try FieldSchema(
          extract.schema.value, named: extract.schema.file.lastPathComponent,
          labels: model.tags.sorted())
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

  private func missing(_ tags: [String], in model: ModelCapabilities) -> String? {
    let missing = tags.filter { !model.tags.contains($0) }
    guard !missing.isEmpty else { return nil }
    return
      "needs a checkpoint that writes, or one that marks \(missing.joined(separator: ", ")); the default weights do"
  }
}

extension Step.SchemaFile {
  /// What is wrong with the fields, at their places in the schema file.
  func problems(_ invalid: FieldSchema.Invalid, step: String) -> [DeclarationError.Problem] {
    let places = try? DeclarationPlaces(bytes, dialect)
    return invalid.problems.map { problem in
      .init(
        file: shown, position: places?.value(problem.pointer),
        message: "step “\(step)”\(Self.field(problem.pointer)): \(problem.message)")
    }
  }

  /// `, field “parties”` for a pointer into that field.
  private static func field(_ pointer: String) -> String {
    let tokens = pointer.split(separator: "/")
    guard tokens.count >= 2, tokens[0] == "properties" else { return "" }
    let name = tokens[1].split(separator: "~1", omittingEmptySubsequences: false)
      .joined(separator: "/").split(separator: "~0", omittingEmptySubsequences: false)
      .joined(separator: "~")
    let keyword = tokens.count > 2 ? ", \(tokens[2])" : ""
    return ", field \(quoted(name))\(keyword)"
  }
}
