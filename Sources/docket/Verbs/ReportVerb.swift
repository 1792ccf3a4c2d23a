import Foundation
import JSON
import Pipelines

enum ReportVerb {
  static let verb = Verb(
    name: "report",
    summary: "Write report.html for an output folder: every value beside its source.",
    operands: "OUT", operandCount: 1...1,
    discussion: "One self-contained file; it loads nothing from anywhere and opens in any browser.",
    options: [
      .value(
        "--input", "<folder>", "Where the documents are now. (default: where the run read them)"),
      Verb.Option(
        name: "--password", value: "<text>",
        help: "Tried on encrypted files; may be given several times. (default: none)",
        repeats: true),
      .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let folder = try OutputFolder(URL(fileURLWithPath: arguments.operands[0]))
    let file = try folder.writeReport(
      input: arguments["--input"].map { URL(fileURLWithPath: $0) },
      passwords: arguments.all("--password"), pdfProgram: Program.url)
    arguments.json ? Console.json(["report": .string(file.path)]) : Console.out(file.path)
    return .complete
  }
}
