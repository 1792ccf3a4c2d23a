package import Constraints
package import Foundation
package import Inference
package import Tokenization

/// Writes texts with a model: one at a time, or many in one batch. One a model, shared by threads.
package final class Writer: Sendable {
  package let engine: Engine
  package let tokenizer: Tokenizer
  package let trie: TokenTrie
  /// Ids that both the model and the tokenizer know: published checkpoints have more rows than tokens,
  /// and what those give must never be drawn.
  private let usable: TokenMask

  /// - Throws: when the checkpoint does not write.
  package init(engine: Engine, tokenizer: Tokenizer) throws(GenerationError) {
    guard engine.writes else {
      throw .request("\(engine.folder.lastPathComponent) marks spans and writes no text.")
    }
    self.engine = engine
    self.tokenizer = tokenizer
    trie = TokenTrie(tokenizer, below: engine.configuration.vocabularySize)
    guard trie.spellsEverything else {
      throw .request(
        "The tokenizer has bytes whose tokens are beyond the model's \(engine.configuration.vocabularySize) rows; they do not belong together."
      )
    }
    trie.prepareStrings()
    usable = Self.usable(tokenizer, vocabularySize: engine.configuration.vocabularySize)
  }

  static func usable(_ tokenizer: Tokenizer, vocabularySize: Int) -> TokenMask {
    var usable = TokenMask(size: vocabularySize)
    for id in 0..<Int32(vocabularySize) where tokenizer.contains(id) { usable.insert(id) }
    return usable
  }

  package func session() -> WritingSession { WritingSession(engine.session()) }

  /// A session that goes on where a file was saved.
  package func session(restoring url: URL) throws(InferenceError) -> WritingSession {
    WritingSession(try engine.session(restoring: url))
  }

  /// Reads the prompt and writes the answer.
  ///
  /// - Parameters:
  ///   - events: gets the parts of the text as they are settled.
  ///   - shouldStop: asked before each piece of the prompt and each token; the text so far is kept.
  package func write(
    _ request: GenerationRequest, on session: WritingSession,
    events: (GenerationEvent) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(GenerationError) -> Generated {
    let results = write(
      [request], on: [session], events: { events($1) }, shouldStop: shouldStop)
    return try results[0].get()
  }

  /// Writes several answers, each on its own session, a token of each at a time. What one answer says
  /// depends neither on the others nor on how many there are.
  ///
  /// - Returns: in the order of the requests; one that fails does not stop the others.
  package func write(
    _ requests: [GenerationRequest], on sessions: [WritingSession],
    events: (_ index: Int, GenerationEvent) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) -> [Result<Generated, GenerationError>] {
    precondition(requests.count == sessions.count, "a session for each request")
    return write(
      requests, atOnce: max(1, requests.count), on: { sessions[$0] }, ended: { $0.stand() },
      events: events, shouldStop: shouldStop)
  }

  /// Writes answers to many requests that all go on from what `reading` has read: each in a fork of it,
  /// at most `atOnce` of them at a time, so that the memory of so many forks is enough.
  ///
  /// - Returns: in the order of the requests; what one says depends neither on the others nor on
  ///   `atOnce`, and one that fails does not stop the others.
  package func write(
    _ requests: [GenerationRequest], from reading: WritingSession, atOnce: Int,
    events: (_ index: Int, GenerationEvent) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) -> [Result<Generated, GenerationError>] {
    write(
      requests, atOnce: atOnce, on: { _ in reading.fork() }, ended: { $0.end() }, events: events,
      shouldStop: shouldStop)
  }

  private func write(
    _ requests: [GenerationRequest], atOnce: Int, on session: @escaping (Int) -> WritingSession,
    ended: (WritingSession) -> Void, events: (Int, GenerationEvent) -> Void,
    shouldStop: () -> Bool
  ) -> [Result<Generated, GenerationError>] {
    // One alone needs no batch.
    let seats = min(atOnce, requests.count)
    let table: Table?
    do throws(InferenceError) {
      table = seats > 1 ? try Table(engine, capacity: seats) : nil
    } catch {
      return requests.map { _ in .failure(.engine(error)) }
    }
    return AnswerBatch(
      requests, atOnce: atOnce, on: session, usable: usable, trie: trie,
      longest: engine.configuration.maximumPositions
    ).run(
      events: events, shouldStop: shouldStop, concurrently: engine.concurrently,
      begun: { if let table { $0.sit(at: table) } },
      step: { (sessions, tokens, wanted) throws(InferenceError) in
        try WritingSession.step(sessions, tokens, wanted)
      }, ended: ended)
  }
}
