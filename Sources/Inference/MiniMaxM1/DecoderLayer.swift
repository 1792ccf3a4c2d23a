import Kernels

/// One layer: attention of one of two kinds, then the experts.
struct DecoderLayer: Sendable {
  enum Attention: Sendable {
    case lightning(LightningAttention)
    case softmax(SoftmaxAttention)
  }

  /// [1, hidden]
  let inputNorm: Plane
  let attention: Attention
  let attentionMix: Configuration.Mix
  /// [1, hidden]
  let expertNorm: Plane
  let experts: Experts

  init(_ store: TensorStore, layer: Int, _ configuration: Configuration, _ format: WeightFormat)
    throws(InferenceError)
  {
    let prefix = "model.layers.\(layer)."
    inputNorm = try store.vector("\(prefix)input_layernorm.weight", configuration.hiddenSize)
    switch configuration.layers[layer] {
    case .lightning:
      attention = .lightning(
        try LightningAttention(
          store, prefix: "\(prefix)self_attn.", layer: layer, configuration, format))
      attentionMix = configuration.lightningMix
    case .softmax:
      attention = .softmax(
        try SoftmaxAttention(store, prefix: "\(prefix)self_attn.", configuration, format))
      attentionMix = configuration.softmaxMix
    }
    expertNorm = try store.vector(
      "\(prefix)post_attention_layernorm.weight", configuration.hiddenSize)
    experts = try Experts(store, prefix: prefix, configuration, format)
  }
}
