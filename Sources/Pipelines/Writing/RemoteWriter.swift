import Chat
import Endpoints
import JSON
import Jobs

/// A model behind a server.
final class RemoteWriter: AnswerWriter {
  let client: EndpointClient
  let model: Declaration.Model
  let prompts: Prompts
  let room: Int
  let tools: ToolBox
  /// A request carries the whole document: few large questions.
  let fieldsAtOnce = 24
  let bindsQuotes = false
  let answersAtOnce: Int

  /// - Parameter room: see ``AnswerWriter/room``; a server's own count may differ.
  init(
    _ client: EndpointClient, model: Declaration.Model, prompts: Prompts, room: Int,
    concurrency: Int, tools: ToolBox
  ) {
    answersAtOnce = concurrency
    self.client = client
    self.model = model
    self.prompts = prompts
    self.room = room
    self.tools = tools
  }

  func conversation(about part: DocumentPart, watch: Watch) throws -> any Conversation {
    RemoteConversation(self, text: part.text)
  }
}

private final class RemoteConversation: Conversation, Sendable {
  private let writer: RemoteWriter
  private let text: String

  init(_ writer: RemoteWriter, text: String) {
    self.writer = writer
    self.text = text
  }

  func ask(_ questions: [Question], watch: Watch) throws -> [Result<WrittenAnswer, any Error>] {
    let shouldStop = watch.shouldStop
    let answers = SideBySide.map(questions, atOnce: writer.answersAtOnce) { question in
      try self.answer(to: question, shouldStop)
    }
    for case .failure(let error) in answers where !(error is AnswerFault || error is JobFault) {
      throw error
    }
    return answers
  }

  private func answer(to question: Question, _ shouldStop: @escaping @Sendable () -> Bool) throws
    -> WrittenAnswer
  {
    let model = writer.model
    let (before, after) = writer.prompts.aroundDocument
    var request = CompletionRequest(
      messages: [
        .system(writer.prompts.text(of: .system)),
        .user(before + text + after + question.text),
      ], maxTokens: model.writing.answerTokens + model.writing.thinking,
      temperature: SamplingSeed.temperature(model.temperature, attempt: question.attempt),
      // Servers take 32 bits.
      seed: Int(question.seed & 0x7FFF_FFFF))
    request.topP = request.temperature > 0 ? model.writing.topP : nil
    request.schema = question.schema.withoutOwnKeywords
    request.tools = writer.tools.declared
    if model.writing.thinking > 0 { request.reasoningLimit = model.writing.thinking }
    var answer = WrittenAnswer(value: .null)
    var reasoning: [String] = []
    for round in 0... {
      var completion = try complete(request, shouldStop)
      if completion.finish == .reasoningLimit {
        completion = try answered(request, after: completion, shouldStop)
      }
      answer.promptTokens += completion.promptTokens
      answer.outputTokens += completion.outputTokens
      let reply = Reply(completion.content)
      let thought = [completion.reasoning, reply.reasoning ?? ""].filter { !$0.isEmpty }
      if !thought.isEmpty { reasoning.append(thought.joined(separator: "\n")) }
      let calls = completion.calls + reply.calls
      if !calls.isEmpty, !request.tools.isEmpty, round < ToolBox.mostRounds {
        let (results, failed) = try writer.tools.answer(calls, watch: Watch(shouldStop: shouldStop))
        answer.failedTools += failed
        request.messages += [
          .assistant(completion.content), ChatMessage(.toolResults(results)),
        ]
        if round + 1 == ToolBox.mostRounds { request.tools = [] }
        continue
      }
      switch completion.finish {
      case .length:
        throw AnswerFault(
          message:
            "the answer of \(completion.outputTokens) tokens hit its limit; raise model.answerTokens",
          text: completion.content)
      case .filtered:
        throw AnswerFault(message: "the server held the answer back", text: completion.content)
      case .whiteSpace:
        throw AnswerFault(
          message: "the answer ran on in white space and was broken off", text: completion.content)
      default: break
      }
      answer.value = try Self.value(of: reply.text, schema: question.schema)
      if !reasoning.isEmpty { answer.reasoning = reasoning.joined(separator: "\n\n") }
      return answer
    }
    preconditionFailure("a conversation has an end")
  }

  /// The answer of a model whose reasoning is closed at its limit: it goes on from there, as far as
  /// its server lets an answer be begun for it.
  private func answered(
    _ request: CompletionRequest, after thought: Endpoints.Completion, _ shouldStop: () -> Bool
  ) throws -> Endpoints.Completion {
    var request = request
    request.messages.append(
      .assistant("\(Reply.thinkOpen)\n\(thought.reasoning)\n\(Reply.thinkClose)\n"))
    request.continuesLastMessage = true
    request.reasoningLimit = nil
    request.maxTokens = writer.model.writing.answerTokens
    var completion: Endpoints.Completion
    do {
      completion = try complete(request, shouldStop)
    } catch let fault as JobFault where fault.cause == .fault {
      throw AnswerFault(
        message:
          "the reasoning went on beyond \(thought.outputTokens) tokens, and the server does not let it be closed; raise model.thinking",
        text: thought.reasoning)
    }
    // A server that sets reasoning apart may take what follows the closed one for more of it.
    if completion.content.isEmpty {
      completion.content = completion.reasoning
      completion.reasoning = ""
    }
    completion.reasoning =
      thought.reasoning + (completion.reasoning.isEmpty ? "" : "\n" + completion.reasoning)
    completion.outputTokens += thought.outputTokens
    return completion
  }

  private func complete(_ request: CompletionRequest, _ shouldStop: () -> Bool) throws
    -> Endpoints.Completion
  {
    do throws(EndpointError) {
      return try writer.client.complete(request, shouldStop: shouldStop)
    } catch {
      switch error.cause {
      case .stopped: throw Interruption()
      case .overContext:
        throw JobFault(
          .overContext, error.description,
          notices: [JobNotice(reason: "over-context", detail: error.description)])
      // No other document would fare better.
      case .refused: throw PipelineError(error.description, isDeclarationFault: true)
      case .badRequest: throw JobFault(.fault, error.description)
      case .unreachable, .timeout, .busy, .server, .cut, .protocolFault:
        throw JobFault(.engine, error.description)
      }
    }
  }

  /// The JSON of an answer, held to its schema as what a server says is no proof of it.
  private static func value(of text: String, schema: JSONValue) throws -> JSONValue {
    var words = text[...]
    // Fences, as many models put them around JSON.
    if words.hasPrefix("```"), words.hasSuffix("```"), let line = words.firstIndex(of: "\n") {
      words = words[words.index(after: line)...].dropLast(3)
    }
    let value: JSONValue
    do {
      value = try JSONValue.parse(Array(words.utf8))
    } catch {
      throw AnswerFault(message: "the answer is not JSON", text: text)
    }
    let violations: [JSONSchema.Violation]
    do {
      violations = try JSONSchema(schema).validate(value)
    } catch {
      throw JobFault(.fault, "The schema of the question cannot be used: \(error)")
    }
    if let first = violations.first {
      throw AnswerFault(
        message:
          "the answer does not follow its schema: \(first)"
          + (violations.count > 1 ? ", and \(violations.count - 1) more" : ""), text: text)
    }
    return value
  }
}

extension JSONValue {
  /// A schema without the keywords that are ours, which a server need not know.
  var withoutOwnKeywords: JSONValue {
    switch self {
    case .object(let object):
      var result = JSONObject()
      for (key, value) in object.members where !key.hasPrefix("x-") {
        result[key] = value.withoutOwnKeywords
      }
      return .object(result)
    case .array(let array): return .array(array.map(\.withoutOwnKeywords))
    default: return self
    }
  }
}
