import Digests
package import Documents
package import JSON

/// Checks an output file against its source, without any model: the document is read again, and
/// every quote must stand where the file says it stands.
package struct OutputVerifier {
  /// What is wrong, and where in the file.
  package struct Problem: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// A JSON Pointer; empty for the file as a whole.
    package var pointer: String
    /// One sentence without text of the document.
    package var message: String

    package init(file: String, pointer: String, message: String) {
      self.file = file
      self.pointer = pointer
      self.message = message
    }

    package var description: String {
      pointer.isEmpty ? "\(file): \(message)" : "\(file): \(pointer): \(message)"
    }
  }

  /// A source document, read again.
  package struct Reading: Sendable {
    package var sha256: String
    package var document: Document
    package var text: ExtractedText
    let grounding: Grounding

    package init(sha256: String, document: Document) {
      self.sha256 = sha256
      self.document = document
      text = ExtractedText(document)
      grounding = Grounding(text)
    }
  }

  private let file: String
  private let reading: Reading
  private var problems: [Problem] = []

  /// The problems of one output file; none means that every statement in it is proven.
  ///
  /// - Parameters:
  ///   - bytes: the file's.
  ///   - file: its name, for messages.
  ///   - schemaProblems: what a JSON Schema validator says about the value against
  ///     ``Envelope/schemaText``: pointer and message.
  ///   - reading: the document named by `source.path`, read again.
  package static func problems(
    in bytes: [UInt8], file: String,
    schemaProblems: (JSONValue) -> [(pointer: String, message: String)],
    reading: (_ path: String) throws -> Reading
  ) -> [Problem] {
    func one(_ pointer: String, _ message: String) -> [Problem] {
      [Problem(file: file, pointer: pointer, message: message)]
    }
    let envelope: JSONValue
    do {
      envelope = try JSONValue.parse(bytes)
    } catch {
      return one("", "is not JSON: \(error)")
    }
    guard Envelope.fileBytes(of: envelope) == bytes else {
      return one("", "is not written as Docket writes it; the file was changed.")
    }
    let invalid = schemaProblems(envelope)
    guard invalid.isEmpty else {
      return invalid.map { Problem(file: file, pointer: $0.pointer, message: $0.message) }
    }
    guard let path = envelope["source"]?["path"]?.string else {
      return one("/source/path", "is missing.")
    }
    let read: Reading
    do {
      read = try reading(path)
    } catch {
      return one("/source/path", "\(path) cannot be read again: \(error)")
    }
    var verifier = OutputVerifier(file: file, reading: read)
    verifier.check(envelope)
    return verifier.problems
  }

  private init(file: String, reading: Reading) {
    self.file = file
    self.reading = reading
  }

  private mutating func report(_ pointer: String, _ message: String) {
    problems.append(Problem(file: file, pointer: pointer, message: message))
  }

  private mutating func check(_ envelope: JSONValue) {
    guard checkSource(envelope["source"] ?? nil) else { return }
    checkCoverage(envelope)
    let evidence = envelope["evidence"]?.object ?? JSONObject()
    for (id, value) in evidence.members { checkEvidence(id, value) }
    checkReferences(envelope, evidence)
    switch envelope["kind"]?.string {
    case "fields": checkFields(envelope, evidence)
    case "summary":
      checkSummary(
        envelope["data"] ?? nil, evidence, isWritten: Self.says(WrittenText.code, in: envelope))
    case "minutes":
      checkMinutes(
        envelope["data"] ?? nil, evidence, isWritten: Self.says(WrittenText.code, in: envelope))
    default: report("/kind", "is not a kind that verify knows.")
    }
  }

  private mutating func checkSource(_ source: JSONValue) -> Bool {
    guard Self.same(source["sha256"], .string(reading.sha256)) else {
      report("/source/sha256", "the document has changed since; run the pipeline again.")
      return false
    }
    let expected = Source(reading.document, text: reading.text, path: "", sha256: reading.sha256)
    for (key, value) in expected.json.object?.members.map({ ($0, $1) }) ?? [] where key != "path" {
      if !Self.same(source[key], value) {
        report("/source/\(key)", "is not what reading the document gives.")
      }
    }
    if source.object?.count != expected.json.object?.count {
      report("/source", "has other members than reading the document gives.")
    }
    return problems.isEmpty
  }

  /// `complete` means that everything was read and nothing is in doubt.
  private mutating func checkCoverage(_ envelope: JSONValue) {
    let coverage = envelope["coverage"] ?? nil
    let total = coverage["tokensTotal"]?.integer ?? 0
    let read = coverage["tokensRead"]?.integer ?? 0
    if read > total { report("/coverage/tokensRead", "is more than tokensTotal.") }
    // What was skipped, and whether that makes the output partial, follows from reading again.
    let expected = Coverage(
      tokensTotal: total, tokensRead: read, notices: reading.document.notices)
    if !Self.same(coverage["skipped"], expected.json["skipped"]) {
      report("/coverage/skipped", "is not what reading the document gives.")
    }
    let status: Envelope.Status = expected.isComplete ? .complete : .partial
    if envelope["status"]?.string != status.rawValue {
      report("/status", "should be “\(status.rawValue)” by what was read.")
    }
    let warnings = envelope["warnings"]?.array ?? []
    for (index, warning) in expected.warnings.enumerated()
    where !Self.same(warnings.indices.contains(index) ? warnings[index] : nil, warning.json) {
      report("/warnings", "do not begin with those about reading the document.")
      break
    }
  }

  private mutating func checkEvidence(_ id: String, _ value: JSONValue) {
    let pointer = "/evidence/\(id)"
    let selectors = value["selector"]?.array ?? []
    let quote = selectors.first { $0["type"]?.string == "TextQuoteSelector" }?["exact"]?.string
    let position = selectors.first { $0["type"]?.string == "TextPositionSelector" }
    guard let quote else { return report(pointer, "has no quote.") }
    if value["match"]?.string == "none" {
      if position != nil { report(pointer, "has a place, but says there is none.") }
      if reading.grounding.find(quote).evidence.match != .none {
        report(pointer, "says the quote is not in the document, but it is.")
      }
      return
    }
    guard let start = position?["start"]?.integer, let end = position?["end"]?.integer,
      0 <= start, start < end, end <= reading.text.scalarCount
    else { return report(pointer, "names no place in the document's text.") }
    let range = reading.text.utf8Offset(ofScalar: start)..<reading.text.utf8Offset(ofScalar: end)
    guard !reading.grounding.trimmed(range).isEmpty else {
      return report(pointer, "names a place without words.")
    }
    guard Self.same(.string(quote), .string(String(reading.text[range]))) else {
      return report(pointer, "the quote is not what stands at \(start) to \(end).")
    }
    var expected = reading.grounding.evidence(at: range).json.object ?? JSONObject()
    if value["match"]?.string == "normalized" {
      // How often the words stand there under the rules depends on the quote looked for.
      expected["match"] = "normalized"
      expected["occurrences"] = value["occurrences"]
    }
    if !Self.same(value, .object(expected)) {
      report(pointer, "context, count, page, boxes, bytes or turns are not those of the place.")
    }
  }

  /// Ids and evidence must agree: nothing cited that is missing, nothing kept that nobody cites.
  private mutating func checkReferences(_ envelope: JSONValue, _ evidence: JSONObject) {
    var cited: Set<String> = []
    func collect(_ value: JSONValue, _ pointer: String) {
      switch value {
      case .array(let array):
        for (index, element) in array.enumerated() { collect(element, "\(pointer)/\(index)") }
      case .object(let object):
        for (key, member) in object.members {
          let place = pointer + "/" + jsonPointerToken(key)
          if key == "evidence", let ids = member.array {
            for id in ids.compactMap(\.string) {
              cited.insert(id)
              if evidence[id] == nil { report(place, "cites \(id), which is not there.") }
            }
          } else {
            collect(member, place)
          }
        }
      default: break
      }
    }
    collect(envelope["data"] ?? nil, "/data")
    for id in evidence.keys where !cited.contains(id) {
      report("/evidence/\(id)", "is cited by nothing.")
    }
  }

  /// The quotes of an entry whose evidence was found.
  private func quotes(_ entry: JSONValue, _ evidence: JSONObject) -> [String] {
    (entry["evidence"]?.array ?? []).compactMap { id -> String? in
      guard let id = id.string, let found = evidence[id], found["match"]?.string != "none" else {
        return nil
      }
      return found["selector"]?.array?.first { $0["type"]?.string == "TextQuoteSelector" }?[
        "exact"]?
        .string
    }
  }

  private mutating func checkFields(_ envelope: JSONValue, _ evidence: JSONObject) {
    let coverage = envelope["coverage"] ?? nil
    let isWhole =
      coverage["tokensRead"] == coverage["tokensTotal"]
      && coverage["skipped"]?.array?.isEmpty == true
    for (name, field) in envelope["data"]?["fields"]?.object?.members.map({ ($0, $1) }) ?? [] {
      let pointer = "/data/fields/" + jsonPointerToken(name)
      let quotes = quotes(field, evidence)
      switch field["status"]?.string {
      case "found":
        if quotes.isEmpty, !Self.says(Warning.noQuoteCode, at: pointer, in: envelope) {
          report(pointer, "is found without a quote from the document.")
        }
        // Several quotes, as those of parties, stand in `raw` one after another.
        if let raw = field["raw"]?.string, raw != quotes.joined(separator: "; "),
          !quotes.contains(where: { Self.holds($0, raw) })
        {
          report(pointer + "/raw", "is not among the words quoted.")
        }
      case "absent":
        if !isWhole { report(pointer, "is absent, but not all of the document was read.") }
        if field["value"] != .null, field["value"] != .bool(false) {
          report(pointer + "/value", "is a value, but the field is absent.")
        }
      default:
        if field["value"] != .null { report(pointer + "/value", "is a value without proof.") }
      }
    }
  }

  /// Whether the warnings say so.
  private static func says(_ code: String, at pointer: String? = nil, in envelope: JSONValue)
    -> Bool
  {
    (envelope["warnings"]?.array ?? []).contains {
      $0["code"]?.string == code && (pointer == nil || $0["at"]?.string == pointer)
    }
  }

  /// - Parameter isWritten: whether the texts are a model's own words: then each rests on quotes, and
  ///   need not be one.
  private mutating func checkSummary(
    _ data: JSONValue, _ evidence: JSONObject, isWritten: Bool
  ) {
    var texts: [String] = []
    for (index, point) in (data["points"]?.array ?? []).enumerated() {
      let text = point["text"]?.string ?? ""
      texts.append(text)
      let quotes = quotes(point, evidence)
      if isWritten, quotes.isEmpty {
        report("/data/points/\(index)", "rests on no quote from the document.")
      }
      if !isWritten, !quotes.contains(where: { Self.same(.string($0), .string(text)) }) {
        report("/data/points/\(index)/text", "is not the sentence quoted.")
      }
    }
    // The abstract is made of points, in their order.
    var rest = Array((data["abstract"]?.string ?? "").utf8)[...]
    for text in texts where rest.starts(with: text.utf8) {
      rest = rest.dropFirst(text.utf8.count)
      if rest.first == 0x20 { rest = rest.dropFirst() }
    }
    if !rest.isEmpty { report("/data/abstract", "is not made of the points.") }
  }

  private mutating func checkMinutes(
    _ data: JSONValue, _ evidence: JSONObject, isWritten: Bool
  ) {
    let people = Set((data["attendees"]?.array ?? []).compactMap { $0["id"]?.string })
    let topics = Set((data["topics"]?.array ?? []).compactMap { $0["id"]?.string })
    for (list, key) in [
      ("topics", "summary"), ("decisions", "text"), ("actions", "text"), ("openQuestions", "text"),
    ] {
      for (index, entry) in (data[list]?.array ?? []).enumerated() {
        let pointer = "/data/\(list)/\(index)"
        let text = entry[key]?.string ?? ""
        let quotes = quotes(entry, evidence)
        if isWritten, quotes.isEmpty { report(pointer, "rests on no quote from the document.") }
        if !isWritten,
          !quotes.contains(where: { Self.same(.string(PlainSpeech.written($0)), .string(text)) })
        {
          report("\(pointer)/\(key)", "is not what the words quoted say.")
        }
        let by = entry["by"]?.array ?? []
        for person in ([entry["owner"], entry["raisedBy"]].compactMap { $0 } + by)
          .compactMap(\.string)
        where !people.contains(person) {
          report(pointer, "names \(person), who is not among the attendees.")
        }
        if let topic = entry["topic"]?.string, !topics.contains(topic) {
          report("\(pointer)/topic", "names \(topic), which is not there.")
        }
        if let due = entry["dueText"]?.string, !quotes.contains(where: { Self.holds($0, due) }) {
          report("\(pointer)/dueText", "is not among the words quoted.")
        }
        if entry["due"]?.string != nil, entry["dueText"]?.string == nil {
          report("\(pointer)/due", "is a date that no words state.")
        }
      }
    }
  }

  /// Equal byte for byte: Swift's own comparison of strings takes canonically equivalent ones for
  /// equal.
  private static func same(_ first: JSONValue?, _ second: JSONValue?) -> Bool {
    guard let first, let second else { return first == nil && second == nil }
    return Array(first.text().utf8) == Array(second.text().utf8)
  }

  /// Whether the words stand in a quote, under the rules by which quotes are found.
  private static func holds(_ quote: String, _ words: String) -> Bool {
    let needle = NormalizedText(words).bytes
    return !needle.isEmpty && !ByteSearch(needle).offsets(in: NormalizedText(quote).bytes).isEmpty
  }
}

extension Source {
  /// What is said about a document that was read.
  package init(_ document: Document, text: ExtractedText, path: String, sha256: String) {
    self.init(
      path: path, sha256: sha256, textSha256: SHA256.hash(of: text.text),
      mediaType: document.mediaType, scalarCount: text.scalarCount,
      pages: document.pages.isEmpty ? nil : document.pages.count, title: document.metadata.title)
  }
}
