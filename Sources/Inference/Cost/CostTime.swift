/// Seconds.
extension Cost {
  /// Bytes of weights one token reads, with the head: those of its experts, not all.
  package func activeWeightBytes(_ format: WeightFormat) -> Int {
    let head: Double =
      switch configuration.head {
      case .languageModel: Double(embeddingParameters) * format.ofHead.bytesPerWeight
      case .tagging: Double(taggingMatrices) * format.ofHead.bytesPerWeight
      }
    return Int(Double(activeParameters) * format.bytesPerWeight + head)
  }

  /// Seconds of reading `context` tokens on a machine with nothing else to do, and of writing `generated` more one by
  /// one: operations over measured rates, and for writing bytes over the measured bandwidth. A bound from below:
  /// norms, routing and copies are left out.
  package func seconds(
    _ format: WeightFormat, context: Int, generated: Int, on speed: MachineSpeed
  ) -> (reading: Double, writing: Double) {
    let heads = configuration.head == .tagging ? context : min(context, 1)
    let products =
      Double(context) * 2 * Double(activeParameters) + Double(heads) * headOperations
    // In blocks of B tokens, half of B·2·d operations stand beside the 4·d² of the state.
    let block =
      Double(configuration.lightningLayers * configuration.heads * configuration.headSize)
      * Double(4 * configuration.headSize + 2 * 256)
    let reading =
      products / speed.products
      + (Double(context) * block + attentionOperations(0..<context)) / speed.attention

    // A step reads the weights of its experts, reads and writes the states, and reads the cache.
    let cache = Double(cacheBytes(context + generated / 2, format))
    let bytes = Double(activeWeightBytes(format)) + 2 * Double(recurrentStateBytes) + cache
    return (reading, Double(generated) * bytes / speed.bandwidth)
  }
}
