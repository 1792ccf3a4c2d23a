import Inference
import Kernels

/// What this machine can do at most on one core, measured in the same process as what it is held against: a speed
/// without its limit says little, and a shared machine's limit changes by the hour.
struct EngineLimits {
  /// Operations a CPU second, a multiply-add counting as two: in f32, and with pairs of bf16 (f32 where the
  /// processor has none). Pairs of 16-bit whole numbers, which quantised weights need, are as fast as those of bf16.
  let f32: Double
  let pairs: Double
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
    f32 = best { kernels.spinF32(steps: 2_000_000) }
    pairs = kernels.rounding.roundsToBF16 ? best { kernels.spinBF16(steps: 2_000_000)! } : f32
    // 192 MB: beyond the caches of the machines this runs on.
    let weights = [Float](repeating: 1, count: 48 << 20)
    let matrix = PackedMatrix(f32: weights.span, outputs: 48 << 8, inputs: 4096, as: .f32)
    bandwidth = best { kernels.readThrough(matrix) }
  }

  /// Most tokens a CPU second that can be read in one go of `tokens`.
  func prefill(_ cost: Cost, _ format: WeightFormat, tokens: Int) -> Double {
    let operations =
      cost.operationsPerToken + cost.attentionOperations(0..<tokens) / Double(tokens)
    return (format.roundsToBF16 ? pairs : f32) / operations
  }

  /// Most tokens a CPU second that can be written at `depth`: each reads the weights it meets, the head, and the
  /// cache.
  func decode(_ cost: Cost, _ format: WeightFormat, depth: Int) -> Double {
    let weights = Double(cost.activeParameters) * format.bytesPerWeight
    let head = Double(cost.headParameters) * format.ofHead.bytesPerWeight
    let state = Double(cost.sessionBytes(depth, format))
    return bandwidth / (weights + head + state)
  }
}
