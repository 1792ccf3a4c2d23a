package import JSON

/// The evidence of one output, numbered `e1`, `e2`, … in order of first use; a place that is cited
/// twice keeps its number.
package struct EvidenceTable: Sendable {
  package private(set) var entries: [Evidence] = []
  private var places: [Range<Int>: Int] = [:]

  package init() {}

  /// The id under which `evidence` is cited.
  package mutating func id(of evidence: Evidence) -> String {
    if let range = evidence.range, let known = places[range],
      entries[known - 1].match == evidence.match
    {
      return "e\(known)"
    }
    entries.append(evidence)
    if let range = evidence.range { places[range] = entries.count }
    return "e\(entries.count)"
  }

  /// The ids as JSON strings, in the order given, each once.
  package mutating func ids(of evidence: [Evidence]) -> JSONValue {
    var ids: [String] = []
    for one in evidence {
      let id = id(of: one)
      if !ids.contains(id) { ids.append(id) }
    }
    return .array(ids.map { .string($0) })
  }

  package var json: JSONValue {
    var object = JSONObject()
    for (index, evidence) in entries.enumerated() { object["e\(index + 1)"] = evidence.json }
    return .object(object)
  }
}
