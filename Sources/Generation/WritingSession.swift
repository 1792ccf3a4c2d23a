package import Foundation
package import Inference

/// What gives the logits that a text is drawn from, a token at a time.
///
/// Sessions of an engine do; so do scripts, with which rules of decoding are tried without a model.
package protocol LogitSource: AnyObject, SendableMetatype {
  /// Tokens read so far.
  var position: Int { get }
  /// Lends the logits after the last token read: [vocabulary]. Those that were not wanted are of no meaning.
  func withLogits<Result>(_ body: (Span<Float>) -> Result) -> Result
  /// Reads what of `prompt` follows the tokens read already; from the start, where they differ.
  func advance(
    to prompt: [Int32], progress: (Int) -> Void, shouldStop: () -> Bool
  ) throws(InferenceError)
}

/// A reading that is written to: a session with an owner that fits into arrays.
///
/// One thread at a time; sessions of one engine may be used side by side.
package final class WritingSession: LogitSource {
  private let engine: Engine
  /// Nil while it sits in a batch.
  private var session: Session?
  private var seat: (table: Table, number: Int)?

  package init(_ session: consuming Session) {
    engine = session.engine
    self.session = consume session
  }

  package var position: Int { tokens.count }
  package var tokens: [Int32] {
    if let seat { return seat.table.tokens(of: seat.number) }
    return session?.tokens ?? []
  }
  package func withLogits<Result>(_ body: (Span<Float>) -> Result) -> Result {
    if let seat { return seat.table.withLogits(of: seat.number, body) }
    return session!.withLogits(body)
  }
  package var memoryBytes: Int { session?.memoryBytes ?? 0 }

  package func advance(
    to prompt: [Int32], progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(InferenceError) {
    stand()
    try session?.advance(to: prompt, progress: progress, shouldStop: shouldStop)
  }

  /// Reads a long prompt with snapshots on the way: see `Session.advance(to:snapshots:)`.
  package func advance(
    to prompt: [Int32], snapshots plan: SnapshotPlan, progress: (Int) -> Void = { _ in },
    saved: (InferenceError?) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(InferenceError) {
    stand()
    try session?.advance(
      to: prompt, snapshots: plan, progress: progress, saved: saved, shouldStop: shouldStop)
  }

  /// Another session that goes on from here: a document is read once, and every question forks it.
  ///
  /// - Parameter piece: most tokens that pass through the layers together; more for a long reading.
  package func fork(piece: Int = 256) -> WritingSession {
    stand()
    guard let fork = session?.fork(piece: piece) else {
      preconditionFailure("a session that stands is its own")
    }
    return WritingSession(fork)
  }

  /// Writes the session's state into a file, whole or not at all.
  package func save(to url: URL) throws(InferenceError) {
    stand()
    try session?.save(to: url)
  }

  // MARK: In a batch

  /// Goes on in a batch, where one pass over the weights serves all who sit there.
  func sit(at table: Table) {
    guard let own = session.take() else { return }
    seat = (table, table.join(own))
  }

  /// Comes back from it.
  func stand() {
    guard let (table, number) = seat else { return }
    seat = nil
    session = table.leave(number)
  }

  /// Forgets what it has read, and makes room for another.
  func end() {
    if let (table, number) = seat { table.drop(number) }
    seat = nil
    session = nil
  }

  /// Each reads one token; the next choice needs what is wanted of its logits.
  static func step(_ sessions: [WritingSession], _ tokens: [Int32], _ wanted: [WantedLogits])
    throws(InferenceError)
  {
    guard let table = sessions.first?.seat?.table else {
      for (index, session) in sessions.enumerated() {
        try session.session?.advance(by: tokens[index], wanting: wanted[index])
      }
      return
    }
    try table.step(
      zip(sessions, tokens).map { session, token in
        guard let seat = session.seat else { preconditionFailure("a session of a table sits") }
        return (seat.number, token)
      }, wanted)
  }
}

/// A batch with an owner: the sessions that sit in it share it.
final class Table {
  private var batch: Batch

  init(_ engine: Engine, capacity: Int) throws(InferenceError) {
    batch = try Batch(engine, capacity: capacity)
  }

  func join(_ session: consuming Session) -> Int {
    guard let seat = batch.join(session) else {
      preconditionFailure("a table has a seat for each session of its batch")
    }
    return seat
  }

  func leave(_ seat: Int) -> Session { batch.leave(seat) }
  func drop(_ seat: Int) { batch.drop(seat) }
  func tokens(of seat: Int) -> [Int32] { batch.tokens(of: seat) }

  func withLogits<Result>(of seat: Int, _ body: (Span<Float>) -> Result) -> Result {
    batch.withLogits(of: seat, body)
  }

  func step(_ next: [(seat: Int, token: Int32)], _ wanted: [WantedLogits]) throws(InferenceError) {
    try batch.step(next, wanting: wanted)
  }
}
