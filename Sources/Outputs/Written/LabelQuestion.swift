import JSON

extension FieldQuestions {
  /// Which of a closed list of labels a document has: a field `label`, or `labels` where it may have
  /// several or none.
  package static func labels(_ names: [String], multiple: Bool, named name: String)
    -> FieldQuestions
  {
    let one: JSONValue = ["type": "string", "enum": .array(names.map { .string($0) })]
    let property: JSONValue =
      multiple ? ["type": "array", "items": one, "maxItems": .integer(names.count)] : one
    let declared: JSONValue = [
      "title": .string(name), "type": "object",
      "properties": [multiple ? "labels" : "label": property],
    ]
    guard let schema = try? FieldSchema(declared, named: name) else {
      preconditionFailure("the schema of labels is sound")
    }
    return FieldQuestions(
      schema, declared: declared, asksForValues: true, allowsAbsence: multiple)
  }
}
