import Documents
import JSON
import Testing

@testable import Outputs

/// Labels by patterns: chosen by words of the document, which are the proof.
@Suite struct LabelRulesTests {
  private static let rules: [LabelRules.Rule] = [
    .init(name: "lease", tag: nil, pattern: "(?i)\\b(landlord|tenant)\\b"),
    .init(name: "services", tag: nil, pattern: "(?i)\\bservices\\b"),
    .init(name: "loan", tag: nil, pattern: "(?i)\\bborrower\\b"),
  ]

  private func words(_ range: Range<Int>, _ text: ExtractedText) -> String {
    String(decoding: Array(text.text.utf8)[range], as: UTF8.self)
  }

  private func answer(_ text: String, multiple: Bool = false, whole: Bool = true) throws
    -> (FieldAnswer, ExtractedText)
  {
    let extracted = ExtractedText(
      Document(
        mediaType: "text/plain", blocks: [Block(.paragraph(AnchoredText(unanchored: text)))]))
    let rules = try LabelRules(Self.rules, multiple: multiple)
    let answers = rules.answers(
      text: extracted, scores: TagScores(labels: [], tokenRanges: [], logits: []), readWhole: whole)
    #expect(answers.count == 1)
    return (answers[0], extracted)
  }

  @Test func `the label is the one that the document has words for, and those prove it`() throws {
    let (answer, text) = try answer("It is agreed. The Tenant pays rent. Nothing else.")
    #expect(answer.name == "label" && answer.status == .found && answer.value == "lease")
    #expect(answer.evidence.map { words($0, text) } == ["The Tenant pays rent."])
  }

  @Test func `of equal ones the first declared is the label, the others are alternatives`() throws {
    let (answer, _) = try answer("Services are rendered. The Tenant pays rent.")
    #expect(answer.value == "lease")
    #expect(answer.alternatives.map(\.value) == ["services"])
  }

  @Test func `several are listed as declared, each with its words`() throws {
    let (answer, _) = try answer("Services are rendered. The Tenant pays rent.", multiple: true)
    #expect(answer.name == "labels" && answer.value == ["lease", "services"])
    #expect(answer.evidence.count == 2)
  }

  @Test func `without words there is no label`() throws {
    #expect(try answer("Nothing of the kind.").0.status == .absent)
    #expect(try answer("Nothing of the kind.", whole: false).0.status == .notRead)
  }

  @Test func `a label without a rule, a pattern that is none and a mark nobody makes are problems`()
  {
    func problems(_ rule: LabelRules.Rule) -> String {
      do throws(LabelRules.Invalid) {
        _ = try LabelRules([Self.rules[0], rule], multiple: false, labels: ["party", "salient"])
        return ""
      } catch { return error.problems.map(\.message).joined(separator: "\n") }
    }
    #expect(problems(.init(name: "x", tag: nil, pattern: nil)).contains("“x” needs an"))
    let pattern = problems(.init(name: "x", tag: nil, pattern: "("))
    #expect(pattern.contains("“x”: x-pattern is not a regular expression"))
    let tag = problems(.init(name: "x", tag: "partie", pattern: nil))
    #expect(tag.contains("“x”: the checkpoint has no label \"partie\""))
  }
}
