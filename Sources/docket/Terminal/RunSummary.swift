import Foundation
import Ingest
import JSON
import Jobs
import Pipelines

/// What a run came to: a table of documents, and by name whatever is not complete.
struct RunSummary {
  let ending: PipelineRun.Ending
  let declaration: Pipelines.Declaration

  func print(json: Bool) {
    if json {
      Console.json(value)
      return
    }
    let results = ending.results
    var rows = [["document"] + declaration.steps.filter { !$0.isReduce }.map(\.id)]
    for document in results.documents {
      rows.append([TextLayout.name(document.path)] + document.steps.map(\.status.rawValue))
    }
    Console.out("")
    Console.out(TextLayout.table(rows.count > 41 ? Array(rows.prefix(41)) : rows))
    if rows.count > 41 { Console.out("  … and \(rows.count - 41) more documents") }
    Console.out("")
    Console.out(
      "\(results.documents.count) documents: \(results.count(.complete)) complete, "
        + "\(results.count(.partial)) partial, \(results.count(.failed)) failed"
        + (results.count(.unfinished) > 0 ? ", \(results.count(.unfinished)) unfinished" : "")
        + (results.count(.skipped) > 0 ? ", \(results.count(.skipped)) skipped" : ""))
    for document in results.documents where document.status > .complete {
      var reasons: [String] = []
      for step in document.steps {
        if let reason = step.reason, !reasons.contains(reason) { reasons.append(reason) }
      }
      Console.out(
        "  \(document.status.rawValue): \(document.path): "
          + (reasons.isEmpty ? "not finished" : reasons.joined(separator: " ")))
    }
    for document in results.documents {
      if let original = document.duplicateOf {
        Console.out("  same bytes: \(document.path) and \(original)")
      }
    }
    for digest in results.digests {
      let group = digest.group.map { " (\($0.string ?? $0.text()))" } ?? ""
      Console.out(
        "  \(digest.status.rawValue): \(digest.step)\(group): "
          + (digest.reason ?? digest.outputPath ?? "not finished"))
    }
    for left in results.leftOut where left.isLoss {
      Console.out("  left out: \(left.path): \(left.detail)")
    }
    Console.out("Results: \(declaration.output.directory.path)")
    if ending.stopped != nil {
      Console.out("Stopped at a safe point. The same command goes on from here.")
    }
  }

  private var value: JSONValue {
    let results = ending.results
    return [
      "event": "ended", "run": .integer(Int(ending.run.rawValue)),
      "stopped": ending.stopped.map { .string($0.rawValue) } ?? .null,
      "documents": .integer(results.documents.count),
      "complete": .integer(results.count(.complete)),
      "partial": .integer(results.count(.partial)), "failed": .integer(results.count(.failed)),
      "unfinished": .integer(results.count(.unfinished)),
      "skipped": .integer(results.count(.skipped)),
      "digests": .integer(results.digests.count),
      "output": .string(declaration.output.directory.path),
    ]
  }
}
