import Foundation
import Ingest
import JSON
import Jobs
import Pipelines

enum PlanVerb {
  static let verb = Verb(
    name: "plan",
    summary: "Say what a run would do, why, and what it will take on this machine.",
    operands: "FILE [DIR]", operandCount: 1...2,
    discussion: """
      For every document and step: whether its result is up to date, and if not what changed. For what
      is left, tokens by reading the documents, seconds by a short measurement, memory by the model's
      shape. Nothing is written. DIR takes the place of input.dir.
      """,
    options: [
      .value("--output", "<folder>", "Where results go. (default: output.dir of the declaration)"),
      .flag("--quick", "Leave tokens, time and memory out: documents are not read."),
      .value(
        "--threads", "<count>",
        "Threads that will compute. (default: the processors of this machine)"),
      .value("--workers", "<count>", "Documents worked on at the same time. (default: 1)"),
      .value(
        "--memory", "<MiB>",
        "Most memory of the run. (default: nine tenths of what the machine or its control group has)"
      ),
      .workspace, .json,
    ], readsDocuments: true, run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard let declaration = try DeclarationArgument.read(arguments) else { return .usage }
    let workers = try arguments.integer("--workers", in: 1...64) ?? 1
    let threads =
      try arguments.integer("--threads", in: 1...1024)
      ?? ProcessInfo.processInfo.activeProcessorCount
    let limit =
      try arguments.integer("--memory", in: 1...1 << 40).map { $0 << 20 } ?? MachineMemory.usable
    let workspace = try Workspace(at: arguments["--workspace"])
    let model = try LoadedModel(declaration.model.weights, threads: threads)
    let plan = try RunPlan(of: declaration, model: model, workspace: workspace)
    var estimate: PlanEstimate?
    // What a server takes is not known here.
    if !arguments.has("--quick"), let engine = model.local {
      let shows = Console.isTerminal && !arguments.json
      estimate = try PlanEstimate(
        of: plan, declaration, model: model,
        memory: MemoryBudget(engine, limit: limit, workers: workers, threads: threads),
        pdfProgram: Program.url
      ) { if shows { Console.redraw("reading \($0)") } }
      if shows { Console.redraw("") }
    }
    arguments.json
      ? printJSON(plan, declaration, estimate)
      : Console.out(lines(plan, declaration, estimate, workers: workers))
    return .complete
  }

  private static func lines(
    _ plan: RunPlan, _ declaration: Pipelines.Declaration, _ estimate: PlanEstimate?, workers: Int
  ) -> [String] {
    var lines: [String] = []
    for document in plan.documents {
      if let original = document.duplicateOf {
        lines.append("\(document.path): the same bytes as \(original)")
      }
      for job in document.jobs {
        lines.append("\(document.path) · \(job.step): \(reason(job))")
      }
      guard let work = estimate?.documents[document.path] else { continue }
      if let problem = work.problem {
        lines.append("  will fail: \(problem)")
      } else if let tokens = work.tokens {
        lines.append(
          "  \(TextLayout.grouped(tokens)) tokens, "
            + (work.readings > 1 ? "read \(work.readings) times, " : "")
            + "\(TextLayout.duration(work.seconds)), \(TextLayout.bytes(work.bytes))")
      }
    }
    for next in plan.following {
      let step = next.step
      for group in next.groups ?? [] {
        lines.append(
          "\(group.outputPath): \(group.standing.reason), "
            + "from \(step.from.joined(separator: ", ")) of \(group.documents) documents")
      }
      guard next.groups == nil else { continue }
      let group = groupBy(step).map { "one result for each value of \($0)" } ?? "one result"
      lines.append(
        "\(step.id): \(group), known once the documents are done: from \(step.from.joined(separator: ", "))"
      )
    }
    for left in plan.leftOut { lines.append("left out: \(left.path): \(left.detail)") }
    lines.append(
      "\(plan.documents.count) documents, \(toMake(plan)) results to make, "
        + "\(upToDate(plan)) up to date")
    if let estimate, !estimate.documents.isEmpty {
      lines.append(
        "\(TextLayout.grouped(estimate.tokens)) tokens to read, about "
          + "\(TextLayout.duration(estimate.seconds)) on this machine with nothing else to do, "
          + "\(TextLayout.bytes(estimate.bytes)) of memory with one worker")
    }
    return lines
  }

  private static func reason(_ job: RunPlan.PlannedJob) -> String {
    job.standing.reason
      + (job.standing.isUpToDate && job.isConditional ? ", if its condition still holds" : "")
  }

  private static func upToDate(_ plan: RunPlan) -> Int {
    plan.upToDate + plan.groups.count { $0.standing.isUpToDate }
  }
  private static func toMake(_ plan: RunPlan) -> Int {
    plan.jobs + plan.groups.count - upToDate(plan)
  }

  private static func groupBy(_ step: Step) -> String? {
    if case .reduce(let reduce) = step.action { reduce.groupBy?.source } else { nil }
  }

  private static func printJSON(
    _ plan: RunPlan, _ declaration: Pipelines.Declaration, _ estimate: PlanEstimate?
  ) {
    for document in plan.documents {
      let work = estimate?.documents[document.path]
      for job in document.jobs {
        var changed: [JSONValue] = []
        if case .new(let changes) = job.standing {
          changed = changes.map { .string($0.rawValue) }
        }
        Console.json([
          "document": .string(document.path), "step": .string(job.step),
          "key": .string(job.key), "cached": .bool(job.standing.isUpToDate),
          "reason": .string(reason(job)), "changed": .array(changed),
          "duplicateOf": document.duplicateOf.map { .string($0) } ?? .null,
          "output": .string(job.outputPath), "bytes": .integer(document.file.byteCount),
          "tokens": work?.tokens.map { .integer($0) } ?? .null,
          "readings": work.map { .integer($0.readings) } ?? .null,
          "seconds": work.map { .number(($0.seconds * 100).rounded() / 100) } ?? .null,
          "memoryBytes": work.map { .integer($0.bytes) } ?? .null,
          "problem": work?.problem.map { .string($0) } ?? .null,
        ])
      }
    }
    for next in plan.following {
      Console.json([
        "follows": .string(next.step.id), "from": .array(next.step.from.map { .string($0) }),
        "groupBy": groupBy(next.step).map { .string($0) } ?? .null,
        // Null where they are known only once the documents are done.
        "groups": next.groups.map { .array($0.map(json)) } ?? .null,
      ])
    }
    for left in plan.leftOut {
      Console.json([
        "leftOut": .string(left.path), "reason": .string(left.reason.rawValue),
        "detail": .string(left.detail),
      ])
    }
    Console.json([
      "documents": .integer(plan.documents.count),
      "toMake": .integer(toMake(plan)), "upToDate": .integer(upToDate(plan)),
      "tokens": estimate.map { .integer($0.tokens) } ?? .null,
      "seconds": estimate.map { .number(($0.seconds * 10).rounded() / 10) } ?? .null,
      "memoryBytes": estimate.map { .integer($0.bytes) } ?? .null,
    ])
  }

  private static func json(_ group: RunPlan.PlannedGroup) -> JSONValue {
    [
      "group": group.value ?? .null, "documents": .integer(group.documents),
      "key": .string(group.key), "cached": .bool(group.standing.isUpToDate),
      "reason": .string(group.standing.reason), "output": .string(group.outputPath),
    ]
  }
}
