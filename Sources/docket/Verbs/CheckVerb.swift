import Foundation
import JSON
import Pipelines

enum CheckVerb {
  static let verb = Verb(
    name: "check",
    summary: "List everything that is wrong with a declaration, or with any JSON by its schema.",
    operands: "[FILE]", operandCount: 0...1,
    discussion: """
      FILE is a declaration: the file, the schemas it names, and whether its model can do its steps
      are checked, and nothing is run. Each problem is a line FILE:LINE:COLUMN: what, and what to do;
      exit status 2 when there is one.

      With --schema and --instance a JSON file is checked by a JSON Schema (draft 2020-12) instead:
      all keywords of its core, applicator, unevaluated and validation vocabularies. Those it does
      not know are named, and refused with --strict; x-… is left to its owner. Exit status 1 when an
      instance is not valid, 2 when a schema or a file cannot be used. --json gives a line for each
      keyword not kept: instance, pointer, schema, keyword, message, line, column.
      """,
    options: [
      .value("--schema", "<file>", "The schema that instances are checked by. (default: none)"),
      Verb.Option(
        name: "--instance", value: "<file>",
        help: "A JSON file (.json5: JSON5) to be checked; may be given several times. "
          + "(default: none)", repeats: true),
      Verb.Option(
        name: "--with", value: "<file>",
        help: "Another schema that references lead to, by its $id or its path from the schema's "
          + "file; may be given several times, and nothing else is opened. (default: none)",
        repeats: true),
      .flag(
        "--formats",
        "Make `format` an assertion: date, date-time, time, email, uri, uuid; others are refused."),
      .flag("--strict", "Refuse a schema with keywords that the draft does not know."),
      .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let instances = arguments.all("--instance")
    if let schema = arguments["--schema"] {
      guard arguments.operands.isEmpty else {
        throw UsageError(
          "“\(arguments.operands[0])” is a declaration, and --schema asks for an instance; "
            + "give one or the other")
      }
      guard !instances.isEmpty else {
        throw UsageError("--schema needs --instance: the file to be checked by it")
      }
      return InstanceReport(
        schema: schema, instances: instances, others: arguments.all("--with"),
        assertsFormats: arguments.has("--formats"), refusesUnknown: arguments.has("--strict"),
        json: arguments.json
      ).print()
    }
    guard instances.isEmpty else {
      throw UsageError("--instance needs --schema: the schema to check it by")
    }
    guard let file = arguments.operands.first else {
      throw UsageError("something is missing: a declaration, or --schema and --instance")
    }
    return try checkDeclaration(file, json: arguments.json)
  }

  private static func checkDeclaration(_ path: String, json: Bool) throws -> ExitStatus {
    var problems: [DeclarationError.Problem] = []
    var name: String?
    /// Where documents go, when they leave this machine's programs.
    var server: String?
    do {
      let declaration = try DeclarationReader.read(
        URL(fileURLWithPath: path), for: LoadedModel.capabilities)
      name = declaration.name
      if case .endpoint(let remote) = declaration.model.weights {
        server = remote.endpoint.absoluteString
      }
    } catch {
      problems = error.problems
    }
    if json {
      for problem in problems { Console.json(problem.json) }
      Console.json([
        "file": .string(path), "valid": .bool(problems.isEmpty),
        "problems": .integer(problems.count),
        "server": server.map { .string($0) } ?? .null,
      ])
    } else if problems.isEmpty {
      Console.out("\(path): pipeline “\(name ?? "")” is sound")
      if let server { Console.out("The text of the documents is sent to \(server).") }
    } else {
      for problem in problems { Console.out("\(problem)") }
      Console.note("\(problems.count) problem\(problems.count == 1 ? "" : "s")")
    }
    return problems.isEmpty ? .complete : .usage
  }
}

extension DeclarationError.Problem {
  var json: JSONValue {
    [
      "file": .string(file.relativePath),
      "line": position.map { .integer($0.line) } ?? .null,
      "column": position.map { .integer($0.column) } ?? .null,
      "message": .string(message),
    ]
  }
}
