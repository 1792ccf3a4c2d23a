import Contexts
import Digests
import Outputs

/// What stands before a document's text when a step reads it. For a checkpoint that tags, that is
/// one token that says what kind of document follows.
struct Prompt: Hashable, Sendable {
  let documentType: DocumentType

  var sha256: String { SHA256.hash(of: "<\(documentType.rawValue)>") }

  static func of(_ step: Step) -> Prompt {
    switch step.action {
    case .extract: Prompt(documentType: .contract)
    case .minutes: Prompt(documentType: .meeting)
    case .summarize, .ask, .classify, .filter, .reduce: Prompt(documentType: .report)
    }
  }
}

extension Step {
  /// The prompt file of the step, for models that write; nil for a step that asks no model.
  var promptName: Prompts.Name? {
    switch action {
    case .extract: .extract
    case .summarize: .summarize
    case .minutes: .minutes
    case .ask: .ask
    case .classify: .classify
    case .reduce: .reduce
    case .filter: nil
    }
  }

  /// The kind of output file the step writes; nil for a step that writes none.
  var outputKind: Envelope.Kind? {
    switch action {
    case .extract, .ask, .classify: .fields
    case .summarize, .reduce: .summary
    case .minutes: .minutes
    case .filter: nil
    }
  }
}
