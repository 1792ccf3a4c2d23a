import Kernels

/// Bytes.
extension Cost {
  /// Bytes of the lightning layers' states: the recurrence alone, whatever the length.
  package var recurrentStateBytes: Int {
    configuration.lightningLayers * configuration.heads * configuration.headSize
      * configuration.headSize * 4
  }

  /// Bytes a session keeps for `tokens` tokens: states, blocks at hand, and the softmax layers' cache.
  package func sessionBytes(_ tokens: Int, _ format: WeightFormat = .asStored) -> Int {
    let d = configuration.headSize
    let padded = (d + 15) / 16 * 16
    let lightning = configuration.heads * (KernelSet.block * (d + padded) + padded * d) * 4
    return configuration.lightningLayers * lightning + cacheBytes(tokens, format) + 4 * tokens
  }

  /// Bytes that a fork of a session of `context` tokens adds when it goes on for up to `tokens` in a batch: full
  /// segments of the cache are shared, states and what follows are not; and its logits, thrice.
  package func forkBytes(of context: Int, tokens: Int, _ format: WeightFormat = .asStored) -> Int {
    sessionBytes(tokens + KeyValueCache.segmentKeys, format) + 4 * context
      + 12 * configuration.vocabularySize
  }

  /// Bytes of the softmax layers' keys and values for `tokens` tokens; in bf16 where `format` has products in bf16
  /// (see `WeightFormat.roundsToBF16`).
  package func cacheBytes(_ tokens: Int, _ format: WeightFormat = .asStored) -> Int {
    let segments = (tokens + KeyValueCache.segmentKeys - 1) / KeyValueCache.segmentKeys
    return configuration.softmaxLayers * segments
      * KeyValueCache.segmentBytes(
        heads: configuration.keyValueHeads, headSize: configuration.headSize,
        bf16: format.roundsToBF16)
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
    packed ?? .f32 != .f32 && KernelSet.best.rounding.roundsToBF16
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
