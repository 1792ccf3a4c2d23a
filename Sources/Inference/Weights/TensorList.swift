import Foundation

extension Configuration {
  /// Every tensor of a checkpoint of this shape, by its published name, in the order of the forward pass.
  package var tensors: [(name: String, shape: [Int])] {
    let (d, width) = (hiddenSize, attentionSize)
    var list: [(name: String, shape: [Int])] = [
      ("model.embed_tokens.weight", [vocabularySize, d])
    ]
    for (index, kind) in layers.enumerated() {
      let prefix = "model.layers.\(index)."
      list.append(("\(prefix)input_layernorm.weight", [d]))
      switch kind {
      case .lightning:
        list += [
          ("\(prefix)self_attn.qkv_proj.weight", [3 * width, d]),
          ("\(prefix)self_attn.output_gate.weight", [width, d]),
          ("\(prefix)self_attn.norm.weight", [width]),
          ("\(prefix)self_attn.out_proj.weight", [d, width]),
        ]
      case .softmax:
        list += [
          ("\(prefix)self_attn.q_proj.weight", [width, d]),
          ("\(prefix)self_attn.k_proj.weight", [keyValueHeads * headSize, d]),
          ("\(prefix)self_attn.v_proj.weight", [keyValueHeads * headSize, d]),
          ("\(prefix)self_attn.o_proj.weight", [d, width]),
        ]
      }
      list.append(("\(prefix)post_attention_layernorm.weight", [d]))
      list.append(("\(prefix)block_sparse_moe.gate.weight", [experts, d]))
      for expert in 0..<experts {
        let name = "\(prefix)block_sparse_moe.experts.\(expert)."
        list += [
          ("\(name)w1.weight", [expertSize, d]), ("\(name)w2.weight", [d, expertSize]),
          ("\(name)w3.weight", [expertSize, d]),
        ]
      }
      if sharedExpertSize > 0 {
        list += [
          ("\(prefix)shared_mlp.gate_proj.weight", [sharedExpertSize, d]),
          ("\(prefix)shared_mlp.up_proj.weight", [sharedExpertSize, d]),
          ("\(prefix)shared_mlp.down_proj.weight", [d, sharedExpertSize]),
          ("\(prefix)coefficient.weight", [1, d]),
        ]
      }
    }
    list.append(("model.norm.weight", [d]))
    switch head {
    case .languageModel:
      if !tiedEmbeddings { list.append(("lm_head.weight", [vocabularySize, d])) }
    case .tagging:
      list += [
        ("tag_head.dense.weight", [d, (1 + lookahead.count) * d]), ("tag_head.dense.bias", [d]),
        ("tag_head.out.weight", [labels.count, d]), ("tag_head.out.bias", [labels.count]),
      ]
    }
    return list
  }
}

extension TensorStore {
  /// Whether every matrix and vector of `configuration` is there with its shape, in any of the forms that
  /// loading accepts: what is wrong shows before hours of work, not after.
  func check(_ configuration: Configuration) throws(InferenceError) {
    for (name, shape) in configuration.tensors {
      if name.hasPrefix("tag_head.") {
        // Its inner width is its own.
        guard contains(name) else { _ = try tensor(name, shape); return }
        continue
      }
      if name.contains(".shared_mlp.") {
        // As wide as stated, or as an expert.
        var wide = shape
        for index in wide.indices where wide[index] == configuration.sharedExpertSize {
          wide[index] = configuration.expertSize
        }
        if self.shape(name) == wide { continue }
      }
      if let range = name.range(of: ".block_sparse_moe.") {
        let prefix = name[..<range.lowerBound]
        let (d, width) = (configuration.hiddenSize, configuration.expertSize)
        if name.hasSuffix(".gate.weight"), self.shape("\(prefix).mlp.gate.weight") == shape {
          continue
        }
        if contains("\(prefix).mlp.experts.gate_up_proj") {
          let count = configuration.experts
          _ = try tensor("\(prefix).mlp.experts.gate_up_proj", [count, 2 * width, d])
          _ = try tensor("\(prefix).mlp.experts.down_proj", [count, d, width])
          continue
        }
      }
      _ = try tensor(name, shape)
    }
  }
}
