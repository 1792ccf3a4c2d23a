import Foundation
import Kernels

/// Linear attention with decay, in seven of every eight layers.
///
/// Keeps one [headSize, headSize] state a head where softmax attention keeps a row a token, so its memory
/// does not grow with the text:  o_t = Σ_{j ≤ t} exp(−s·(t−j)) (q_t·k_j) v_j.
struct LightningAttention: Sendable {
  /// [3·heads·headSize, hidden]; head h owns rows h·3d ..< (h+1)·3d: its q, k and v.
  let queryKeyValue: PackedMatrix
  /// [heads·headSize, hidden]
  let outputGate: PackedMatrix
  /// [hidden, heads·headSize]
  let output: PackedMatrix
  /// [1, heads·headSize]
  let norm: Plane
  /// [heads, block + 1]: exp(−s·i), so that i tokens ago counts so much.
  let decay: Plane

  /// The norm inside this layer has its own ε, whatever `rms_norm_eps` says.
  static let normEpsilon: Float = 1e-6

  init(
    _ store: TensorStore, prefix: String, layer: Int, _ configuration: Configuration,
    _ format: WeightFormat
  )
    throws(InferenceError)
  {
    let width = configuration.attentionSize
    let hidden = configuration.hiddenSize
    queryKeyValue = try store.matrix("\(prefix)qkv_proj.weight", 3 * width, hidden, as: format)
    outputGate = try store.matrix("\(prefix)output_gate.weight", width, hidden, as: format)
    output = try store.matrix("\(prefix)out_proj.weight", hidden, width, as: format)
    norm = try store.vector("\(prefix)norm.weight", width)
    decay = Plane(rows: configuration.heads, columns: KernelSet.block + 1)
    for head in 0..<configuration.heads {
      for steps in 0...KernelSet.block {
        decay[head, steps] = Float(exp(-configuration.slopes[layer][head] * Double(steps)))
      }
    }
  }

  var byteCount: Int { queryKeyValue.byteCount + outputGate.byteCount + output.byteCount }
}
