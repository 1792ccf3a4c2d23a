import Foundation
import JSON
import Outputs
import Pipelines

enum VerifyVerb {
  static let verb = Verb(
    name: "verify",
    summary: "Check every quote of an output folder against the documents, without the model.",
    operands: "OUT", operandCount: 1...1,
    discussion: """
      Reads each document again and looks every quote up at its stated place; checks the shape of
      every file and its digest in SHA256SUMS. Exit status 1 when anything does not hold.
      """,
    options: [
      .documentsNow, .passwords,
      .json,
    ], readsDocuments: true, run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let folder = try OutputFolder(URL(fileURLWithPath: arguments.operands[0]))
    let verification = folder.verify(
      input: arguments["--input"].map { URL(fileURLWithPath: $0) },
      passwords: arguments.all("--password"), pdfProgram: Program.url,
      progress: { if Console.isTerminal, !arguments.json { Console.redraw($0) } })
    if Console.isTerminal, !arguments.json { Console.redraw("") }
    for problem in verification.problems {
      if arguments.json {
        Console.json([
          "file": .string(problem.file), "pointer": .string(problem.pointer),
          "message": .string(problem.message),
        ])
      } else {
        Console.out("\(problem)")
      }
    }
    if arguments.json {
      Console.json([
        "files": .integer(verification.files), "problems": .integer(verification.problems.count),
      ])
    } else {
      Console.out(
        verification.problems.isEmpty
          ? "\(verification.files) results verified: every quote stands where its file says"
          : "\(verification.problems.count) problems in \(verification.files) results")
    }
    return verification.problems.isEmpty ? .complete : .incomplete
  }
}
