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
/// | `x-normalize` | `text`, `date`, `endDate`, `duration`, `noticePeriod`, `money`, `parties`, `jurisdiction` or `boolean`: what the words become |
/// | `x-evidence` | `required` (the default) or `optional` |
/// | `x-relativeTo` | for dates: another property whose date "three years from the Effective Date" or "the date first written above" refers to |
package struct FieldSchema: Sendable {
  /// `title`, or what the caller named it.
  package var name: String
  package var fields: [Field]

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
    /// ISO 8601: how long before something notice must be given.
    case noticePeriod
    /// `{"amount": "1200.00", "currency": "USD"}`.
    case money
    /// `[{"name", "role", "aliases"}]`.
    case parties
    /// `New York, USA`.
    case jurisdiction
    /// True where the document has such a clause, false where it has none.
    case boolean
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
    guard problems.isEmpty else { throw Invalid(problems: problems) }
    self.fields = fields
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
    if let word = text("x-normalize") {
      if let known = Normalization(rawValue: word) {
        normalization = known
      } else {
        let all = Normalization.allCases.map(\.rawValue).joined(separator: ", ")
        problems.append(
          Problem(pointer: "\(pointer)/x-normalize", message: "\"\(word)\" is none of \(all)"))
      }
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

  private static func impliedNormalization(_ object: JSONObject) -> Normalization {
    let types =
      object["type"]?.string.map { [$0] } ?? object["type"]?.array?.compactMap(\.string) ?? []
    if types.contains("boolean") { return .boolean }
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
