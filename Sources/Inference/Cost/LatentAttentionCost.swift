package import JSON

/// The cost of a mixture-of-experts model with multi-head latent attention (the DeepSeek-V2, -V3 and -R1 shape), for
/// comparison.
///
/// Per token at position p, with n = `qk_nope_head_dim`, r = `qk_rope_head_dim`, v = `v_head_dim`,
/// c = `kv_lora_rank`, and a multiply and an add as two:
///
///     matrices            2 · (parameters of the matrices a token meets)
///     attention, plain    2 · H · (n + r + v) · (p + 1)  a layer     keys and values of every head, as in prefill
///     attention, latent   2 · H · (2c + r) · (p + 1)  a layer        W_UK and W_UV absorbed, as decoders run it: less
///                                                                    memory to read, more arithmetic
///
/// The published share of lightning attention at 100K tokens, 25 %, lies between what the plain form gives for the
/// token written there (22 %) and for all tokens so far (34 %); how it was counted is not published.
package struct LatentAttentionCost: Hashable, Sendable {
  package enum Form: String, Hashable, Sendable, CaseIterable { case plain, latent }

  package let parameters: Int
  /// Without embedding and head.
  package let activeParameters: Int
  package let embeddingParameters: Int
  /// Bytes of one token's cache in bf16, all layers: the latent and the turned part of the key.
  package let cacheBytesPerToken: Int
  private let seen: [Form: Double]

  /// Whether a configuration is of this shape.
  package static func describes(_ json: JSONValue) -> Bool { json["kv_lora_rank"] != nil }

  /// - Throws: which field is missing or out of range.
  package init(_ json: JSONValue) throws(InferenceError) {
    func field(_ key: String) throws(InferenceError) -> Int {
      guard let value = json[key]?.integer, (1...1 << 24).contains(value) else {
        throw InferenceError(
          .unsupported, "The configuration has no whole number from 1 to \(1 << 24) as \(key).")
      }
      return value
    }
    let layers = try field("num_hidden_layers")
    let d = try field("hidden_size")
    let heads = try field("num_attention_heads")
    let (q, kv) = (try field("q_lora_rank"), try field("kv_lora_rank"))
    let (nope, rope) = (try field("qk_nope_head_dim"), try field("qk_rope_head_dim"))
    let v = try field("v_head_dim")
    let dense = try field("first_k_dense_replace")
    let experts = try field("n_routed_experts")
    let shared = try field("n_shared_experts")
    let chosen = try field("num_experts_per_tok")
    guard dense <= layers, chosen <= experts else {
      throw InferenceError(
        .unsupported,
        "The configuration has \(dense) dense layers of \(layers) and \(chosen) experts a token of \(experts)."
      )
    }
    let attention =
      d * q + q * heads * (nope + rope) + d * (kv + rope) + kv * heads * (nope + v) + heads * v * d
    let feedForward = try field("intermediate_size") * 3 * d
    let expert = try field("moe_intermediate_size") * 3 * d
    let fixed = layers * attention + dense * feedForward + (layers - dense) * experts * d
    activeParameters = fixed + (layers - dense) * (chosen + shared) * expert
    embeddingParameters = try field("vocab_size") * d
    parameters = fixed + (layers - dense) * (experts + shared) * expert + 2 * embeddingParameters
    cacheBytesPerToken = layers * (kv + rope) * 2
    seen = [
      .plain: Double(layers * 2 * heads * (nope + rope + v)),
      .latent: Double(layers * 2 * heads * (2 * kv + rope)),
    ]
  }

  /// Operations of attention for each token seen, all layers.
  package func operationsPerSeenToken(_ form: Form) -> Double { seen[form]! }

  /// Operations of the tokens at positions `range`, without the head.
  package func operations(_ range: Range<Int>, _ form: Form = .plain) -> Double {
    let all = (Double(range.lowerBound + 1) + Double(range.upperBound)) / 2 * Double(range.count)
    return 2 * Double(activeParameters) * Double(range.count) + operationsPerSeenToken(form) * all
  }
}
