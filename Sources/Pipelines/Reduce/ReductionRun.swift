import JSON
import Jobs
import Outputs
import Tokenization

/// One reduction, from the results of its documents to its file.
struct ReductionRun {
  let reduction: Reduction
  let job: Job
  let work: WorkOfRun

  private var pipeline: PipelineRun { work.pipeline }

  func run(_ lease: Lease) throws -> StepRun.Result {
    guard case .reduce(let reduce) = reduction.step.action else {
      throw JobFault(.fault, "“\(reduction.step.id)” is no step of kind reduce.")
    }
    var input = DigestInput()
    for source in reduction.sources {
      for result in source.results {
        guard let envelope = ResultFile.read(result.path, in: pipeline.declaration.output.directory)
        else {
          throw JobFault(
            .inputOutput,
            "The result \(result.path) is gone. Run the pipeline again to make it anew."
          )
        }
        input.add(envelope)
      }
    }
    let words: Int? = if case .words(let count) = reduce.length { count } else { nil }
    var usage = Produced.Usage(promptTokens: 0, outputTokens: 0)
    var reasoning: [String] = []
    let contents: DigestOutput.Contents
    if let writer = work.writer, !input.statements.isEmpty {
      contents = try written(input, reduce, words, by: writer, lease, &usage, &reasoning)
    } else {
      contents = .chosen(from: input, words: words, most: reduce.length.sentences)
    }
    if lease.status == .lost { throw Interruption() }
    let digest = DigestOutput(
      produced: produced(usage), group: reduction.group, sources: reduction.sources,
      missing: reduction.missing, content: contents)
    let files = ResultWriter(
      folder: pipeline.declaration.output.directory, faults: pipeline.faults)
    try files.write(
      reasoning: reasoning, besides: reduction.outputPath, of: pipeline.declaration)
    let output = try files.write(digest.fileBytes, to: reduction.outputPath)
    return StepRun.Result(
      ending: .done(digest.isComplete ? .complete : .partial, output, []),
      tokensRead: usage.promptTokens, tokensWritten: usage.outputTokens)
  }

  /// The statements are what the model reads, numbered, as it reads a document.
  private func written(
    _ input: DigestInput, _ reduce: Step.Reduce, _ words: Int?, by writer: any AnswerWriter,
    _ lease: Lease, _ usage: inout Produced.Usage, _ reasoning: inout [String]
  ) throws -> DigestOutput.Contents {
    let declaration = pipeline.declaration
    let watch = Watch(shouldStop: { [stop = pipeline.stop] in
      stop.isSet || lease.status != .held
    })
    var contents = DigestOutput.Contents.none
    for (number, statements) in try parts(of: input.statements, writer).enumerated() {
      let text = Self.text(of: statements)
      let tokens = pipeline.model.tokenizer.encode(text, addedTokens: .asText).ids
      let conversation = try writer.conversation(
        about: DocumentPart(text: text, tokens: tokens), watch: watch)
      let shape = DigestOutput.Contents.answerSchema(
        count: statements.count, most: reduce.length.sentences)
      var asking = Asking(
        step: reduction.step, key: job.key, declaration: declaration,
        workspace: pipeline.workspace, watch: watch)
      let question = asking.question(
        "digest/\(number)", .reduce,
        [
          "instructions": reduce.instructions ?? "", "length": reduce.length.inWords(words),
        ], shape)
      let reply = try asking.ask(conversation, [question])[0]
      usage.promptTokens += tokens.count + asking.promptTokens
      usage.outputTokens += asking.outputTokens
      reasoning += asking.reasoning
      contents = contents + .written(reply, about: statements)
    }
    return contents
  }

  private static func text(of statements: [DigestInput.Statement]) -> String {
    statements.enumerated().map { "[\($0 + 1)] (\($1.path)) \($1.text)" }.joined(separator: "\n")
  }

  /// All statements where they fit a context, else as many parts as are needed, if the declaration
  /// lets documents be split.
  private func parts(of statements: [DigestInput.Statement], _ writer: any AnswerWriter) throws
    -> [[DigestInput.Statement]]
  {
    let tokenizer = pipeline.model.tokenizer
    let room = min(pipeline.declaration.input.maxTokens, writer.room)
    // A number and a line break beside its own words.
    let counts = statements.map {
      tokenizer.encode("[9999] (\($0.path)) \($0.text)\n", addedTokens: .asText).ids.count
    }
    let total = counts.reduce(0, +)
    if total <= room { return [statements] }
    guard pipeline.declaration.input.overLimit == .split, counts.allSatisfy({ $0 <= room }) else {
      throw JobFault(
        .overContext,
        "The \(statements.count) statements of “\(reduction.name)” have \(total) tokens, and a context holds \(room) beside its question and answer. Group them further, raise maxTokens or declare overLimit: \"split\"."
      )
    }
    var parts: [[DigestInput.Statement]] = [[]]
    var used = 0
    for (statement, count) in zip(statements, counts) {
      if used + count > room {
        parts.append([])
        used = 0
      }
      parts[parts.count - 1].append(statement)
      used += count
    }
    return parts
  }

  private func produced(_ usage: Produced.Usage) -> Produced {
    let declaration = pipeline.declaration
    return Produced(
      key: job.key, pipeline: declaration.name, pipelineSha256: declaration.sha256,
      step: reduction.step.id, modelName: pipeline.model.name, modelSha256: pipeline.model.sha256,
      promptSha256: declaration.prompts.sha256(of: .reduce),
      temperature: declaration.model.temperature, seed: declaration.model.seed, usage: usage)
  }
}
