import Constraints
import JSON
import Testing
import Tokenization

@Suite struct SchemaConstraintTests {
  /// What is wrong with a schema.
  static func problems(_ schema: JSONValue) -> [ConstraintError.Problem] {
    do throws(ConstraintError) {
      _ = try SchemaConstraint(schema)
      return []
    } catch {
      return error.problems
    }
  }

  @Test func `what cannot be kept is refused by its name and place`() {
    #expect(
      Self.problems(["type": "object", "properties": ["a": ["maxLenght": 3]]]).first?.pointer
        == "/properties/a/maxLenght")
    let pattern = Self.problems(["type": "string", "pattern": "a(?=b)"])
    #expect(pattern.first?.pointer == "/pattern")
    #expect(pattern.first?.message.contains("look-ahead") == true)
    let format = Self.problems(["type": "string", "format": "iban"])
    #expect(format.first?.pointer == "/format")
    #expect(format.first?.message.contains("iban") == true)
  }

  @Test(
    arguments: [
      false, ["type": "integer", "minimum": 3, "maximum": 2], ["type": "string", "const": 1],
      ["type": "array", "minItems": 1, "items": false],
      [
        "type": "object", "properties": ["a": ["$ref": "#"]], "required": ["a"],
      ],
    ] as [JSONValue]) func `a schema that nothing fits is refused`(schema: JSONValue)
  {
    #expect(!Self.problems(schema).isEmpty)
  }

  @Test func `where less is written than the schema allows, that is noted`() throws {
    let constraint = try SchemaConstraint([
      "type": "array", "uniqueItems": true, "items": ["type": "object"],
    ])
    #expect(constraint.notes.map(\.keyword) == ["uniqueItems"])
    #expect(try SchemaConstraint(["type": "string"]).notes.isEmpty)
  }

  /// The tokens of `text` one after the other, as far as they are allowed.
  static func accepted(_ text: String, _ schema: JSONValue) throws -> (text: String, ends: Bool) {
    let trie = try Fixture.small.get()
    let matcher = try Matcher(SchemaConstraint(schema), trie: trie)
    for token in trie.tokenizer.encode(text, addedTokens: .asText).ids {
      guard matcher.allowed(remaining: 1000).contains(token) else { break }
      matcher.accept(token)
    }
    return (matcher.text, matcher.canEnd)
  }

  @Test func `every spelling that readers know can be written, white space without end cannot`()
    throws
  {
    for text in [
      "{\"a\": [1, -2.5e3, true, null], \"ü\": \"\\u00fc \\ud83d\\ude42 \\/ \\n\"}", "[]", "\"\"",
      "-0.001", "{\"a\":{\"b\":[[]]}}",
    ] {
      let (written, ends) = try Self.accepted(text, true)
      #expect(written == text && ends)
    }
    for text in ["[1,  2]", "[ 1]", "[1, 2", "{\"a\": 1, \"a\": 2}", "\"\\ud83d\"", "01", "[1,]"] {
      let (written, ends) = try Self.accepted(text, true)
      #expect(!(written == text && ends), "\(text)")
    }
  }

  @Test func `keywords work together`() throws {
    let schema: JSONValue = [
      "type": "object",
      "properties": [
        "id": ["allOf": [["type": "integer"], ["minimum": 10], ["multipleOf": 5]]],
        "at": ["type": "string", "format": "date"],
        "tags": ["type": "array", "items": ["type": "string"], "uniqueItems": true],
      ],
      "required": ["id"], "patternProperties": ["^x-": ["type": "boolean"]],
      "additionalProperties": false,
    ]
    for text in [
      "{\"id\": 15}", "{\"id\":10,\"at\":\"2024-02-29\"}",
      "{\"id\": 100, \"tags\": [\"a\", \"ab\"]}",
      "{\"id\": 20, \"x-ray\": true}",
    ] {
      let (written, ends) = try Self.accepted(text, schema)
      #expect(written == text && ends, "\(text): \(written)")
    }
    for text in [
      "{\"id\": 12}", "{\"id\": 5}", "{\"id\":10,\"at\":\"2023-02-29\"}",
      "{\"id\": 100, \"tags\": [\"a\", \"a\"]}", "{\"id\": 20, \"y\": true}",
      "{\"at\": \"2024-01-01\"}",
    ] {
      let (written, ends) = try Self.accepted(text, schema)
      #expect(!(written == text && ends), "\(text)")
    }
  }
}
