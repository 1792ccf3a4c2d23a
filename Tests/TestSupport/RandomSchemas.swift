package import JSON

/// Schemas that nobody wrote: nested, recursive, with conditions of all kinds; most of them have values.
package struct RandomSchemas {
  private var state: UInt64

  package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 7 }

  private mutating func roll(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(count))
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[roll(elements.count)]
  }

  /// - Parameter evidence: whether some strings are to be quotes from a source.
  package mutating func next(evidence: Bool = false) -> JSONValue {
    var schema = value(depth: 3, evidence)
    if roll(3) == 0 {
      // A list of itself.
      schema = [
        "type": "object",
        "properties": [
          "head": schema, "tail": ["anyOf": [["$ref": "#"], ["type": "null"]]],
        ],
        "required": ["head"], "additionalProperties": false,
      ]
    }
    return schema
  }

  private mutating func value(depth: Int, _ evidence: Bool) -> JSONValue {
    switch roll(depth > 0 ? 14 : 7) {
    case 0: return string(evidence)
    case 1: return number()
    case 2: return ["enum": constants()]
    case 3: return ["type": pick(["boolean", "null"])]
    case 4: return string(evidence)
    case 5: return ["type": ["string", "null"], "maxLength": .integer(roll(9))]
    case 6: return number()
    case 7, 8, 9: return object(depth: depth, evidence)
    case 10, 11: return array(depth: depth, evidence)
    case 12:
      return [
        "anyOf": [value(depth: depth - 1, evidence), value(depth: depth - 1, evidence)]
      ]
    default:
      // Told apart by a tag.
      return [
        "oneOf": .array(
          ["a", "b"].map { tag in
            [
              "type": "object",
              "properties": [
                "kind": ["const": .string(tag)], "value": value(depth: depth - 1, evidence),
              ],
              "required": ["kind", "value"], "additionalProperties": false,
            ]
          })
      ]
    }
  }

  private mutating func constants() -> JSONValue {
    let all: [JSONValue] = [
      "red", "grün", "a \"quoted\" word", 1, -7, .number(2.5), nil, true, ["x": [1, 2]], "",
      "red ink",
    ]
    return .array((0...roll(5)).map { _ in pick(all) })
  }

  private mutating func string(_ evidence: Bool) -> JSONValue {
    var schema: JSONObject = ["type": "string"]
    if evidence, roll(2) == 0 {
      schema["x-evidence"] = "required"
      return .object(schema)
    }
    switch roll(8) {
    case 0: schema["maxLength"] = .integer(roll(20))
    case 1:
      let least = roll(5)
      schema["minLength"] = .integer(least)
      schema["maxLength"] = .integer(least + roll(30))
    case 2:
      schema["pattern"] = .string(
        pick([
          "^[A-Z]{2}-\\d{3,5}$", "^\\p{Lu}\\p{Ll}+( \\p{Lu}\\p{Ll}+)*$", "foo|bar$",
          "^(?:[a-z]+,)*[a-z]+$", "\\bword\\b",
        ]))
    case 3:
      schema["format"] = .string(
        pick(["date", "date-time", "time", "uuid", "email", "ipv4", "uri", "duration"]))
    case 4: schema["not"] = ["enum": ["", "none", "n/a"]]
    default: break
    }
    return .object(schema)
  }

  private mutating func number() -> JSONValue {
    var schema: JSONObject = ["type": pick(["integer", "number"])]
    switch roll(6) {
    case 0:
      schema["minimum"] = .integer(roll(200) - 100)
      schema["maximum"] = .integer(100 + roll(1000))
    case 1: schema["exclusiveMinimum"] = .number(Double(roll(1000)) / 8)
    case 2: schema["multipleOf"] = pick([2, 7, .number(0.5), .number(0.01), 250])
    case 3:
      schema["exclusiveMaximum"] = .integer(-roll(50))
      schema["multipleOf"] = pick([3, .number(1.5)])
    default: break
    }
    return .object(schema)
  }

  private mutating func array(depth: Int, _ evidence: Bool) -> JSONValue {
    var schema: JSONObject = ["type": "array", "items": value(depth: depth - 1, evidence)]
    let least = roll(3)
    if roll(2) == 0 { schema["minItems"] = .integer(least) }
    if roll(2) == 0 { schema["maxItems"] = .integer(least + roll(4)) }
    if roll(4) == 0 {
      schema["prefixItems"] = [value(depth: 0, evidence), value(depth: 0, evidence)]
    }
    if roll(5) == 0 {
      schema = ["type": "array", "uniqueItems": true]
      schema["items"] = pick([["type": "string"], ["enum": ["a", "b", "c", 1]]])
      schema["maxItems"] = 6
    }
    return .object(schema)
  }

  private mutating func object(depth: Int, _ evidence: Bool) -> JSONValue {
    var properties = JSONObject()
    for name in ["id", "name", "größe", "a \"b\"", "items"].prefix(1 + roll(5)) {
      properties[name] = value(depth: depth - 1, evidence)
    }
    var schema: JSONObject = ["type": "object", "properties": .object(properties)]
    let required = properties.keys.filter { _ in roll(2) == 0 }
    schema["required"] = .array(required.map { .string($0) })
    switch roll(6) {
    case 0: schema["additionalProperties"] = number()
    case 1: schema["patternProperties"] = ["^x_[a-z]+$": number()]
    case 2: schema["minProperties"] = .integer(min(properties.count, 1 + roll(2)))
    case 3:
      schema["if"] = ["properties": ["id": ["type": "string"]], "required": ["id"]]
      schema["then"] = ["required": ["name"]]
    case 4: schema["dependentRequired"] = ["name": ["id"]]
    default: schema["additionalProperties"] = false
    }
    return .object(schema)
  }
}
