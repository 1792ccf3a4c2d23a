import Foundation
import JSON
import TestSupport
import Testing

/// `docket check` on instances and on users' own fields.
@Suite struct CheckTests {
  let folder: TemporaryFolder
  let docket: DocketProgram

  init() throws {
    folder = try TemporaryFolder()
    docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
  }

  private func file(_ name: String, _ text: String) throws -> String {
    let url = folder.url.appendingPathComponent(name)
    try text.write(to: url, atomically: true, encoding: .utf8)
    return url.path
  }

  private func lines(_ ending: DocketProgram.Ending) throws -> [JSONValue] {
    try ending.output.split(separator: "\n").map { try JSONValue.parse(String($0)) }
  }

  @Test func `an instance is checked keyword by keyword, with its place in both files`() throws {
    let schema = try file(
      "s.json",
      """
      { "type": "object", "required": ["a"], "properties": {
        "a": { "type": "integer", "minimum": 3 }, "b~/": { "items": { "pattern": "^x" } } } }
      """)
    let good = try file("good.json", #"{ "a": 3, "b~/": ["x"] }"#)
    let bad = try file("bad.json", "{ \"a\": 2,\n  \"b~/\": [\"x\", \"y\"] }")
    let ending = try docket.run([
      "check", "--schema", schema, "--instance", good, "--instance", bad, "--json",
    ])
    #expect(ending.status == 1)
    let said = try lines(ending)
    #expect(said.count == 4)
    #expect(said[0]["valid"] == true)
    #expect(said[1]["pointer"] == "/a" && said[1]["keyword"] == "minimum")
    #expect(said[1]["schema"] == "#/properties/a/minimum" && said[1]["line"] == 1)
    #expect(said[2]["pointer"] == "/b~0~1/1" && said[2]["keyword"] == "pattern")
    #expect(said[2]["line"] == 2 && said[2]["column"] == 16)
    #expect(said[3]["valid"] == false && said[3]["violations"] == 2)
    #expect(try docket.run(["check", "--schema", schema, "--instance", good]).status == 0)
  }

  @Test func `a keyword the draft does not know is named, and refused when asked`() throws {
    let schema = try file("s.json", #"{ "minLenght": 3, "x-own": 1 }"#)
    let instance = try file("i.json", #""ab""#)
    let ending = try docket.run(["check", "--schema", schema, "--instance", instance])
    #expect(ending.status == 0)
    #expect(ending.errors.contains("#/minLenght is no keyword of the draft and checks nothing"))
    #expect(ending.errors.contains("did you mean “minLength”?"))
    #expect(!ending.errors.contains("x-own"))
    let strict = try docket.run(["check", "--schema", schema, "--instance", instance, "--strict"])
    #expect(strict.status == 2)
    #expect(strict.output.contains("s.json:1:3: "))
  }

  @Test func `references lead to files that are named, and nothing else is opened`() throws {
    let schema = try file("s.json", ##"{ "$ref": "other.json#/$defs/small" }"##)
    let other = try file("other.json", #"{ "$defs": { "small": { "maximum": 9 } } }"#)
    let instance = try file("i.json", "10")
    let alone = try docket.run(["check", "--schema", schema, "--instance", instance])
    #expect(alone.status == 2)
    #expect(alone.output.contains("leads to no schema at hand"))
    let both = try docket.run([
      "check", "--schema", schema, "--with", other, "--instance", instance, "--json",
    ])
    #expect(both.status == 1)
    #expect(try lines(both)[0]["keyword"] == "maximum")
  }

  @Test(arguments: [
    (["check"], "a declaration, or --schema and --instance"),
    (["check", "--schema", "x"], "--schema needs --instance"),
    (["check", "--instance", "x"], "--instance needs --schema"),
    (["check", "p.json5", "--schema", "x", "--instance", "y"], "one or the other"),
  ])
  func `half a question is answered with what is missing`(words: [String], message: String) throws {
    let ending = try docket.run(words)
    #expect(ending.status == 2)
    #expect(ending.errors.contains(message), "\(ending.errors)")
  }

  @Test func `every problem of a declaration and its schema is listed at once, with its place`()
    throws
  {
    _ = try file(
      "own.schema.json",
      """
      { "type": "object", "properties": {
        "a": { "type": "string" },
        "b": { "type": "string", "x-tag": "governing_low" },
        "c": { "type": "string", "x-pattern": "(" },
        "d": { "type": "string", "x-pattern": "x", "x-normalize": "money" },
        "e": { "type": "string", "x-pattern": "x", "minLenght": 2 },
        "f": { "type": "integer", "x-pattern": "(?<value>[0-9]+) pages" } } }
      """)
    let declaration = try file(
      "p.json5",
      """
      { format: 1, name: "p", input: { dir: "in" },
        steps: [{ id: "own", kind: "extract", schema: "own.schema.json" }], output: { dir: "out" } }
      """)
    let ending = try docket.run(["check", declaration])
    #expect(ending.status == 2)
    let said = ending.output
    for (place, words) in [
      ("own.schema.json:4:41: ", "not a regular expression"),
      ("own.schema.json:5:61: ", "words become money, which is object"),
      ("own.schema.json:6:59: ", "minLenght"),
    ] {
      #expect(
        said.split(separator: "\n").contains { $0.contains(place) && $0.contains(words) },
        "\(place)\(words)\n\(said)")
    }
    #expect(!said.contains("“f”"), "\(said)")
  }
}
