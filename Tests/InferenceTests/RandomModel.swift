import Foundation
import Inference
import JSON
import TestSupport

/// A small model of a shape drawn by chance, written to a folder of its own.
struct RandomModel: Sendable, CustomStringConvertible {
  let seed: UInt64
  let json: JSONValue

  /// Numbers that depend on the seed alone.
  struct Chance {
    var state: UInt64

    mutating func below(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }

    mutating func one<Choice>(of choices: [Choice]) -> Choice { choices[below(choices.count)] }
  }

  init(seed: UInt64) {
    self.seed = seed
    var chance = Chance(state: seed &* 77 &+ 5)
    for _ in 0..<8 { _ = chance.below(2) }
    let keyValueHeads = chance.one(of: [1, 1, 2, 3])
    let heads = keyValueHeads * chance.one(of: [1, 2, 3, 5])
    let headSize = chance.one(of: [4, 10, 16, 24, 33])
    let layers = 1 + chance.below(4)
    let experts = 1 + chance.below(6)
    let numbers: [String: Int] = [
      "hidden_size": 8 + chance.below(70), "num_hidden_layers": layers,
      "num_attention_heads": heads, "num_key_value_heads": keyValueHeads, "head_dim": headSize,
      "rotary_dim": 2 * chance.below(headSize / 2 + 1), "num_local_experts": experts,
      "num_experts_per_tok": 1 + chance.below(min(experts, 3)),
      "intermediate_size": 5 + chance.below(60),
      "shared_intermediate_size": chance.one(of: [0, 0, 7, 40]),
      "vocab_size": 11 + chance.below(200), "max_position_embeddings": 100_000,
    ]
    var object: JSONObject = [
      "model_type": "minimax_m1", "architectures": ["MiniMaxM1ForCausalLM"],
      "rope_theta": 10000, "rms_norm_eps": 1e-5, "postnorm": .bool(chance.below(2) == 0),
      "tie_word_embeddings": .bool(chance.below(3) == 0),
      "layernorm_linear_attention_alpha": .number(chance.one(of: [1, 2.5])),
      "layernorm_mlp_beta": .number(chance.one(of: [1, 0.5])),
      "attn_type_list": .array((0..<layers).map { _ in .integer(chance.below(2)) }),
    ]
    for key in numbers.keys.sorted() { object[key] = .integer(numbers[key]!) }
    json = .object(object)
  }

  func write(to folder: TemporaryFolder) throws -> URL {
    let url = folder.url.appendingPathComponent("model-\(seed)")
    try RandomCheckpoint(json, seed: seed).write(to: url)
    return url
  }

  var description: String { "model \(seed)" }
}
