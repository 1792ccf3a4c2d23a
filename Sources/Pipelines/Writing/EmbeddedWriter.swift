import Chat
import Constraints
import Foundation
import Generation
import Inference
import JSON
import Jobs
import Synchronization
import Tokenization

/// The model of a checkpoint folder, in this process.
///
/// What is said before every document is read once, each document once after it; the questions go on
/// from there in forks, which write their answers in one batch.
final class EmbeddedWriter: AnswerWriter {
  let tokens: ChatTokens
  let writer: Writer
  let model: Declaration.Model
  let tools: ToolBox
  /// The most tokens of one context.
  let limit: Int
  let room: Int
  let fieldsAtOnce = 1
  let bindsQuotes = true
  let answersAtOnce = 16
  /// What is said before every document: the same tokens for all.
  private let head: [Int32]
  /// What is said after every document, before its questions.
  let after: String
  /// Compiled schemas by their text: one for all documents.
  private let constraints = Mutex<[String: SchemaConstraint]>([:])
  private let opening = SharedOpening()
  private let memory: MemoryBudget

  /// What is set aside for a question, in tokens; a longer one still fits where the document is
  /// shorter.
  private static let longestQuestion = 4096

  /// - Parameter limit: the most tokens of one context, as declared.
  init(
    _ engine: Engine, _ tokenizer: Tokenizer, model: Declaration.Model, prompts: Prompts,
    limit: Int, memory: MemoryBudget, tools: ToolBox
  ) throws(GenerationError) {
    self.memory = memory
    self.model = model
    self.tools = tools
    writer = try Writer(engine: engine, tokenizer: tokenizer)
    tokens = ChatTokens(tokenizer)
    let (before, after) = prompts.aroundDocument
    self.after = after
    head = tokens.opening(
      system: prompts.text(of: .system), tools: tools.declared, before: before)
    self.limit = min(limit, engine.configuration.maximumPositions)
    room =
      self.limit - head.count - model.writing.answerTokens - model.writing.thinking
      - min(self.limit / 8, Self.longestQuestion)
  }

  func conversation(about part: DocumentPart, watch: Watch) throws -> any Conversation {
    let context = head + part.tokens
    let session: WritingSession
    do throws(InferenceError) {
      session = try opening.fork { () throws(InferenceError) in
        let session = writer.session()
        try session.advance(to: head, shouldStop: watch.shouldStop)
        return session
      }
      let read = session.position
      if let snapshots = part.snapshots {
        try session.advance(
          to: context, snapshots: snapshots, progress: { watch.reading($0, context.count) },
          saved: watch.saved, shouldStop: watch.shouldStop)
      } else {
        try session.advance(
          to: context, progress: { watch.reading(read + $0, context.count) },
          shouldStop: watch.shouldStop)
      }
    } catch {
      throw Self.fault(error)
    }
    let most = memory.forks(
      beside: context.count, tokens: model.writing.answerTokens + model.writing.thinking)
    return EmbeddedConversation(
      self, session: session, context: context, source: SpanIndex(part.text),
      atOnce: max(1, min(answersAtOnce, most)))
  }

  func constraint(for schema: JSONValue) throws -> SchemaConstraint {
    let text = schema.text()
    if let known = constraints.withLock({ $0[text] }) { return known }
    let made: SchemaConstraint
    do throws(ConstraintError) {
      made = try SchemaConstraint(schema)
    } catch {
      throw JobFault(.fault, "The shape of the answer cannot be held to: \(error)")
    }
    constraints.withLock { $0[text] = made }
    return made
  }

  static func fault(_ error: InferenceError) -> any Error {
    error.code == .stopped ? Interruption() : JobFault(.engine, "\(error)")
  }
}

/// A session that has read what is said before every document; read once, forked for each.
///
/// Unchecked: the session is touched under the lock only, and what leaves is a fork of its own.
private final class SharedOpening: @unchecked Sendable {
  private let lock = NSLock()
  private var session: WritingSession?

  func fork(reading make: () throws(InferenceError) -> WritingSession) throws(InferenceError)
    -> WritingSession
  {
    lock.lock()
    defer { lock.unlock() }
    let read: WritingSession
    if let session { read = session } else { read = try make() }
    session = read
    // For a document: it is long.
    return read.fork(piece: Session.piece)
  }
}

private final class EmbeddedConversation: Conversation {
  private let writer: EmbeddedWriter
  /// Has read the document, and stays there.
  private let session: WritingSession
  private let context: [Int32]
  private let source: SpanIndex
  /// Answers that are written together.
  private let atOnce: Int

  init(
    _ writer: EmbeddedWriter, session: WritingSession, context: [Int32], source: SpanIndex,
    atOnce: Int
  ) {
    self.writer = writer
    self.session = session
    self.context = context
    self.source = source
    self.atOnce = atOnce
  }

  /// A question under way.
  private struct Turn {
    var question: Question
    var constraint: SchemaConstraint
    /// All up to the model's answer.
    var prompt: [Int32]
    var answer: WrittenAnswer
    var reasoning: [String] = []
  }

  func ask(_ questions: [Question], watch: Watch) throws -> [Result<WrittenAnswer, any Error>] {
    var answers = [Result<WrittenAnswer, any Error>?](repeating: nil, count: questions.count)
    var turns: [(index: Int, turn: Turn)] = []
    for (index, question) in questions.enumerated() {
      do {
        turns.append((index, try turn(question, watch)))
      } catch let fault as JobFault {
        answers[index] = .failure(fault)
      }
    }
    let outcomes = writer.writer.write(
      turns.map { request($0.turn) }, from: session, atOnce: atOnce, shouldStop: watch.shouldStop)
    for ((index, turn), outcome) in zip(turns, outcomes) {
      do {
        answers[index] = .success(try Self.answer(try Self.written(outcome), turn))
      } catch let error where error is AnswerFault || error is JobFault {
        answers[index] = .failure(error)
      }
    }
    return answers.map { $0! }
  }

  /// What is said before the answer, calls of tools included.
  private func turn(_ question: Question, _ watch: Watch) throws -> Turn {
    let closing = writer.tokens.closing(writer.after + question.text)
    var turn = Turn(
      question: question, constraint: try writer.constraint(for: question.schema),
      prompt: context + closing, answer: WrittenAnswer(value: .null, promptTokens: closing.count))
    let writing = writer.model.writing
    let needed = turn.prompt.count + writing.thinking + writing.answerTokens
    guard needed <= writer.limit else {
      let what =
        "The document and the question “\(question.id)” have \(turn.prompt.count) tokens; with \(writing.thinking) for reasoning and \(writing.answerTokens) for the answer that is more than the context of \(writer.limit)."
      throw JobFault(
        .overContext, what, notices: [JobNotice(reason: "over-context", detail: what)])
    }
    if !writer.tools.tools.isEmpty {
      try callTools(
        question, on: session.fork(), &turn.prompt, &turn.answer, &turn.reasoning, watch)
    }
    return turn
  }

  private func request(_ turn: Turn) -> GenerationRequest {
    let writing = writer.model.writing
    var request = GenerationRequest(
      prompt: turn.prompt, sampling: sampling(turn.question), maxTokens: writing.answerTokens,
      endOfText: writer.tokens.endOfTurn, constraint: turn.constraint, source: source)
    if writing.thinking > 0, writer.tools.tools.isEmpty {
      request.thinking = Thinking(maxTokens: writing.thinking, open: Reply.thinkOpen + "\n")
    }
    return request
  }

  private static func answer(_ written: Generated, _ turn: Turn) throws -> WrittenAnswer {
    var answer = turn.answer
    var reasoning = turn.reasoning
    answer.outputTokens += written.reasoningTokens + written.answerTokens
    if let thought = written.reasoning, !thought.isEmpty { reasoning.append(thought) }
    if !reasoning.isEmpty { answer.reasoning = reasoning.joined(separator: "\n\n") }
    switch written.finish {
    case .complete, .endOfText, .stopSequence: break
    case .cancelled: throw Interruption()
    case .length:
      throw AnswerFault(
        message:
          "the answer of \(written.answerTokens) tokens hit its limit; raise model.answerTokens",
        text: written.answer)
    case .loop:
      throw AnswerFault(
        message: "the answer went round in circles for \(written.answerTokens) tokens",
        text: written.answer)
    }
    do {
      answer.value = try JSONValue.parse(Array(written.answer.utf8))
    } catch {
      throw AnswerFault(message: "the answer is not JSON", text: written.answer)
    }
    return answer
  }

  /// Lets the model think and call tools until it wants to answer; `prompt` then ends where the
  /// answer begins.
  private func callTools(
    _ question: Question, on session: WritingSession, _ prompt: inout [Int32],
    _ answer: inout WrittenAnswer, _ reasoning: inout [String], _ watch: Watch
  ) throws {
    let writing = writer.model.writing
    for round in 0..<ToolBox.mostRounds {
      var request = GenerationRequest(
        prompt: prompt, sampling: sampling(question, round: round),
        maxTokens: writing.answerTokens, stop: [Reply.callsClose],
        endOfText: writer.tokens.endOfTurn)
      if writing.thinking > 0 {
        request.thinking = Thinking(
          maxTokens: max(1, writing.thinking / ToolBox.mostRounds), open: Reply.thinkOpen + "\n")
      }
      let written = try Self.written(
        writer.writer.write([request], on: [session], shouldStop: watch.shouldStop)[0])
      if written.finish == .cancelled { throw Interruption() }
      answer.outputTokens += written.reasoningTokens + written.answerTokens
      if let thought = written.reasoning, !thought.isEmpty { reasoning.append(thought) }
      let calls = Reply(written.answer).calls
      guard !calls.isEmpty else {
        // It is done thinking, and answers from that.
        if let thought = written.reasoning, !thought.isEmpty {
          prompt += writer.tokens.text("\(Reply.thinkOpen)\n\(thought)\n\(Reply.thinkClose)\n")
        }
        return
      }
      let (results, failed) = try writer.tools.answer(calls, watch: watch)
      answer.failedTools += failed
      let turn = written.answer + Reply.callsClose
      let next = prompt + writer.tokens.text(turn) + writer.tokens.answering(results)
      // Where the results leave no room for an answer, it is given without them.
      guard next.count + writing.answerTokens <= writer.limit else {
        answer.failedTools.append("results beyond the context")
        return
      }
      answer.promptTokens += next.count - prompt.count - written.tokens.count
      prompt = next
    }
  }

  private static func written(_ outcome: Result<Generated, GenerationError>) throws -> Generated {
    do throws(GenerationError) {
      return try outcome.get()
    } catch {
      switch error {
      case .engine(let error): throw EmbeddedWriter.fault(error)
      case .request(let message): throw JobFault(.fault, message)
      }
    }
  }

  private func sampling(_ question: Question, round: Int = 0) -> Sampling {
    let model = writer.model
    let temperature = SamplingSeed.temperature(model.temperature, attempt: question.attempt)
    guard temperature > 0 else { return .greedy }
    return Sampling(
      temperature: temperature, topP: model.writing.topP,
      seed: question.seed &+ UInt64(round))
  }
}
