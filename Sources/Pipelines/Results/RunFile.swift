import Foundation
import Ingest
import JSON

/// `run.json`: what ran, how every document ended and why. No clock and no host: those are in the
/// ledger, so that equal runs write equal bytes.
struct RunFile {
  static let name = "run.json"

  var pipeline: String
  var pipelineSHA256: String
  /// The input folder as seen from the output folder, so that both can move together.
  var input: String
  var modelName: String
  var modelSHA256: String
  var steps: [Step]
  var results: RunResults
  /// Files in the output folder that runs before wrote and this one was not asked for.
  var earlier: [String]

  var json: JSONValue {
    var json = documents
    if !earlier.isEmpty { json["earlier"] = .array(earlier.map { .string($0) }) }
    guard !results.digests.isEmpty else { return .object(json) }
    json["digests"] = .array(
      results.digests.map {
        [
          "step": .string($0.step), "group": $0.group ?? .null,
          "status": .string($0.status.rawValue),
          "output": $0.outputPath.map { .string($0) } ?? .null,
          "reason": $0.reason.map { .string($0) } ?? .null,
        ]
      })
    return .object(json)
  }

  private var documents: JSONObject {
    [
      "format": 1,
      "pipeline": .string(pipeline),
      "pipelineSha256": .string(pipelineSHA256),
      "input": .string(input),
      "model": ["name": .string(modelName), "sha256": .string(modelSHA256)],
      "steps": .array(steps.map(step)),
      "documents": .array(results.documents.map(document)),
      "leftOut": .array(
        results.leftOut.map {
          [
            "path": .string($0.path), "reason": .string($0.reason.rawValue),
            "detail": .string($0.detail),
          ]
        }),
    ]
  }

  /// With the names that the schema gives its fields for people, for the report.
  private func step(_ step: Step) -> JSONValue {
    var json: JSONObject = ["id": .string(step.id), "kind": .string(step.kind)]
    let titles = step.fieldTitles
    if !titles.isEmpty { json["titles"] = .object(titles) }
    return .object(json)
  }

  private func document(_ document: RunResults.DocumentResult) -> JSONValue {
    var json: JSONObject = [
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
    if let original = document.duplicateOf { json["duplicateOf"] = .string(original) }
    return .object(json)
  }

  static func relativePath(from: URL, to: URL) -> String {
    let from = from.standardizedFileURL.pathComponents
    let to = to.standardizedFileURL.pathComponents
    let common = zip(from, to).prefix { $0 == $1 }.count
    let steps = [String](repeating: "..", count: from.count - common) + to[common...]
    return steps.isEmpty ? "." : steps.joined(separator: "/")
  }
}
