/// Where a job stands. Stored by raw value, which never changes.
///
/// ```
/// enqueue ──► blocked ──► available ──► running ──► completed
///                ▲            ▲          │ │ │
///                │            ├── release┘ │ └───► discarded ── retry ──► blocked
///                │        retryable ◄──────┘
///                └─ resume ── paused ◄── from blocked, available, retryable, running
///                          cancelled ◄── from all of these
/// ```
package enum JobState: String, Hashable, Sendable, CaseIterable {
  /// Waits for other steps of its document.
  /// In: enqueued or resumed with steps to wait for. Out: to `available` when all of them completed, to
  /// `discarded` when one of them never will.
  case blocked
  /// Ready to be claimed.
  /// In: enqueued, unblocked, released, due again, or its worker died. Out: to `running` by a claim.
  case available
  /// Held by one worker under a lease; the row carries the token that fences its completion.
  /// In: a claim. Out: to `completed` or by a failure to `retryable` or `discarded`, each by the holder of
  /// the token only; to `available` when released or when the lease ran out or its process died.
  case running
  /// Failed in a way that another try may cure, and waits until `dueAt`.
  /// In: a failure of a class that is tried again. Out: to `available` when due.
  case retryable
  /// Set aside by a person.
  /// In: pause; for a running job when its worker reaches a safe point. Out: resume, to `blocked` or
  /// `available`.
  case paused
  /// Its output is on the disk and counts. See `JobOutcome` for how good it is.
  /// In: the fenced completion, or enqueued with an output that exists. Out: only when enqueued again with
  /// another key, that is with other inputs.
  case completed
  /// A dead letter: no further try by itself. The row says why, `attempt` has every try.
  /// In: a failure of a class that is never tried again, or once too often. Out: retry.
  case discarded
  /// Given up by a person.
  /// In: cancel. Out: retry.
  case cancelled

  /// Nothing more happens to it by itself.
  package var isFinal: Bool {
    switch self {
    case .completed, .discarded, .cancelled: true
    case .blocked, .available, .running, .retryable, .paused: false
    }
  }
}

/// How good the output of a completed job is. Stored by raw value.
package enum JobOutcome: String, Hashable, Sendable, CaseIterable {
  /// Everything of the document went in, everything asked for came out.
  case complete
  /// There is an output, and notices say what is missing from it.
  case partial
  /// An earlier job with the same key had written the output.
  case cached
  /// The declaration's condition excludes the document: there is no output, and none is missing.
  case skipped
}
