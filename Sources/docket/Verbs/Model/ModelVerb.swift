/// What can be asked of and done with a checkpoint: one file a word.
enum ModelVerb {
  static let verb = Verb(
    name: "model",
    summary: "Ask and work on a checkpoint: info, cost, quantize, bench.",
    operands: "WORD …", operandCount: 1...1,
    discussion: """
      A checkpoint is a folder in the Hugging Face layout (config.json, safetensors,
      tokenizer.json). Where DIR is left out, the model that ships with Docket is meant.
      """,
    options: [], words: [ModelInfo.verb, ModelCost.verb, ModelQuantize.verb, ModelBench.verb],
    run: { _ in throw UsageError("name what to do") })
}
