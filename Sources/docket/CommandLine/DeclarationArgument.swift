import Foundation
import Pipelines

/// The declaration a command line names, with what the command line puts in place of its parts.
enum DeclarationArgument {
  /// FILE, then DIR in place of `input.dir` and `--output` in place of `output.dir`. Prints every
  /// problem and gives nil where there is one.
  ///
  /// - Parameter text: what FILE said earlier, to be taken in place of what it says now.
  static func read(
    _ arguments: Arguments, text: [UInt8]? = nil
  ) throws -> Pipelines.Declaration? {
    var declaration: Pipelines.Declaration
    do {
      let file = URL(fileURLWithPath: arguments.operands[0])
      declaration =
        try text.map { text throws(DeclarationError) in
          try DeclarationReader.read(text, from: file)
        } ?? DeclarationReader.read(file)
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
