/// Why an attempt failed, as far as it matters for what happens next. Stored by raw value.
package enum FailureClass: String, Hashable, Sendable, CaseIterable {
  /// The engine failed: out of memory, a kernel's error.
  case engine
  /// Reading the input or writing the output failed: disk full, I/O error, permission.
  case inputOutput = "io"
  /// The model's output does not follow its schema, or hit its token limit.
  case invalidOutput = "invalid-output"
  /// The document has more tokens than the context may hold.
  case overContext = "over-context"
  /// The document has no text that can be read.
  case noText = "no-text"
  /// The document itself is at fault in another way: damaged, encrypted, of no known format, gone.
  case input
  /// A limit per document was reached: seconds, memory, pages, nesting.
  case limit
  /// The worker's process died, or went silent for longer than its lease.
  case lost
  /// A step of the same document which this one needs never completed.
  case dependency
  /// A mistake of this program.
  case fault
}

/// When a failed job is tried again. One value for all workers of a run.
package struct RetryPolicy: Hashable, Sendable {
  /// Milliseconds before the second try; doubles for each further one.
  package var baseDelay: Int64
  /// No wait is longer, in milliseconds.
  package var longestDelay: Int64
  /// Tries for classes that back off.
  package var attempts: Int
  /// Deaths in a row without progress in between, after which the document is taken for the culprit.
  package var losses: Int
  /// Chooses the jitter, so that a test can know it.
  package var seed: UInt64

  package init(
    baseDelay: Int64 = 2_000, longestDelay: Int64 = 300_000, attempts: Int = 5, losses: Int = 5,
    seed: UInt64 = 0
  ) {
    self.baseDelay = baseDelay
    self.longestDelay = longestDelay
    self.attempts = attempts
    self.losses = losses
    self.seed = seed
  }

  package enum Decision: Hashable, Sendable {
    case again(afterMilliseconds: Int64)
    case never
  }

  /// What follows the `failures`-th failure of this class (from 1) of a job whose declaration grants
  /// `declared` tries.
  package func decision(
    after failures: Int, of cause: FailureClass, job: JobID, declared: Int
  ) -> Decision {
    switch cause {
    case .engine, .inputOutput:
      return failures < attempts ? .again(afterMilliseconds: delay(failures, job)) : .never
    case .invalidOutput:
      // Another sampling may be valid at once: there is nothing to wait for.
      return failures < declared ? .again(afterMilliseconds: 0) : .never
    case .lost:
      if failures >= losses { return .never }
      return .again(afterMilliseconds: failures == 1 ? 0 : delay(failures - 1, job))
    case .overContext, .noText, .input, .limit, .dependency, .fault:
      return .never
    }
  }

  /// Half of the doubled delay for certain, the other half by chance: tries spread out, none comes at once.
  func delay(_ failures: Int, _ job: JobID) -> Int64 {
    let doubled = min(longestDelay, baseDelay << Int64(min(failures - 1, 20)))
    // SplitMix64 (Steele, Lea, Flood 2014): well mixed already for small neighbouring inputs.
    var z = seed &+ UInt64(bitPattern: job.rawValue) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(failures)
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    z ^= z >> 31
    return doubled / 2 + Int64(z % UInt64(max(1, doubled / 2 + 1)))
  }
}
