import Foundation

extension PipelineRun {
  /// Who answers the questions of the steps; nil where the model tags or no step asks any.
  func makeWriter() throws(PipelineError) -> (any AnswerWriter)? {
    guard model.capabilities.writes else { return nil }
    let tools = declaration.model.writing.tools
    guard tools.isEmpty || allowsTools else {
      throw PipelineError(
        "The declaration lets the model run programs of this machine: "
          + tools.map { "\($0.name) (\($0.program.path))" }.joined(separator: ", ")
          + ". Allow it with --allow-tools, or take model.tools out.", isDeclarationFault: true)
    }
    let toolBox = ToolBox(tools: tools)
    if let client = model.client {
      var concurrency = 1
      if case .endpoint(let remote) = declaration.model.weights { concurrency = remote.concurrency }
      return RemoteWriter(
        client, model: declaration.model, prompts: declaration.prompts,
        room: declaration.input.maxTokens, concurrency: concurrency, tools: toolBox)
    }
    do {
      return try EmbeddedWriter(
        model.engine, model.tokenizer, model: declaration.model, prompts: declaration.prompts,
        limit: declaration.input.maxTokens,
        memory: MemoryBudget(
          model.engine, limit: limits.memory, workers: workers, threads: model.threads),
        tools: toolBox)
    } catch {
      throw PipelineError("The model \(model.name) cannot write: \(error)")
    }
  }
}
