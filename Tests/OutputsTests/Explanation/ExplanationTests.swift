import JSON
import Testing

@testable import Outputs

@Suite struct ExplanationTests {
  private let envelope: JSONValue
  private let minutes: JSONValue

  init() throws {
    let sample = SampleOutputs()
    envelope = try #require(sample.envelopes.first { $0.kind == .fields }).json
    minutes = try #require(sample.envelopes.first { $0.kind == .minutes }).json
  }

  @Test func `every answer has a pointer that leads back to it`() throws {
    for output in [envelope, minutes] {
      let all = Statement.all(of: output)
      #expect(all.count >= 4)
      for statement in all {
        let text = "\(statement.pointer)"
        #expect(output[pointer: statement.pointer]?["evidence"] != nil, "\(text)")
        guard case .statement(let found) = try Explanation.target(text, in: output) else {
          Issue.record("\(text) is no statement")
          continue
        }
        #expect(found == statement)
      }
    }
  }

  @Test func `a field's name alone, a value within it and its pointer mean the same`() throws {
    for words in [
      "governingLaw", "/data/fields/governingLaw", "/data/fields/governingLaw/value",
      "/data/fields/governingLaw/evidence/0",
    ] {
      guard case .statement(let statement) = try Explanation.target(words, in: envelope) else {
        Issue.record("\(words)")
        continue
      }
      let explanation = Explanation(of: statement, in: envelope)
      #expect("\(statement.pointer)" == "/data/fields/governingLaw")
      #expect(explanation.confidence == "0.93")
      #expect(explanation.evidence.count == 1)
      #expect(explanation.entry["raw"] == "New York")
    }
  }

  @Test func `parts with several answers list them, evidence names who cites it`() throws {
    guard case .several(let statements) = try Explanation.target("/data/fields", in: envelope)
    else {
      Issue.record("/data/fields")
      return
    }
    #expect(statements.count == 4)
    guard case .evidence("e1", let citedBy) = try Explanation.target("/evidence/e1", in: envelope)
    else {
      Issue.record("/evidence/e1")
      return
    }
    #expect(citedBy.map { "\($0.pointer)" } == ["/data/fields/governingLaw"])
    guard case .other = try Explanation.target("/source/sha256", in: envelope) else {
      Issue.record("/source/sha256")
      return
    }
  }

  @Test(arguments: [
    ("governinLaw", "neither a JSON Pointer", "governingLaw"),
    ("/data/fields/governingLw", "/data/fields has no “governingLw”", "governingLaw"),
    ("/dat", "the output has no “dat”", "data"),
    ("/data/fields/governingLaw/value/x", "has nothing below it", ""),
    ("/data/fields/governingLaw/evidence/7", "list with the elements 0 to 0", ""),
    ("/data/fields/governingLaw/evidence/00", "list with the elements 0 to 0", ""),
    ("~", "no JSON Pointer: “~” is written ~0", ""),
  ])
  func `a pointer that leads nowhere says where it ended, and what is there`(
    words: String, message: String, known: String
  ) {
    do {
      _ = try Explanation.target(words, in: envelope)
      Issue.record("\(words) leads somewhere")
    } catch {
      #expect(error.description.contains(message), "\(error)")
      if !known.isEmpty { #expect(error.known.contains(known)) }
    }
  }

  @Test(arguments: [
    ("", []), ("/a", ["a"]), ("/a~1b/~0", ["a/b", "~"]), ("/", [""]), ("/0/x", ["0", "x"]),
  ])
  func `pointers are those of RFC 6901`(text: String, tokens: [String]) throws {
    let pointer = try #require(JSONPointer(text))
    #expect(pointer.tokens == tokens)
    #expect(pointer.description == text)
    #expect(JSONPointer("a") == nil)
    #expect(JSONPointer("/~2") == nil)
    #expect(JSONPointer("/~") == nil)
  }
}
