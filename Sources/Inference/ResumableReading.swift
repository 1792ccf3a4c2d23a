package import Foundation

/// Where a long reading leaves its snapshots.
package struct SnapshotPlan: Hashable, Sendable {
  package var file: URL
  /// Tokens from one snapshot to the next.
  package var interval: Int

  package init(file: URL, interval: Int) {
    self.file = file
    self.interval = interval
  }

  /// Removes the snapshot, and what a process that was killed while it wrote one may have left.
  package func remove() {
    for file in [file, NewFile.partial(of: file)] {
      try? FileManager.default.removeItem(at: file)
    }
  }
}

/// A reading that can be left in a file, piece by piece, and gone on with from there.
protocol ResumableReading: ~Copyable {
  /// Tokens read so far.
  var position: Int { get }
  /// Reads `tokens` from `position` up to the next multiple of the piece size, or to their end.
  mutating func readPiece(of tokens: [Int32]) throws(InferenceError)
  func save(to url: URL) throws(InferenceError)
}

extension ResumableReading where Self: ~Copyable {
  /// Reads to the end of `tokens`, with a snapshot every `snapshots.interval` tokens and when the caller asks
  /// to stop.
  ///
  /// - Parameters:
  ///   - progress: called after each piece with the tokens read so far.
  ///   - saved: called when a snapshot was written, or with the error when it could not be: the reading
  ///     goes on without.
  ///   - shouldStop: asked before each piece; `.stopped` is thrown when it says so.
  mutating func read(
    _ tokens: [Int32], snapshots: SnapshotPlan?, progress: (Int) -> Void,
    saved: (InferenceError?) -> Void, shouldStop: () -> Bool
  ) throws(InferenceError) {
    while position < tokens.count {
      if shouldStop() {
        if let snapshots { saved(trySaving(to: snapshots.file)) }
        throw InferenceError(.stopped, "Stopped at token \(position), as asked.")
      }
      let before = position
      try readPiece(of: tokens)
      progress(position)
      if let snapshots, position < tokens.count,
        position / snapshots.interval > before / snapshots.interval
      {
        saved(trySaving(to: snapshots.file))
      }
    }
  }

  /// Nil when it is written. A snapshot saves time, and nothing depends on it.
  func trySaving(to url: URL) -> InferenceError? {
    do throws(InferenceError) {
      try save(to: url)
      return nil
    } catch { return error }
  }
}
