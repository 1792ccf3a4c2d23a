import Foundation
import JSON
import Pipelines

enum CheckVerb {
  static let verb = Verb(
    name: "check",
    summary: "Read a declaration and list everything that is wrong with it.",
    operands: "FILE", operandCount: 1...1,
    discussion: """
      Checks the file, the schemas it names, and whether its model can do its steps. Nothing is
      run. Each problem is a line FILE:LINE:COLUMN: what, and what to do.
      """,
    options: [.json], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let file = URL(fileURLWithPath: arguments.operands[0])
    var problems: [DeclarationError.Problem] = []
    var name: String?
    /// Where documents go, when they leave this machine's programs.
    var server: String?
    do {
      let declaration = try DeclarationReader.read(file)
      name = declaration.name
      if case .endpoint(let remote) = declaration.model.weights {
        server = remote.endpoint.absoluteString
      }
      problems = declaration.problems(
        for: try LoadedModel.capabilities(of: declaration.model.weights))
    } catch let error as DeclarationError {
      problems = error.problems
    }
    if arguments.json {
      for problem in problems { Console.json(json(problem)) }
      Console.json([
        "file": .string(arguments.operands[0]), "valid": .bool(problems.isEmpty),
        "problems": .integer(problems.count),
        "server": server.map { .string($0) } ?? .null,
      ])
    } else if problems.isEmpty {
      Console.out("\(arguments.operands[0]): pipeline “\(name ?? "")” is sound")
      if let server { Console.out("The text of the documents is sent to \(server).") }
    } else {
      for problem in problems { Console.out("\(problem)") }
      Console.note("\(problems.count) problem\(problems.count == 1 ? "" : "s")")
    }
    return problems.isEmpty ? .complete : .usage
  }

  private static func json(_ problem: DeclarationError.Problem) -> JSONValue {
    [
      "file": .string(problem.file.relativePath),
      "line": problem.position.map { .integer($0.line) } ?? .null,
      "column": problem.position.map { .integer($0.column) } ?? .null,
      "message": .string(problem.message),
    ]
  }
}
