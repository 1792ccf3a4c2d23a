import Foundation
import JSON
import Jobs
import Pipelines
import SQLite

/// The verbs that look at single jobs and say what shall become of them.
enum JobVerbs {
  private static let selection: [Verb.Option] = [
    .value("--run", "<number>", "All jobs of this run. (default: none)"),
    .value("--pipeline", "<name>", "All runs of this pipeline. (default: none)"),
    .workspace, .json,
  ]

  static let jobs = Verb(
    name: "jobs", summary: "List jobs with their state, attempts and errors, or tell all of some.",
    operands: "[JOB…]", operandCount: 0...1000,
    discussion: """
      In the order they were enqueued. With numbers, everything the ledger has of these jobs: every
      attempt, every notice, and what is needed to do them again.
      """,
    options: [
      .value("--document", "<path>", "Only jobs of this document. (default: all)"),
      .value("--step", "<id>", "Only this step. (default: all)"),
      .value(
        "--state", "<name>",
        "Only jobs in this state: blocked, available, running, retryable, paused, completed, "
          + "discarded or cancelled. (default: all)"),
      .value("--limit", "<count>", "At most so many. (default: 1000)"),
    ] + selection,
    run: list)

  static let retry = change(
    "retry", "Give failed or cancelled jobs all their tries again."
  ) { try $0.retry($1) }
  static let cancel = change("cancel", "Give up jobs that are not done.") { try $0.cancel($1) }
  static let pause = change(
    "pause", "Set work aside; what runs stops at a safe point."
  ) { try $0.pause($1) }
  static let resume = change("resume", "Take a pause back.") { try $0.resume($1) }
  static let release = change(
    "release", "Take running jobs back from workers that hang; no try is counted."
  ) { try $0.takeBack($1) }

  private static func queue(_ arguments: Arguments, _ access: Connection.Access) throws -> JobQueue
  {
    let workspace = try Workspace(at: arguments["--workspace"])
    guard FileManager.default.fileExists(atPath: workspace.queueFile.path) else {
      throw PipelineError("There is no queue yet in \(workspace.folder.path).")
    }
    return try JobQueue.open(at: workspace.queueFile, access: access)
  }

  private static func list(_ arguments: Arguments) throws -> ExitStatus {
    var filter = JobFilter(limit: try arguments.integer("--limit", in: 1...1_000_000) ?? 1000)
    filter.run = try arguments.integer("--run", in: 1...Int.max).map { RunID(Int64($0)) }
    filter.pipeline = arguments["--pipeline"]
    if let name = arguments["--state"] {
      guard let state = JobState(rawValue: name) else {
        throw UsageError(
          "unknown state “\(name)”; there are: "
            + JobState.allCases.map(\.rawValue).joined(separator: ", "))
      }
      filter.states = [state]
    }
    filter.documentPath = arguments["--document"]
    filter.step = arguments["--step"]
    let queue = try queue(arguments, .readOnly)
    guard arguments.operands.isEmpty else { return try detail(arguments, queue) }
    let jobs = try queue.jobs(filter)
    if arguments.json {
      for job in jobs { Console.json(json(job)) }
      return .complete
    }
    var rows = [["job", "run", "state", "tries", "document", "step", "error"]]
    for job in jobs {
      rows.append([
        "\(job.id)", "\(job.run)", job.outcome?.rawValue ?? job.state.rawValue, "\(job.attempts)",
        TextLayout.name(job.documentPath), job.step, job.error ?? "",
      ])
    }
    Console.out(jobs.isEmpty ? ["No such job."] : TextLayout.table(rows, indent: 0))
    return .complete
  }

  private static func detail(_ arguments: Arguments, _ queue: JobQueue) throws -> ExitStatus {
    for operand in arguments.operands {
      guard let number = Int64(operand), let job = try queue.job(JobID(number)) else {
        throw UsageError("there is no job “\(operand)”; docket jobs lists them")
      }
      let detail = JobDetail(
        job: job, run: try queue.run(job.run),
        declarationSHA256: try queue.declaration(job.declaration)?.sha256 ?? "",
        attempts: try queue.attempts(of: job.id), notices: try queue.notices(of: job.id))
      arguments.json ? Console.json(detail.json(json(job))) : Console.out(detail.lines)
    }
    return .complete
  }

  private static func json(_ job: Job) -> JSONValue {
    [
      "job": .integer(Int(job.id.rawValue)), "run": .integer(Int(job.run.rawValue)),
      "pipeline": .string(job.pipeline), "document": .string(job.documentPath),
      "step": .string(job.step), "state": .string(job.state.rawValue),
      "outcome": job.outcome.map { .string($0.rawValue) } ?? .null,
      "attempts": .integer(job.attempts), "tokens": .integer(job.progress), "key": .string(job.key),
      "class": job.failure.map { .string($0.rawValue) } ?? .null,
      "error": job.error.map { .string($0) } ?? .null,
    ]
  }

  private static func change(
    _ name: String, _ summary: String,
    _ body: @escaping @Sendable (JobQueue, JobSelection) throws -> Int
  ) -> Verb {
    Verb(
      name: name, summary: summary, operands: "[JOB…]", operandCount: 0...1000,
      discussion: "Names jobs by number, or all of a run or a pipeline.", options: selection,
      run: { arguments in
        var selected: [JobSelection] = []
        for operand in arguments.operands {
          guard let number = Int64(operand) else {
            throw UsageError("“\(operand)” is not a job's number; docket jobs lists them")
          }
          selected.append(.job(JobID(number)))
        }
        if let run = try arguments.integer("--run", in: 1...Int.max) {
          selected.append(.run(RunID(Int64(run))))
        }
        if let pipeline = arguments["--pipeline"] { selected.append(.pipeline(pipeline)) }
        guard !selected.isEmpty else {
          throw UsageError("name jobs, or give --run or --pipeline")
        }
        let queue = try queue(arguments, .readWrite)
        var count = 0
        for one in selected { count += try body(queue, one) }
        arguments.json
          ? Console.json(["changed": .integer(count)]) : Console.out("\(count) changed")
        return count > 0 ? .complete : .incomplete
      })
  }
}
