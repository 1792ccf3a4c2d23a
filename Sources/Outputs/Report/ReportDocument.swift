import Documents
import JSON

/// One document of a report: its outputs of all kinds, or the reasons why it has none.
struct ReportDocument {
  let path: String
  /// In the order of their steps.
  private let envelopes: [JSONValue]
  /// What `run.json` says of it; nil where the run's file is not at hand.
  private let result: JSONValue?

  /// Every document of the outputs and of the run, by path.
  static func all(of envelopes: [JSONValue], run: JSONValue?) -> [ReportDocument] {
    var groups: [String: [JSONValue]] = [:]
    for envelope in OutputLines.sorted(envelopes) {
      groups[envelope["source"]?["path"]?.string ?? "", default: []].append(envelope)
    }
    var results: [String: JSONValue] = [:]
    for result in run?["documents"]?.array ?? [] {
      guard let path = result["path"]?.string else { continue }
      results[path] = result
      if groups[path] == nil { groups[path] = [] }
    }
    return groups.sorted { precedes($0.key, $1.key) }
      .map { ReportDocument(path: $0.key, envelopes: $0.value, result: results[$0.key]) }
  }

  /// Code point by code point: the same everywhere.
  static func precedes(_ first: String, _ second: String) -> Bool {
    first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars)
  }

  var hasAnswers: Bool { !envelopes.isEmpty }
  var isClean: Bool { status == "complete" || status == "skipped" }

  private var status: String {
    let all = envelopes.compactMap { $0["status"]?.string } + [result?["status"]?.string ?? ""]
    return ["failed", "unfinished", "partial"].first(where: all.contains)
      ?? (envelopes.isEmpty ? "skipped" : "complete")
  }

  // MARK: The list

  var entry: JSONValue {
    let source = envelopes.first?["source"] ?? nil
    var object: JSONObject = [
      "path": .string(path), "status": .string(status), "notices": .array(notices),
      "kinds": .array(envelopes.compactMap { $0["kind"] }),
      "fields": .integer(fields.count),
      "found": .integer(fields.count { $0.field["status"] == "found" }),
    ]
    for (key, name) in [("media", "mediaType"), ("title", "title"), ("pages", "pages")] {
      if let value = source[name] { object[key] = value }
    }
    return .object(object)
  }

  /// What could not be read, and which steps have no output, each once.
  private var notices: [JSONValue] {
    var notices: [JSONValue] = []
    func add(_ code: JSONValue, _ message: JSONValue) {
      let notice: JSONValue = ["code": code, "message": message]
      if !notices.contains(notice) { notices.append(notice) }
    }
    for envelope in envelopes {
      for warning in envelope["warnings"]?.array ?? []
      where warning["code"]?.string != Warning.confidenceCode
        && warning["at"]?.string?.hasPrefix("/data/fields/") != true
      {
        // What is about one field stands with the field.
        add(warning["code"] ?? nil, warning["message"] ?? nil)
      }
    }
    for step in result?["steps"]?.array ?? [] {
      guard let status = step["status"], status == "failed" || status == "unfinished" else {
        continue
      }
      add(
        status,
        .string(step["reason"]?.string ?? "Step \(step["step"]?.string ?? "") gave no output."))
    }
    return notices
  }

  // MARK: The table

  private var fields: [(envelope: Int, name: String, field: JSONValue)] {
    envelopes.enumerated().flatMap { number, envelope in
      (envelope["data"]?["fields"]?.object?.members.map { ($0, $1) } ?? [])
        .sorted { Self.precedes($0.0, $1.0) }.map { (number, $0.0, $0.1) }
    }
  }

  var fieldNames: [String] { fields.map(\.name) }

  private static let states = ["found", "unsupported", "notRead", "absent"]
  /// Code points of a quote in the table; the whole stands with the document.
  private static let shownQuote = 240

  /// `[document, field, status, value, confidence or -1, place, quote]` for each field.
  func rows(at index: Int, fields numbers: [String: Int]) -> [JSONValue] {
    let confidences = envelopes.map { FieldsTable.confidences(of: $0) }
    return fields.map { number, name, field in
      let first = field["evidence"]?[0]?.string.flatMap { envelopes[number]["evidence"]?[$0] }
      let quote = first?["selector"]?[0]?["exact"]?.string ?? ""
      var shown = quote.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if shown.unicodeScalars.count > Self.shownQuote {
        shown = String(String.UnicodeScalarView(shown.unicodeScalars.prefix(Self.shownQuote))) + "…"
      }
      let confidence = confidences[number][name].flatMap { Double($0) } ?? -1
      return [
        .integer(index), .integer(numbers[name] ?? 0),
        .integer(Self.states.firstIndex(of: field["status"]?.string ?? "") ?? 1),
        .string(Self.shown(field["value"] ?? nil)), .hundredths(confidence),
        .string(Self.place(first)), .string(shown),
      ]
    }
  }

  /// A value for people.
  private static func shown(_ value: JSONValue) -> String {
    value.bool.map { $0 ? "Yes" : "No" } ?? FieldsTable.text(of: value)
  }

  private static func place(_ evidence: JSONValue?) -> String {
    if let page = evidence?["page"]?.integer { return "page \(page)" }
    if let turn = evidence?["turns"]?[0]?.integer { return "turn \(turn + 1)" }
    return ""
  }

  // MARK: The document

  /// The pages that quotes stand on.
  var citedPages: Set<Int> {
    var pages: Set<Int> = []
    for envelope in envelopes { pages.formUnion(ReportPages.boxes(in: envelope).map(\.page)) }
    return pages
  }

  /// Its answers and their evidence, as the script wants them.
  func content(text: ExtractedText?) -> JSONObject {
    var evidence = JSONObject()
    for (number, envelope) in envelopes.enumerated() {
      for (id, one) in envelope["evidence"]?.object?.members.map({ ($0, $1) }) ?? [] {
        evidence["\(number):\(id)"] = ReportEvidence(one, text: text).json
      }
    }
    return ["parts": .array(envelopes.map(part)), "evidence": .object(evidence)]
  }

  private func part(_ envelope: JSONValue) -> JSONValue {
    var object: JSONObject = [
      "kind": envelope["kind"] ?? nil, "step": envelope["produced"]?["step"] ?? nil,
    ]
    if let members = envelope["data"]?["fields"]?.object {
      let confidences = FieldsTable.confidences(of: envelope)
      object["fields"] = .array(
        members.members.sorted { Self.precedes($0.0, $1.0) }
          .map { field($0, $1, confidence: confidences[$0]) })
    } else if ["summary", "minutes"].contains(envelope["kind"]?.string) {
      object["data"] = envelope["data"] ?? nil
    } else {
      // A kind that the page knows no form for is shown entry by entry.
      object["statements"] = .array(
        Statement.all(of: envelope).map {
          [
            "label": .string($0.pointer.tokens.dropFirst().joined(separator: " › ")),
            "text": .string($0.text), "status": $0.status.map { .string($0) } ?? .null,
            "evidence": .array($0.evidence.map { .string($0) }),
          ]
        })
    }
    return .object(object)
  }

  private func field(_ name: String, _ field: JSONValue, confidence: String?) -> JSONValue {
    var object: JSONObject = [
      "name": .string(name), "status": field["status"] ?? nil,
      "value": .string(Self.shown(field["value"] ?? nil)),
      "evidence": field["evidence"] ?? [],
    ]
    if let raw = field["raw"], raw != .null { object["raw"] = raw }
    if let confidence { object["confidence"] = .string(confidence) }
    if let alternatives = field["alternatives"]?.array, !alternatives.isEmpty {
      object["alternatives"] = .array(
        alternatives.map { ["value": .string(Self.shown($0["value"] ?? nil))] })
    }
    return .object(object)
  }
}

/// Quote, context and place of one piece of evidence.
struct ReportEvidence {
  let json: JSONValue

  /// Code points of context on either side of a quote, where the document's text is at hand.
  private static let contextLength = 220

  init(_ evidence: JSONValue, text: ExtractedText?) {
    let selectors = evidence["selector"]?.array ?? []
    let quote = selectors.first { $0["type"]?.string == "TextQuoteSelector" }
    let position = selectors.first { $0["type"]?.string == "TextPositionSelector" }
    var object: JSONObject = [
      "quote": quote?["exact"] ?? "", "before": quote?["prefix"] ?? "",
      "after": quote?["suffix"] ?? "", "match": evidence["match"] ?? nil,
    ]
    if let text, let start = position?["start"]?.integer, let end = position?["end"]?.integer,
      0 <= start, start < end, end <= text.scalarCount
    {
      let from = text.utf8Offset(ofScalar: max(0, start - Self.contextLength))
      let to = text.utf8Offset(ofScalar: min(text.scalarCount, end + Self.contextLength))
      object["before"] = .string(
        Self.afterFirstSpace(
          String(text[from..<text.utf8Offset(ofScalar: start)]), isCut: start > Self.contextLength))
      object["after"] = .string(
        Self.beforeLastSpace(
          String(text[text.utf8Offset(ofScalar: end)..<to]),
          isCut: end + Self.contextLength < text.scalarCount))
    }
    for key in ["page", "boxes", "turns"] {
      if let value = evidence[key] { object[key] = value }
    }
    if let count = evidence["occurrences"]?.integer, count > 1 {
      object["occurrences"] = .integer(count)
    }
    json = .object(object)
  }

  private static func afterFirstSpace(_ text: String, isCut: Bool) -> String {
    guard isCut, let space = text.firstIndex(where: \.isWhitespace) else { return text }
    return "…" + text[text.index(after: space)...]
  }

  private static func beforeLastSpace(_ text: String, isCut: Bool) -> String {
    guard isCut, let space = text.lastIndex(where: \.isWhitespace) else { return text }
    return text[..<space] + "…"
  }
}
