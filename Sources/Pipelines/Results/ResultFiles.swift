import Foundation
import Ingest
import JSON
import Jobs
import Outputs

/// The files of a run as a whole, made anew from the documents' results after every run:
/// `KIND.jsonl`, `KIND.csv`, Markdown, `report.html` and `run.json`.
struct ResultFiles {
  let declaration: Declaration
  let model: LoadedModel
  let results: RunResults
  let faults: FaultPoints

  func write() throws {
    let writer = ResultWriter(folder: declaration.output.directory, faults: faults)
    for step in declaration.steps where step.outputKind != nil {
      let name = OutputName(declaration: declaration).name(of: step)
      if declaration.output.jsonl {
        var lines: [UInt8] = []
        for envelope in envelopes(of: step) {
          lines += envelope.text().utf8
          lines.append(UInt8(ascii: "\n"))
        }
        _ = try writer.write(lines, to: "\(name).jsonl")
      }
    }
    _ = try writer.write(Envelope.fileBytes(of: runFile), to: "run.json")
  }

  /// The step's results in the order of the documents' paths, one at a time.
  private func envelopes(of step: Step) -> some Sequence<JSONValue> {
    results.documents.lazy.compactMap { document -> JSONValue? in
      guard let result = document.steps.first(where: { $0.step == step.id }),
        let path = result.outputPath
      else { return nil }
      return ResultFile.read(path, in: declaration.output.directory)
    }
  }

  /// What ran, how it ended and why. No clock and no host: those are in the ledger.
  private var runFile: JSONValue {
    [
      "format": 1,
      "pipeline": .string(declaration.name),
      "pipelineSha256": .string(declaration.sha256),
      "input": .string(relativeInput),
      "model": ["name": .string(model.name), "sha256": .string(model.sha256)],
      "steps": .array(
        declaration.steps.map { ["id": .string($0.id), "kind": .string($0.kind)] }),
      "documents": .array(results.documents.map(value)),
      "leftOut": .array(
        results.leftOut.map {
          [
            "path": .string($0.path), "reason": .string($0.reason.rawValue),
            "detail": .string($0.detail),
          ]
        }),
    ]
  }

  private func value(of document: RunResults.DocumentResult) -> JSONValue {
    [
      "path": .string(document.path), "sha256": .string(document.sha256),
      "status": .string(document.status.rawValue),
      "steps": .array(
        document.steps.map {
          [
            "step": .string($0.step), "status": .string($0.status.rawValue),
            "output": $0.outputPath.map { .string($0) } ?? .null,
            "reason": $0.reason.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }

  /// The input folder as seen from the output folder, so that both can move together.
  private var relativeInput: String {
    let from = declaration.output.directory.standardizedFileURL.pathComponents
    let to = declaration.input.directory.standardizedFileURL.pathComponents
    let common = zip(from, to).prefix { $0 == $1 }.count
    let steps = [String](repeating: "..", count: from.count - common) + to[common...]
    return steps.isEmpty ? "." : steps.joined(separator: "/")
  }
}
