import JSON

/// Where the `$ref`s of a user's schema lead from within a question, whose own properties are others: the
/// schema comes along as a definition, and the references lead into that.
struct QuestionReferences: Sendable {
  private let declared: JSONValue

  private static let name = "declared"
  /// Keywords whose values are no schemas.
  private static let literal: Set<String> = ["const", "enum", "default", "examples"]

  init(_ declared: JSONValue) { self.declared = declared }

  /// The question's schema, with the declared one beside it if anything refers to that.
  func resolving(_ question: JSONValue) -> JSONValue {
    guard Self.refers(question) else { return question }
    var object = Self.moved(question).object ?? JSONObject()
    var definition = Self.moved(declared).object ?? JSONObject()
    // Part of the question now, and no document of its own.
    for key in ["$id", "$schema"] { definition[key] = nil }
    var properties = definition["properties"]?.object ?? JSONObject()
    for (name, field) in properties.members { properties[name] = Self.plain(field) }
    definition["properties"] = .object(properties)
    object["$defs"] = [Self.name: .object(definition)]
    return .object(object)
  }

  /// A field's schema as a shape of JSON, without what is said about the document.
  static func plain(_ schema: JSONValue) -> JSONValue {
    guard var object = schema.object else { return schema }
    for key in ["x-tag", "x-pattern", "x-normalize", "x-relativeTo", "description", "title"] {
      object[key] = nil
    }
    // On anything but a plain string it is a rule for the field, not for what is written: its quotes.
    if object["x-evidence"]?.string != "required" || object["type"]?.string != "string"
      || ["pattern", "format", "enum", "const", "$ref"].contains(where: { object[$0] != nil })
    {
      object["x-evidence"] = nil
    }
    return .object(object)
  }

  private static func refers(_ schema: JSONValue) -> Bool {
    switch schema {
    case .array(let array): array.contains(where: refers)
    case .object(let object):
      object.members.contains { key, value in
        (key == "$ref" || key == "$dynamicRef") && value.string?.hasPrefix("#") == true
          || !literal.contains(key) && refers(value)
      }
    default: false
    }
  }

  /// With each reference by pointer led to where the declared schema stands now; anchors keep their names.
  private static func moved(_ schema: JSONValue) -> JSONValue {
    switch schema {
    case .array(let array): return .array(array.map(moved))
    case .object(var object):
      for (key, value) in object.members where !literal.contains(key) {
        if key == "$ref" || key == "$dynamicRef", let reference = value.string,
          reference == "#" || reference.hasPrefix("#/")
        {
          object[key] = .string("#/$defs/\(name)\(reference.dropFirst())")
        } else {
          object[key] = moved(value)
        }
      }
      return .object(object)
    default: return schema
    }
  }
}
