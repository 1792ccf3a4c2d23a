internal import Foundation
package import JSON

/// The fields a user asks for: the top-level properties of a JSON Schema object, with what Docket
/// needs to know to answer them.
///
/// | keyword | meaning |
/// | --- | --- |
/// | `description` | the question, for people and for models that write |
/// | `x-tag` | a label of the tagging checkpoint that marks the answer's words |
/// | `x-pattern` | a regular expression (ICU syntax) searched in each sentence; a named group `value` marks the words of the value, other groups are kept out of it |
/// | `x-normalize` | `text`, `date`, `endDate`, `duration`, `term`, `noticePeriod`, `money`, `cap`, `number`, `parties`, `jurisdiction` or `boolean`: what the words become. Left out, it follows from `type` and `format` |
/// | `x-evidence` | `required` (the default) or `optional` |
/// | `x-relativeTo` | for dates: another property whose date "three years from the Effective Date" or "the date first written above" refers to |
///
/// All other keywords are those of JSON Schema 2020-12. A tagging checkpoint decodes nothing, so none
/// is enforced while an answer is made; every one is validated after, and a value that does not keep
/// them is not an answer. A keyword that neither the draft nor this table knows is refused.
package struct FieldSchema: Sendable {
  /// `title`, or what the caller named it.
  package var name: String
  package var fields: [Field]
  /// The whole document, so that a property's `$ref` into `$defs` leads somewhere.
  private let validator: JSONSchema

  /// Whether a field's value keeps every keyword of the field's own schema. What the schema says of
  /// the object as a whole (`required`) is no matter of one value.
  package func accepts(_ value: JSONValue, for name: String) -> Bool {
    let place = "/" + jsonPointerToken(name)
    return !validator.validate(.object([name: value])).contains {
      $0.instancePath == place || $0.instancePath.hasPrefix(place + "/")
    }
  }

  package struct Field: Hashable, Sendable {
    package var name: String
    /// The question.
    package var description: String?
    /// A label of a tagging checkpoint.
    package var tag: String?
    /// A regular expression over sentences, as written.
    package var pattern: String?
    package var normalization: Normalization
    package var requiresEvidence: Bool
    /// A date field that relative dates of this one are counted from.
    package var relativeTo: String?
    /// The property's whole schema, against which its value is validated.
    package var schema: JSONValue
  }

  /// What the words of an answer become.
  package enum Normalization: String, Hashable, Sendable, CaseIterable {
    /// The words themselves, white space joined.
    case text
    /// ISO 8601, as exact as written: `2019-03-05`, `2019-03`. The first date of the words.
    case date
    /// The same for when something ends: the latest date of the words, or what their duration leads
    /// to from the date that `x-relativeTo` names; or `perpetual`.
    case endDate
    /// ISO 8601: `P1Y`, `P30D`; or `perpetual`. The first duration that is no notice period.
    case duration
    /// ISO 8601: how long the first term of something lasts that is renewed or ends; or `perpetual`. Words
    /// that only name the day it ends are no answer.
    case term
    /// ISO 8601: how long before something notice must be given.
    case noticePeriod
    /// `{"amount": "1200.00", "currency": "USD"}`.
    case money
    /// How far liability goes, see ``LiabilityCap/json``. Words that set no limit are no answer.
    case cap
    /// The first number of the words, without its unit: `30`, `2.5`.
    case number
    /// `[{"name", "role", "aliases"}]`.
    case parties
    /// `New York, USA`.
    case jurisdiction
    /// True where the document has such a clause, false where it has none.
    case boolean

    /// The JSON types a value of it may be.
    var types: Set<String> {
      switch self {
      case .text, .date, .endDate, .duration, .term, .noticePeriod, .jurisdiction: ["string"]
      case .money, .cap: ["object"]
      case .number: ["number", "integer"]
      case .parties: ["array"]
      case .boolean: ["boolean"]
      }
    }
  }

  /// What is wrong with a schema, and where.
  package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// A JSON Pointer into the schema (`/properties/parties/x-tag`).
    package var pointer: String
    package var message: String

    package var description: String { "\(pointer.isEmpty ? "/" : pointer): \(message)" }
  }

  /// All problems of a schema at once.
  package struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
    package var problems: [Problem]

    package var description: String { problems.map(\.description).joined(separator: "\n") }
  }

  /// Reads a schema. `labels` are the checkpoint's; with them, a field that neither a label nor a
  /// pattern can answer is a problem.
  package init(_ value: JSONValue, named name: String, labels: [String]? = nil) throws(Invalid) {
    var problems: [Problem] = []
    var fields: [Field] = []
    self.name = value["title"]?.string ?? name
    if value.object == nil {
      throw Invalid(problems: [
        Problem(pointer: "", message: "a schema is an object, this is \(value.typeName)")
      ])
    }
    if let type = value["type"], type.string != "object" {
      problems.append(
        Problem(pointer: "/type", message: "fields are the properties of an object: say \"object\"")
      )
    }
    if let properties = value["properties"]?.object {
      if properties.isEmpty {
        problems.append(
          Problem(pointer: "/properties", message: "no property, so nothing to extract"))
      }
      for (key, property) in properties.members {
        let field = Self.field(
          key, property, among: properties, labels: labels, problems: &problems)
        if let field { fields.append(field) }
      }
    } else {
      problems.append(
        Problem(pointer: "", message: "no \"properties\": each property is a field to extract"))
    }
    let validator: JSONSchema?
    do throws(SchemaError) {
      validator = try JSONSchema(value)
    } catch {
      validator = nil
      let said = Set(problems.map(\.pointer))
      problems += error.problems.filter { !said.contains($0.path) }
        .map { Problem(pointer: $0.path, message: $0.message) }
    }
    guard problems.isEmpty, let validator else { throw Invalid(problems: problems) }
    self.fields = fields
    self.validator = validator
  }

  private static func field(
    _ key: String, _ property: JSONValue, among properties: JSONObject, labels: [String]?,
    problems: inout [Problem]
  ) -> Field? {
    let pointer = "/properties/" + jsonPointerToken(key)
    guard let object = property.object else {
      problems.append(
        Problem(
          pointer: pointer,
          message: "a field is described by an object, this is \(property.typeName)")
      )
      return nil
    }
    func text(_ keyword: String) -> String? {
      guard let value = object[keyword] else { return nil }
      if let string = value.string, !string.isEmpty { return string }
      problems.append(
        Problem(pointer: "\(pointer)/\(keyword)", message: "should be a text that is not empty"))
      return nil
    }
    for keyword in object.keys where keyword.hasPrefix("x-") && !keywords.contains(keyword) {
      let nearest = keywords.min { $0.distance(to: keyword) < $1.distance(to: keyword) }
      var message = "unknown keyword \"\(keyword)\""
      if let nearest, nearest.distance(to: keyword) <= 3 {
        message += ", did you mean \"\(nearest)\"?"
      } else {
        message += "; known are \(keywords.joined(separator: ", "))"
      }
      problems.append(Problem(pointer: "\(pointer)/\(keyword)", message: message))
    }
    var normalization = impliedNormalization(object)
    var isKnown = true
    if let word = text("x-normalize") {
      if let known = Normalization(rawValue: word) {
        normalization = known
      } else {
        isKnown = false
        let all = Normalization.allCases.map(\.rawValue).joined(separator: ", ")
        problems.append(
          Problem(pointer: "\(pointer)/x-normalize", message: "\"\(word)\" is none of \(all)"))
      }
    }
    let types = types(of: object)
    // Without this no value would ever be found, and nobody would know why. A checkpoint that writes
    // answers any type, so what follows from the type alone is a problem of one that marks words.
    if isKnown, labels != nil || object["x-normalize"] != nil, !types.isEmpty,
      normalization.types.isDisjoint(with: types)
    {
      let keyword = object["x-normalize"] == nil ? "type" : "x-normalize"
      problems.append(
        Problem(
          pointer: "\(pointer)/\(keyword)",
          message:
            "words become \(normalization.rawValue), which is \(normalization.types.sorted().joined(separator: " or ")), but \"type\" allows only \(types.sorted().joined(separator: ", "))"
            + (object["x-normalize"] == nil ? "; give the field an \"x-normalize\"" : "")))
    }
    let evidence = text("x-evidence") ?? "required"
    if evidence != "required", evidence != "optional" {
      problems.append(
        Problem(
          pointer: "\(pointer)/x-evidence",
          message: "\"\(evidence)\" is neither \"required\" nor \"optional\""))
    }
    let tag = text("x-tag")
    if let tag, let labels, !labels.contains(tag) {
      let nearest = labels.min { $0.distance(to: tag) < $1.distance(to: tag) }
      var message = "the checkpoint has no label \"\(tag)\""
      if let nearest { message += "; the nearest of its \(labels.count) is \"\(nearest)\"" }
      problems.append(Problem(pointer: "\(pointer)/x-tag", message: message))
    }
    let pattern = text("x-pattern")
    if let pattern {
      do {
        _ = try NSRegularExpression(pattern: pattern)
      } catch {
        problems.append(
          Problem(
            pointer: "\(pointer)/x-pattern", message: "is not a regular expression (ICU syntax)"))
      }
    }
    if tag == nil, pattern == nil, labels != nil {
      problems.append(
        Problem(
          pointer: pointer,
          message:
            "nothing can answer this field with a checkpoint that tags: give an \"x-tag\" (a label of the checkpoint), an \"x-pattern\", or a checkpoint that writes"
        ))
    }
    let relativeTo = text("x-relativeTo")
    if let relativeTo {
      if properties[relativeTo] == nil {
        problems.append(
          Problem(pointer: "\(pointer)/x-relativeTo", message: "no property \"\(relativeTo)\""))
      } else if normalization != .date, normalization != .endDate {
        problems.append(
          Problem(
            pointer: "\(pointer)/x-relativeTo",
            message: "only means something with \"x-normalize\": \"date\" or \"endDate\""))
      }
    }
    return Field(
      name: key, description: text("description"), tag: tag, pattern: pattern,
      normalization: normalization, requiresEvidence: evidence == "required",
      relativeTo: relativeTo, schema: property)
  }

  private static let keywords = [
    "x-evidence", "x-normalize", "x-pattern", "x-relativeTo", "x-tag",
  ]

  /// The types a property's own schema names; none where it names none.
  private static func types(of object: JSONObject) -> Set<String> {
    Set(object["type"]?.string.map { [$0] } ?? object["type"]?.array?.compactMap(\.string) ?? [])
  }

  private static func impliedNormalization(_ object: JSONObject) -> Normalization {
    let types = types(of: object)
    if types.contains("boolean") { return .boolean }
    if types.contains("number") || types.contains("integer") { return .number }
    switch object["format"]?.string {
    case "date": return .date
    case "duration": return .duration
    default: return .text
    }
  }
}

extension String {
  /// Levenshtein distance in scalars, for suggestions.
  func distance(to other: String) -> Int {
    let first = Array(unicodeScalars)
    let second = Array(other.unicodeScalars)
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in second.enumerated() {
        let cost = Swift.min(diagonal + (a == b ? 0 : 1), row[j] + 1, row[j + 1] + 1)
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[second.count]
  }
}
