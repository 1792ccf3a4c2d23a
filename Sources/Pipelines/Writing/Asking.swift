import JSON
import Jobs

/// The questions of one step: asks them, tries again, adds up what they took.
struct Asking {
  let step: Step
  /// The job's.
  let key: String
  let declaration: Declaration
  let workspace: Workspace
  let watch: Watch
  private(set) var promptTokens = 0
  private(set) var outputTokens = 0
  private(set) var reasoning: [String] = []
  private(set) var failedTools: [String] = []

  init(step: Step, key: String, declaration: Declaration, workspace: Workspace, watch: Watch) {
    self.step = step
    self.key = key
    self.declaration = declaration
    self.workspace = workspace
    self.watch = watch
  }

  /// A question as it is asked first.
  func question(
    _ id: String, _ prompt: Prompts.Name, _ values: [String: String], _ shape: JSONValue
  ) -> Question {
    var values = values
    values["shape"] = shape.withoutOwnKeywords.text()
    return again(
      Question(id: id, text: declaration.prompts.text(of: prompt, values), schema: shape),
      attempt: 0)
  }

  private func again(_ question: Question, attempt: Int) -> Question {
    var question = question
    question.attempt = attempt
    question.seed = SamplingSeed.of(
      declaration.model.seed, job: key, question: question.id, attempt: attempt)
    return question
  }

  /// The answers, in the order of the questions, each asked up to `attempts` times.
  ///
  /// The tries are made here and not by the queue: the choices of each follow from its number among
  /// the question's tries alone, so that a run that was killed in between ends with the same bytes.
  mutating func ask(_ conversation: any Conversation, _ questions: [Question]) throws
    -> [JSONValue]
  {
    var answers = [WrittenAnswer?](repeating: nil, count: questions.count)
    var open = Array(questions.enumerated())
    while !open.isEmpty {
      let replies = try conversation.ask(open.map(\.element), watch: watch)
      var failed: [(offset: Int, element: Question)] = []
      for ((index, question), reply) in zip(open, replies) {
        do {
          answers[index] = try reply.get()
        } catch let fault as AnswerFault {
          try check(fault, question)
          failed.append((index, again(question, attempt: question.attempt + 1)))
        }
      }
      open = failed
    }
    return zip(questions, answers).map { note($1!, of: $0) }
  }

  /// Whether the question is asked again.
  private func check(_ fault: AnswerFault, _ question: Question) throws {
    let tries = question.attempt + 1
    guard tries >= step.attempts else { return }
    let kept = KeptAnswer.keep(fault.text, job: key, question: question.id, in: workspace)
    throw JobFault(
      .invalidOutput,
      "Step “\(step.id)”, question “\(question.id)”: \(fault.message) (\(tries) tries). \(kept)")
  }

  private mutating func note(_ answer: WrittenAnswer, of question: Question) -> JSONValue {
    promptTokens += answer.promptTokens
    outputTokens += answer.outputTokens
    failedTools += answer.failedTools
    if let thought = answer.reasoning { reasoning.append("## \(question.id)\n\n\(thought)\n") }
    return answer.value
  }
}
