package import Inference
import Jobs

/// What a run may use, and how often it makes sure of what it has.
package struct RunLimits: Hashable, Sendable {
  /// Most bytes of memory the process is to use, weights included.
  package var memory: Int
  /// Tokens from one snapshot of a reading to the next, at least 1.
  package var snapshotInterval: Int

  /// About half a minute of reading a short text on two cores, or 100 ms of writing.
  package static let usualSnapshotInterval = 32_768

  /// Milliseconds a job is held without a sign of life of its process.
  package var lease: Int64

  package init(
    memory: Int = MachineMemory.usable, snapshotInterval: Int = usualSnapshotInterval,
    lease: Int64 = JobQueue.usualLease
  ) {
    self.memory = memory
    self.snapshotInterval = snapshotInterval
    self.lease = lease
  }
}

/// Whether a document fits, said before it is read. By configuration alone, so that `plan` knows as well.
package struct MemoryBudget: Hashable, Sendable {
  /// Bytes for the reading of one document.
  package let share: Int
  /// Bytes of the program and the model's weights.
  package let fixed: Int
  package let limit: Int
  package let workers: Int
  private let cost: Cost
  private let weights: WeightFormat
  private let threads: Int

  package init(_ engine: Engine, limit: Int, workers: Int, threads: Int) {
    self.limit = limit
    self.workers = max(1, workers)
    self.threads = threads
    weights = engine.weights
    cost = Cost(engine.configuration)
    fixed = Self.bytesOfModel(cost, weights)
    share = max(0, limit - fixed) / self.workers
  }

  /// Most bytes the reading of `tokens` tokens in one context holds, beside program and weights.
  package func bytes(tokens: Int) -> Int {
    cost.peakBytes(weights, tokens: tokens, threads: threads) - fixed
  }

  /// How many answers of up to `tokens` tokens can be written together beside a context of `context` tokens,
  /// each in a fork of its reading.
  package func forks(beside context: Int, tokens: Int) -> Int {
    max(0, share - bytes(tokens: context))
      / cost.forkBytes(of: context, tokens: tokens, weights)
  }

  private static func bytesOfModel(_ cost: Cost, _ weights: WeightFormat) -> Int {
    Cost.programBytes + cost.weightBytes(weights)
  }

  /// The longest context that fits.
  package var longest: Int {
    var (low, high) = (0, cost.configuration.maximumPositions)
    while low < high {
      let middle = (low + high + 1) / 2
      if bytes(tokens: middle) <= share { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// Bytes that stay for the steps to come when so many tokens have been read: what a model that tags said of them.
  package func keptBytes(tokens: Int) -> Int { 4 * tokens * cost.configuration.labels.count }

  /// Why a context of so many tokens is refused; nil when it fits.
  ///
  /// - Parameter kept: bytes that earlier readings of the document hold.
  package func refusal(tokens: Int, kept: Int = 0) -> String? {
    let need = bytes(tokens: tokens) + kept
    guard need > share else { return nil }
    func mebibytes(_ bytes: Int) -> Int { (bytes + (1 << 20) - 1) >> 20 }
    let whose =
      workers == 1
      ? "a limit of \(limit >> 20) MiB leaves \(share >> 20)"
      : "a limit of \(limit >> 20) MiB leaves each of \(workers) workers \(share >> 20)"
    return
      "Reading \(tokens) tokens needs \(mebibytes(need)) MiB beside the model, and \(whose), enough for "
      + "\(longest) tokens. Raise --memory, run fewer workers, or declare a smaller maxTokens with "
      + "overLimit: \"split\"."
  }
}
