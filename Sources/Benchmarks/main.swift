import Foundation
import Ingest

/// `docket-bench SUBJECT …`: measures one part of Docket.
let subjects: [(name: String, help: String, run: ([String]) throws -> Void)] = [
  ("answers", AnswersBenchmark.help, { try AnswersBenchmark(arguments: $0).run() }),
  ("context", EngineContext.help, { try EngineContext(arguments: $0).run() }),
  ("engine", EngineBenchmark.help, { try EngineBenchmark(arguments: $0).run() }),
  ("exactness", ExactnessBenchmark.help, { try ExactnessBenchmark(arguments: $0).run() }),
  ("ingest", IngestBenchmark.help, { try IngestBenchmark(arguments: $0).run() }),
  ("reading", IngestFiles.help, { try IngestFiles(arguments: $0).run() }),
  ("m1-shapes", ShapesBenchmark.help, { try ShapesBenchmark(arguments: $0).run() }),
  ("snapshot", SnapshotBenchmark.help, { try SnapshotBenchmark(arguments: $0).run() }),
  ("tokenizer", TokenizerBenchmark.help, { try TokenizerBenchmark(arguments: $0).run() }),
  ("report", ReportBenchmark.help, { try ReportBenchmark(arguments: $0).run() }),
  ("train-fields", TrainFields.help, { try TrainFields(arguments: $0).run() }),
  ("train-minutes", TrainMinutes.help, { try TrainMinutes(arguments: $0).run() }),
  ("train-summary", TrainSummary.help, { try TrainSummary(arguments: $0).run() }),
  ("write", WriteBenchmark.help, { try WriteBenchmark(arguments: $0).run() }),
  ("queue", QueueBenchmark.help, { try QueueBenchmark(arguments: $0).run() }),
]

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == PDFReaderProcess.subcommand { PDFReaderProcess.main() }
guard let subject = subjects.first(where: { $0.name == arguments.first }) else {
  for subject in subjects { print("docket-bench \(subject.name) \(subject.help)") }
  exit(arguments.isEmpty || arguments == ["--help"] ? 0 : 2)
}
do {
  try subject.run(Array(arguments.dropFirst()))
} catch {
  let usage = error is Usage ? "usage: docket-bench \(subject.name) \(subject.help)\n" : ""
  let what =
    (error as? CocoaError).map { "\($0.filePath ?? "a file"): \($0.localizedDescription)" }
    ?? "\(error)"
  FileHandle.standardError.write(Data("docket-bench: \(what)\n\(usage)".utf8))
  exit(1)
}
