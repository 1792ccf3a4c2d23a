import Digests
import JSON

/// The identity of a result: SHA-256 over all it depends on and nothing else. Equal keys mean equal
/// files (but for the document's path), so a key that is done never runs again.
enum ResultKey {
  /// Raised whenever any reader gives another document for the same bytes.
  static let readerVersion = 3
  /// Raised whenever any output stage gives another answer for the same document and tags.
  static let outputVersion = 3

  /// Everything that went into one result, each part by name.
  struct Parts {
    var sourceSHA256: String
    var step: Step
    /// Keys of the results this step is given.
    var from: [String]
    var modelSHA256: String
    var promptSHA256: String
    var declaration: Declaration
    /// Whether the model writes: then how it is to write is part of the key.
    var writes = false
    /// The program that reads pages without a text layer, where the source may have such.
    var recogniser: String?

    var json: JSONValue {
      var parts = common
      if writes { parts["writing"] = declaration.model.writing.canonical }
      // Only where there is one: its absence is no change of what was read without it.
      if let recogniser { parts["recogniser"] = .string(recogniser) }
      return .object(parts)
    }

    private var common: JSONObject {
      [
        "source": .string(sourceSHA256),
        "reader": .integer(ResultKey.readerVersion),
        "outputs": .integer(ResultKey.outputVersion),
        "step": step.canonical,
        "from": .array(from.map { .string($0) }),
        "model": .string(modelSHA256),
        "prompt": .string(promptSHA256),
        "sampling": [
          "temperature": .number(declaration.model.temperature),
          "seed": .integer(declaration.model.seed),
        ],
        "context": [
          "maxTokens": .integer(declaration.input.maxTokens),
          "overLimit": .string(declaration.input.overLimit.rawValue),
        ],
        // A password changes what can be read; only its digest is kept.
        "passwords": .array(
          declaration.input.passwords.map { .string(SHA256.hash(of: "docket:" + $0)) }),
      ]
    }
  }

  static func of(_ parts: Parts) -> String { SHA256.hash(of: parts.json.text()) }
}
