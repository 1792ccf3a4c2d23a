import Foundation
import Jobs

extension PipelineRun {
  /// Brings the documents' results together, step by step, once all of them are final; nothing while
  /// the run is being stopped.
  ///
  /// - Returns: how each group ended, in the order of the steps.
  func reduce(
    _ plan: RunPlan, writer: (any AnswerWriter)?, run: RunID, _ queue: JobQueue
  ) throws -> [RunResults.DigestResult] {
    var results: [RunResults.DigestResult] = []
    var planner = ReductionPlanner(
      declaration: declaration, modelSHA256: model.sha256, documents: plan.documents)
    for step in declaration.steps where step.isReduce && !stop.isSet {
      planner.ends = try byDocument(queue, run).mapValues { $0.mapValues(StepEnd.init) }
      let reductions = planner.reductions(of: step)
      try queue.enqueue(reductions.map { try newDocument($0, queue) }, in: run)
      let work = try WorkOfRun(
        self, run: run, plan: plan, writer: writer, reductions: reductions)
      // Without groups there is nothing to wait for.
      if !reductions.isEmpty { work.runWorkers(count: workers) }
      if let error = work.fatalError { throw error }
      let jobs = try byDocument(queue, run)
      for reduction in reductions {
        let job = jobs[reduction.name]?[step.id]
        if let output = job?.output, job?.state == .completed {
          planner.earlier[step.id, default: []].append((reduction, output))
        }
        results.append(RunResults.DigestResult(reduction, job))
      }
    }
    return results
  }

  private func byDocument(_ queue: JobQueue, _ run: RunID) throws -> [String: [String: Job]] {
    var jobs: [String: [String: Job]] = [:]
    for job in try self.jobs(queue, run) { jobs[job.documentPath, default: [:]][job.step] = job }
    return jobs
  }

  private func newDocument(_ reduction: Reduction, _ queue: JobQueue) throws -> NewDocument {
    let standing = try RunPlan.Standing(
      key: reduction.key, outputPath: reduction.outputPath, in: declaration.output.directory, queue)
    return NewDocument(
      path: reduction.name, sha256: reduction.inputsSHA256, bytes: 0,
      jobs: [
        NewJob(
          step: reduction.step.id, kind: reduction.step.kind, key: reduction.key,
          maxAttempts: 1, cached: standing.output)
      ])
  }
}
