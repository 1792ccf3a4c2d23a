package import JSON

/// One answer of an output: a field, a point of a summary, an entry of minutes. Whatever below
/// `/data` has `evidence` is one, so that new kinds of outputs need nothing here.
package struct Statement: Hashable, Sendable {
  package var pointer: JSONPointer
  /// `found`, `absent`, …; nil for kinds whose entries have no status.
  package var status: String?
  /// The value as people write it.
  package var text: String
  /// The ids of its evidence.
  package var evidence: [String]

  /// Every statement of an output, in the order of the file.
  package static func all(of envelope: JSONValue) -> [Statement] {
    var found: [Statement] = []
    func walk(_ value: JSONValue, _ pointer: JSONPointer) {
      if let statement = Statement(value, at: pointer) { found.append(statement) }
      switch value {
      case .object(let object):
        for (key, member) in object.members { walk(member, pointer.appending(key)) }
      case .array(let array):
        for (index, element) in array.enumerated() { walk(element, pointer.appending("\(index)")) }
      default: break
      }
    }
    if let data = envelope["data"] { walk(data, JSONPointer(["data"])) }
    return found
  }

  /// Nil for a value without evidence of its own.
  private init?(_ value: JSONValue, at pointer: JSONPointer) {
    guard let ids = value["evidence"]?.array else { return nil }
    self.pointer = pointer
    evidence = ids.compactMap(\.string)
    status = value["status"]?.string
    let said = ["value", "text", "summary", "label", "title"].lazy.compactMap { value[$0] }
      .first { !$0.isNull }
    text = FieldsTable.text(of: said ?? .null)
    // What words were found for is more than nothing.
    if text.isEmpty, let raw = value["raw"]?.string { text = raw }
  }
}
