import Foundation
import Generation
import Inference
import JSON
import Jobs
import TestSupport
import Testing
import Tokenization

@testable import Pipelines

/// The questions of a document asked together, and each by itself.
@Suite struct TogetherTests {
  let folder: TemporaryFolder
  let engine: Engine
  let tokenizer: Tokenizer

  init() throws {
    folder = try TemporaryFolder()
    try TinyWriter.make(in: folder.url.appendingPathComponent("tiny"))
    engine = try Engine(folder: folder.url.appendingPathComponent("tiny"), threads: 1)
    tokenizer = try Tokenizer(folder: engine.folder)
  }

  private func conversation(
    _ change: (inout Pipelines.Declaration.Model.Writing) -> Void = { _ in }
  )
    throws -> any Conversation
  {
    var writing = Pipelines.Declaration.Model.Writing()
    writing.answerTokens = 120
    change(&writing)
    let writer = try EmbeddedWriter(
      engine, tokenizer,
      model: .init(weights: .folder(engine.folder), temperature: 0.9, seed: 5, writing: writing),
      prompts: .shipped, limit: 20_000,
      memory: MemoryBudget(engine, limit: 1 << 32, workers: 1, threads: 1),
      tools: ToolBox(tools: []))
    let part = DocumentPart(
      text: WrittenRun.agreement, tokens: tokenizer.encode(WrittenRun.agreement).ids)
    return try writer.conversation(about: part, watch: Watch())
  }

  private static let questions: [Question] = (0..<20).map { number in
    let schemas: [JSONValue] = [
      [
        "type": "object", "additionalProperties": false, "required": ["quotes"],
        "properties": [
          "quotes": [
            "type": "array", "minItems": 1, "maxItems": 2,
            "items": ["type": "string", "x-evidence": "required"],
          ]
        ],
      ], ["enum": ["yes", "no", "perhaps"]], ["type": "string", "maxLength": 30],
      ["type": "array", "items": ["type": "integer"], "maxItems": 4],
    ]
    return Question(
      id: "q\(number)", text: "Question \(number)?", schema: schemas[number % 4],
      seed: UInt64(number))
  }

  private struct Said: Equatable {
    var value: JSONValue
    var reasoning: String?
    var tokens: Int
  }

  private func said(_ answers: [Result<WrittenAnswer, any Error>]) throws -> [Said] {
    try answers.map { answer in
      let answer = try answer.get()
      return Said(value: answer.value, reasoning: answer.reasoning, tokens: answer.outputTokens)
    }
  }

  @Test(arguments: [0, 12]) func `each answer is the one it would be alone`(thinking: Int) throws {
    let conversation = try conversation { $0.thinking = thinking }
    let together = try said(conversation.ask(Self.questions, watch: Watch()))
    let alone = try Self.questions.flatMap { try said(conversation.ask([$0], watch: Watch())) }
    #expect(together == alone)
    #expect(together.allSatisfy { ($0.reasoning != nil) == (thinking > 0) })
    let reversed = try said(conversation.ask(Self.questions.reversed(), watch: Watch()))
    #expect(reversed.reversed() == together)
  }

  @Test func `a question that does not fit fails by itself`() throws {
    var questions = Array(Self.questions.prefix(3))
    questions[1].text = String(repeating: "And what of that? ", count: 8000)
    let answers = try conversation().ask(questions, watch: Watch())
    #expect(throws: Never.self) { try answers[0].get() }
    #expect(throws: Never.self) { try answers[2].get() }
    #expect {
      try answers[1].get()
    } throws: {
      ($0 as? JobFault)?.cause == .overContext
    }
  }

  @Test func `a batch is as large as memory has room for forks`() throws {
    let budget = { MemoryBudget(engine, limit: $0, workers: 1, threads: 1) }
    let room = (0...64).map { budget($0 << 22).forks(beside: 4000, tokens: 500) }
    #expect(room.first == 0)
    #expect(room == room.sorted())
    #expect(try #require(room.last) > 16)
  }

  // MARK: Ahead

  /// Answers every question with its id, and notes what was asked together.
  private final class Echo: Conversation {
    var asked: [[String]] = []
    var faults: [String: any Error] = [:]

    func ask(_ questions: [Question], watch: Watch) throws -> [Result<WrittenAnswer, any Error>] {
      asked.append(questions.map(\.id))
      return questions.map { question in
        if let fault = faults[question.id] { return .failure(fault) }
        return .success(WrittenAnswer(value: .string(question.id)))
      }
    }
  }

  @Test func `what later steps will ask is asked along, and each gets its own answer`() throws {
    let echo = Echo()
    echo.faults = [
      "b": AnswerFault(message: "not JSON", text: ""), "c": JobFault(.engine, "the machine"),
    ]
    let ahead = AskingAhead(echo)
    let questions = ["a", "b", "c", "d"].enumerated().map {
      Question(id: $1, text: "", schema: true, seed: UInt64($0))
    }
    ahead.expect(Array(questions.dropFirst()))
    #expect(try said(ahead.ask([questions[0]], watch: Watch())).map(\.value) == ["a"])
    #expect(echo.asked == [["a", "b", "c", "d"]])
    // Found already, an invalid answer among them; a fault of the machine is none of the question's.
    #expect(try said(ahead.ask([questions[3]], watch: Watch())).map(\.value) == ["d"])
    #expect(throws: AnswerFault.self) { try ahead.ask([questions[1]], watch: Watch())[0].get() }
    #expect(echo.asked.count == 1)
    echo.faults = [:]
    #expect(try said(ahead.ask([questions[2]], watch: Watch())).map(\.value) == ["c"])
    // Another try is another question.
    var again = questions[1]
    again.attempt = 1
    #expect(try said(ahead.ask([again], watch: Watch())).map(\.value) == ["b"])
    #expect(echo.asked.dropFirst() == [["c"], ["b"]])
  }
}
