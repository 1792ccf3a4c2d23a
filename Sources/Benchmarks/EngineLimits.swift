import Inference
import Kernels

/// What this machine can do at most on one core, measured in the same process as what it is held against: a speed
/// without its limit says little, and a shared machine's limit changes by the hour.
struct EngineLimits {
  /// Operations a CPU second, a multiply-add counting as two: in f32, with pairs of bf16 (f32 where the processor has
  /// none), and with quads of bytes, where weights of 4 bits may keep their sums narrow for longer.
  let f32: Double
  let pairs: Double
  let bytes: Double
  let halfBytes: Double
  /// Operations a CPU second of softmax attention's kernels alone, heads of 128, by how they round.
  let attentionF32: Double
  let attentionPairs: Double
  /// Bytes read a CPU second from memory that no cache holds.
  let bandwidth: Double

  init(_ kernels: KernelSet = .best) {
    func best(_ body: () -> Int) -> Double {
      var rate = 0.0
      for _ in 0..<7 {
        let start = Resources.now().cpu
        let done = body()
        rate = max(rate, Double(done) / (Resources.now().cpu - start))
      }
      return rate
    }
    // Long, for it comes first: a processor runs its first tenth of a second of wide vectors at half speed.
    f32 = best { kernels.spinF32(steps: 20_000_000) }
    pairs = kernels.rounding.roundsToBF16 ? best { kernels.spinBF16(steps: 2_000_000)! } : f32
    bytes = best { kernels.spinBytes(bits: 8, steps: 2_000_000) }
    halfBytes = best { kernels.spinBytes(bits: 4, steps: 2_000_000) }
    attentionF32 = best { Self.attend(kernels) }
    attentionPairs =
      kernels.rounding.roundsToBF16 ? best { Self.attend(kernels.rounding) } : attentionF32
    // 192 MB: beyond the caches of the machines this runs on.
    let weights = [Float](repeating: 1, count: 48 << 20)
    let matrix = PackedMatrix(f32: weights.span, outputs: 48 << 8, inputs: 4096, as: .f32)
    bandwidth = best { kernels.readThrough(matrix) }
  }

  /// Attention of 96 queries over a segment of the cache, which the second and third level of caches hold. Gives how
  /// many operations that were.
  private static func attend(_ kernels: KernelSet) -> Int {
    let (rows, keys, d) = (96, KeyValueCache.segmentKeys, 128)
    let cache = KeyValueCache(heads: 1, headSize: d, bf16: kernels.roundsToBF16)
    cache.reserve(keys)
    let work = AttentionWork(kernels, rows: rows, headSize: d, bf16: kernels.roundsToBF16)
    for row in 0..<rows { work.limits[row] = UInt32(keys) }
    let rounds = 20
    for _ in 0..<rounds {
      work.start(rows: rows)
      kernels.attend(work, rows: rows, cache: cache, segment: 0, head: 0)
    }
    return rounds * 4 * rows * keys * d
  }

  /// Most tokens a CPU second that can be read in one go of `tokens`: products in what the weights' format meets,
  /// lightning attention in f32, softmax attention in pairs where activations are rounded.
  func prefill(_ cost: Cost, _ format: WeightFormat, tokens: Int) -> Double {
    let products = 2 * Double(cost.activeParameters)
    let lightning = cost.operationsPerToken - products
    return 1
      / (products / self.products(format) + lightning / f32
        + attention(cost, format, tokens: tokens))
  }

  /// Least CPU seconds of softmax attention for each of `tokens` read in one go.
  func attention(_ cost: Cost, _ format: WeightFormat, tokens: Int) -> Double {
    cost.attentionOperations(0..<tokens) / Double(tokens) / (format.roundsToBF16 ? pairs : f32)
  }

  /// The same at the speed of its kernels alone, without the caches and the memory that a long text needs.
  func attentionByKernels(_ cost: Cost, _ format: WeightFormat, tokens: Int) -> Double {
    cost.attentionOperations(0..<tokens) / Double(tokens)
      / (format.roundsToBF16 ? attentionPairs : attentionF32)
  }

  /// Most tokens a CPU second that can be written at `depth`: each reads the weights it meets, the head, the states
  /// and the keys and values so far.
  func decode(_ cost: Cost, _ format: WeightFormat, depth: Int) -> Double {
    together(cost, format, sessions: 1, depth: depth)
  }

  /// The same of several sessions together: weights are read once for all, of the experts those that some token
  /// meets. Tokens choose among experts by chance, so n of them meet E·(1 − (1 − K/E)ⁿ).
  func together(_ cost: Cost, _ format: WeightFormat, sessions: Int, depth: Int) -> Double {
    let c = cost.configuration
    let (all, chosen, n) = (Double(c.experts), Double(c.expertsPerToken), Double(sessions))
    var missed = 1.0
    for _ in 0..<sessions { missed *= 1 - chosen / all }
    let expert = Double(3 * c.expertSize * c.hiddenSize * c.layers.count)
    let met = Double(cost.activeParameters) + (all * (1 - missed) - chosen) * expert
    let head = Double(cost.headParameters) * format.ofHead.bytesPerWeight
    let cache =
      Double(cost.cacheBytes(KeyValueCache.segmentKeys, format))
      / Double(KeyValueCache.segmentKeys) * Double(depth)
    let own = Double(cost.recurrentStateBytes) + cache
    let reading = (met * format.bytesPerWeight + head + n * own) / bandwidth
    let working = n * 2 * Double(cost.activeParameters) / products(format)
    return n / max(reading, working)
  }

  private func products(_ format: WeightFormat) -> Double {
    switch format {
    case .int8: bytes
    case .int4: halfBytes
    case .bf16: pairs
    case .f32, .asStored: f32
    }
  }
}
