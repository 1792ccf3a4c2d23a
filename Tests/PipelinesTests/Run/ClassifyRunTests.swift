import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipelines

/// Labels by patterns, with the weights that ship.
@Suite struct ClassifyRunTests {
  @Test func `documents are labelled by their words, cited, and told apart by the label`() throws {
    let run = try WrittenRun(documents: 1)
    try run.write("contracts/lease.txt", "LEASE\n\nThe Tenant pays a rent of 900 dollars a month.")
    try run.write("contracts/note.txt", "A note about nothing in particular.")
    let declaration = try run.declaration(
      #"""
      { format: 1, name: "sorted", input: { dir: "contracts" },
        steps: [
          { id: "sort", kind: "classify", labels: {
              lease: { "x-pattern": "(?i)\\btenant\\b", description: "Land or rooms for rent" },
              services: { "x-pattern": "(?i)\\bservices agreement\\b" } } },
          { id: "summary", kind: "summarize", sentences: 1, where: "sort.label == 'lease'" } ],
        output: { dir: "out", csv: ["sort"] } }
      """#)
    let capabilities = try LoadedModel.capabilities(of: declaration.model.weights)
    #expect(declaration.problems(for: capabilities).isEmpty)
    let ending = try run.run(declaration)
    #expect(ending.ending.results.isComplete, "\(ending.events)")
    func label(_ name: String) throws -> JSONValue? {
      try run.output("\(name).sort.json")["data"]?["fields"]?["label"]
    }
    #expect(try label("lease.txt")?["value"] == "lease")
    #expect(try label("agreement-1.txt")?["value"] == "services")
    #expect(try label("note.txt")?["status"] == "absent")
    let lease = try run.output("lease.txt.sort.json")
    let proof = try #require(lease["evidence"]?["e1"]?["selector"]?[0]?["exact"]?.string)
    #expect(proof.contains("Tenant"))
    let files = try run.outputs().keys
    #expect(files.contains("lease.txt.summary.json"))
    #expect(!files.contains("note.txt.summary.json"))
    let verified = try OutputFolder(run.url("out")).verify(pdfProgram: nil)
    #expect(verified.problems.isEmpty, "\(verified.problems)")
  }
}
