import Foundation
import Kernels

/// The mixture of experts of one layer, and the shared expert where there is one.
struct Experts: Sendable {
  /// A gated feed-forward: down · (silu(gate · x) ⊙ (up · x)).
  struct Expert: Sendable {
    /// [width, hidden]
    let gate: PackedMatrix
    let up: PackedMatrix
    /// [hidden, width]
    let down: PackedMatrix
    var byteCount: Int { gate.byteCount + up.byteCount + down.byteCount }
  }

  /// [experts, hidden], always f32.
  let router: PackedMatrix
  let experts: [Expert]
  /// The shared expert, and its coefficient's weights [1, hidden].
  let shared: (expert: Expert, coefficient: PackedMatrix)?

  init(_ store: TensorStore, prefix: String, _ configuration: Configuration, _ format: WeightFormat)
    throws(InferenceError)
  {
    let hidden = configuration.hiddenSize
    let width = configuration.expertSize
    let count = configuration.experts
    // In files the experts stand one by one; transformers' in-memory form stacks them.
    let stacked = store.contains("\(prefix)mlp.experts.gate_up_proj")
    let gateName =
      store.contains("\(prefix)mlp.gate.weight")
      ? "\(prefix)mlp.gate.weight" : "\(prefix)block_sparse_moe.gate.weight"
    router = try store.matrix(gateName, count, hidden, as: .f32)
    var experts: [Expert] = []
    if stacked {
      let both = try store.tensor("\(prefix)mlp.experts.gate_up_proj", [count, 2 * width, hidden])
      let down = try store.tensor("\(prefix)mlp.experts.down_proj", [count, hidden, width])
      for index in 0..<count {
        let pair = both.slice(index..<index + 1).reshaped([2 * width, hidden])
        experts.append(
          Expert(
            gate: try pair.slice(0..<width).packed(as: format),
            up: try pair.slice(width..<2 * width).packed(as: format),
            down: try down.slice(index..<index + 1).reshaped([hidden, width]).packed(as: format)))
      }
    } else {
      for index in 0..<count {
        let name = "\(prefix)block_sparse_moe.experts.\(index)."
        experts.append(
          Expert(
            gate: try store.matrix("\(name)w1.weight", width, hidden, as: format),
            up: try store.matrix("\(name)w3.weight", width, hidden, as: format),
            down: try store.matrix("\(name)w2.weight", hidden, width, as: format)))
      }
    }
    self.experts = experts
    if configuration.sharedExpertSize > 0 {
      // The published code gives the shared expert the experts' own width, others its stated one: take
      // whichever of the two the file has.
      let name = "\(prefix)shared_mlp."
      let own = store.shape("\(name)gate_proj.weight")?.first
      let wide = own == width ? width : configuration.sharedExpertSize
      shared = (
        Expert(
          gate: try store.matrix("\(name)gate_proj.weight", wide, hidden, as: format),
          up: try store.matrix("\(name)up_proj.weight", wide, hidden, as: format),
          down: try store.matrix("\(name)down_proj.weight", hidden, wide, as: format)),
        try store.matrix("\(prefix)coefficient.weight", 1, hidden, as: .f32)
      )
    } else {
      shared = nil
    }
  }

  var byteCount: Int {
    router.byteCount + experts.reduce(0) { $0 + $1.byteCount } + (shared?.expert.byteCount ?? 0)
  }
}

/// Which rows of a piece go to which expert, and with what weight.
///
/// `order` lists (row, choice) pairs expert by expert: an expert's rows are consecutive there, so that
/// its weights are read once for all of them.
final class Routing: @unchecked Sendable {
  let expertsPerToken: Int
  /// [rows·K]: the experts of a row, most probable first; ties go to the lower number.
  private(set) var expert: [Int32]
  /// [rows·K]: their weights, which add up to 1.
  private(set) var weight: [Float]
  /// [rows·K]: place of (row, choice) in `order`.
  private(set) var place: [Int32]
  /// [rows·K]: row·K + choice.
  private(set) var order: [Int32]
  /// [experts + 1]: where each expert's run in `order` starts.
  private(set) var start: [Int]
  private var next: [Int]

  init(rows: Int, experts: Int, expertsPerToken: Int) {
    self.expertsPerToken = expertsPerToken
    expert = [Int32](repeating: 0, count: rows * expertsPerToken)
    weight = [Float](repeating: 0, count: rows * expertsPerToken)
    place = [Int32](repeating: 0, count: rows * expertsPerToken)
    order = [Int32](repeating: 0, count: rows * expertsPerToken)
    start = [Int](repeating: 0, count: experts + 1)
    next = [Int](repeating: 0, count: experts)
  }

  /// Chooses from router logits [rows, experts].
  ///
  /// Softmax over all experts and division by the chosen ones' sum is softmax over the chosen logits.
  func choose(from logits: Plane, rows: Int) {
    let count = start.count - 1
    let chosen = expertsPerToken
    for index in 0...count { start[index] = 0 }
    for row in 0..<rows {
      logits.withRow(row) { logits in
        for choice in 0..<chosen {
          var best = -1
          for candidate in 0..<count {
            var taken = false
            for earlier in 0..<choice where expert[row * chosen + earlier] == Int32(candidate) {
              taken = true
            }
            if !taken && (best < 0 || logits[candidate] > logits[best]) { best = candidate }
          }
          expert[row * chosen + choice] = Int32(best)
          start[best + 1] += 1
        }
        let top = logits[Int(expert[row * chosen])]
        var sum: Float = 0
        for choice in 0..<chosen {
          let p = exp(logits[Int(expert[row * chosen + choice])] - top)
          weight[row * chosen + choice] = p
          sum += p
        }
        for choice in 0..<chosen { weight[row * chosen + choice] /= sum }
      }
    }
    for index in 0..<count {
      start[index + 1] += start[index]
      next[index] = start[index]
    }
    for entry in 0..<rows * chosen {
      let index = Int(expert[entry])
      place[entry] = Int32(next[index])
      order[next[index]] = Int32(entry)
      next[index] += 1
    }
  }

  /// How many runs of at most `chunk` rows the experts have together.
  func items(ofAtMost chunk: Int) -> Int {
    var count = 0
    for index in 0..<start.count - 1 {
      count += (start[index + 1] - start[index] + chunk - 1) / chunk
    }
    return count
  }

  /// Run `item`: its expert and its places in `order`.
  func item(_ item: Int, ofAtMost chunk: Int) -> (expert: Int, places: Range<Int>) {
    var left = item
    for index in 0..<start.count - 1 {
      let runs = (start[index + 1] - start[index] + chunk - 1) / chunk
      if left < runs {
        let from = start[index] + left * chunk
        return (index, from..<min(from + chunk, start[index + 1]))
      }
      left -= runs
    }
    preconditionFailure("run \(item) of fewer")
  }
}
