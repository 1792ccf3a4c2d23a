import Documents
import Foundation
import JSON
import Outputs
import Training

/// Trains what ranks sentences for summaries and writes the file that ships.
struct TrainSummary {
  static let help = "SUMMARIES.jsonl[.gz] OUT.bin [--most DOCUMENTS-A-SOURCE]"

  /// Its upstream texts are under CC BY-SA, so that no weights that ship may be made of them.
  private static let leftOut = "Plain English Summarization of Contracts"

  private let file: String
  private let out: String
  private var most = 300

  init(arguments: [String]) throws {
    guard arguments.count == 2 || arguments.count == 4 && arguments[2] == "--most" else {
      throw AnswersBenchmark.UsageError(description: "train-summary \(Self.help)")
    }
    file = arguments[0]
    out = arguments[1]
    if arguments.count == 4 { most = Int(arguments[3]) ?? most }
  }

  func run() throws {
    var taken: [String: Int] = [:]
    var examples: [SummaryTraining.Example] = []
    for record in try AnswersBenchmark.records(of: URL(fileURLWithPath: file)) {
      let source = record["source"]?.string ?? ""
      guard source != Self.leftOut, taken[source, default: 0] < most else { continue }
      taken[source, default: 0] += 1
      let references = ((record["queries"]?[0] ?? record)["summaries"]?.array ?? [])
        .compactMap(\.string)
      examples.append(
        SummaryTraining.Example(
          source: source, document: SummaryAnswers.document(record["doc"]?.string ?? "")
        ) { sentence in
          let rouge = Rouge.best(sentence, against: references)
          return (rouge.one + rouge.two) / 2
        })
    }
    for (source, count) in taken.sorted(by: { $0.key < $1.key }) { print("\(source): \(count)") }
    let bytes = SummaryTraining(examples) { print($0) }.train().bytes
    try Data(bytes).write(to: URL(fileURLWithPath: out), options: .atomic)
    print("\(examples.count) documents; \(bytes.count) bytes in \(out)")
  }
}
