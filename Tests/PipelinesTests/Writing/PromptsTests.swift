import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipelines

@Suite struct PromptsTests {
  @Test func `the shipped prompts are the files of Pipelines, with all their places`() {
    for name in Prompts.Name.allCases {
      let text = Prompts.shipped.text(of: name)
      #expect(!text.isEmpty)
      for place in name.places { #expect(text.contains("{{\(place)}}"), "\(name)") }
    }
  }

  @Test func `a prompt without one of its places, or with another, is refused`() {
    var prompts = Prompts.shipped
    for (text, part) in [
      ("{{length}}", "has no place {{shape}}"),
      ("{{length}} {{shape}} {{shape}}", "more than once"),
      ("{{length}} {{shape}} {{colour}}", "those of summarize.md are length, shape"),
    ] {
      #expect {
        try prompts.replace(.summarize, with: Array(text.utf8))
      } throws: {
        ($0 as? Prompts.Problem)?.message.contains(part) == true
      }
    }
  }

  @Test func `a declaration's own prompts change the keys of the steps they speak for`() throws {
    let folder = try DeclarationFolder()
    let prompts = folder.folder.url.appendingPathComponent("mine")
    try FileManager.default.createDirectory(at: prompts, withIntermediateDirectories: true)
    try folder.write("mine/summarize.md", "Kurz bitte. {{length}} {{shape}}")
    let text = """
      { format: 1, name: "p", input: { dir: "in" }, prompts: "mine",
        steps: [{ id: "s", kind: "summarize", words: 100 }], output: { dir: "out" } }
      """
    let read = try folder.read(text)
    #expect(read.prompts.text(of: .summarize).hasPrefix("Kurz bitte."))
    #expect(read.prompts.sha256(of: .summarize) != Prompts.shipped.sha256(of: .summarize))
    #expect(read.prompts.sha256(of: .extract) == Prompts.shipped.sha256(of: .extract))
    try folder.write("mine/sumarize.md", "x")
    let problems = folder.problems(text).found
    #expect(problems.count == 1)
    #expect(problems.first?.contains("did you mean “summarize.md”") == true, "\(problems)")
  }
}
