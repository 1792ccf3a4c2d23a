import Foundation
package import JSON

/// What `config.json` says of a model of this architecture, in any of its three dialects.
///
/// The published model (`minimax_m1`, also `MiniMaxText01`) and transformers' port (`minimax`) name the same
/// things differently, and differ in a few rules; the differences end here.
package struct Configuration: Hashable, Sendable {
  package enum LayerKind: Hashable, Sendable { case lightning, softmax }

  /// What the model can be asked for.
  package enum Head: String, Hashable, Sendable {
    /// Writes text: a head over the vocabulary.
    case languageModel
    /// Marks spans: a head over labels, for each token.
    case tagging
  }

  /// One sublayer's output is `alpha · residual + beta · sublayer`.
  package struct Mix: Hashable, Sendable {
    package var alpha: Float
    package var beta: Float
  }

  package var modelType: String
  package var head: Head
  package var hiddenSize: Int
  package var layers: [LayerKind]
  package var heads: Int
  package var keyValueHeads: Int
  package var headSize: Int
  /// How many of a head's columns turn with the position.
  package var rotarySize: Int
  package var ropeTheta: Double
  package var experts: Int
  package var expertsPerToken: Int
  package var expertSize: Int
  package var sharedExpertSize: Int
  package var vocabularySize: Int
  package var normEpsilon: Float
  /// Whether the normed input, and not the stream itself, enters the residual sum.
  package var postNorm: Bool
  package var tiedEmbeddings: Bool
  package var lightningMix: Mix
  package var softmaxMix: Mix
  package var mlpMix: Mix
  package var maximumPositions: Int
  /// Decay per token and head of each layer: a head keeps exp(−slope) of its state. [layers][heads]
  package var slopes: [[Double]]
  package var labels: [String]
  /// How many tokens ahead the tagging head also looks.
  package var lookahead: [Int]

  /// - Throws: what is missing, out of range or not supported, with the key.
  package init(_ json: JSONValue) throws(InferenceError) {
    guard json.object != nil else {
      throw InferenceError(.damaged, "config.json holds \(json.typeName), not an object.")
    }
    let fields = Fields(json)
    let type = json["model_type"]?.string ?? ""
    let published = ["minimax_m1", "minimax_text_01", "MiniMaxText01"].contains(type)
    guard published || type == "minimax" else {
      throw InferenceError(
        .unsupported,
        "config.json has model_type \"\(type)\"; this engine runs minimax_m1, minimax_text_01 and minimax."
      )
    }
    modelType = type
    let architecture = json["architectures"]?[0]?.string ?? ""
    switch architecture {
    case "MiniMaxM1ForTokenTagging": head = .tagging
    case "MiniMaxM1ForCausalLM", "MiniMaxText01ForCausalLM", "MiniMaxForCausalLM", "":
      head = .languageModel
    default:
      throw InferenceError(
        .unsupported,
        "config.json has architecture \"\(architecture)\"; this engine runs …ForCausalLM and MiniMaxM1ForTokenTagging."
      )
    }
    if let activation = json["hidden_act"]?.string, activation != "silu", activation != "swish" {
      throw InferenceError(
        .unsupported, "config.json has hidden_act \"\(activation)\", not \"silu\".")
    }
    if let window = json["sliding_window"], !window.isNull {
      throw InferenceError(
        .unsupported, "config.json asks for a sliding_window, which is not supported.")
    }

    hiddenSize = try fields.integer("hidden_size", 1...1 << 20)
    let layerCount = try fields.integer("num_hidden_layers", 1...4096)
    heads = try fields.integer("num_attention_heads", 1...1 << 14)
    keyValueHeads = try fields.integer("num_key_value_heads", 1...1 << 14)
    headSize =
      json["head_dim"].map { !$0.isNull } ?? false
      ? try fields.integer("head_dim", 1...4096) : hiddenSize / heads
    experts = try fields.integer("num_local_experts", 1...1 << 16)
    expertsPerToken = try fields.integer("num_experts_per_tok", 1...256)
    expertSize = try fields.integer("intermediate_size", 1...1 << 24)
    vocabularySize = try fields.integer("vocab_size", 1...1 << 26)
    normEpsilon = Float(try fields.number("rms_norm_eps", 1e-12...1))
    maximumPositions = try fields.integer("max_position_embeddings", 1...1 << 40)
    tiedEmbeddings = json["tie_word_embeddings"]?.bool ?? false
    guard headSize > 0, heads % keyValueHeads == 0 else {
      throw InferenceError(
        .unsupported,
        "config.json has num_attention_heads \(heads), which is not a multiple of num_key_value_heads \(keyValueHeads)."
      )
    }
    guard expertsPerToken <= experts else {
      throw InferenceError(
        .unsupported,
        "config.json wants \(expertsPerToken) experts a token and has num_local_experts \(experts)."
      )
    }

    func mix(_ name: String, _ factor: String) throws(InferenceError) -> Mix {
      let alpha = published ? "layernorm_\(name)_alpha" : "\(factor)_alpha_factor"
      let beta = published ? "layernorm_\(name)_beta" : "\(factor)_beta_factor"
      return Mix(
        alpha: Float(try fields.number(alpha, -1e6...1e6, default: 1)),
        beta: Float(try fields.number(beta, -1e6...1e6, default: 1)))
    }
    lightningMix = try mix("linear_attention", "linear_attn")
    softmaxMix = try mix("full_attention", "full_attn")
    mlpMix = try mix("mlp", "mlp")

    if published {
      let kinds = try fields.list("attn_type_list", count: layerCount)
      layers = []
      for (index, kind) in kinds.enumerated() {
        switch kind.integer {
        case 0: layers.append(.lightning)
        case 1: layers.append(.softmax)
        default:
          throw InferenceError(
            .unsupported, "attn_type_list[\(index)] in config.json is not 0 or 1.")
        }
      }
      postNorm = json["postnorm"]?.bool ?? false
      rotarySize = try fields.integer("rotary_dim", 0...4096, default: headSize)
      ropeTheta = try fields.number("rope_theta", 1...1e12)
      sharedExpertSize = try fields.integer("shared_intermediate_size", 0...1 << 24, default: 0)
      if sharedExpertSize > 0, let mode = json["shared_moe_mode"]?.string, mode != "sigmoid" {
        throw InferenceError(
          .unsupported, "config.json has shared_moe_mode \"\(mode)\", not \"sigmoid\".")
      }
    } else {
      layers = []
      if json["layer_types"]?.array == nil {
        // The port's own default: full, linear, full, …
        for index in 0..<layerCount { layers.append(index % 2 == 0 ? .softmax : .lightning) }
      } else {
        for (index, kind) in try fields.list("layer_types", count: layerCount).enumerated() {
          switch kind.string {
          case "linear_attention": layers.append(.lightning)
          case "full_attention": layers.append(.softmax)
          default:
            throw InferenceError(
              .unsupported,
              "layer_types[\(index)] in config.json is neither linear_attention nor full_attention."
            )
          }
        }
      }
      postNorm = true
      rotarySize = headSize
      let rope = json["rope_parameters"] ?? json
      if let kind = rope["rope_type"]?.string, kind != "default" {
        throw InferenceError(
          .unsupported, "config.json has rope_type \"\(kind)\", not \"default\".")
      }
      ropeTheta = try Fields(rope).number("rope_theta", 1...1e12)
      sharedExpertSize = 0
    }
    guard rotarySize % 2 == 0, rotarySize <= headSize else {
      throw InferenceError(
        .unsupported,
        "config.json turns \(rotarySize) columns of heads of \(headSize): that must be even and no more."
      )
    }

    let base = published ? Self.alibiSlopes(heads) : Self.geometricSlopes(heads)
    let heads = heads
    slopes = (0..<layerCount).map { layer in
      let depth: Double
      if layerCount == 1 {
        depth = 1 + 1e-5
      } else if published {
        depth = 1 - Double(layer) / Double(layerCount - 1) + 1e-5
      } else {
        depth = 1 - Double(layer) / (Double(layerCount - 1) + 1e-5) + 1e-5
      }
      return (0..<heads).map { base[$0] * depth }
    }

    labels = []
    lookahead = []
    if head == .tagging {
      for (index, label) in (json["tag_labels"]?.array ?? []).enumerated() {
        guard let name = label.string, !name.isEmpty else {
          throw InferenceError(.unsupported, "tag_labels[\(index)] in config.json is not a name.")
        }
        labels.append(name)
      }
      guard !labels.isEmpty, Set(labels).count == labels.count else {
        throw InferenceError(.unsupported, "config.json needs tag_labels, each name once.")
      }
      for (index, value) in (json["tag_lookahead"]?.array ?? []).enumerated() {
        guard let tokens = value.integer, (1...4096).contains(tokens) else {
          throw InferenceError(
            .unsupported, "tag_lookahead[\(index)] in config.json is not a number from 1 to 4096.")
        }
        lookahead.append(tokens)
      }
    }
  }

  /// 2^(−8(h+1)/H), the rule of transformers' port for every number of heads.
  static func geometricSlopes(_ heads: Int) -> [Double] {
    (0..<heads).map { pow(2, -8 * Double($0 + 1) / Double(heads)) }
  }

  /// The published rule: as above for a power of two; else those of the largest power n below, then every
  /// other of those of 2n.
  static func alibiSlopes(_ heads: Int) -> [Double] {
    var power = 1
    while power * 2 <= heads { power *= 2 }
    guard power < heads else { return geometricSlopes(heads) }
    let finer = geometricSlopes(2 * power)
    return geometricSlopes(power) + (0..<heads - power).map { finer[2 * $0] }
  }

  /// Width of all heads side by side.
  package var attentionSize: Int { heads * headSize }
  package var lightningLayers: Int { layers.count { $0 == .lightning } }
  package var softmaxLayers: Int { layers.count { $0 == .softmax } }
}

/// Reads fields of a JSON object with their ranges.
private struct Fields {
  let json: JSONValue
  init(_ json: JSONValue) { self.json = json }

  func integer(_ key: String, _ range: ClosedRange<Int>, default missing: Int? = nil)
    throws(InferenceError) -> Int
  {
    guard let value = json[key], !value.isNull else {
      if let missing { return missing }
      throw InferenceError(.unsupported, "config.json has no \(key).")
    }
    guard let number = value.integer, range.contains(number) else {
      throw InferenceError(
        .unsupported,
        "\(key) in config.json is not a whole number from \(range.lowerBound) to \(range.upperBound)."
      )
    }
    return number
  }

  func number(_ key: String, _ range: ClosedRange<Double>, default missing: Double? = nil)
    throws(InferenceError) -> Double
  {
    guard let value = json[key], !value.isNull else {
      if let missing { return missing }
      throw InferenceError(.unsupported, "config.json has no \(key).")
    }
    guard let number = value.double, range.contains(number) else {
      throw InferenceError(
        .unsupported,
        "\(key) in config.json is not a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  func list(_ key: String, count: Int) throws(InferenceError) -> [JSONValue] {
    guard let list = json[key]?.array else {
      throw InferenceError(.unsupported, "config.json has no list \(key).")
    }
    guard list.count == count else {
      throw InferenceError(
        .unsupported,
        "\(key) in config.json has \(list.count) entries for num_hidden_layers \(count).")
    }
    return list
  }
}
