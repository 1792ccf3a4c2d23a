import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipelines

/// `▸` marks where each problem is expected.
@Suite struct DeclarationProblemTests {
  private let folder: DeclarationFolder
  init() throws { folder = try DeclarationFolder() }

  @Test func `every problem is found at once, each at its place, in the order of the file`() {
    folder.expect(
      #"""
      // Ü: columns count characters, not bytes.
      { format: 1, name: "n", ▸stpes: [],
        /* ä */ input: ▸{ ▸directory: "x", match: ▸"*.pdf", maxTokens: ▸"many" },
        steps: [ { id: "a", kind: "minutes" }, { id: ▸"a", kind: "minutes" },
                 { id: "b", kind: ▸"summarise" } ],
        output: { dir: "out", html: ▸1 },
        schedule: { cron: ▸"0 22", timeZone: ▸"Europe/Berln", missed: ▸"twice" } }
      """#,
      [
        "unknown key “stpes” in a declaration; did you mean “steps”?",
        #"“input” needs “dir”, such as `dir: "contracts"`"#,
        "unknown key “directory” in “input”; did you mean “dir”?",
        #"“match” is a text; it should be a list of patterns, as in ["…"]"#,
        "“maxTokens” is a text; it should be a whole number",
        "the id “a” is already used at 4:18",
        "there is no kind “summarise”; did you mean “summarize”?",
        "“html” is a number; it should be true or false",
        "'0 22' has 2 fields, and a schedule has five: minute hour day-of-month month day-of-week (no seconds, no year).",
        "“Europe/Berln” is no IANA time zone; did you mean “Europe/Berlin”?",
        "“missed” is “twice”; it is one of “once”, “skip”, “all”",
      ])
  }

  @Test func `a problem is printed with file, line and column`() throws {
    let error = #expect(throws: DeclarationError.self) {
      try DeclarationReader.read(
        Array("{ format: 1,\n  nmae: 3 }".utf8), from: URL(fileURLWithPath: "some/where.json5"))
    }
    let lines = try #require(error).description.split(separator: "\n")
    #expect(
      lines.contains(
        "some/where.json5:2:3: unknown key “nmae” in a declaration; did you mean “name”?"))
    #expect(
      lines.contains(
        "some/where.json5:1:1: a declaration needs “input”, such as `input: { dir: \"contracts\" }`"
      ))
    #expect(lines.count == 5)
  }

  @Test func `control characters in names do not reach the terminal`() {
    let problem = DeclarationError.Problem(
      file: URL(fileURLWithPath: "a\u{1B}[2J.json5"), position: .init(line: 1, column: 2),
      message: "unknown key “\u{7}\u{202E}”")
    #expect(problem.description == "aU+1b[2J.json5:1:2: unknown key “U+7U+202e”")
  }

  @Test(arguments: [
    ("{ format: 1\n  name: 3 }", "2:3: expected “,” or “}” here"),
    ("", "1:1: the text ends where a value should be"),
    ("[]", "1:1: a declaration is an object, not a list"),
    ("'x'", "1:1: a declaration is an object, not a text"),
  ])
  func `what is no declaration at all stops at once`(text: String, problem: String) {
    #expect(folder.problems(text).found == [problem])
  }

  @Test func `keys that come twice are said with all else`() {
    folder.expect(
      #"""
      { format: 1, ▸format: 2, name: "n", input: { dir: "in", ▸dir: { a: [1] } },
        steps: [{ id: "a", kind: "minutes", ▸id: "b" }], output: { dir: "out", html: ▸3 } }
      """#,
      [
        "key “format” appears twice in this object", "key “dir” appears twice in this object",
        "key “id” appears twice in this object", "“html” is a number; it should be true or false",
      ])
  }

  @Test func `what the model cannot do is said with all else`() throws {
    try folder.write(
      "half.schema.json",
      #"""
      {"type": "object", "properties": {
        "law": {"type": "string", "x-tag": "governing_lav", "x-normalize": "juris"},
        "free": {"type": "string"}}}
      """#)
    let text = #"""
      { format: 1, nmae: "n", input: { dir: "in" },
        steps: [
          { id: "fields", kind: "extract", schema: "half.schema.json" },
          { id: "1st", kind: "ask", schema: "risks.schema.json" },
          { id: "talk", kind: "minutes", where: "fields.law ==" },
        ],
        output: { dir: "out", csv: ["fields"] } }
      """#
    let error = #expect(throws: DeclarationError.self) {
      try DeclarationReader.read(Array(text.utf8), from: folder.file) { _ throws(PipelineError) in
        ModelCapabilities(tags: ["governing_law"], writes: false)
      }
    }
    let found = try #require(error).problems.map(\.description)
    for part in [
      "d.json5:1:14: unknown key “nmae”", "needs “name”", "ask needs a model that writes",
      "the id “1st”", "d.json5:5:", "“where”: ", "step “talk”: needs a checkpoint that writes",
      "\"juris\" is none of", "has no label \"governing_lav\"", "nothing can answer this field",
    ] {
      #expect(found.contains { $0.contains(part) }, "\(part)")
    }
    // A step that is there and could not be read is not said to be missing.
    #expect(!found.contains { $0.contains("there is no step") })
  }

  @Test func `a file that cannot be read is named with the reason`() throws {
    func message(_ name: String) -> String? {
      do {
        _ = try DeclarationReader.read(folder.folder.url.appendingPathComponent(name))
        return nil
      } catch {
        return error.problems.first?.message
      }
    }
    #expect(message("nothing.json5") == "there is no such file")
    #expect(message("") == "is a folder, not a file")
    try folder.write("large.json5", String(repeating: " ", count: 1 << 20) + "{}")
    #expect(message("large.json5") == "is larger than 1048576 bytes, the most that is read")
    #expect(unsafe mkfifo(folder.folder.url.appendingPathComponent("pipe").path, 0o600) == 0)
    #expect(message("pipe") == "is not a plain file")
  }

  private func root(_ rest: String) -> String {
    """
    { \(rest), steps: [{ id: "m", kind: "minutes" }] }
    """
  }

  @Test(arguments: [
    (#"format: ▸2"#, "format 2 is newer than this docket, which reads format 1"),
    (#"format: ▸0"#, "there is no format 0; this docket reads format 1"),
    (#"format: ▸"1""#, "“format” is a text; it should be 1"),
    (#"format: 1, $schema: ▸1"#, "“$schema” is a number; it should be a text"),
  ])
  func `the format is known`(marked: String, message: String) {
    folder.expect(
      root(marked + #", name: "n", input: { dir: "in" }, output: { dir: "out" }"#), [message])
  }

  @Test(arguments: [
    (#"▸"""#, "“name” is empty"),
    (
      #"▸"a/b""#,
      "“name” is “a/b”; it is a letter or digit, then letters, digits, spaces, “.”, “_” and “-”"
    ),
    (
      #"▸" a""#,
      "“name” is “ a”; it is a letter or digit, then letters, digits, spaces, “.”, “_” and “-”"
    ),
    (#"▸null"#, "“name” is null; it should be a text"),
  ])
  func `the name can be a name of anything`(marked: String, message: String) {
    folder.expect(
      root("format: 1, name: \(marked)" + #", input: { dir: "in" }, output: { dir: "out" }"#),
      [message])
  }

  @Test(arguments: [
    ("▸[]", ["“input” is an object, not a list"]),
    ("{ dir: ▸3 }", ["“dir” is a number; it should be a text"]),
    (#"{ dir: ▸"" }"#, ["“dir” is empty"]),
    (#"{ dir: ▸"\0" }"#, ["“dir” contains the character U+0000"]),
    (
      #"{ dir: ▸"https://host/x" }"#,
      ["“dir” is an address (“https://…”); it should be a path, relative to this file or absolute"]
    ),
    (#"{ dir: "in", match: ▸[] }"#, ["“match” is empty, so no file is read"]),
    (
      #"{ dir: "in", match: [▸"/a", ▸"a/../b", ▸"a//b", ▸"{a,b", ▸"a}", ▸"[a-z", ▸"a**", ▸3, ▸"", "ok/"] }"#,
      [
        "the pattern “/a” begins with “/”; patterns are relative to the input folder",
        "the pattern “a/../b” has “.” or “..”; patterns stay in the input folder",
        "the pattern “a//b” has an empty name before, between or after “/”",
        "the pattern “{a,b” has “{” without “}”",
        "the pattern “a}” has “}” without “{”",
        "the pattern “[a-z” has “[” without “]”",
        "the pattern “a**” has “**” beside other characters; it stands alone, as in “a/**/b”",
        "an element of “match” is a number; it should be a text",
        "an element of “match” is empty",
      ]
    ),
    (
      #"{ dir: "in", exclude: [▸"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"] }"#,
      [
        "the pattern “{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}” stands for more than 256 patterns"
      ]
    ),
    (
      #"{ dir: "in", maxTokens: ▸0 }"#,
      ["“maxTokens” is 0; it is a whole number from 1 to 10000000"]
    ),
    (
      #"{ dir: "in", maxTokens: ▸1.5 }"#,
      ["“maxTokens” is 1.5; it is a whole number from 1 to 10000000"]
    ),
    (
      #"{ dir: "in", maxTokens: ▸Infinity }"#,
      ["“maxTokens” is inf; it is a whole number from 1 to 10000000"]
    ),
    (
      #"{ dir: "in", overLimit: ▸"Split" }"#,
      ["“overLimit” is “Split”; it is “fail” or “split”; did you mean “split”?"]
    ),
    (#"{ dir: "in", overLimit: ▸true }"#, ["“overLimit” is true; it should be “fail” or “split”"]),
    (
      #"{ dir: "in", passwords: ["a", ▸7] }"#,
      ["an element of “passwords” is a number; it should be a text"]
    ),
    (
      #"{ dir: "in", ▸xyzzy: 1 }"#,
      [
        "unknown key “xyzzy” in “input”; it may have “dir”, “match”, “exclude”, “maxTokens”, “overLimit”, “passwords”"
      ]
    ),
  ])
  func `the input is possible`(marked: String, messages: [String]) {
    folder.expect(
      root("format: 1, name: \"n\", output: { dir: \"out\" }, input: \(marked)"), messages)
  }

  @Test(arguments: [
    (#"model: { temperature: ▸2.1 }"#, ["“temperature” is 2.1; it is a number from 0 to 2"]),
    (#"model: { temperature: ▸NaN }"#, ["“temperature” is nan; it is a number from 0 to 2"]),
    (#"model: { seed: ▸-1 }"#, ["“seed” is -1; it is a whole number from 0 to 4294967295"]),
    (
      #"model: { ▸wieghts: "default" }"#,
      ["unknown key “wieghts” in “model”; did you mean “weights”?"]
    ),
    (#"model: ▸"default""#, ["“model” is an object, not a text"]),
    (#"output: ▸{}"#, [#"“output” needs “dir”, such as `dir: "out"`"#]),
    (
      #"output: { dir: "out", csv: [▸"m", ▸"n", ▸"m"] }"#,
      [
        "the step “m” is of kind minutes, which makes no table; extract, ask and classify do",
        "there is no step “n”",
        "“csv” names the step “m” twice",
      ]
    ),
    (
      #"schedule: ▸▸{}"#,
      [
        #"“schedule” needs “cron”, such as `cron: "0 22 * * 1-5"`"#,
        #"“schedule” needs “timeZone”, such as `timeZone: "Europe/Berlin"`"#,
      ]
    ),
    (
      #"schedule: { cron: "@daily", timeZone: ▸"CEST" }"#,
      ["“CEST” is no IANA time zone; write one such as Europe/Berlin or UTC"]
    ),
    (
      #"schedule: { cron: "@daily", timeZone: ▸"GMT+3" }"#,
      ["“GMT+3” is no IANA time zone; write one such as Europe/Berlin or UTC"]
    ),
    (
      #"schedule: { cron: "@daily", ▸tz: "UTC", timeZone: "UTC", overlap: ▸"wait", window: ▸"22-6" }"#,
      [
        "unknown key “tz” in “schedule”; did you mean “timeZone”?",
        "“overlap” is “wait”; it is “skip” or “queue”",
        "The window '22-6' is not valid: write HH:MM-HH:MM, each from 00:00 to 23:59 (or 24:00 as the end), such as 22:00-06:00.",
      ]
    ),
    (
      #"schedule: { cron: "@daily", timeZone: "UTC", window: ▸"06:00-06:00" }"#,
      [
        "The window '06:00-06:00' is not valid: it opens and closes at the same time. Leave it out to work at any hour."
      ]
    ),
    (
      #"schedule: { cron: "@daily", timeZone: "UTC", window: ▸"22:60-06:00" }"#,
      [
        "The window '22:60-06:00' is not valid: write HH:MM-HH:MM, each from 00:00 to 23:59 (or 24:00 as the end), such as 22:00-06:00."
      ]
    ),
  ])
  func `model, output and schedule are possible`(marked: String, messages: [String]) {
    let output = marked.hasPrefix("output") ? "" : #", output: { dir: "out" }"#
    folder.expect(
      root(#"format: 1, name: "n", input: { dir: "in" }\#(output), \#(marked)"#), messages)
  }

  @Test func `weights that are no checkpoint folder are named`() {
    let here = folder.folder.url.path
    let (found, _) = folder.problems(
      root(
        #"format: 1, name: "n", input: { dir: "in" }, output: { dir: "out" }, model: { weights: "m1" }"#
      ))
    #expect(found.count == 1)
    #expect(
      found[0].contains(
        "is not a checkpoint folder: it has no config.json; write \"default\" for the weights that ship with docket"
      ))
    #expect(found[0].contains(here.prefix(20)))
  }

  @Test func `the output folder is not the input folder`() {
    folder.expect(
      root(#"format: 1, name: "n", input: { dir: "x/../in" }, output: { dir: ▸"./in" }"#),
      ["the output folder is the input folder; give the output one of its own"])
  }

  @Test(arguments: [
    ("▸", ["“steps” is empty, so there is nothing to do"]),
    (
      "▸3",
      [
        "an element of “steps” is a number; it should be an object, such as { id: \"minutes\", kind: \"minutes\" }"
      ]
    ),
    (
      "▸▸{}",
      [
        "a step needs “kind”: one of extract, summarize, minutes, ask, classify, filter, reduce",
        "a step needs “id”, such as `id: \"fields\"`",
      ]
    ),
    (
      #"{ id: ▸"1a", kind: "minutes" }, { id: ▸"ä", kind: "minutes" }, { id: ▸"not", kind: "minutes" }, { id: ▸"document", kind: "minutes" }"#,
      [
        "the id “1a” is not a letter (a-z), then letters, digits, “_” and “-”",
        "the id “ä” is not a letter (a-z), then letters, digits, “_” and “-”",
        "the id “not” has a meaning of its own in expressions; choose another",
        "the id “document” has a meaning of its own in expressions; choose another",
      ]
    ),
    (
      #"{ id: "m", kind: ▸7 }, { id: "n", kind: ▸"frobnicate" }"#,
      [
        "“kind” is a number; it should be one of extract, summarize, minutes, ask, classify, filter, reduce",
        "there is no kind “frobnicate”; there are “extract”, “summarize”, “minutes”, “ask”, “classify”, “filter”, “reduce”",
      ]
    ),
    (
      #"{ id: "m", kind: "minutes", attempts: ▸0, ▸words: 300, ▸atempts: 3 }"#,
      [
        "“attempts” is 0; it is a whole number from 1 to 20",
        "a step of kind minutes has no “words”; those of kind summarize, reduce have",
        "unknown key “atempts” in a step of kind minutes; did you mean “attempts”?",
      ]
    ),
    (
      #"{ id: "s", kind: "summarize", words: 300, ▸sentences: 9, ▸share: 0.5 }"#,
      [
        "“words” and “sentences” contradict each other; keep one",
        "“words” and “share” contradict each other; keep one",
      ]
    ),
    (
      #"▸{ id: "s", kind: "summarize" }, { id: "t", kind: "summarize", words: ▸9 }, { id: "u", kind: "summarize", share: ▸1 }, { id: "v", kind: "summarize", share: ▸-0.1 }"#,
      [
        "a step of kind summarize needs a length: “words” or “sentences” or “share”, such as `words: 300`",
        "“words” is 9; it is a whole number from 10 to 100000",
        "“share” is 1; it is above 0 and below 1, as in 0.1",
        "“share” is -0.1; it is a number from 0 to 1",
      ]
    ),
    (
      #"▸{ id: "a", kind: "ask" }, { id: "f", kind: "extract", schema: ▸"term.schema.json", evidence: ▸"optinal" }, { id: "g", kind: "extract", schema: ▸"." }"#,
      [
        "a step of kind ask needs “schema”, such as `schema: \"contract.schema.json\"`",
        "the schema “term.schema.json”: there is no such file; did you mean “terms.schema.json”?",
        "“evidence” is “optinal”; it is “required” or “optional”; did you mean “optional”?",
        "the schema “.”: is a folder, not a file",
      ]
    ),
    (
      #"▸{ id: "c", kind: "classify" }, { id: "d", kind: "classify", labels: ▸["a"] }, { id: "e", kind: "classify", labels: ["a", ▸"a", ▸""] }, { id: "f", kind: "classify", labels: { a: "x", b: ▸2 }, multiple: ▸0 }, { id: "g", kind: "classify", labels: ▸"a" }"#,
      [
        "a step of kind classify needs “labels”, such as `labels: [\"lease\", \"licence\"]`",
        "“labels” has 1; there are 2 to 1000",
        "the label “a” is given twice",
        "an element of “labels” is empty",
        "“b” is a number; it should be a text",
        "“multiple” is a number; it should be true or false",
        "“labels” is a text; it should be a list of labels, or an object of labels and what they stand for",
      ]
    ),
    (
      #"▸{ id: "f", kind: "filter" }, ▸{ id: "r", kind: "reduce", words: 100 }, { id: "t", kind: "ask", schema: "risks.schema.json", instructions: ▸"" }"#,
      [
        "a step of kind filter needs “where”, such as `where: \"document.pages <= 100\"`",
        "a step of kind reduce needs “from”: the steps whose results it joins",
        "“instructions” is empty",
      ]
    ),
  ])
  func `steps say what they do`(marked: String, messages: [String]) {
    // The mark of an empty list stands before its bracket.
    let text =
      marked == "▸"
      ? declaration(steps: "").replacing("[]", with: "▸[]") : declaration(steps: marked)
    folder.expect(text, messages)
  }

  @Test func `steps are given only what earlier steps can give`() {
    folder.expect(
      declaration(
        steps: #"""
          { id: "first", kind: "ask", schema: "risks.schema.json", from: [▸"later"] },
          { id: "summary", kind: "summarize", words: 100, from: [▸"first"] },
          { id: "self", kind: "ask", schema: "risks.schema.json", from: [▸"self"] },
          { id: "typo", kind: "ask", schema: "risks.schema.json", from: [▸"sumary", "summary", ▸"summary"] },
          { id: "digest", kind: "reduce", words: 100, from: ["summary"] },
          { id: "whole", kind: "ask", schema: "risks.schema.json", from: [▸"digest"] },
          { id: "again", kind: "reduce", words: 50, from: ["digest"] },
          { id: "later", kind: "filter", where: "document.pages < 3", from: ▸"summary" }
          """#),
      [
        "the step “later” stands after this one; steps refer only to steps before them",
        "a step of kind summarize reads the document alone, so its “from” may only name filters, not “first” of kind ask",
        "the step “self” cannot refer to itself",
        "there is no step “sumary”; did you mean “summary”?",
        "“from” names the step “summary” twice",
        "“digest” is about all documents together; only a step of kind reduce can take its result",
        #"“from” is a text; it should be a list of step ids, as in ["…"]"#,
      ])
  }

  @Test func `expressions are checked where they stand, against what steps can give`() {
    folder.expect(
      declaration(
        steps: #"""
          { id: "early", kind: "filter", where: "▸fields.governingLaw.value == 'x'" },
          { id: "fields", kind: "extract", schema: "terms.schema.json" },
          { id: "sort", kind: "classify", labels: ["a", "b"] },
          { id: "digest", kind: "reduce", words: 100, from: ["fields"], groupBy: "fields.▸governingLow.value" },
          { id: "a", kind: "minutes", where: "fields.governingLaw.▸valeu == 'x'" },
          { id: "b", kind: "minutes", where: "▸fields.capOnLiability.status == 'Found'" },
          { id: "c", kind: "minutes", where: "'x' in [fields.venue.status] or ▸fields.venue.status not in ['found', 'missing']" },
          { id: "d", kind: "minutes", where: "document.▸page > 3 and ▸digest.text == 'x'" },
          { id: "e", kind: "minutes", where: "sort.▸labl == 'a' and early.passed" },
          { id: "f", kind: "minutes", where: "▸count(fields)" },
          { id: "g", kind: "minutes", where: "fields.venue.value ▸= 'x'" },
          { id: "h", kind: "minutes", where: "" },
          { id: "i", kind: "minutes", where: ▸true },
          { id: "j", kind: "minutes", where: "fields[▸0]" },
          """#.replacing(#"where: "" }"#, with: #"where: "▸" }"#)),
      [
        "“where”: the step “fields” stands after this one; steps refer only to steps before them",
        "“groupBy”: “governingLow” is not among the schema's fields; did you mean “governingLaw”?",
        "“where”: “valeu” is not among a field's members; did you mean “value”?",
        "“where”: a status is never “Found”; it is 'found', 'absent', 'unsupported', 'notRead'",
        "“where”: a status is never “missing”; it is 'found', 'absent', 'unsupported', 'notRead'",
        "“where”: “page” is not among the members of “document”; did you mean “pages”?",
        "“where”: “digest” is about all documents together, so no expression about one can use it",
        "“where”: “labl” is not among the members of “sort”; did you mean “label”?",
        "“where”: this gives a number, which is never true; compare it with something",
        "“where”: write “==” to compare",
        "“where”: the expression is empty",
        "“where” is true; it should be a text",
        "“where”: the schema's fields have names, not numbers",
      ])
  }

  @Test func `places in expressions are counted through the escapes of the file`() {
    folder.expect(
      declaration(
        steps: #"""
          { id: "a", kind: "minutes", where: "'\u00e9\"\x41' == 'ü' ▸&& true" },
          { id: "b", kind: "minutes", where: '\'\uD83D\uDE00\' ==\
           1 ▸# 2' },
          """#),
      [
        "“where”: write “and” for “&&”",
        "“where”: unexpected character U+23",
      ])
  }

  @Test func `problems of a schema are at their places in the schema`() throws {
    try folder.write("bad.schema.json", "{\"type\": \"object\",\n \"properties\": }")
    try folder.write(
      "odd.schema.json",
      "{\n  \"properties\": {\n    \"a\": {\"x-tga\": \"parties\"},\n    \"b\": 3 } }")
    try folder.write("list.schema.json", "[]")
    let error = #expect(throws: DeclarationError.self) {
      try folder.read(
        declaration(
          steps: #"""
            { id: "x", kind: "extract", schema: "bad.schema.json" },
            { id: "y", kind: "extract", schema: "odd.schema.json" },
            { id: "z", kind: "extract", schema: "list.schema.json" }
            """#))
    }
    let found = error?.problems.map(\.description).map {
      $0.replacing(folder.folder.url.path + "/", with: "")
    }
    #expect(
      found == [
        "bad.schema.json:2:16: expected a value here",
        "list.schema.json:1:1: step “z”: a schema is an object, this is array",
        "odd.schema.json:3:20: step “y”, field “a”, x-tga: unknown keyword \"x-tga\", did you mean \"x-tag\"?",
        "odd.schema.json:4:10: step “y”, field “b”: a field is described by an object, this is integer",
      ])
  }

  @Test func `too many steps are refused`() {
    let steps = (0..<65).map { #"{ id: "s\#($0)", kind: "minutes" }"# }.joined(separator: ",")
    folder.expect(
      declaration(steps: steps).replacing("steps: [", with: "steps: ▸["),
      ["“steps” has 65 steps; at most 64 are allowed"])
  }
}
