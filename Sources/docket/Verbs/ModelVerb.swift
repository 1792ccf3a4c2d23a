import Foundation
import Inference
import JSON
import Pipelines

enum ModelVerb {
  static let verb = Verb(
    name: "model",
    summary: "Show what a checkpoint is and can do: model info [DIR].",
    operands: "info [DIR]", operandCount: 1...2,
    discussion: """
      DIR is a checkpoint folder in the Hugging Face layout (config.json, safetensors,
      tokenizer.json); without it the model that ships with Docket is shown.
      """,
    options: [.json], run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard arguments.operands[0] == "info" else {
      throw UsageError("unknown word “\(arguments.operands[0])”; there is: docket model info [DIR]")
    }
    let weights: Pipelines.Declaration.Model.Weights =
      arguments.url(1).map { .folder($0.standardizedFileURL) } ?? .default
    let model = try LoadedModel(weights, threads: 1)
    let configuration = model.engine.configuration
    let facts: [(String, String, JSONValue)] = [
      ("name", model.name, .string(model.name)),
      ("sha256", model.sha256, .string(model.sha256)),
      (
        "layers",
        "\(configuration.layers.count) (\(configuration.softmaxLayers) softmax, "
          + "\(configuration.layers.count - configuration.softmaxLayers) lightning)",
        .integer(configuration.layers.count)
      ),
      ("hidden size", "\(configuration.hiddenSize)", .integer(configuration.hiddenSize)),
      (
        "heads", "\(configuration.heads) × \(configuration.headSize)",
        .integer(configuration.heads)
      ),
      (
        "experts", "\(configuration.experts), \(configuration.expertsPerToken) a token",
        .integer(configuration.experts)
      ),
      (
        "vocabulary", TextLayout.grouped(configuration.vocabularySize),
        .integer(configuration.vocabularySize)
      ),
      (
        "can", model.engine.writes ? "write" : "tag \(model.engine.labels.count) labels",
        .string(model.engine.writes ? "write" : "tag")
      ),
    ]
    if arguments.json {
      var object = JSONObject()
      for (name, _, value) in facts { object[name] = value }
      object["labels"] = .array(model.engine.labels.map { .string($0) })
      Console.json(.object(object))
    } else {
      let width = (facts.map(\.0.count).max() ?? 0) + 2
      for (name, text, _) in facts { Console.out(TextLayout.pad(name, to: width) + text) }
    }
    return .complete
  }
}
