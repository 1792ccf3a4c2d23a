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
  package var logits: [Float] {
    if let seat { return seat.table.logits(of: seat.number) }
    return session?.logits ?? []
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

  package func advance(by token: Int32) throws(InferenceError) {
    if let seat {
      try seat.table.step([(seat.number, token)])
    } else {
      try session?.advance(by: [token])
    }
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

  static func step(_ sessions: [WritingSession], _ tokens: [Int32]) throws(InferenceError) {
    guard let table = sessions.first?.seat?.table else {
      for (session, token) in zip(sessions, tokens) { try session.advance(by: token) }
      return
    }
    try table.step(
      zip(sessions, tokens).compactMap { session, token in session.seat.map { ($0.number, token) } }
    )
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

  func logits(of seat: Int) -> [Float] {
    batch.withLogits(of: seat) { logits in
      var copy: [Float] = []
      copy.reserveCapacity(logits.count)
      for index in logits.indices { copy.append(logits[index]) }
      return copy
    }
  }

  func step(_ next: [(seat: Int, token: Int32)]) throws(InferenceError) { try batch.step(next) }
}
