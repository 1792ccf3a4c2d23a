import Foundation
package import JSON
import Kernels

/// What a model needs: parameters, arithmetic, memory. From its configuration alone, before any weight is read.
///
/// Floating-point operations count a multiply and an add as two. Per token at position p (0-based):
///
///     matrices    2 · (parameters of the matrices a token meets: attention, K experts, router, shared expert)
///     lightning   4 · H · d²  a layer        the state gets kᵀv, the query reads it (recurrent form)
///     softmax     4 · H · d · (p + 1)  a layer     q·k and p·v over all it sees
///     head        2 · D · V (or the tagging head's two matrices)
///
/// Norms, activations, softmax and rotation are left out: under 1 % for the published shapes.
package struct Cost: Hashable, Sendable {
  package let configuration: Configuration

  package init(_ configuration: Configuration) { self.configuration = configuration }

  // MARK: Parameters

  /// All of them.
  package var parameters: Int {
    embeddingParameters + headParameters
      + layers { layerParameters($0, experts: configuration.experts) }
      + configuration.hiddenSize
  }

  /// Those a token meets: of each layer all but the experts not chosen; without embedding and head.
  package var activeParameters: Int {
    layers { layerParameters($0, experts: configuration.expertsPerToken) }
      + configuration.hiddenSize
  }

  package var embeddingParameters: Int { configuration.vocabularySize * configuration.hiddenSize }

  package var headParameters: Int {
    switch configuration.head {
    case .languageModel: configuration.tiedEmbeddings ? 0 : embeddingParameters
    case .tagging: taggingMatrices + configuration.hiddenSize + configuration.labels.count
    }
  }

  private var taggingMatrices: Int {
    configuration.hiddenSize * configuration.hiddenSize * (1 + configuration.lookahead.count)
      + configuration.hiddenSize * configuration.labels.count
  }

  private func layers(_ value: (Configuration.LayerKind) -> Int) -> Int {
    configuration.layers.reduce(0) { $0 + value($1) }
  }

  private func attentionParameters(_ kind: Configuration.LayerKind) -> Int {
    let (d, width) = (configuration.hiddenSize, configuration.attentionSize)
    return switch kind {
    case .lightning: 5 * width * d + width
    case .softmax: 2 * width * d + 2 * configuration.keyValueHeads * configuration.headSize * d
    }
  }

  private func layerParameters(_ kind: Configuration.LayerKind, experts: Int) -> Int {
    let d = configuration.hiddenSize
    let shared = configuration.sharedExpertSize > 0 ? 3 * configuration.sharedExpertSize * d + d : 0
    return attentionParameters(kind) + configuration.experts * d
      + experts * 3 * configuration.expertSize * d + shared + 2 * d
  }

  // MARK: Arithmetic

  /// Operations a token needs that do not depend on its position, without the head.
  package var operationsPerToken: Double {
    let lightning =
      Double(configuration.lightningLayers * configuration.heads)
      * Double(configuration.headSize * configuration.headSize)
    return 2 * Double(activeParameters) + 4 * lightning
  }

  /// Operations of one row of the head.
  package var headOperations: Double {
    switch configuration.head {
    case .languageModel: 2 * Double(embeddingParameters)
    case .tagging: 2 * Double(taggingMatrices)
    }
  }

  /// Operations of softmax attention for the tokens at positions `range`.
  package func attentionOperations(_ range: Range<Int>) -> Double {
    let seen = (Double(range.lowerBound + 1) + Double(range.upperBound)) / 2 * Double(range.count)
    return 4 * Double(configuration.softmaxLayers * configuration.attentionSize) * seen
  }

  /// Operations of reading `context` tokens, then writing `generated` more; a model that tags runs its head
  /// on every token, one that writes on the last of the context and on each it writes.
  package func operations(context: Int, generated: Int) -> Double {
    let heads = configuration.head == .tagging ? context : (generated > 0 ? generated : 1)
    return Double(context + generated) * operationsPerToken + Double(heads) * headOperations
      + attentionOperations(0..<context + generated)
  }

  // MARK: Memory

  /// Bytes of the lightning layers' states: the recurrence alone, whatever the length.
  package var recurrentStateBytes: Int {
    configuration.lightningLayers * configuration.heads * configuration.headSize
      * configuration.headSize * 4
  }

  /// Bytes a session keeps for `tokens` tokens: states, blocks at hand, and the softmax layers' cache, which
  /// is in bf16 where `format` has products in bf16 (see `WeightFormat.roundsToBF16`).
  package func sessionBytes(_ tokens: Int, _ format: WeightFormat = .asStored) -> Int {
    let d = configuration.headSize
    let padded = (d + 15) / 16 * 16
    let lightning = configuration.heads * (KernelSet.block * (d + padded) + padded * d) * 4
    let segments = (tokens + KeyValueCache.segmentKeys - 1) / KeyValueCache.segmentKeys
    let cache =
      segments
      * KeyValueCache.segmentBytes(
        heads: configuration.keyValueHeads, headSize: d, bf16: format.roundsToBF16)
    return configuration.lightningLayers * lightning + configuration.softmaxLayers * cache + 4
      * tokens
  }

  /// Bytes of the planes a piece of text passes through.
  package func workspaceBytes(threads: Int, piece: Int = Session.piece) -> Int {
    let c = configuration
    let narrow = c.keyValueHeads * c.headSize
    let lightning = c.lightningLayers > 0
    let row =
      3 * c.hiddenSize + (lightning ? 4 * c.attentionSize : c.attentionSize + 2 * narrow)
      + c.attentionSize + c.experts + c.rotarySize + c.expertsPerToken * (c.hiddenSize + 4)
      + (c.sharedExpertSize > 0 ? c.hiddenSize + 16 : 0)
    let chunk = min(piece, 96)
    let width = max(c.expertSize, c.sharedExpertSize)
    let thread =
      chunk * (c.hiddenSize + 2 * width) + LightningState.scratch(c.headSize)
      + AttentionWork.byteCount(rows: Workspace.attentionRows, headSize: c.headSize, bf16: false)
      / 4
    let tagging =
      c.head == .tagging
      ? piece * (c.hiddenSize + c.labels.count)
        + threads * chunk * (c.hiddenSize * (2 + c.lookahead.count)) : c.vocabularySize
    return 4 * (piece * row + threads * thread + tagging)
  }

  /// Bytes of the weights in memory, in `format`. The embedding stays in its file and is mapped: the rows a
  /// text uses count.
  package func weightBytes(_ format: WeightFormat) -> Int {
    let d = configuration.hiddenSize
    let perLayer = layers { kind in
      let matrices =
        layerParameters(kind, experts: configuration.experts) - 2 * d
        - configuration.experts * d
      return Int(Double(matrices) * format.bytesPerWeight) + 4 * (2 * d + configuration.experts * d)
    }
    let head: Double =
      switch configuration.head {
      case .languageModel: Double(embeddingParameters) * format.ofHead.bytesPerWeight
      case .tagging: Double(taggingMatrices) * format.ofHead.bytesPerWeight
      }
    return perLayer + Int(head) + embeddingParameters * 2
  }

  /// What a process holds before it has a model: the program, its libraries and their data.
  package static let programBytes = 29 << 20

  /// Most bytes resident when one session reads `tokens` tokens; with a tagging head its result counts too.
  package func peakBytes(_ format: WeightFormat, tokens: Int, threads: Int) -> Int {
    let result = configuration.head == .tagging ? 4 * tokens * configuration.labels.count : 0
    return Self.programBytes + weightBytes(format) + sessionBytes(tokens, format)
      + workspaceBytes(threads: threads) + result
  }
}

extension WeightFormat {
  /// Whether an engine with such weights multiplies in bf16 on this machine, softmax attention included. As
  /// stored, arithmetic is f32.
  package var roundsToBF16: Bool {
    packed ?? .f32 != .f32 && KernelSet.best.roundingToBF16.roundsToBF16
  }

  /// Bytes of one weight, with its share of the scales. As stored: that of bf16, which releases use.
  package var bytesPerWeight: Double {
    switch self {
    case .asStored, .bf16: 2
    case .f32: 4
    case .int8: 1 + 2.0 / 64
    case .int4: 0.5 + 2.0 / 32
    }
  }
}

/// The cost of a mixture-of-experts model with multi-head latent attention (the DeepSeek-V3 and -R1 shape), for
/// comparison.
package struct LatentAttentionCost: Hashable, Sendable {
  package let activeParameters: Int
  /// Operations of attention for each token seen, all layers: 2·H·((d_nope + d_rope) + d_v).
  package let operationsPerSeenToken: Double

  /// - Throws: which field is missing.
  package init(_ json: JSONValue) throws(InferenceError) {
    func field(_ key: String) throws(InferenceError) -> Int {
      guard let value = json[key]?.integer, value > 0 else {
        throw InferenceError(.unsupported, "The configuration has no whole number \(key).")
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
    let chosen = try field("num_experts_per_tok") + field("n_shared_experts")
    let attention =
      d * q + q * heads * (nope + rope) + d * (kv + rope) + kv * heads * (nope + v) + heads * v * d
    let feedForward = try field("intermediate_size") * 3 * d
    let expert = try field("moe_intermediate_size") * 3 * d
    activeParameters =
      layers * attention + dense * feedForward + (layers - dense) * (chosen * expert + experts * d)
    operationsPerSeenToken = Double(layers) * 2 * Double(heads * (nope + rope + v))
  }

  /// Operations of the tokens at positions `range`, without the head.
  package func operations(_ range: Range<Int>) -> Double {
    let seen = (Double(range.lowerBound + 1) + Double(range.upperBound)) / 2 * Double(range.count)
    return 2 * Double(activeParameters) * Double(range.count) + operationsPerSeenToken * seen
  }
}
