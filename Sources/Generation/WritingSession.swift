package import Foundation
package import Inference

/// What gives the logits that a text is drawn from, a token at a time.
///
/// Sessions of an engine do; so do scripts, with which rules of decoding are tried without a model.
package protocol LogitSource: AnyObject {
  /// Tokens read so far.
  var position: Int { get }
  /// After the last token read: [vocabulary].
  var logits: [Float] { get }
  /// Reads what of `prompt` follows the tokens read already; from the start, where they differ.
  func advance(
    to prompt: [Int32], progress: (Int) -> Void, shouldStop: () -> Bool
  ) throws(InferenceError)
  func advance(by token: Int32) throws(InferenceError)
}

/// A reading that is written to: a session with an owner that fits into arrays.
///
/// One thread at a time; sessions of one engine may be used side by side.
package final class WritingSession: LogitSource {
  private var session: Session

  package init(_ session: consuming Session) { self.session = session }

  package var position: Int { session.position }
  package var tokens: [Int32] { session.tokens }
  package var logits: [Float] { session.logits }
  package var memoryBytes: Int { session.memoryBytes }

  package func advance(
    to prompt: [Int32], progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(InferenceError) {
    try session.advance(to: prompt, progress: progress, shouldStop: shouldStop)
  }

  package func advance(by token: Int32) throws(InferenceError) {
    try session.advance(by: [token])
  }

  /// Another session that goes on from here: a document is read once, and every question forks it.
  package func fork() -> WritingSession { WritingSession(session.fork()) }

  /// Writes the session's state into a file, whole or not at all.
  package func save(to url: URL) throws(InferenceError) { try session.save(to: url) }
}
