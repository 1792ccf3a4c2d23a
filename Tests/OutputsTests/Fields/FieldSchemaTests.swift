import JSON
import Outputs
import Testing

@Suite struct `Field schemas` {
  private func schema(_ text: String, labels: [String]? = nil) throws -> FieldSchema {
    try FieldSchema(JSONValue.parse(text), named: "test", labels: labels)
  }

  private func problems(_ text: String, labels: [String]? = nil) throws -> [String] {
    do {
      _ = try schema(text, labels: labels)
      return []
    } catch let error as FieldSchema.Invalid {
      return error.problems.map(\.description)
    }
  }

  @Test func `say for each property what marks it and what it becomes`() throws {
    let fields = try schema(
      """
      {"title": "lease", "type": "object", "properties": {
        "rent": {"type": "object", "description": "How much?", "x-tag": "rent", "x-normalize": "money"},
        "pets": {"type": "boolean", "x-pattern": "\\\\bpets?\\\\b", "x-evidence": "optional"},
        "start": {"type": "string", "format": "date", "x-tag": "start"},
        "end": {"x-normalize": "endDate", "x-relativeTo": "start", "x-tag": "end"}}}
      """
    ).fields
    #expect(fields.map(\.name) == ["rent", "pets", "start", "end"])
    #expect(fields.map(\.normalization) == [.money, .boolean, .date, .endDate])
    #expect(fields.map(\.tag) == ["rent", nil, "start", "end"])
    #expect(fields.map(\.requiresEvidence) == [true, false, true, true])
    #expect(fields[0].description == "How much?")
    #expect(fields[1].pattern == "\\bpets?\\b")
    #expect(fields[3].relativeTo == "start")
  }

  @Test func `report all problems at once, each with its place`() throws {
    let found = try problems(
      """
      {"properties": {
        "a": {"x-nromalize": "date", "x-tag": "rent"},
        "b": {"x-normalize": "dates", "x-tag": ""},
        "c": {"x-pattern": "(", "x-evidence": "maybe"},
        "d": {"x-tag": "rent", "x-normalize": "date", "x-relativeTo": "z"},
        "e": 3}}
      """)
    #expect(
      found.map { String($0.prefix { $0 != ":" }) } == [
        "/properties/a/x-nromalize", "/properties/b/x-normalize", "/properties/b/x-tag",
        "/properties/c/x-evidence", "/properties/c/x-pattern", "/properties/d/x-relativeTo",
        "/properties/e",
      ])
    #expect(found[0].contains("did you mean \"x-normalize\"?"))
  }

  @Test func `that nothing in the checkpoint can answer say what would`() throws {
    let text = #"{"properties": {"rent": {"x-tag": "rnt"}, "pets": {"description": "Pets?"}}}"#
    #expect(try problems(text).isEmpty)
    let found = try problems(text, labels: ["rent", "term"])
    #expect(found.count == 2)
    #expect(found[0].contains("\"rent\""))
    #expect(found[1].contains("x-pattern"))
  }

  @Test(arguments: [
    "3", "[]", "{}", #"{"properties": {}}"#, #"{"type": "array", "properties": {"a": {}}}"#,
  ])
  func `without fields are refused`(text: String) throws {
    #expect(try !problems(text).isEmpty)
  }
}
