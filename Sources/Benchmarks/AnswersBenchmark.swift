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
    "FILE.jsonl[.gz] [--predictions FILE] [--model FOLDER] [--limit N] [--without-model] [--annotated-spans]"

  let file: URL
  var predictions: URL?
  var model = DefaultReader.folder
  var limit = Int.max
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
      case "--limit": limit = Int(try value()) ?? 0
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

  func run() throws {
    let records = try Self.records(of: file).prefix(limit)
    guard let first = records.first else {
      throw UsageError(description: "\(file.lastPathComponent) has no records")
    }
    let tagger = usesModel ? try Tagger(model) : nil
    let lines: [JSONValue]
    if first["utterances"] != nil, first["abstract"] != nil {
      lines = try MeetingAnswers(tagger).run(Array(records))
    } else if first["task"] == "summarise" {
      lines = try SummaryAnswers(tagger).run(Array(records))
    } else if first["task"] == "extract" {
      lines = try FieldAnswers(tagger, usesAnnotatedSpans: usesAnnotatedSpans).run(
        Array(records))
    } else {
      throw UsageError(
        description:
          "\(file.lastPathComponent): neither meetings (utterances, abstract) nor documents to summarise or to extract from"
      )
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

  /// A tagging checkpoint with its tokenizer.
  struct Tagger {
    let engine: Engine
    let packer: ContextPacker

    init(_ folder: URL) throws {
      engine = try Engine(folder: folder, threads: 2)
      packer = ContextPacker(
        tokenizer: try Tokenizer(folder: folder), budget: TokenBudget(limit: 4_000_000))
    }

    func scores(_ text: ExtractedText, as type: DocumentType) throws -> TagScores? {
      guard let context = packer.pack(text, as: type).contexts.first else { return nil }
      let ranges = context.tokens.indices.map { index in
        context.range(ofToken: index)
          ?? (index < context.textTokens.lowerBound
            ? 0..<0 : text.text.utf8.count..<text.text.utf8.count)
      }
      return TagScores(
        labels: engine.labels, tokenRanges: ranges, logits: try engine.tag(context.tokens))
    }
  }
}
