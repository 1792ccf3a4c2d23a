import Kernels

extension Session {
  /// Another reading that goes on from here: what is read on one side is not seen on the other.
  ///
  /// The lightning layers' states are copied. Of the softmax layers' caches only the last, unfinished
  /// segment is: full ones never change again, and both sides keep them.
  ///
  /// - Parameter piece: Rows of the new session's working planes. A fork mostly reads a question and
  ///   writes an answer, so it needs fewer than a reading of a document.
  package func fork(piece: Int = 256) -> Session {
    var copy = Session(engine, piece: piece)
    copy.takeOver(memory, tokens: tokens, logits: logits)
    return copy
  }

  private mutating func takeOver(_ other: Memory, tokens: [Int32], logits: [Float]) {
    for (mine, its) in zip(memory.layers, other.layers) {
      switch (mine, its) {
      case (.lightning(let mine), .lightning(let its)): mine.numbers.copy(from: its.numbers)
      case (.softmax(let mine), .softmax(let its)): mine.share(its, tokens: tokens.count)
      default: preconditionFailure("two sessions of one engine have the same layers")
      }
    }
    goOn(after: tokens, logits: logits)
  }
}
