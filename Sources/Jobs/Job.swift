/// One step of one document: a row of the queue. To this module all its names are opaque.
package struct Job: Hashable, Sendable {
  package var id: JobID
  package var run: RunID
  package var pipeline: String
  package var document: DocumentID
  /// Relative to the run's directory.
  package var documentPath: String
  /// Of the source's bytes, in hexadecimal.
  package var documentSHA256: String
  package var step: String
  package var kind: String
  /// Hexadecimal SHA-256 over all that the result depends on.
  package var key: String
  /// The declaration it was enqueued with, whatever the file says now.
  package var declaration: DeclarationID
  /// Steps of the same document.
  package var dependsOn: [String]
  /// Higher goes first.
  package var priority: Int
  package var state: JobState
  /// Tries the declaration grants for invalid output.
  package var maxAttempts: Int
  /// All claims so far; they number the attempts.
  package var claims: Int
  /// Claims so far that count as a try: all but those released.
  package var attempts: Int
  package var dueAt: Timestamp?
  package var worker: WorkerID?
  package var claimedAt: Timestamp?
  package var beatAt: Timestamp?
  /// Tokens read or written by the attempt that runs, or by the last one.
  package var progress: Int
  package var outcome: JobOutcome?
  package var output: JobOutput?
  package var failure: FailureClass?
  package var error: String?
  package var createdAt: Timestamp
  package var finishedAt: Timestamp?
}

/// The file a job has written.
package struct JobOutput: Hashable, Sendable {
  /// Relative to the run's output folder.
  package var path: String
  package var sha256: String
  package var bytes: Int

  package init(path: String, sha256: String, bytes: Int) {
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
  }
}

/// A document on its way into the queue, with its steps.
package struct NewDocument: Hashable, Sendable {
  package var path: String
  package var sha256: String
  package var bytes: Int
  /// Where known before reading.
  package var tokens: Int?
  package var jobs: [NewJob]

  package init(path: String, sha256: String, bytes: Int, tokens: Int? = nil, jobs: [NewJob]) {
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
    self.tokens = tokens
    self.jobs = jobs
  }
}

package struct NewJob: Hashable, Sendable {
  package var step: String
  package var kind: String
  package var key: String
  package var dependsOn: [String]
  package var priority: Int
  package var maxAttempts: Int
  /// The output of an earlier job with the same key, found to be still there: nothing is left to do.
  package var cached: JobOutput?
  /// An earlier output with this key is gone or was changed: even a completed job of this key starts anew.
  package var isLost: Bool

  package init(
    step: String, kind: String, key: String, dependsOn: [String] = [], priority: Int = 0,
    maxAttempts: Int = 3, cached: JobOutput? = nil, isLost: Bool = false
  ) {
    self.step = step
    self.kind = kind
    self.key = key
    self.dependsOn = dependsOn
    self.priority = priority
    self.maxAttempts = maxAttempts
    self.cached = cached
    self.isLost = isLost
  }
}

/// A job in the hands of one worker. Whoever has the token may end the job; the token changes with each claim.
package struct Claim: Hashable, Sendable {
  package let job: Job
  package let token: Int64
}

/// What a worker would do next.
package struct ClaimRequest: Hashable, Sendable {
  package var worker: WorkerID
  /// The document whose state it has loaded: its jobs come first.
  package var document: DocumentID?
  /// What the worker can do; nil for everything.
  package var kinds: [String]?
  /// Only jobs of this run.
  package var run: RunID?
  /// At most so many.
  package var count: Int

  package init(
    worker: WorkerID, preferring document: DocumentID? = nil, kinds: [String]? = nil,
    run: RunID? = nil, count: Int = 1
  ) {
    self.worker = worker
    self.document = document
    self.kinds = kinds
    self.run = run
    self.count = count
  }
}

/// How a job ended well, and what it took.
package struct JobResult: Hashable, Sendable {
  package var outcome: JobOutcome
  package var output: JobOutput?
  package var notices: [JobNotice]
  package var cost: AttemptCost

  package init(
    _ outcome: JobOutcome, output: JobOutput? = nil, notices: [JobNotice] = [],
    cost: AttemptCost = AttemptCost()
  ) {
    self.outcome = outcome
    self.output = output
    self.notices = notices
    self.cost = cost
  }
}

/// How an attempt ended badly.
package struct JobFailure: Hashable, Sendable {
  package var cause: FailureClass
  /// For people: what, where, which numbers. Never text of a document.
  package var message: String
  package var notices: [JobNotice]
  package var cost: AttemptCost

  package init(
    _ cause: FailureClass, message: String, notices: [JobNotice] = [],
    cost: AttemptCost = AttemptCost()
  ) {
    self.cause = cause
    self.message = message
    self.notices = notices
    self.cost = cost
  }
}

/// Something of the source that is not in the output, as the ledger keeps it.
package struct JobNotice: Hashable, Sendable {
  package var reason: String
  /// Physical page from 1.
  package var page: Int?
  /// Bytes of the source file, half-open.
  package var bytes: Range<Int>?
  package var detail: String

  package init(reason: String, page: Int? = nil, bytes: Range<Int>? = nil, detail: String) {
    self.reason = reason
    self.page = page
    self.bytes = bytes
    self.detail = detail
  }
}

package struct AttemptCost: Hashable, Sendable {
  package var tokensRead: Int
  package var tokensWritten: Int
  /// Processor time of the attempt, all threads.
  package var cpuMilliseconds: Int
  /// The largest resident memory seen.
  package var peakBytes: Int

  package init(
    tokensRead: Int = 0, tokensWritten: Int = 0, cpuMilliseconds: Int = 0, peakBytes: Int = 0
  ) {
    self.tokensRead = tokensRead
    self.tokensWritten = tokensWritten
    self.cpuMilliseconds = cpuMilliseconds
    self.peakBytes = peakBytes
  }
}
