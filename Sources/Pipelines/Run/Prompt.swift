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
  /// The kind of output file the step writes; nil for a step that writes none.
  var outputKind: Envelope.Kind? {
    switch action {
    case .extract, .ask: .fields
    case .summarize, .reduce: .summary
    case .minutes: .minutes
    case .classify, .filter: nil
    }
  }
}
