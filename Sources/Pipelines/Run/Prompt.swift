import Contexts
import Digests
import Documents
import Outputs

/// What stands before a document's text when a step reads it. For a checkpoint that tags, that is
/// one token that says what kind of document follows.
struct Prompt: Hashable, Sendable {
  let documentType: DocumentType

  var sha256: String { SHA256.hash(of: "<\(documentType.rawValue)>") }
}

extension Document {
  /// Whether somebody speaks in it.
  var isTranscript: Bool {
    blocks.contains { if case .turn = $0.content { true } else { false } }
  }
}

extension Declaration {
  /// A transcript is summarised by what was learnt from meetings, and read as one: with minutes, once. Any other
  /// document is read once for its fields and its summary: under the mark of contracts the checkpoint finds what
  /// matters as well as under that of reports (ReadingMarks in the documentation has the figures).
  ///
  /// - Parameter isTranscript: whether the document has turns of speakers.
  func prompt(of step: Step, isTranscript: Bool) -> Prompt {
    switch step.action {
    case .extract: Prompt(documentType: .contract)
    case .minutes: Prompt(documentType: .meeting)
    case .summarize where isTranscript: Prompt(documentType: .meeting)
    case .summarize: Prompt(documentType: extracts ? .contract : .report)
    case .ask, .classify, .filter, .reduce: Prompt(documentType: .report)
    }
  }

  private var extracts: Bool {
    steps.contains { if case .extract = $0.action { true } else { false } }
  }

  /// Of the rule by which a step's prompt is chosen: known before a document is read.
  private func ruleSHA256(of step: Step) -> String {
    let usual = prompt(of: step, isTranscript: false)
    let talk = prompt(of: step, isTranscript: true)
    let rule = "<\(usual.documentType.rawValue)>"
    return SHA256.hash(
      of: usual == talk ? rule : rule + ", transcripts <\(talk.documentType.rawValue)>")
  }

  /// Of what a step asks the model by: its prompt file where the model writes.
  func promptSHA256(of step: Step, writes: Bool) -> String {
    guard writes, let name = step.promptName else { return ruleSHA256(of: step) }
    return prompts.sha256(of: name)
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
