import Documents
package import Foundation
import Ingest
package import Jobs
import SQLite

/// One run of a declaration on a folder: plan, enqueue, work, results.
///
/// A run whose process died or stopped stays open in the queue; the same command goes on with it and
/// repeats nothing that is finished.
package struct PipelineRun: Sendable {
  package var declaration: Declaration
  package var model: LoadedModel
  package var workspace: Workspace
  /// Threads that claim jobs, at least 1.
  package var workers: Int
  package var limits: RunLimits
  package var trigger: String
  /// The time of a schedule that this run is for.
  package var scheduled: ScheduledRunID?
  package var program: String
  /// The program that reads PDFs in a process of its own; nil reads them in this one.
  package var pdfProgram: URL?
  /// Whether the model may run the programs that the declaration names: its user has to say so, as a
  /// declaration may come from a stranger.
  package var allowsTools = false
  package var faults: FaultPoints
  package var stop: StopSignal
  package var report: @Sendable (RunEvent) -> Void

  package init(
    declaration: Declaration, model: LoadedModel, workspace: Workspace, workers: Int = 1,
    limits: RunLimits = RunLimits(), trigger: String = "manual", program: String,
    pdfProgram: URL? = nil,
    faults: FaultPoints = .none, stop: StopSignal,
    report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.declaration = declaration
    self.model = model
    self.workspace = workspace
    self.workers = max(1, workers)
    self.limits = limits
    self.trigger = trigger
    self.program = program
    self.pdfProgram = pdfProgram
    self.faults = faults
    self.stop = stop
    self.report = report
  }

  /// How a run ended.
  package struct Ending: Sendable {
    package var run: RunID
    /// Nil when the run came to its end.
    package var stopped: StopSignal.Reason?
    package var results: RunResults
  }

  /// Runs to the end, or to a safe point once `stop` is set.
  ///
  /// - Throws: ``PipelineError`` when the run as a whole cannot go on; finished results are kept.
  package func execute() throws(PipelineError) -> Ending {
    do {
      return try go()
    } catch let error as PipelineError {
      throw error
    } catch let error as DurableFileError where error.isDiskFull {
      throw PipelineError(
        "\(error) Everything finished so far is kept; the same command goes on from there.")
    } catch {
      throw PipelineError("\(error)")
    }
  }

  private func go() throws -> Ending {
    let queue = try JobQueue.open(at: workspace.queueFile, faults: faults)
    try DurableFile.makeFolder(declaration.output.directory)
    try DurableFile.makeFolder(workspace.snapshots.folder)
    let plan = try Planner(
      declaration: declaration, modelSHA256: model.sha256, writes: model.capabilities.writes,
      queue: queue
    ).plan()
    report(
      .planned(
        documents: plan.documents.count, jobs: plan.jobs - plan.upToDate, cached: plan.upToDate,
        leftOut: plan.leftOut.count))
    let run = try openRun(queue)
    if let scheduled { try queue.attach(run, to: scheduled) }
    try queue.enqueue(newDocuments(plan), in: run)

    let writer = try makeWriter()
    let work = try WorkOfRun(self, run: run, plan: plan, writer: writer)
    work.runWorkers(count: workers)
    if let error = work.fatalError { throw error }
    let digests = try reduce(plan, writer: writer, run: run, queue)

    let results = RunResults(
      plan: plan, jobs: try jobs(queue, run), folder: declaration.output.directory,
      digests: digests)
    if let reason = stop.reason { return Ending(run: run, stopped: reason, results: results) }
    report(.writingResults)
    do {
      try ResultFiles(
        declaration: declaration, model: model, results: results, pdfProgram: pdfProgram,
        workspace: workspace, program: program, faults: faults, stop: stop
      ).write()
    } catch is Interruption {
      return Ending(run: run, stopped: stop.reason, results: results)
    }
    DurableFile.removeLeftovers(in: declaration.output.directory)
    _ = try queue.finishRun(run)
    return Ending(run: run, stopped: nil, results: results)
  }

  func jobs(_ queue: JobQueue, _ run: RunID) throws -> [Job] {
    var all: [Job] = []
    while true {
      let page = try queue.jobs(
        JobFilter(run: run, after: all.last?.id ?? JobID(0), limit: 10_000))
      all += page
      if page.count < 10_000 { return all }
    }
  }

  /// The open run of this declaration on this folder, or a new one. An open run of another version
  /// of the declaration is given up: its finished results are found again by their keys.
  private func openRun(_ queue: JobQueue) throws -> RunID {
    let directory = declaration.input.directory.path
    let output = declaration.output.directory.path
    let text = Jobs.Declaration(
      sha256: declaration.sha256, text: String(decoding: declaration.source, as: UTF8.self))
    while let open = try queue.unfinishedRun(pipeline: declaration.name, directory: directory) {
      let same = try queue.declaration(open.declaration)?.sha256 == declaration.sha256
      if same, open.output == output {
        // A folder that could not be written, say: whoever gives the command again has mended it, or sees it named again.
        try queue.retry(.run(open.id), failedFor: .inputOutput)
        return open.id
      }
      try queue.cancel(.run(open.id))
    }
    return try queue.startRun(
      NewRun(
        pipeline: declaration.name, directory: directory, output: output, declaration: text,
        trigger: trigger, program: program))
  }

  private func newDocuments(_ plan: RunPlan) -> [NewDocument] {
    plan.documents.map { document in
      NewDocument(
        path: document.path, sha256: document.sha256, bytes: document.file.byteCount,
        jobs: document.jobs.map { job in
          var cached: JobOutput?
          if job.isDone, case .upToDate(let output) = job.standing { cached = output }
          var isLost = false
          switch job.standing {
          case .outputMissing, .outputChanged: isLost = true
          case .upToDate, .new: break
          }
          return NewJob(
            step: job.step, kind: declaration.step(job.step)?.kind ?? job.step, key: job.key,
            // The tries of a model that writes are made within one.
            dependsOn: job.dependsOn,
            maxAttempts: model.capabilities.writes ? 1 : declaration.step(job.step)?.attempts ?? 3,
            cached: cached, isLost: isLost)
        })
    }
  }
}
