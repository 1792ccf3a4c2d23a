import Foundation
import Jobs
import SQLite

/// Claims the jobs of a run one after another and does them, on one thread.
final class Worker {
  private let shared: WorkOfRun
  private let queue: JobQueue
  private let id: WorkerID
  /// The document the last job was about: its next step is claimed first and finds it read.
  private var loaded: LoadedDocument?
  /// Claimed in the commit that recorded the last job.
  private var next: Claim?

  init(_ work: WorkOfRun, number: Int) throws {
    shared = work
    queue = try JobQueue.open(
      at: work.pipeline.workspace.queueFile, lease: work.pipeline.limits.lease,
      faults: work.pipeline.faults)
    id = try queue.startWorker(named: "worker-\(number)", program: work.pipeline.program)
  }

  /// Works until every job of the run is final, or the run is told to stop.
  func work() throws {
    defer {
      if let next { _ = try? queue.release(next, because: "its worker stopped") }
      leaveDocument()
      try? queue.stopWorker(id)
    }
    while !shared.pipeline.stop.isSet {
      guard let claim = try next ?? queue.claim(request).first else {
        if try isOver() { return }
        // Jobs are with other workers, wait for a retry, or are paused.
        Thread.sleep(forTimeInterval: 0.1)
        continue
      }
      next = nil
      try perform(claim)
    }
  }

  private var request: ClaimRequest {
    ClaimRequest(
      worker: id, preferring: loaded?.documentID, kinds: shared.kinds, run: shared.run)
  }

  /// Whether nothing of the run can become ready any more (paused jobs aside).
  private func isOver() throws -> Bool {
    if try queue.run(shared.run)?.state != .open { return true }
    let counts = try queue.counts(run: shared.run)
    if counts[.blocked] + counts[.available] + counts[.running] + counts[.retryable] == 0 {
      return true
    }
    guard let kinds = shared.kinds else { return false }
    // What is left may all be for others.
    let left = try queue.jobs(
      JobFilter(run: shared.run, states: [.blocked, .available, .running, .retryable]))
    return !left.contains { kinds.contains($0.kind) }
  }

  private func perform(_ claim: Claim) throws {
    let lease = shared.keeper.keep(claim)
    defer { shared.keeper.drop(lease) }
    let job = claim.job
    let start = ProcessCost.now
    let pipeline = shared.pipeline
    do {
      // Keys say by what a job is to be done. Another process may have changed them since this one planned.
      if let planned = shared.planned(document: job.documentPath, step: job.step),
        planned.key != job.key
      {
        _ = try queue.release(claim, because: "planned by another process with other inputs")
        throw PipelineError(
          "The documents, schemas or model of “\(pipeline.declaration.name)” were changed while it was "
            + "running, and another process works by the new ones. This one stops; run it again.")
      }
      if job.kind == "reduce" {
        let result = try reduction(of: job).run(lease)
        try end(claim, with: result, since: start)
        return
      }
      let step = try Self.step(of: job, in: pipeline.declaration)
      if loaded?.documentID != job.document {
        leaveDocument()
        pipeline.report(.reading(document: job.documentPath))
        loaded = try LoadedDocument(job, work: shared) { [queue] tokens in
          try? queue.setTokens(tokens, of: job.document)
        }
      }
      guard let loaded else { return }
      let result = try StepRun(
        step: step, job: job, document: loaded, work: shared, lease: lease
      ).run()
      try end(claim, with: result, since: start)
    } catch let error as PipelineError {
      // No job would fare better: this one is given back as it was.
      _ = try? queue.release(claim, because: "the run cannot go on")
      throw error
    } catch is Interruption {
      // Stopped at a safe point, paused, or superseded: no attempt counts.
      _ = try queue.release(claim, because: pipeline.stop.reason?.rawValue ?? "paused")
    } catch let error as DatabaseError {
      throw error
    } catch let error as DurableFileError {
      try record(JobFailure(.inputOutput, message: "\(error)"), of: claim, cost: AttemptCost())
      // With the disk full every other job would fail as well: stop, so that nothing is used up.
      if error.isDiskFull { throw error }
    } catch let error as JobFault {
      try record(
        JobFailure(error.cause, message: error.message, notices: error.notices), of: claim,
        cost: ProcessCost.since(start, tokensRead: 0))
    }
  }

  /// Frees the document, and its snapshots if none of its steps is left.
  private func leaveDocument() {
    defer { loaded = nil }
    guard let loaded, loaded.hasLastingSnapshots else { return }
    let left = try? queue.jobs(
      JobFilter(
        run: shared.run, states: [.blocked, .available, .running, .retryable, .paused],
        documentPath: loaded.path, limit: 1))
    if left?.isEmpty == true { loaded.forget() }
  }

  private func end(_ claim: Claim, with result: StepRun.Result, since start: Int) throws {
    var cost = ProcessCost.since(start, tokensRead: result.tokensRead)
    cost.tokensWritten = result.tokensWritten
    switch result.ending {
    case .done(let outcome, let output, let notices):
      let done = JobResult(outcome, output: output, notices: notices, cost: cost)
      let completion: Completion
      if shared.pipeline.stop.isSet {
        completion = try queue.complete(claim, done)
      } else {
        (completion, next) = try queue.complete(claim, done, next: request)
      }
      if completion == .recorded {
        shared.pipeline.report(
          .finished(
            document: claim.job.documentPath, step: claim.job.step, outcome: outcome.rawValue,
            detail: notices.first?.detail))
      }
    case .failed(let failure):
      try record(failure, of: claim, cost: cost)
    }
  }

  private func reduction(of job: Job) throws -> ReductionRun {
    guard let reduction = shared.reductions[job.documentPath] else {
      throw JobFault(
        .input, "No document belongs to \(job.documentPath) any more; nothing is left to do.")
    }
    return ReductionRun(reduction: reduction, job: job, work: shared)
  }

  private func record(_ failure: JobFailure, of claim: Claim, cost: AttemptCost) throws {
    var failure = failure
    failure.cost = cost
    let job = claim.job
    switch try queue.fail(claim, failure) {
    case .willRetry:
      shared.pipeline.report(
        .retrying(
          document: job.documentPath, step: job.step, attempt: job.attempts,
          error: failure.message))
    case .discarded:
      shared.pipeline.report(
        .finished(
          document: job.documentPath, step: job.step, outcome: "failed", detail: failure.message))
    case .superseded: break
    }
  }

  private static func step(of job: Job, in declaration: Declaration) throws -> Step {
    guard let step = declaration.step(job.step) else {
      throw JobFault(
        .fault, "The declaration has no step “\(job.step)” any more. Cancel this job.")
    }
    return step
  }
}

/// A job cannot go on, and what class of failure that is.
struct JobFault: Error {
  var cause: FailureClass
  /// For people; never text of the document.
  var message: String
  var notices: [JobNotice]

  init(_ cause: FailureClass, _ message: String, notices: [JobNotice] = []) {
    self.cause = cause
    self.message = message
    self.notices = notices
  }
}

/// Thrown at a safe point when the run is stopping or the lease is gone.
struct Interruption: Error {}
