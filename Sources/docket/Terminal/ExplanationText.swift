import Foundation
import JSON
import Jobs
import Outputs
import Pipelines

/// An explanation as lines for people, and as one JSON object.
struct ExplanationText {
  let explanation: Explanation
  let origin: ResultOrigin
  let standing: ResultOrigin.Standing
  /// Nil where there is no ledger.
  let records: [ResultOrigin.Record]?
  let workspace: Workspace

  private var envelope: JSONValue { explanation.envelope }
  private var source: JSONValue { envelope["source"] ?? .null }
  private var produced: JSONValue { envelope["produced"] ?? .null }

  // MARK: For people

  var lines: [String] {
    [
      "\(source["path"]?.string ?? "") · \(produced["step"]?.string ?? "") · \(explanation.statement.pointer)",
      "",
    ] + answer + quotes + document + making + history
  }

  private var answer: [String] {
    var rows = [row("value", explanation.statement.text.isEmpty ? "–" : explanation.statement.text)]
    if let status = explanation.statement.status { rows.append(row("status", status)) }
    if let confidence = explanation.confidence { rows.append(row("confidence", confidence)) }
    if let raw = explanation.entry["raw"]?.string, raw != explanation.statement.text {
      rows.append(row("words", raw))
    }
    for (key, value) in explanation.entry.object?.members.map({ ($0, $1) }) ?? []
    where !Self.shown.contains(key) {
      guard let text = value.string ?? value.integer.map({ "\($0)" }) else { continue }
      rows.append(row(key, text))
    }
    for (index, other) in (explanation.entry["alternatives"]?.array ?? []).enumerated() {
      rows.append(
        row(
          index == 0 ? "instead of" : "",
          "\(other["value"].map { FieldsTable.text(of: $0) } ?? "") "
            + "(\(explanation.statement.pointer)/alternatives/\(index))"))
    }
    for warning in explanation.warnings { rows.append(row("warning", warning)) }
    return rows.flatMap { $0 } + [""]
  }

  private static let shown: Set = [
    "value", "text", "summary", "status", "raw", "evidence", "alternatives", "label", "title",
  ]

  private var quotes: [String] {
    guard !explanation.evidence.isEmpty else {
      let reason =
        switch explanation.statement.status {
        case "absent": "no quote: the whole document was read, and nothing in it answers this"
        case "notRead": "no quote: not all of the document was read"
        default: "no quote: no words of the document are cited for this"
        }
      return [reason, ""]
    }
    return explanation.evidence.flatMap { Self.evidence($0.id, $0.value) + [""] }
  }

  private var document: [String] {
    var facts = [source["sha256"]?.string.map { "sha256 \($0)" }].compactMap(\.self)
    if let pages = source["pages"]?.integer { facts.append("\(pages) pages") }
    let coverage = envelope["coverage"]
    var rows = row("document", ([source["path"]?.string ?? ""] + facts).joined(separator: ", "))
    rows += row(
      "read",
      "\(TextLayout.grouped(coverage?["tokensRead"]?.integer ?? 0)) of "
        + "\(TextLayout.grouped(coverage?["tokensTotal"]?.integer ?? 0)) tokens; the result is "
        + "\(envelope["status"]?.string ?? "")")
    if let document = standing.document {
      rows += row(
        "now",
        standing.problems.isEmpty
          ? "read again: the document is the same, and every quote of the file stands at its place"
          : "does not hold any more:")
      for problem in standing.problems { rows += row("", problem) }
      if !standing.problems.isEmpty { rows += row("", "looked for at \(document.path)") }
    } else {
      rows += row("now", "not looked at: no run.json above this file; name --input")
    }
    return rows
  }

  private var making: [String] {
    let model = produced["model"]
    let sampling = produced["sampling"]
    return row(
      "step",
      "\(produced["step"]?.string ?? "") (\(envelope["kind"]?.string ?? "")) of pipeline "
        + "\(produced["pipeline"]?.string ?? ""), sha256 \(produced["pipelineSha256"]?.string ?? "")"
    )
      + row("model", "\(model?["name"]?.string ?? ""), sha256 \(model?["sha256"]?.string ?? "")")
      + row(
        "prompt",
        "sha256 \(produced["promptSha256"]?.string ?? ""), temperature "
          + "\(sampling?["temperature"]?.text() ?? "0"), seed \(sampling?["seed"]?.text() ?? "0")")
      + row("key", produced["key"]?.string ?? "")
  }

  private var history: [String] {
    guard let records else {
      return row(
        "attempts", "no ledger at \(workspace.queueFile.path); name that of the run by --workspace")
    }
    guard !records.isEmpty else {
      return row(
        "attempts",
        "the ledger at \(workspace.queueFile.path) knows no job with this key; name another by --workspace"
      )
    }
    var lines = row("attempts", "")
    for record in records {
      let job = record.job
      if record.attempts.isEmpty {
        lines.append(
          "  run \(job.run), job \(job.id): "
            + (job.outcome == .cached ? "taken over as it was" : job.state.rawValue))
      }
      for attempt in record.attempts {
        let seconds = Double(attempt.endedAt.milliseconds - attempt.startedAt.milliseconds) / 1000
        var line =
          "  run \(job.run), job \(job.id), attempt \(attempt.number): \(attempt.end.rawValue), "
          + "\(Self.time(attempt.startedAt)), \(TextLayout.duration(seconds)), "
          + "\(TextLayout.grouped(attempt.cost.tokensRead)) tokens read"
        if let host = attempt.host { line += ", on \(host)" }
        if let pid = attempt.pid { line += ", process \(pid)" }
        lines.append(line)
        if let error = attempt.error {
          lines.append("    \(attempt.failure?.rawValue ?? "failed"): \(error)")
        }
      }
    }
    return lines
  }

  private static func time(_ stamp: Timestamp) -> String {
    ISO8601DateFormatter().string(from: stamp.date)
  }

  /// A name of at most eleven letters, then text that goes on below itself.
  private func row(_ name: String, _ text: String) -> [String] { Self.row(name, text) }

  private static func row(_ name: String, _ text: String) -> [String] {
    let joined = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let lines = TextLayout.wrap(joined, width: 84)
    return lines.enumerated().map { index, line in
      TextLayout.pad(index == 0 ? name : "", to: 12) + line
    }
  }

  /// One piece of evidence: how it was found, the quote in its context, the places.
  static func evidence(_ id: String, _ value: JSONValue) -> [String] {
    let selectors = value["selector"]?.array ?? []
    let quote = selectors.first { $0["type"]?.string == "TextQuoteSelector" }
    var how = value["match"]?.string ?? ""
    if let count = value["occurrences"]?.integer, count > 1 {
      how += ", these words stand \(count) times in the document, here at:"
    }
    var lines = row(id, how)
    lines += row(
      "",
      "…\(quote?["prefix"]?.string ?? "")【\(quote?["exact"]?.string ?? "")】\(quote?["suffix"]?.string ?? "")…"
    )
    for place in places(value) { lines += row("", place) }
    return lines
  }

  /// Every way the place is stated: page and boxes, bytes, turns, code points.
  private static func places(_ value: JSONValue) -> [String] {
    var places: [String] = []
    var boxes: [Int: [String]] = [:]
    for box in value["boxes"]?.array ?? [] {
      let numbers = (1...4).map { box[$0]?.text() ?? "" }
      boxes[box[0]?.integer ?? 0, default: []].append(
        "\(numbers[0]) \(numbers[1]) – \(numbers[2]) \(numbers[3])")
    }
    for (page, boxes) in boxes.sorted(by: { $0.key < $1.key }) {
      places.append(
        "page \(page), boxes in points from the top left: " + boxes.joined(separator: ", "))
    }
    for selector in value["selector"]?.array ?? [] {
      if let (part, ranges) = bytes(selector) {
        places.append("bytes \(ranges) of \(part.map { "\($0) in " } ?? "")the file")
      }
      if let start = selector["start"]?.integer, let end = selector["end"]?.integer {
        places.append("characters \(start) to \(end) of the extracted text")
      }
    }
    if let turns = turns(value) { places.append(turns) }
    return places
  }

  /// What a selector says of bytes: `10-25,40-41`, and the package's part that they stand in.
  private static func bytes(_ selector: JSONValue) -> (part: String?, ranges: Substring)? {
    guard let text = selector["value"]?.string else { return nil }
    let fragment = PartFragment(text)
    let bytes = fragment?.bytes ?? text
    return bytes.hasPrefix("bytes=") ? (fragment?.part, bytes.dropFirst(6)) : nil
  }

  private static func turns(_ value: JSONValue) -> String? {
    guard let first = value["turns"]?[0]?.integer, let last = value["turns"]?[1]?.integer else {
      return nil
    }
    return first == last ? "turn \(first + 1)" : "turns \(first + 1)–\(last + 1)"
  }

  /// `p. 3`, `turn 7`, or the first byte: for a table.
  static func shortPlace(_ value: JSONValue) -> String {
    if value["match"]?.string == "none" { return "not found" }
    if let page = value["page"]?.integer { return "page \(page)" }
    if let turns = turns(value) { return turns }
    for selector in value["selector"]?.array ?? [] {
      if let (part, ranges) = bytes(selector) {
        return (part.map { "\($0), " } ?? "") + "byte \(ranges.prefix { $0.isNumber })"
      }
    }
    return ""
  }

  // MARK: For programs

  var json: JSONValue {
    var object: JSONObject = [
      "file": .string(origin.path), "pointer": .string("\(explanation.statement.pointer)"),
      "entry": explanation.entry,
      "confidence": explanation.confidence.flatMap(Double.init).map { .number($0) } ?? .null,
      "warnings": .array(explanation.warnings.map { .string($0) }),
      "evidence": .object(
        explanation.evidence.reduce(into: JSONObject()) { $0[$1.id] = $1.value }),
      "source": source, "coverage": envelope["coverage"] ?? .null, "produced": produced,
    ]
    object["now"] = [
      "document": standing.document.map { .string($0.path) } ?? .null,
      "verified": standing.document == nil ? .null : .bool(standing.problems.isEmpty),
      "problems": .array(standing.problems.map { .string($0) }),
    ]
    object["ledger"] = records == nil ? .null : .string(workspace.queueFile.path)
    object["attempts"] = .array(
      (records ?? []).flatMap { record in
        record.attempts.map { Self.json($0, of: record.job) }
      })
    return .object(object)
  }

  private static func json(_ attempt: Attempt, of job: Job) -> JSONValue {
    [
      "run": .integer(Int(job.run.rawValue)), "job": .integer(Int(job.id.rawValue)),
      "attempt": .integer(attempt.number), "end": .string(attempt.end.rawValue),
      "started": .string(time(attempt.startedAt)), "ended": .string(time(attempt.endedAt)),
      "host": attempt.host.map { .string($0) } ?? .null,
      "process": attempt.pid.map { .integer($0) } ?? .null,
      "class": attempt.failure.map { .string($0.rawValue) } ?? .null,
      "error": attempt.error.map { .string($0) } ?? .null,
      "tokensRead": .integer(attempt.cost.tokensRead),
      "cpuMilliseconds": .integer(attempt.cost.cpuMilliseconds),
    ]
  }
}
