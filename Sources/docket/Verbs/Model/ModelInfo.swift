import DefaultReader
import Foundation
import Inference
import JSON
import Pipelines

/// `docket model info`: what a checkpoint is and can do.
enum ModelInfo {
  static let verb = Verb(
    name: "model info",
    summary: "Show what a checkpoint is and can do.",
    operands: "[DIR]", operandCount: 0...1,
    discussion: """
      Reads the configuration and the headers of the weight files: as quick for 900 GB as for
      40 MB.
      """,
    options: [
      .flag("--digest", "Load it too, and show the SHA-256 results depend on: reads every weight."),
      .json,
    ], run: run)

  private typealias Fact = (name: String, text: String, value: JSONValue)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let folder = arguments.url(0)?.standardizedFileURL ?? DefaultReader.folder
    let store = try TensorStore(folder: folder)
    let configuration = try Configuration(
      JSONValue.parse([UInt8](Data(contentsOf: folder.appendingPathComponent("config.json")))))
    let cost = Cost(configuration)
    var facts: [Fact] = [("name", folder.lastPathComponent, .string(folder.lastPathComponent))]
    facts += shape(configuration)
    let bytes = store.byteCount
    let packed = store.packedFormat
    facts += [
      (
        "parameters",
        "\(TextLayout.grouped(cost.parameters)), \(TextLayout.grouped(cost.activeParameters)) a token "
          + "without embedding and head", .integer(cost.parameters)
      ),
      (
        "weight files", "\(store.files.count), \(TextLayout.bytes(bytes))",
        .object(["count": .integer(store.files.count), "bytes": .integer(bytes)])
      ),
      (
        "packed", packed.map { "as \($0)" } ?? "no", packed.map { .string("\($0)") } ?? .null
      ),
      (
        "can",
        configuration.head == .languageModel ? "write" : "tag \(configuration.labels.count) labels",
        .string(configuration.head == .languageModel ? "write" : "tag")
      ),
    ]
    if arguments.has("--digest") {
      let model = try LoadedModel(
        arguments.url(0).map { _ in .folder(folder) } ?? .default, threads: 1)
      facts.append(("sha256", model.sha256, .string(model.sha256)))
    }
    if arguments.json {
      var object = JSONObject()
      for fact in facts { object[fact.name] = fact.value }
      object["labels"] = .array(configuration.labels.map { .string($0) })
      Console.json(.object(object))
    } else {
      let width = (facts.map(\.name.count).max() ?? 0) + 2
      for fact in facts { Console.out(TextLayout.pad(fact.name, to: width) + fact.text) }
    }
    return .complete
  }

  private static func shape(_ configuration: Configuration) -> [Fact] {
    [
      (
        "layers",
        "\(configuration.layers.count) (\(configuration.softmaxLayers) softmax, "
          + "\(configuration.lightningLayers) lightning)", .integer(configuration.layers.count)
      ),
      ("hidden size", "\(configuration.hiddenSize)", .integer(configuration.hiddenSize)),
      (
        "heads",
        "\(configuration.heads) × \(configuration.headSize), \(configuration.keyValueHeads) of keys "
          + "and values", .integer(configuration.heads)
      ),
      (
        "experts",
        "\(configuration.experts) × \(configuration.expertSize), \(configuration.expertsPerToken) a token",
        .integer(configuration.experts)
      ),
      (
        "vocabulary", TextLayout.grouped(configuration.vocabularySize),
        .integer(configuration.vocabularySize)
      ),
    ]
  }
}
