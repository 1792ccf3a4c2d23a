import Foundation
import Jobs

/// How far a run is, from one look at the ledger.
struct RunProgress {
  let run: Run
  let documents: [DocumentStanding]
  let isPaused: Bool

  var final: Int { documents.count { $0.isFinal } }
  var atWork: [DocumentStanding] { documents.filter { $0.running > 0 } }
  var failed: Int { documents.count { $0.lost > 0 } }
  var partial: Int { documents.count { $0.lost == 0 && $0.partial > 0 } }

  /// Tokens of the documents that are done, and of the others as far as they have been read.
  var tokensDone: Int { documents.reduce(0) { $0 + done($1) } }
  var tokensLeft: Int {
    documents.reduce(0) { $0 + (isDone($1) ? 0 : max(0, tokens($1) - done($1))) }
  }

  private func isDone(_ document: DocumentStanding) -> Bool { document.isFinal }

  private func done(_ document: DocumentStanding) -> Int {
    // What was up to date from the start was not read in this run.
    if document.cached == document.jobs { return 0 }
    return document.isFinal ? tokens(document) : min(document.progress, tokens(document))
  }

  /// As counted, or judged by the bytes of those that were.
  private func tokens(_ document: DocumentStanding) -> Int {
    document.tokens ?? Int(Double(document.bytes) * tokensPerByte)
  }

  /// Of the documents counted so far; a quarter where there is none, as in plain English text.
  private let tokensPerByte: Double

  init(run: Run, documents: [DocumentStanding], isPaused: Bool) {
    self.run = run
    self.documents = documents
    self.isPaused = isPaused
    var (tokens, bytes) = (0, 0)
    for document in documents {
      guard let count = document.tokens else { continue }
      tokens += count
      bytes += document.bytes
    }
    tokensPerByte = bytes > 0 ? Double(tokens) / Double(bytes) : 0.25
  }
}

/// Tokens a second over the last half minute or so, by what was seen to be done.
struct ReadingRate {
  private var seen: [(time: TimeInterval, tokens: Int)] = []
  private static let span: TimeInterval = 30

  mutating func note(_ tokens: Int, at time: TimeInterval) {
    // A job that was given back makes the count smaller: begin anew.
    if let last = seen.last, tokens < last.tokens { seen = [] }
    seen.append((time, tokens))
    while seen.count > 2, time - seen[0].time > Self.span { seen.removeFirst() }
  }

  /// Nil until something was seen to get on.
  var perSecond: Double? {
    guard let first = seen.first, let last = seen.last, last.time - first.time > 0.5,
      last.tokens > first.tokens
    else { return nil }
    return Double(last.tokens - first.tokens) / (last.time - first.time)
  }
}
