import Documents
import JSON

/// Looks up the words a model quotes. What it says about where they stand is not asked for.
package struct Quoting: Sendable {
  package let grounding: Grounding
  /// Whether the model could write nothing but words of the document as a quote: then a quote that
  /// begins or ends inside a word is one, and is widened to whole words.
  package var isBound: Bool

  package init(_ grounding: Grounding, isBound: Bool) {
    self.grounding = grounding
    self.isBound = isBound
  }

  /// Where the quote stands, as UTF-8 offsets in the extracted text; nil where it does not.
  package func range(of quote: String) -> Range<Int>? {
    if let range = grounding.find(quote).evidence.range { return range }
    guard isBound, let place = grounding.firstPlace(spelling: quote) else { return nil }
    let words = grounding.trimmed(grounding.words(around: place))
    return words.isEmpty ? nil : words
  }

  /// The places of the quotes that stand in the text, each once.
  package func ranges(of quotes: [String]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for quote in quotes {
      if let range = range(of: quote), !ranges.contains(range) { ranges.append(range) }
    }
    return ranges
  }

  /// How a question asks for quotes: strings that are words of the document.
  static func schema(atLeast: Int, atMost: Int) -> JSONValue {
    [
      "type": "array", "items": ["type": "string", "x-evidence": "required", "minLength": 1],
      "minItems": .integer(atLeast), "maxItems": .integer(atMost),
    ]
  }

  static func quotes(in reply: JSONValue) -> [String] {
    (reply["quotes"]?.array ?? []).compactMap(\.string)
  }
}

extension JSONValue {
  /// An object of a question's schema: every member is required, in this order, and there are no
  /// others.
  static func shape(_ members: [(String, JSONValue)]) -> JSONValue {
    var properties = JSONObject()
    for (name, schema) in members { properties[name] = schema }
    return [
      "type": "object", "properties": .object(properties),
      "required": .array(members.map { .string($0.0) }), "additionalProperties": false,
    ]
  }

  static func orNull(_ schema: JSONValue) -> JSONValue { ["anyOf": [["type": "null"], schema]] }
}
