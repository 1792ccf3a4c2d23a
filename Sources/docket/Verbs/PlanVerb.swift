import Foundation
import Ingest
import JSON
import Jobs
import Pipelines

enum PlanVerb {
  static let verb = Verb(
    name: "plan",
    summary: "Say for every document and step whether its result is up to date, and why not.",
    operands: "FILE [DIR]", operandCount: 1...2,
    discussion: "Nothing is run and nothing is written. DIR takes the place of input.dir.",
    options: [
      .value("--output", "<folder>", "Where results go. (default: output.dir of the declaration)"),
      .workspace, .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard let declaration = try DeclarationArgument.read(arguments) else { return .usage }
    let workspace = try Workspace(at: arguments["--workspace"])
    let model = try LoadedModel(declaration.model.weights, threads: 1)
    let plan = try RunPlan(of: declaration, model: model, workspace: workspace)
    for document in plan.documents {
      for job in document.jobs {
        if arguments.json {
          Console.json([
            "document": .string(document.path), "step": .string(job.step),
            "key": .string(job.key), "cached": .bool(job.standing.isUpToDate),
            "reason": .string(job.standing.reason), "output": .string(job.outputPath),
            "bytes": .integer(document.file.byteCount),
          ])
        } else {
          Console.out("\(document.path) · \(job.step): \(job.standing.reason)")
        }
      }
    }
    for left in plan.leftOut where !arguments.json {
      Console.out("left out: \(left.path): \(left.detail)")
    }
    if !arguments.json {
      Console.out(
        "\(plan.documents.count) documents, \(plan.jobs - plan.upToDate) results to make, "
          + "\(plan.upToDate) up to date")
    }
    return .complete
  }
}
