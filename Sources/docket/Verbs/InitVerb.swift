import Foundation
import JSON
import Pipelines

enum InitVerb {
  static let verb = Verb(
    name: "init",
    summary: "Write a commented declaration to start from: contracts, minutes or summaries.",
    operands: "KIND [DIR]", operandCount: 1...2,
    discussion: """
      Writes KIND.json5, and the schemas it names, into DIR (the current folder). Files that exist
      are never overwritten.
      """,
    options: [
      .value("--input", "<folder>", "The folder the pipeline reads. (default: documents)"),
      .value("--output", "<folder>", "The folder for its results. (default: out)"), .json,
    ], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard let template = DeclarationTemplate(rawValue: arguments.operands[0]) else {
      throw UsageError(
        "unknown kind “\(arguments.operands[0])”; there are: "
          + DeclarationTemplate.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let folder = arguments.url(1) ?? URL(fileURLWithPath: ".")
    let files = template.files(
      input: arguments["--input"] ?? "documents", output: arguments["--output"] ?? "out")
    for file in files {
      let url = folder.appendingPathComponent(file.name)
      guard !FileManager.default.fileExists(atPath: url.path) else {
        throw UsageError("\(url.relativePath) exists already; nothing was written")
      }
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for file in files {
      let url = folder.appendingPathComponent(file.name)
      try Data(file.text.utf8).write(to: url, options: .withoutOverwriting)
      arguments.json
        ? Console.json(["file": .string(url.relativePath)]) : Console.out(url.relativePath)
    }
    return .complete
  }
}
