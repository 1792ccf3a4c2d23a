import Contexts
import Documents
import Jobs
import Tokenization

extension LoadedDocument {
  /// A document that a model that writes has read: in one piece, or in several as declared.
  struct Conversations {
    var parts: [AskingAhead]
    /// Of the whole text.
    var tokens: Int
  }

  /// Reads the document once; every step asks the same conversations.
  func conversations(lease: Lease) throws -> Conversations {
    if let spoken { return spoken }
    guard let writer else {
      throw JobFault(.fault, "\(pipeline.model.name) does not write.")
    }
    let input = pipeline.declaration.input
    guard writer.room > 0 else {
      throw JobFault(
        .overContext,
        "A context of \(input.maxTokens) tokens leaves none for the document beside its questions and answers. Lower model.answerTokens or model.thinking, or raise input.maxTokens."
      )
    }
    // Without marks: those stand in the conversation.
    let packing = ContextPacker(
      tokenizer: pipeline.model.tokenizer,
      budget: TokenBudget(
        limit: min(input.maxTokens, writer.room) + 2,
        overLimit: input.overLimit == .split ? .split : .fail)
    ).pack(text, as: .report)
    if let notice = packing.notices.first(where: { $0.reason == .overContext }) {
      let detail =
        "The text has \(packing.textTokenCount) tokens; beside its questions and answers a context holds \(min(input.maxTokens, writer.room)). Raise maxTokens or declare overLimit: \"split\"."
      throw JobFault(
        .overContext, detail,
        notices: [JobNotice(reason: notice.reason.rawValue, detail: detail)])
    }
    counted(packing.textTokenCount)
    if let longest = packing.contexts.map(\.tokens.count).max(),
      let why = memory?.refusal(tokens: longest)
    {
      throw JobFault(.limit, why)
    }
    var parts: [AskingAhead] = []
    for (number, context) in packing.contexts.enumerated() {
      let tokens = Array(context.tokens[context.textTokens])
      let part = DocumentPart(
        text: String(text[context.span]), tokens: tokens,
        snapshots: writer.bindsQuotes
          ? lastingSnapshots(
            tokens: tokens.count, prompt: pipeline.declaration.prompts.sha256(of: .document),
            part: number) : nil)
      parts.append(
        AskingAhead(try writer.conversation(about: part, watch: watch(lease))))
    }
    let read = Conversations(parts: parts, tokens: packing.textTokenCount)
    spoken = read
    return read
  }

  /// Stops a model when the run stops or the job is no longer ours.
  func watch(_ lease: Lease) -> Watch {
    Watch(
      reading: { done, total in
        lease.advance(to: done)
        self.pipeline.faults.reach(.midRead)
        self.pipeline.report(.advanced(document: self.path, tokens: done, of: total))
      },
      saved: { self.snapshotWasSaved($0) },
      shouldStop: { [stop = pipeline.stop] in stop.isSet || lease.status != .held })
  }
}
