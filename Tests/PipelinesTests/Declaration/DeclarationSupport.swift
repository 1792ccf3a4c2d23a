import Foundation
import JSON
import Pipelines
import TestSupport
import Testing

/// A folder with the two schemas that the declarations of these tests name.
struct DeclarationFolder {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try write(
      "terms.schema.json",
      """
      {
        "type": "object",
        "properties": {
          "governingLaw": { "type": "string", "x-tag": "governing_law" },
          "capOnLiability": { "type": "boolean", "x-tag": "cap_on_liability" },
          "venue": { "type": "string", "x-pattern": "courts of (?<value>[A-Z]\\\\w+)" }
        }
      }
      """)
    try write(
      "risks.schema.json", #"{"type": "object", "properties": {"level": {"type": "string"}}}"#)
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
  }

  var file: URL { folder.url.appendingPathComponent("d.json5") }

  func read(_ text: String) throws(DeclarationError) -> Declaration {
    try DeclarationReader.read(Array(text.utf8), from: file)
  }

  /// The problems of a declaration in which `▸` marks where each is expected, in order.
  ///
  /// - Returns: `line:column: message` of what was found, and `line:column` of the marks.
  func problems(_ marked: String) -> (found: [String], marks: [String]) {
    var text = String.UnicodeScalarView()
    var marks: [String] = []
    for scalar in marked.unicodeScalars {
      if scalar == "▸" {
        marks.append(JSONPosition(of: .max, in: Array(String(text).utf8)).description)
      } else {
        text.append(scalar)
      }
    }
    do {
      _ = try read(String(text))
      return ([], marks)
    } catch {
      let found = error.problems.map { problem in
        "\(problem.position.map(\.description) ?? "?"): \(problem.message)"
      }
      return (found, marks)
    }
  }

  func expect(
    _ marked: String, _ messages: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (found, marks) = problems(marked)
    #expect(
      marks.count == messages.count, "a mark for each message", sourceLocation: sourceLocation)
    let expected = zip(marks, messages).map { "\($0): \($1)" }
    #expect(found == expected, sourceLocation: sourceLocation)
  }
}

/// A declaration without problems around the steps given.
func declaration(steps: String, output: String = #"output: { dir: "out" }"#) -> String {
  """
  { format: 1, name: "test", input: { dir: "documents" },
    steps: [\(steps)],
    \(output) }
  """
}
