/// One verb of the command line: its words in the help, its options, and what it does.
struct Verb: Sendable {
  let name: String
  /// One line, for the list of verbs.
  let summary: String
  /// The operands as the usage line shows them: `FILE [DIR]`.
  let operands: String
  /// How many operands may stand there.
  let operandCount: ClosedRange<Int>
  /// A few lines more, shown by `--help` only.
  let discussion: String
  let options: [Option]
  /// The words that may follow, each a verb of its own named “VERB WORD”; then `run` is for none.
  var words: [Verb] = []
  /// Whether it is likely to read PDFs, for which a process is made before anything else is begun.
  var readsDocuments = false
  let run: @Sendable (Arguments) throws -> ExitStatus

  /// An option: a switch, or one that takes a value.
  struct Option: Sendable {
    let name: String
    /// What stands for the value in the help, with its unit: `<seconds>`; nil for a switch.
    let value: String?
    /// A sentence, with the default in parentheses.
    let help: String
    /// Whether it may be given more than once.
    var repeats = false

    static func flag(_ name: String, _ help: String) -> Option {
      Option(name: name, value: nil, help: help)
    }

    static func value(_ name: String, _ value: String, _ help: String) -> Option {
      Option(name: name, value: value, help: help)
    }

    static let json = flag("--json", "Print the same facts as one JSON object a line.")
    static let workspace = value(
      "--workspace", "<folder>",
      "Where the queue and the ledger are kept. (default: $DOCKET_WORKSPACE, else "
        + "$XDG_STATE_HOME/docket, else ~/.local/state/docket)")
    /// For verbs that read a run's documents again.
    static let documentsNow = value(
      "--input", "<folder>", "Where the documents are now. (default: where the run read them)")
    static let passwords = Option(
      name: "--password", value: "<text>",
      help: "Tried on encrypted files; may be given several times. (default: none)",
      repeats: true)
  }

  var usage: String {
    var words = ["docket", name]
    if !options.isEmpty { words.append("[options]") }
    if !operands.isEmpty { words.append(operands) }
    return words.joined(separator: " ")
  }

  /// The verb that `rest`, what follows this one's name, calls, and what is left for it.
  func called(with rest: ArraySlice<String>) throws -> (verb: Verb, rest: [String]) {
    guard !words.isEmpty, let next = rest.first, !next.hasPrefix("-") else {
      return (self, Array(rest))
    }
    guard let word = words.first(where: { $0.name == "\(name) \(next)" }) else {
      let known = words.map { String($0.name.dropFirst(name.count + 1)) }
      let near = Spelling.nearest(to: next, among: known)
      throw UsageError(
        "unknown word “\(next)”" + (near.map { ", did you mean “\($0)”?" } ?? "")
          + " There is: \(known.joined(separator: ", ")).")
    }
    return (word, Array(rest.dropFirst()))
  }

  /// What `docket VERB --help` prints.
  var help: String {
    var lines = ["Usage: \(usage)", "", summary]
    if !discussion.isEmpty { lines += ["", discussion] }
    if !words.isEmpty {
      let width = (words.map(\.name.count).max() ?? 0) + 2
      lines += ["", "Words:"]
      lines += words.map { "  " + TextLayout.pad($0.name, to: width) + $0.summary }
    }
    let all = options + [.flag("--help", "Print this page.")]
    lines += ["", "Options:"]
    let heads = all.map { option in option.value.map { "\(option.name) \($0)" } ?? option.name }
    let width = min(30, (heads.map(\.count).max() ?? 0) + 2)
    for (option, head) in zip(all, heads) {
      let text = TextLayout.wrap(option.help, width: 98 - width)
      let first = head.count + 2 <= width
      lines.append(
        "  " + (first ? TextLayout.pad(head, to: width) + text[0] : head))
      for line in first ? text.dropFirst() : text[...] {
        lines.append("  " + String(repeating: " ", count: width) + line)
      }
    }
    return lines.joined(separator: "\n")
  }
}

/// How the process ends; the same for every verb.
enum ExitStatus: Int32, Sendable {
  /// Everything that was asked for is done.
  case complete = 0
  /// Finished, but some documents failed or are partial, or something was found wrong.
  case incomplete = 1
  /// The command line or the declaration is at fault.
  case usage = 2
  /// Stopped at a safe point; the same command goes on from there.
  case stopped = 75
  case interrupted = 130
}
