import Foundation
import JSON
import Outputs
import Pipelines

enum ExplainVerb {
  static let verb = Verb(
    name: "explain",
    summary:
      "Lead from a value back to its words, its place, the step, the model and the attempts.",
    operands: "OUTPUT [POINTER]", operandCount: 1...2,
    discussion: """
      OUTPUT is the result of one document, such as out/contract.pdf.fields.json. POINTER is a JSON
      Pointer into it (/data/fields/governingLaw), or a field's name alone; without it the pointers
      of all values are listed. The document is read again, where it is still there, and the quotes
      are checked. Exit status 1 when something does not hold any more.
      """,
    options: [
      .documentsNow, .passwords,
      .workspace, .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let origin = try ResultOrigin(of: URL(fileURLWithPath: arguments.operands[0]))
    let envelope = origin.envelope
    guard arguments.operands.count > 1 else {
      list(Statement.all(of: envelope), in: envelope, json: arguments.json)
      return .complete
    }
    let target: Explanation.Target
    do {
      target = try Explanation.target(arguments.operands[1], in: envelope)
    } catch {
      throw UsageError(message(error))
    }
    switch target {
    case .several(let statements):
      list(statements, in: envelope, json: arguments.json)
      return .complete
    case .other(let value):
      arguments.json ? Console.json(["value": value]) : Console.out(value.text(indent: 1))
      if !arguments.json {
        Console.note("This part holds no answer, so it has no quote. docket verify checks it.")
      }
      return .complete
    case .evidence(let id, let citedBy):
      guard let value = envelope["evidence"]?[id] else { return .complete }
      if arguments.json {
        Console.json([
          "id": .string(id), "evidence": value,
          "citedBy": .array(citedBy.map { .string("\($0.pointer)") }),
        ])
      } else {
        Console.out(ExplanationText.evidence(id, value))
        Console.out("cited by  " + citedBy.map { "\($0.pointer)" }.joined(separator: ", "))
      }
      return .complete
    case .statement(let statement):
      return try explain(
        Explanation(of: statement, in: envelope), origin: origin, arguments: arguments)
    }
  }

  private static func explain(
    _ explanation: Explanation, origin: ResultOrigin, arguments: Arguments
  ) throws -> ExitStatus {
    let standing = origin.standing(
      input: arguments["--input"].map { URL(fileURLWithPath: $0) },
      passwords: arguments.all("--password"), pdfProgram: Program.url)
    let workspace = try Workspace(at: arguments["--workspace"])
    let records = try origin.records(in: workspace)
    let text = ExplanationText(
      explanation: explanation, origin: origin, standing: standing, records: records,
      workspace: workspace)
    arguments.json ? Console.json(text.json) : Console.out(text.lines)
    return standing.problems.isEmpty ? .complete : .incomplete
  }

  /// What is missing, with the key that was probably meant or those that are there.
  private static func message(_ error: Explanation.NoSuchPlace) -> String {
    if let near = Spelling.nearest(to: error.unknown, among: error.known) {
      return "\(error.description); did you mean “\(near)”?"
    }
    guard !error.known.isEmpty else { return error.description }
    let some = error.known.prefix(12).joined(separator: ", ")
    return "\(error.description); there are: \(some)" + (error.known.count > 12 ? ", …" : "")
  }

  private static func list(_ statements: [Statement], in envelope: JSONValue, json: Bool) {
    if json {
      for one in statements {
        Console.json([
          "pointer": .string("\(one.pointer)"), "status": one.status.map { .string($0) } ?? .null,
          "value": .string(one.text), "evidence": .array(one.evidence.map { .string($0) }),
        ])
      }
      return
    }
    guard !statements.isEmpty else { return Console.out("This output holds no answer.") }
    var rows = [["pointer", "status", "place", "value"]]
    for one in statements {
      let places = one.evidence.compactMap { envelope["evidence"]?[$0] }
        .map { ExplanationText.shortPlace($0) }
      var shown: [String] = []
      for place in places where !shown.contains(place) { shown.append(place) }
      rows.append([
        "\(one.pointer)", one.status ?? "", shown.joined(separator: ", "),
        TextLayout.shortened(one.text, to: 60),
      ])
    }
    Console.out(TextLayout.table(rows, indent: 0))
  }
}
