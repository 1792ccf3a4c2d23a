import Glibc
import Ingest
import Pipelines

/// The command line: finds the verb, checks its arguments, runs it, turns errors into words and an
/// exit status.
@main
struct Docket {
  static func main() {
    // Docket runs itself to read a PDF in a process of its own, which may crash without harm.
    if CommandLine.arguments.dropFirst().first == PDFReaderProcess.subcommand {
      PDFReaderProcess.main()
    }
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  static func run(_ words: [String]) -> ExitStatus {
    guard let first = words.first, !["--help", "-h", "help"].contains(first) else {
      if words.count > 1, let verb = Verbs.named(words[1]) {
        let called = try? verb.called(with: words.dropFirst(2)).verb
        Console.out((called ?? verb).help)
      } else {
        Console.out(Verbs.overview)
      }
      return words.isEmpty ? .usage : .complete
    }
    if first == "--version" {
      Console.out("docket \(Version.current)")
      return .complete
    }
    guard var verb = Verbs.named(first) else {
      let near = Spelling.nearest(to: first, among: Verbs.all.map(\.name))
      Console.note(
        "docket: unknown verb “\(first)”" + (near.map { ", did you mean “\($0)”?" } ?? "")
          + "\nSee: docket --help")
      return .usage
    }
    do {
      let rest: [String]
      (verb, rest) = try verb.called(with: words.dropFirst())
      let arguments = try Arguments(rest, for: verb)
      if arguments.has("--help") {
        Console.out(verb.help)
        return .complete
      }
      if verb.readsDocuments { PDFReaderProcess.prepare(as: Program.url) }
      return try verb.run(arguments)
    } catch let error as UsageError {
      Console.note("docket \(verb.name): \(error.message)\nSee: docket \(verb.name) --help")
      return .usage
    } catch let error as PipelineError {
      Console.note("docket \(verb.name): \(error)")
      return error.isDeclarationFault ? .usage : .incomplete
    } catch {
      Console.note("docket \(verb.name): \(error)")
      return .incomplete
    }
  }
}
