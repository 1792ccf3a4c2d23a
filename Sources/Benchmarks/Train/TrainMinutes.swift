import Documents
import Foundation
import JSON
import Outputs
import Training

/// Trains what ranks utterances for minutes and writes the file that ships.
struct TrainMinutes {
  static let help = "MEETINGS.jsonl[.gz] OUT.bin"

  private let arguments: [String]

  init(arguments: [String]) throws {
    guard arguments.count == 2 else {
      throw AnswersBenchmark.UsageError(description: "train-minutes \(Self.help)")
    }
    self.arguments = arguments
  }

  func run() throws {
    let records = try AnswersBenchmark.records(of: URL(fileURLWithPath: arguments[0]))
    let training = MinutesTraining(records.map(Self.meeting)) { print($0) }
    let bytes = training.train().bytes
    try Data(bytes).write(to: URL(fileURLWithPath: arguments[1]), options: .atomic)
    print("\(records.count) meetings; \(bytes.count) bytes in \(arguments[1])")
  }

  private static func meeting(_ record: JSONValue) -> MinutesTraining.Meeting {
    let id = record["id"]?.string ?? ""
    let isAMI = record["source"]?.string == "AMI"
    func entries(_ name: String) -> [Set<Int>] {
      (record[name]?.array ?? []).map {
        Set(($0["evidence"]?.array ?? []).compactMap(\.integer))
      }
    }
    var all: [ItemRanking.Kind: [Set<Int>]] = [
      .decision: entries("decisions"), .problem: entries("problems"),
    ]
    // ICSI's annotators wrote no actions, and some meetings have no extract.
    if isAMI { all[.action] = entries("actions") }
    let extract = Set((record["extractive"]?.array ?? []).compactMap(\.integer))
    if !extract.isEmpty { all[.salient] = [extract] }
    // The four meetings of an AMI group are one series: ES2002a to ES2002d.
    return MinutesTraining.Meeting(
      series: isAMI ? String(id.prefix(6)) : id,
      document: MeetingAnswers.document(MeetingAnswers.utterances(record)), entries: all)
  }
}
