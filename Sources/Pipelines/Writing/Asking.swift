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

  /// The answer to a question, asked up to `attempts` times.
  ///
  /// The tries are made here and not by the queue: the choices of each follow from its number among
  /// the question's tries alone, so that a run that was killed in between ends with the same bytes.
  mutating func ask(
    _ conversation: any Conversation, _ id: String, _ prompt: Prompts.Name,
    _ values: [String: String], _ shape: JSONValue
  ) throws -> JSONValue {
    var values = values
    values["shape"] = shape.withoutOwnKeywords.text()
    var question = Question(
      id: id, text: declaration.prompts.text(of: prompt, values), schema: shape)
    while true {
      question.seed = SamplingSeed.of(
        declaration.model.seed, job: key, question: id, attempt: question.attempt)
      do {
        let answer = try conversation.ask(question, watch: watch)
        promptTokens += answer.promptTokens
        outputTokens += answer.outputTokens
        failedTools += answer.failedTools
        if let thought = answer.reasoning { reasoning.append("## \(id)\n\n\(thought)\n") }
        return answer.value
      } catch let fault as AnswerFault {
        question.attempt += 1
        guard question.attempt >= step.attempts else { continue }
        let kept = KeptAnswer.keep(fault.text, job: key, question: id, in: workspace)
        throw JobFault(
          .invalidOutput,
          "Step “\(step.id)”, question “\(id)”: \(fault.message) (\(question.attempt) tries). \(kept)"
        )
      }
    }
  }
}
