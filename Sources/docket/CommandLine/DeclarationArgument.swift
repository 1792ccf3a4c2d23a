import Foundation
import Pipelines

/// The declaration a command line names, with what the command line puts in place of its parts.
enum DeclarationArgument {
  /// FILE, then DIR in place of `input.dir` and `--output` in place of `output.dir`. Prints every
  /// problem and gives nil where there is one.
  static func read(_ arguments: Arguments) throws -> Pipelines.Declaration? {
    var declaration: Pipelines.Declaration
    do {
      declaration = try DeclarationReader.read(URL(fileURLWithPath: arguments.operands[0]))
    } catch {
      Console.note("\(error)")
      return nil
    }
    if let directory = arguments.url(1) {
      declaration.input.directory = directory.standardizedFileURL
    }
    if let output = arguments["--output"] {
      declaration.output.directory = URL(fileURLWithPath: output).standardizedFileURL
    }
    return declaration
  }
}
