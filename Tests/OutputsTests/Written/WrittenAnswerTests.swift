import Documents
import JSON
import TestSupport
import Testing

@testable import Outputs

/// What becomes of a model's answers: the words they rest on are looked up, the rest is left out.
@Suite struct WrittenAnswerTests {
  private static let text =
    "This contract is governed by the laws of the State of New York. It ends on March 5, 2020. The fee is 1,200 dollars."

  private static let document = Document(
    mediaType: "text/plain", blocks: [Block(.paragraph(AnchoredText(unanchored: text)))])

  private static func quoting(isBound: Bool = false) -> Quoting {
    return Quoting(Grounding(ExtractedText(document)), isBound: isBound)
  }

  private static func questions(_ schema: String, optional: Bool = false) throws -> FieldQuestions {
    let declared = try JSONValue.parse(Array(schema.utf8))
    return FieldQuestions(
      try FieldSchema(declared, named: "s"), declared: declared, asksForValues: false,
      quotesAreOptional: optional)
  }

  @Test func `a bound quote that cuts words is widened to whole ones, a free one is none`() {
    let cut = "verned by the la"
    #expect(Self.quoting().range(of: cut) == nil)
    let range = Self.quoting(isBound: true).range(of: cut)
    #expect(
      range.map { String(Self.text.utf8.dropFirst($0.lowerBound).prefix($0.count)) ?? "" }
        == "governed by the laws")
    #expect(Self.quoting(isBound: true).range(of: ",20") != nil)
    #expect(Self.quoting(isBound: true).range(of: "the Moon") == nil)
  }

  @Test func `values that words decide are made of the quoted words`() throws {
    let questions = try Self.questions(
      """
      {"type":"object","properties":{
        "law":{"type":"string","x-normalize":"jurisdiction"},
        "ends":{"type":"string","format":"date"},
        "fee":{"x-normalize":"money"},
        "words":{"type":"string"},
        "other":{"type":"string"}}}
      """)
    // Of these only quotes are asked for.
    let shape = questions.answerSchema(for: questions.schema.fields)
    #expect(shape["properties"]?["law"]?["anyOf"]?[1]?["properties"]?["value"] == nil)
    #expect(
      shape["properties"]?["law"]?["anyOf"]?[1]?["properties"]?["quotes"]?["items"]?["x-evidence"]
        == "required")
    let answers = questions.answers(
      [
        [
          "law": ["quotes": ["governed by the laws of the State of New York"]],
          "ends": ["quotes": ["It ends on March 5, 2020"]],
          "fee": ["quotes": ["1,200 dollars"]], "words": ["quotes": ["This contract"]],
          "other": nil,
        ]
      ], quoting: Self.quoting())
    let values = Dictionary(uniqueKeysWithValues: answers.map { ($0.name, $0.value) })
    #expect(values["law"] == "New York, USA")
    #expect(values["ends"] == "2020-03-05")
    #expect(values["fee"] == ["amount": "1200.00", "currency": "USD"])
    #expect(values["words"] == "This contract")
    #expect(answers.last?.status == .absent)
  }

  @Test func `a value without words of the document is unsupported, and keeps what was said`()
    throws
  {
    let questions = try Self.questions(
      #"{"type":"object","properties":{"law":{"type":"string"},"risk":{"enum":["low","high"]}}}"#)
    let answers = questions.answers(
      [
        [
          "law": ["quotes": ["the laws of the Moon"]],
          "risk": ["quotes": ["nowhere"], "value": "low"],
        ]
      ],
      quoting: Self.quoting())
    #expect(answers.map(\.status) == [.unsupported, .unsupported])
    #expect(answers.map(\.value) == [.null, .null])
    #expect(answers[0].raw == "the laws of the Moon")
  }

  @Test func `references into the user's schema lead where they led, from a question as well`()
    throws
  {
    let questions = try Self.questions(
      """
      {"type":"object","$id":"https://example.org/s","properties":{
        "size":{"enum":["small","large"],"description":"How large?"},
        "other":{"type":"array","items":{"$ref":"#/properties/size"}},
        "plain":{"type":"integer"}}}
      """)
    let fields = questions.schema.fields
    let schema = try JSONSchema(questions.answerSchema(for: [fields[1]]))
    func violations(_ value: JSONValue) -> Int {
      schema.validate(["other": ["quotes": ["This contract"], "value": value]]).count
    }
    #expect(violations(["small"]) == 0)
    #expect(violations(["medium"]) > 0)
    // What refers to nothing carries nothing along.
    #expect(questions.answerSchema(for: [fields[2]])["$defs"] == nil)
    let answers = questions.answers(
      [["other": ["quotes": ["This contract"], "value": ["large"]]]], quoting: Self.quoting())
    #expect(answers[1].value == ["large"])
  }

  @Test func `a value its field's schema refuses is unsupported`() throws {
    let questions = try Self.questions(
      ##"{"$defs":{"n":{"type":"integer","maximum":5}},"type":"object","properties":{"n":{"$ref":"#/$defs/n"}}}"##
    )
    #expect(
      questions.answerSchema(for: questions.schema.fields)["$defs"]?["declared"]?["$defs"]?["n"]
        != nil)
    func status(_ value: JSONValue) -> FieldAnswer.Status? {
      questions.answers(
        [["n": ["quotes": ["The fee"], "value": value]]], quoting: Self.quoting()
      ).first?.status
    }
    #expect(status(5) == .found)
    #expect(status(6) == .unsupported)
  }

  @Test func `with optional evidence a value may stand alone, and says so`() throws {
    let questions = try Self.questions(
      #"{"type":"object","properties":{"risk":{"enum":["low","high"]}}}"#, optional: true)
    let quoting = Self.quoting()
    let answers = questions.answers(
      [["risk": ["quotes": [], "value": "high"]]], quoting: quoting)
    let content = FieldsOutput.content(
      answers, schemaName: "s", schemaSha256: "", grounding: quoting.grounding, isWhole: true,
      statesConfidence: false)
    #expect(content.data["fields"]?["risk"]?["status"] == "found")
    #expect(content.warnings.map(\.code) == ["no-quote"])
  }

  @Test func `of several parts the first that says something counts, others are alternatives`()
    throws
  {
    let questions = try Self.questions(
      #"{"type":"object","properties":{"risk":{"enum":["low","high"]}}}"#)
    let answers = questions.answers(
      [
        ["risk": nil], ["risk": ["quotes": ["The fee"], "value": "high"]],
        ["risk": ["quotes": ["It ends"], "value": "low"]],
      ], quoting: Self.quoting())
    #expect(answers[0].value == "high")
    #expect(answers[0].alternatives.map(\.value) == ["low"])
  }

  @Test func `a summary keeps the sentences that rest on words, and counts the others`() throws {
    let content = SummaryQuestion.content(
      [
        [
          "points": [
            ["quotes": ["governed by the laws"], "text": "New York\nlaw  governs."],
            ["quotes": ["nowhere"], "text": "It is invented."],
          ]
        ]
      ], of: Self.document, quoting: Self.quoting(), words: 3)
    #expect(content.data["abstract"] == "New York law governs.")
    #expect(content.data["points"]?.array?.count == 1)
    #expect(content.warnings.map(\.code) == ["written", "unsupported-point", "over-length"])
  }

  @Test func `a digest cites the statements it was made of, each in its own document`() {
    var input = DigestInput()
    for name in ["a", "b"] {
      input.add([
        "source": ["path": .string(name)],
        "evidence": ["e1": ["match": "exact", "n": .string(name)]],
        "data": ["points": [["text": "The fee is due monthly.", "evidence": ["e1"]]]],
      ])
    }
    #expect(input.statements.map(\.path) == ["a", "b"])
    let contents = DigestOutput.Contents.written(
      ["points": [["cites": [2, 2, 9], "text": "Both."], ["cites": [7], "text": "Neither."]]],
      about: input.statements)
    #expect(contents.points.count == 1)
    #expect(contents.points[0].statements == [input.statements[1]])
    #expect(contents.warnings.map(\.code) == ["written", "unsupported-point"])
    // Without a model that writes: what says nothing new is not said twice.
    let chosen = DigestOutput.Contents.chosen(from: input, words: 100, most: nil)
    #expect(chosen.points.map(\.text) == ["The fee is due monthly."])
  }
}
