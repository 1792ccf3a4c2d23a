import Testing

@testable import JSON

@Suite struct `Schemas` {
  private func problems(_ schema: JSONValue, _ options: JSONSchema.Options = .init()) throws
    -> [SchemaError.Problem]
  {
    try #require(throws: SchemaError.self) { try JSONSchema(schema, options: options) }.problems
  }

  @Test func `unknown keywords are refused by name, all at once`() throws {
    let schema: JSONValue = [
      "type": "object", "requierd": ["a"],
      "properties": ["a/b": ["minLenght": 1, "x-evidence": true]],
    ]
    let found = try problems(schema)
    #expect(found.map(\.path) == ["/requierd", "/properties/a~1b/minLenght"])
    #expect(found[0].message == "keyword requierd is not supported; did you mean required?")
    #expect(
      try JSONSchema(schema, options: .init(ignoresUnknownKeywords: true)).validate([:]) == [])
  }

  @Test(
    arguments: [
      (["type": "text"], "/type"), (["type": []], "/type"), (["enum": 1], "/enum"),
      (["multipleOf": 0], "/multipleOf"), (["multipleOf": -1], "/multipleOf"),
      (["minimum": "1"], "/minimum"), (["maxLength": -1], "/maxLength"),
      (["maxLength": 1.5], "/maxLength"), (["pattern": "("], "/pattern"),
      (["patternProperties": ["(": true]], "/patternProperties"),
      (["required": "a"], "/required"), (["required": [1]], "/required"),
      (["uniqueItems": 1], "/uniqueItems"), (["properties": []], "/properties"),
      (["properties": ["a": 1]], "/properties/a"), (["items": [true]], "/items"),
      (["allOf": []], "/allOf"), (["anyOf": [1]], "/anyOf/0"), (["not": "x"], "/not"),
      (["$ref": 1], "/$ref"), (["$ref": "#/nowhere"], "/$ref"), (["$ref": "other.json"], "/$ref"),
      (["$ref": "#anchor"], "/$ref"), (["$id": 1], "/$id"), (["$id": "a#b"], "/$id"),
      (["$anchor": ""], "/$anchor"), (["dependentRequired": ["a": [1]]], "/dependentRequired"),
      (["$schema": "http://json-schema.org/draft-07/schema#"], "/$schema"),
      (["minContains": -1], "/minContains"), (1, ""),
    ] as [(JSONValue, String)])
  func `malformed schemas are refused with the place`(schema: JSONValue, path: String) throws {
    #expect(try problems(schema).map(\.path) == [path])
  }

  @Test func `formats are asserted on demand, and unknown ones refused`() throws {
    let schema: JSONValue = ["format": "date"]
    #expect(try JSONSchema(schema).validate("31.12.2026") == [])
    let strict = JSONSchema.Options(assertsFormats: true)
    #expect(try JSONSchema(schema, options: strict).validate("31.12.2026").count == 1)
    #expect(try JSONSchema(schema, options: strict).validate("2026-12-31") == [])
    #expect(try problems(["format": "zodiac"], strict).map(\.path) == ["/format"])
  }

  @Test func `violations name both places and no value of the instance`() throws {
    let schema = try JSONSchema([
      "type": "object", "required": ["party", "term"], "additionalProperties": false,
      "properties": [
        "party": ["type": "array", "items": ["$ref": "#/$defs/name"], "maxItems": 2],
        "term": ["type": ["integer", "null"], "minimum": 1],
      ],
      "$defs": ["name": ["type": "string", "maxLength": 3]],
    ])
    #expect(schema.validate(["party": ["A", "BB"], "term": nil]) == [])
    let violations = schema.validate(["party": ["secret", 1, "c"], "term": 0, "a/b": "secret"])
    #expect(
      violations.map { [$0.instancePath, $0.schemaPath] } == [
        ["/party", "#/properties/party/maxItems"],
        ["/party/0", "#/$defs/name/maxLength"],
        ["/party/1", "#/$defs/name/type"],
        ["/term", "#/properties/term/minimum"],
        ["/a~1b", "#/additionalProperties"],
      ])
    for violation in violations { #expect(!violation.description.contains("secret")) }
    #expect(schema.validate([:]).map(\.message) == ["lacks “party”", "lacks “term”"])
    #expect(
      schema.validate("x").map(\.description)
        == ["the value is string, not object (#/type)"])
  }

  @Test func `the closest alternative tells what is missing`() throws {
    let schema = try JSONSchema([
      "anyOf": [
        ["required": ["a", "b", "c"], "type": "object"],
        ["required": ["a", "d"], "type": "object"],
      ]
    ])
    #expect(
      schema.validate(["a": 1]).map(\.message) == [
        "fits none of 2 alternatives; the closest one:", "lacks “d”",
      ])
  }

  @Test(
    arguments: [
      (["multipleOf": 0.1], 0.3, true), (["multipleOf": 0.01], 19.99, true),
      (["multipleOf": 0.01], 19.995, false), (["multipleOf": 3], 9_007_199_254_740_993, true),
      (["multipleOf": 1e-300], 1e300, true), (["multipleOf": 1e300], 1e-300, false),
      (["maximum": 9_007_199_254_740_992.0], 9_007_199_254_740_993, false),
      (["type": "integer"], 1e20, true), (["type": "integer"], 1.5, false),
      (["const": 1e20], 100_000_000_000_000_000_000.0, true), (["maxLength": 1], "😀", true),
      (["maxLength": 1], "e\u{301}", false), (["const": "é"], "e\u{301}", false),
      (["uniqueItems": true], [1, 1.0], false), (["uniqueItems": true], [1, true, "1"], true),
      (["uniqueItems": true], [["a": 1, "b": 2], ["b": 2, "a": 1]], false),
    ] as [(JSONValue, JSONValue, Bool)])
  func `numbers and strings are compared exactly`(
    schema: JSONValue, instance: JSONValue, valid: Bool
  ) throws {
    #expect(try JSONSchema(schema).validate(instance).isEmpty == valid)
  }

  @Test func `a schema that only refers to itself is an error of the instance, not a hang`() throws
  {
    let schema = try JSONSchema(["$ref": "#"])
    #expect(schema.validate(1).map(\.message) == ["is checked by a schema that refers to itself"])
    let two = try JSONSchema([
      "$ref": "#/$defs/a",
      "$defs": ["a": ["allOf": [["$ref": "#/$defs/b"]]], "b": ["not": ["$ref": "#/$defs/a"]]],
    ])
    _ = two.validate([1, [2]])
  }

  @Test func `deep instances are checked to the bottom or refused`() throws {
    let schema = try JSONSchema(["items": ["$ref": "#"], "maxItems": 1])
    var deep: JSONValue = [1, 2]
    for _ in 0..<500 { deep = [deep] }
    #expect(schema.validate(deep).map(\.schemaPath) == ["#/maxItems"])
    for _ in 0..<3000 { deep = [deep] }
    #expect(!schema.validate(deep).isEmpty)
  }

  @Test func `violations end at a limit`() throws {
    let schema = try JSONSchema(["items": ["type": "string"]])
    let instance = JSONValue.array(Array(repeating: 1, count: 5000))
    #expect(schema.validate(instance).count == JSONSchema.mostViolations)
  }

  @Test func `references lead into documents at hand, relative to where they stand`() throws {
    let schema = try JSONSchema(
      ["$ref": "parts/name.json#/$defs/short"], uri: "file:///in/main.json",
      documents: [
        "file:///in/parts/name.json": [
          "$defs": ["short": ["$ref": "../limits.json"]]
        ],
        "file:///in/limits.json": ["maxLength": 2],
        "file:///in/unused.json": ["type": "broken"],
      ])
    #expect(schema.validate("ab") == [])
    #expect(schema.validate("abc").count == 1)
  }

  @Test func `the draft's own schema accepts sound schemas and refuses others`() throws {
    let meta = try JSONSchema(
      ["$ref": "https://json-schema.org/draft/2020-12/schema"],
      documents: `The official schema suite`.documents)
    #expect(meta.validate(["type": "object", "properties": ["a": ["minLength": 1]]]) == [])
    #expect(!meta.validate(["properties": ["a": ["minLength": -1]]]).isEmpty)
  }
}
