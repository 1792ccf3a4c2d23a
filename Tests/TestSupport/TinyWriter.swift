package import Foundation
import JSON

/// A checkpoint that writes, with random weights: the worst writer there is, in the real engine.
package enum TinyWriter {
  private static var tests: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  }

  /// Puts the checkpoint together in `folder`.
  package static func make(in folder: URL) throws {
    let manager = FileManager.default
    try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    let weights = tests.appendingPathComponent("InferenceTests/Fixtures/tiny-minimax-m1")
    var config =
      try JSONValue.parse(
        Array(Data(contentsOf: weights.appendingPathComponent("config.json")))
      ).object ?? JSONObject()
    // Its weights know nothing of positions anyway.
    config["max_position_embeddings"] = 65_536
    try Data(JSONValue.object(config).text().utf8).write(
      to: folder.appendingPathComponent("config.json"))
    try manager.copyItem(
      at: weights.appendingPathComponent("model.safetensors"),
      to: folder.appendingPathComponent("model.safetensors"))
    try manager.copyItem(
      at: tests.appendingPathComponent("PipelinesTests/Fixtures/tiny-writer/tokenizer.json"),
      to: folder.appendingPathComponent("tokenizer.json"))
  }
}
