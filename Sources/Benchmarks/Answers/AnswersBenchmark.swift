import Contexts
import DefaultReader
import Documents
import Foundation
import Inference
import JSON
import Outputs
import Tokenization

/// Scores what Docket answers on records that have the right answers beside them, and writes its
/// answers for scorers of others.
struct AnswersBenchmark {
  static let help =
    "FILE.jsonl[.gz] [--predictions FILE] [--model FOLDER] [--kept-scores FOLDER] [--limit N] [--words N] [--read-as TYPE] [--without-model] [--annotated-spans]"

  let file: URL
  var predictions: URL?
  /// Where what the model said of a text is kept, so that the next run need not read it again.
  var keptScores: URL?
  var model = DefaultReader.folder
  var limit = Int.max
  /// The fewest words a summary has room for.
  var leastWords = SummaryAnswers.leastWords
  /// What documents to be summarised are read as; nil for what they are.
  var readAs: DocumentType?
  var usesModel = true
  var usesAnnotatedSpans = false

  struct UsageError: Error, CustomStringConvertible {
    var description: String
  }

  init(arguments: [String]) throws {
    var file: String?
    var index = 0
    func value() throws -> String {
      index += 1
      guard index < arguments.count else {
        throw UsageError(description: "\(arguments[index - 1]) needs a value: answers \(Self.help)")
      }
      return arguments[index]
    }
    while index < arguments.count {
      switch arguments[index] {
      case "--predictions": predictions = URL(fileURLWithPath: try value())
      case "--model": model = URL(fileURLWithPath: try value())
      case "--kept-scores": keptScores = URL(fileURLWithPath: try value())
      case "--limit": limit = Int(try value()) ?? 0
      case "--words": leastWords = Int(try value()) ?? leastWords
      case "--read-as":
        let name = try value()
        guard let type = DocumentType(rawValue: name) else {
          throw UsageError(description: "no document type is called \(name): answers \(Self.help)")
        }
        readAs = type
      case "--without-model": usesModel = false
      case "--annotated-spans":
        usesAnnotatedSpans = true
        usesModel = false
      default:
        guard file == nil, !arguments[index].hasPrefix("--") else {
          throw UsageError(
            description: "unknown option \(arguments[index]): answers \(Self.help)")
        }
        file = arguments[index]
      }
      index += 1
    }
    guard let file else { throw UsageError(description: "answers \(Self.help)") }
    self.file = URL(fileURLWithPath: file)
  }

  /// What a record asks for.
  enum Task: String {
    case meeting, dialogue, summary, spans, values

    init?(_ record: JSONValue) {
      switch record["task"]?.string {
      case "summarise": self = .summary
      case "dialogue_summary": self = .dialogue
      case "extract": self = record["doc_type"]?.string == "NDA" ? .values : .spans
      case "minutes", "query_summary": self = .meeting
      default: return nil
      }
    }
  }

  func run() throws {
    let records = Array(try Self.records(of: file).prefix(limit))
    guard let first = records.first else {
      throw UsageError(description: "\(file.lastPathComponent) has no records")
    }
    guard let task = Task(first) else {
      throw UsageError(
        description:
          "\(file.lastPathComponent): Docket has no answers for the task \"\(first["task"]?.string ?? "")\"; it has for extract, minutes, query_summary, dialogue_summary and summarise"
      )
    }
    if let other = records.firstIndex(where: { Task($0) != task }) {
      throw UsageError(
        description:
          "\(file.lastPathComponent): record \(other + 1) asks for another task than the first; score them apart"
      )
    }
    let tagger = usesModel ? try Tagger(model, keeping: keptScores) : nil
    let lines =
      switch task {
      case .meeting: try MeetingAnswers(tagger).run(records)
      case .summary, .dialogue:
        try SummaryAnswers(tagger, leastWords: leastWords, readAs: readAs).run(records)
      case .spans, .values:
        try FieldAnswers(tagger, usesAnnotatedSpans: usesAnnotatedSpans)
          .run(records, asValues: task == .values)
      }
    if let predictions {
      let text = lines.map { $0.text() + "\n" }.joined()
      try Data(text.utf8).write(to: predictions, options: .atomic)
      print("\(lines.count) predictions in \(predictions.path)")
    }
  }

  /// The records of a JSON Lines file, packed by gzip or not.
  static func records(of file: URL) throws -> [JSONValue] {
    var data: Data
    if file.pathExtension == "gz" {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["gzip", "-dc", file.path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw UsageError(description: "gzip cannot unpack \(file.path)")
      }
    } else {
      data = try Data(contentsOf: file)
    }
    return try data.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
  }
}
