package import JSON

/// What several documents' results say, as statements that a text about all of them can cite.
package struct DigestInput: Sendable {
  /// A sentence of one result, with its proof in that result's document.
  package struct Statement: Hashable, Sendable {
    package var text: String
    /// The document's path.
    package var path: String
    /// Evidence as the result has it.
    package var evidence: [JSONValue]
  }

  package var statements: [Statement] = []

  package init() {}

  /// Adds what a result says. Only statements with evidence count.
  ///
  /// - Parameter envelope: of a document, or a digest of several.
  package mutating func add(_ envelope: JSONValue) {
    let path = envelope["source"]?["path"]?.string ?? ""
    let data = envelope["data"] ?? [:]
    let table = envelope["evidence"]?.object ?? JSONObject()
    func add(_ text: String, _ entry: JSONValue) {
      let evidence = (entry["evidence"]?.array ?? []).compactMap { $0.string.flatMap { table[$0] } }
        .filter { $0["match"]?.string != "none" }
      guard !evidence.isEmpty, !text.isEmpty else { return }
      statements.append(
        Statement(
          text: text, path: evidence[0]["source"]?.string ?? path, evidence: evidence))
    }
    for point in data["points"]?.array ?? [] { add(point["text"]?.string ?? "", point) }
    for (name, field) in data["fields"]?.object?.members.map({ ($0, $1) }) ?? []
    where field["status"]?.string == "found" {
      let value = field["value"] ?? nil
      add("\(name): \(value.string ?? value.text())", field)
    }
    for (list, label) in [
      ("topics", "Topic"), ("decisions", "Decision"), ("actions", "Action"),
      ("openQuestions", "Open question"),
    ] {
      for entry in data[list]?.array ?? [] {
        let text = entry["text"]?.string ?? entry["summary"]?.string ?? ""
        add("\(label): \(text)", entry)
      }
    }
  }
}
