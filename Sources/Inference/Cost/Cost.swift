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

  var taggingMatrices: Int {
    configuration.hiddenSize * configuration.hiddenSize * (1 + configuration.lookahead.count)
      + configuration.hiddenSize * configuration.labels.count
  }

  func layers(_ value: (Configuration.LayerKind) -> Int) -> Int {
    configuration.layers.reduce(0) { $0 + value($1) }
  }

  private func attentionParameters(_ kind: Configuration.LayerKind) -> Int {
    let (d, width) = (configuration.hiddenSize, configuration.attentionSize)
    return switch kind {
    case .lightning: 5 * width * d + width
    case .softmax: 2 * width * d + 2 * configuration.keyValueHeads * configuration.headSize * d
    }
  }

  func layerParameters(_ kind: Configuration.LayerKind, experts: Int) -> Int {
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
    let heads =
      configuration.head == .tagging ? context : (generated > 0 ? generated : min(context, 1))
    return Double(context + generated) * operationsPerToken + Double(heads) * headOperations
      + attentionOperations(0..<context + generated)
  }
}
