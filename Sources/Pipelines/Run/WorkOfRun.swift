import Foundation
import Jobs
import SQLite
import Synchronization

/// What the workers of one run share: everything they need to do any of its jobs.
final class WorkOfRun: Sendable {
  let pipeline: PipelineRun
  let run: RunID
  /// By path: every document of the plan.
  let documents: [String: RunPlan.PlannedDocument]
  let keeper: LeaseKeeper
  /// Who answers the questions of the steps; nil where the model tags.
  let writer: (any AnswerWriter)?
  /// By name: what these workers bring together; empty while documents are worked on.
  let reductions: [String: Reduction]
  /// Nil where the model is behind a server.
  let memory: MemoryBudget?
  private let fatal = Mutex<(any Error)?>(nil)

  init(
    _ pipeline: PipelineRun, run: RunID, plan: RunPlan, writer: (any AnswerWriter)?,
    reductions: [Reduction] = []
  ) throws {
    self.writer = writer
    self.reductions = Dictionary(
      reductions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.pipeline = pipeline
    self.run = run
    documents = Dictionary(
      plan.documents.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    memory = pipeline.model.local.map {
      MemoryBudget(
        $0, limit: pipeline.limits.memory, workers: pipeline.workers,
        threads: pipeline.model.threads)
    }
    keeper = try LeaseKeeper(at: pipeline.workspace.queueFile, lease: pipeline.limits.lease)
  }

  /// A result's file, relative to the output folder.
  func outputPath(document: String, step: String) -> String? {
    planned(document: document, step: step)?.outputPath
  }

  /// What this process's plan says of a job.
  func planned(document: String, step: String) -> RunPlan.PlannedJob? {
    documents[document]?.jobs.first { $0.step == step }
  }

  /// Of what the step says to the model that does it.
  func promptSHA256(of step: Step) -> String {
    pipeline.declaration.promptSHA256(of: step, writes: writer != nil)
  }

  /// The kinds of jobs that these workers take: documents first, and what brings their results
  /// together when all of them are final.
  var kinds: [String]? {
    if !reductions.isEmpty { return ["reduce"] }
    guard pipeline.declaration.steps.contains(where: \.isReduce) else { return nil }
    return DeclarationKeys.kinds.filter { $0 != "reduce" }
  }

  /// Why the run as a whole cannot go on.
  var fatalError: (any Error)? { fatal.withLock { $0 } }

  func fail(_ error: any Error) {
    fatal.withLock { if $0 == nil { $0 = error } }
    pipeline.stop.stop(.fault)
  }

  /// Runs `count` workers, each on a thread of its own (hours of arithmetic do not belong on a
  /// shared pool), until no job is left or the run is stopped.
  func runWorkers(count: Int) {
    let queueFile = pipeline.workspace.queueFile
    pipeline.stop.setLastResort { [keeper] reason in
      keeper.releaseAll(at: queueFile, because: "\(reason.rawValue), in the middle of a piece")
    }
    defer { pipeline.stop.setLastResort(nil) }
    let group = DispatchGroup()
    for number in 0..<max(1, count) {
      group.enter()
      let thread = Thread {
        do {
          try Worker(self, number: number).work()
        } catch {
          self.fail(error)
        }
        group.leave()
      }
      thread.name = "docket.worker.\(number)"
      thread.stackSize = 16 << 20
      thread.start()
    }
    group.wait()
    keeper.stop()
  }
}
