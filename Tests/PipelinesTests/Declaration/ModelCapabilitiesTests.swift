import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipelines

@Suite struct ModelCapabilitiesTests {
  private let folder: DeclarationFolder
  init() throws { folder = try DeclarationFolder() }

  private let steps = #"""
    { id: "fields", kind: "extract", schema: "terms.schema.json" },
    { id: "summary", kind: "summarize", words: 100 },
    { id: "talk", kind: "minutes" },
    { id: "few", kind: "filter", where: "document.pages < 9" },
    { id: "risks", kind: "ask", schema: "risks.schema.json" },
    { id: "sort", kind: "classify", labels: ["a", "b"] },
    { id: "digest", kind: "reduce", from: ["summary"], words: 100 },
    """#

  private func problems(_ model: ModelCapabilities) throws -> [String] {
    let read = try folder.read(declaration(steps: steps))
    return read.problems(for: model).map {
      $0.description.replacing(folder.folder.url.path + "/", with: "")
    }
  }

  @Test func `a checkpoint that writes can do every step`() throws {
    #expect(try problems(.init(tags: [], writes: true)).isEmpty)
  }

  @Test func `a checkpoint that marks words cannot write`() throws {
    let tags = Set(["governing_law", "cap_on_liability", "parties"])
      .union(Declaration.summaryTags).union(Declaration.minutesTags)
    let found = try problems(.init(tags: tags, writes: false))
    #expect(found.count == 3)
    #expect(
      found[0]
        == "d.json5:6:22: step “risks”: ask needs a model that writes, and the default weights only mark words in a document; name a checkpoint with a language-model head in model.weights, or a server in model.endpoint with model.name"
    )
    // Each label that nothing chooses, with what would.
    #expect(found[1].hasPrefix("d.json5:7:21: step “sort”: the label “"))
    #expect(found[1].contains("x-pattern") && found[1].contains("model.endpoint"))
  }

  @Test func `a field that nothing answers is named with what would answer it`() throws {
    let found = try problems(.init(tags: ["governing_lav", "salient"], writes: false))
    #expect(found.count == 6)
    #expect(found[0].hasPrefix("terms.schema.json:4:"))
    #expect(found[0].contains("field “governingLaw”, x-tag"))
    #expect(found[0].contains("governing_lav"))
    #expect(found[1].hasPrefix("terms.schema.json:5:"))
    // `venue` has a pattern, which needs no checkpoint at all.
    #expect(!found.contains { $0.contains("venue") })
    #expect(
      found[2]
        == "d.json5:4:21: step “talk”: needs a checkpoint that writes, or one that marks meeting_action, meeting_decision, meeting_problem, meeting_salient, meeting_topic_start; the default weights do"
    )
  }
}
