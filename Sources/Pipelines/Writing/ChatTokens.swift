import Chat
import Tokenization

/// Conversations as tokens. Only marks become marks: what a document or a prompt spells is text.
struct ChatTokens {
  private let tokenizer: Tokenizer
  private let template = ChatTemplate()

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  /// What stands before every document: the system's turn, the tools, and the user's turn up to the
  /// document's first word.
  func opening(system: String, tools: [ChatTool], before: String) -> [Int32] {
    let pieces = template.pieces(
      [.system(system), .user(before)], tools: tools, asksForAnswer: false)
    // Without the end of the user's turn: a mark and a line break.
    return tokens(pieces.dropLast(2))
  }

  /// What stands between the document's last word and the model's first.
  func closing(_ question: String) -> [Int32] {
    text(question)
      + tokens([
        .mark(ChatTemplate.close), .text("\n"), .mark(ChatTemplate.open),
        .text("ai name=assistant\n"),
      ])
  }

  /// The end of the model's turn, what its tools answered, and the beginning of its next turn.
  func answering(_ results: [ToolResult]) -> [Int32] {
    let pieces = template.pieces([ChatMessage(.toolResults(results))])
    // Without the mark that opens a conversation.
    return tokens([.mark(ChatTemplate.close), .text("\n")] + pieces.dropFirst())
  }

  func text(_ text: String) -> [Int32] { tokenizer.encode(text, addedTokens: .asText).ids }

  /// The tokens that end the model's turn.
  var endOfTurn: Set<Int32> {
    tokenizer.id(ofAdded: ChatTemplate.close).map { [$0] } ?? []
  }

  private func tokens(_ pieces: some Sequence<ChatTemplate.Piece>) -> [Int32] {
    var ids: [Int32] = []
    for piece in pieces {
      switch piece {
      case .text(let words): ids += text(words)
      case .mark(let mark):
        // A tokenizer without the mark has only its letters.
        if let id = tokenizer.id(ofAdded: mark) { ids.append(id) } else { ids += text(mark) }
      }
    }
    return ids
  }
}
