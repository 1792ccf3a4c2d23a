import Foundation
import JSON
import Pipelines

enum ReportVerb {
  static let verb = Verb(
    name: "report",
    summary: "Write report.html for an output folder: every value beside its source.",
    operands: "OUT", operandCount: 1...1,
    discussion: """
      One self-contained file; it loads nothing from anywhere and opens in any browser. Of PDFs the
      pages that quotes stand on are drawn: whole while --pictures has room for all of them, else the
      bands around the quotes, those of documents with notices first.
      """,
    options: [
      .documentsNow, .passwords,
      .value(
        "--pictures", "<MB>", "Room for all pictures of pages together; 0 draws none. (default: 40)"
      ),
      .json,
    ], readsDocuments: true, run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let folder = try OutputFolder(URL(fileURLWithPath: arguments.operands[0]))
    let file = try folder.writeReport(
      input: arguments["--input"].map { URL(fileURLWithPath: $0) },
      passwords: arguments.all("--password"), pdfProgram: Program.url,
      pictureBudget: (try arguments.integer("--pictures", in: 0...100_000) ?? 40) << 20)
    arguments.json ? Console.json(["report": .string(file.path)]) : Console.out(file.path)
    return .complete
  }
}
