import Contexts
import DefaultReader
import Documents
import Foundation
import JSON
import Outputs
import Training

/// Trains what ranks the answers of fields and writes the file that ships.
struct TrainFields {
  static let help =
    "CONTRACTS.jsonl[.gz] OUT.bin [--kept-scores FOLDER] [--read NUMBER] [--model FOLDER]"

  private let file: String
  private let out: String
  private var keptScores: URL?
  private var read = Int.max
  private var model = DefaultReader.folder

  init(arguments: [String]) throws {
    guard arguments.count >= 2, arguments.count.isMultiple(of: 2) else {
      throw AnswersBenchmark.UsageError(description: "train-fields \(Self.help)")
    }
    file = arguments[0]
    out = arguments[1]
    for index in stride(from: 2, to: arguments.count, by: 2) {
      let value = arguments[index + 1]
      switch arguments[index] {
      case "--kept-scores": keptScores = URL(fileURLWithPath: value)
      case "--read": read = Int(value) ?? read
      case "--model": model = URL(fileURLWithPath: value)
      default:
        throw AnswersBenchmark.UsageError(
          description: "unknown option \(arguments[index]): train-fields \(Self.help)")
      }
    }
  }

  func run() throws {
    let tagger = try AnswersBenchmark.Tagger(model, keeping: keptScores)
    var contracts: [FieldTraining.Contract] = []
    for record in try AnswersBenchmark.records(of: URL(fileURLWithPath: file)) {
      let text = FieldAnswers.text(record)
      var answers: [String: [Range<Int>]] = [:]
      for span in record["spans"]?.array ?? [] {
        guard let field = span["field"]?.string, let start = span["start"]?.integer,
          let end = span["end"]?.integer
        else { continue }
        answers[field, default: []].append(start..<end)
      }
      contracts.append(
        FieldTraining.Contract(
          text: ScalarText(text.text), answers: answers,
          scores: contracts.count < read ? try tagger.scores(text, as: .contract) : nil))
    }
    print("\(contracts.count) contracts, \(min(read, contracts.count)) of them read")
    let bytes = FieldTraining(contracts) { print($0) }.train().bytes
    try Data(bytes).write(to: URL(fileURLWithPath: out), options: .atomic)
    print("\(bytes.count) bytes in \(out)")
  }
}
