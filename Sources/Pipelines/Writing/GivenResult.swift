import JSON

/// What of an earlier result a later question is shown: the answers, without their proof.
enum GivenResult {
  /// - Parameter data: an envelope's `data`.
  static func json(_ data: JSONValue) -> JSONValue {
    if let fields = data["fields"]?.object {
      var values = JSONObject()
      for (name, field) in fields.members where field["status"]?.string == "found" {
        values[name] = field["value"]
      }
      return .object(values)
    }
    if let points = data["points"]?.array {
      return .array(points.compactMap { $0["text"] })
    }
    var lists = JSONObject()
    for (name, value) in data.object?.members.map({ ($0, $1) }) ?? [] {
      guard let entries = value.array, name != "attendees" else { continue }
      lists[name] = .array(entries.compactMap { $0["text"] ?? $0["summary"] })
    }
    return .object(lists)
  }
}
