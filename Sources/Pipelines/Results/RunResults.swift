import Documents
import Foundation
package import Ingest
package import JSON
import Jobs

/// How every document of a run ended, in the order of their paths.
package struct RunResults: Sendable {
  package var documents: [DocumentResult]
  package var leftOut: [DirectoryScanner.LeftOut]
  /// What was brought together from several documents.
  package var digests: [DigestResult]

  /// One group of one step of kind reduce.
  package struct DigestResult: Sendable {
    package var step: String
    package var group: JSONValue?
    package var status: Status
    package var outputPath: String?
    package var reason: String?

    init(_ reduction: Reduction, _ job: Job?) {
      step = reduction.step.id
      group = reduction.group
      outputPath = job?.output?.path
      reason = job?.error
      switch job?.state {
      case .completed?: status = reduction.missing.isEmpty ? .complete : .partial
      case .discarded?, .cancelled?: status = .failed
      default: status = .unfinished
      }
      if status == .partial {
        reason = "\(reduction.missing.count) documents are not in it: they have no result"
      }
    }
  }

  package struct DocumentResult: Sendable {
    package var path: String
    package var sha256: String
    /// An earlier document of the run with the same bytes.
    package var duplicateOf: String?
    package var status: Status
    package var steps: [StepResult]
  }

  package struct StepResult: Sendable {
    package var step: String
    package var status: Status
    /// Relative to the output folder; nil where nothing was written.
    package var outputPath: String?
    /// Why it is not complete, for people.
    package var reason: String?
  }

  /// Raw values are part of the format of `run.json`. Ordered from best to worst.
  package enum Status: String, Sendable, Comparable, CaseIterable {
    case skipped, complete, partial, unfinished, failed

    package static func < (first: Status, second: Status) -> Bool {
      allCases.firstIndex(of: first)! < allCases.firstIndex(of: second)!
    }
  }

  package func count(_ status: Status) -> Int { documents.count { $0.status == status } }

  /// Whether every document that was asked for is complete, and none was left out against its will.
  package var isComplete: Bool {
    documents.allSatisfy { $0.status <= .complete } && digests.allSatisfy { $0.status <= .complete }
      && leftOut.allSatisfy { !$0.isLoss }
  }

  /// - Parameter folder: The output folder: results found there from earlier runs say themselves
  ///   whether they are partial.
  init(plan: RunPlan, jobs: [Job], folder: URL, digests: [DigestResult]) {
    self.digests = digests
    var byDocument: [String: [String: Job]] = [:]
    for job in jobs { byDocument[job.documentPath, default: [:]][job.step] = job }
    documents = plan.documents.map { planned in
      let steps = planned.jobs.map { plannedJob in
        Self.result(
          of: plannedJob, job: byDocument[planned.path]?[plannedJob.step], folder: folder)
      }
      return DocumentResult(
        path: planned.path, sha256: planned.sha256, duplicateOf: planned.duplicateOf,
        status: steps.map(\.status).max() ?? .complete, steps: steps)
    }
    leftOut = plan.leftOut
  }

  private static func result(of planned: RunPlan.PlannedJob, job: Job?, folder: URL) -> StepResult {
    var result = StepResult(
      step: planned.step, status: .unfinished, outputPath: job?.output?.path, reason: job?.error)
    guard let job else { return result }
    switch job.state {
    case .completed where job.outcome == .skipped: result.status = .skipped
    case .completed:
      result.status = .complete
      if let path = job.output?.path, let envelope = ResultFile.read(path, in: folder),
        envelope["status"]?.string != "complete"
      {
        result.status = .partial
        result.reason = Self.reason(in: envelope)
      }
    case .discarded, .cancelled: result.status = .failed
    case .blocked, .available, .running, .retryable, .paused: result.status = .unfinished
    }
    return result
  }

  /// Why a result is partial: its first notice, and how many more there are.
  private static func reason(in envelope: JSONValue) -> String? {
    let warnings = (envelope["warnings"]?.array ?? []).filter {
      Notice.Reason(rawValue: $0["code"]?.string ?? "") != nil
    }
    guard let first = warnings.first, let code = first["code"]?.string else { return nil }
    let more = warnings.count > 1 ? " (and \(warnings.count - 1) more)" : ""
    return "\(code): \(first["message"]?.string ?? "")\(more)"
  }
}
