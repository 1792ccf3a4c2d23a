import Foundation
import JSON
import Jobs

/// All that the ledger has of one job.
struct JobDetail {
  let job: Job
  let run: Run?
  /// Of the declaration it was enqueued with.
  let declarationSHA256: String
  let attempts: [Attempt]
  let notices: [JobNotice]

  var lines: [String] {
    var facts = [
      ("job", "\(job.id) \(job.outcome?.rawValue ?? job.state.rawValue)"),
      (
        "run",
        "\(job.run) of \(job.pipeline), \(run?.state.rawValue ?? "gone"), by \(run?.trigger ?? "")"
      ),
      ("document", "\((run?.directory).map { $0 + "/" } ?? "")\(job.documentPath)"),
      ("sha256", job.documentSHA256), ("step", "\(job.step) (\(job.kind))"), ("key", job.key),
      ("declaration", declarationSHA256), ("program", run?.program ?? ""),
    ]
    if let output = job.output {
      facts.append(
        (
          "output",
          "\((run?.output).map { $0 + "/" } ?? "")\(output.path), \(output.bytes) bytes, \(output.sha256)"
        ))
    }
    if let failure = job.failure { facts.append(("class", failure.rawValue)) }
    if let error = job.error { facts.append(("error", error)) }
    if let due = job.dueAt { facts.append(("due", DaemonDisplay.text(due))) }
    var lines = facts.map { TextLayout.pad($0.0, to: 13) + $0.1 }
    for attempt in attempts {
      let seconds = Double(attempt.endedAt.milliseconds - attempt.startedAt.milliseconds) / 1000
      lines.append(
        TextLayout.pad("attempt \(attempt.number)", to: 13)
          + "\(attempt.end.rawValue) \(DaemonDisplay.text(attempt.endedAt)) after "
          + "\(TextLayout.duration(seconds)), \(TextLayout.grouped(attempt.progress)) tokens, "
          + "\(TextLayout.duration(Double(attempt.cost.cpuMilliseconds) / 1000)) of processor time, "
          + "peak \(TextLayout.bytes(attempt.cost.peakBytes)), \(attempt.workerName ?? "worker") of process "
          + "\(attempt.pid ?? 0) on \(attempt.host ?? "?")"
          + (attempt.error.map { ": \($0)" } ?? ""))
    }
    for notice in notices {
      lines.append(
        TextLayout.pad("notice", to: 13) + notice.reason
          + (notice.page.map { ", page \($0)" } ?? "") + ": \(notice.detail)")
    }
    return lines
  }

  /// - Parameter job: what the list says of it.
  func json(_ job: JSONValue) -> JSONValue {
    var object = job.object ?? JSONObject()
    object["directory"] = run.map { .string($0.directory) } ?? .null
    object["documentSha256"] = .string(self.job.documentSHA256)
    object["declarationSha256"] = .string(declarationSHA256)
    object["program"] = run.map { .string($0.program) } ?? .null
    object["output"] =
      self.job.output.map {
        [
          "path": .string($0.path), "sha256": .string($0.sha256), "bytes": .integer($0.bytes),
        ]
      } ?? .null
    object["history"] = .array(
      attempts.map {
        [
          "number": .integer($0.number), "ended": .string($0.end.rawValue),
          "from": .string(DaemonDisplay.text($0.startedAt)),
          "to": .string(DaemonDisplay.text($0.endedAt)), "tokens": .integer($0.progress),
          "cpuMilliseconds": .integer($0.cost.cpuMilliseconds),
          "peakBytes": .integer($0.cost.peakBytes),
          "worker": $0.workerName.map { .string($0) } ?? .null,
          "host": $0.host.map { .string($0) } ?? .null,
          "process": $0.pid.map { .integer($0) } ?? .null,
          "class": $0.failure.map { .string($0.rawValue) } ?? .null,
          "error": $0.error.map { .string($0) } ?? .null,
        ]
      })
    object["notices"] = .array(
      notices.map {
        [
          "reason": .string($0.reason), "page": $0.page.map { .integer($0) } ?? .null,
          "detail": .string($0.detail),
        ]
      })
    return .object(object)
  }
}
