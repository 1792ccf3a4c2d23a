import Foundation
import Kernels

/// The decoder: embedding, layers, last norm. Constant; what changes is in `Memory` and `Workspace`.
struct Model: Sendable {
  let configuration: Configuration
  let kernels: KernelSet
  let workers: Workers
  /// [vocabulary, hidden], read from the file row by row.
  let embedding: Tensor
  let layers: [DecoderLayer]
  /// [1, hidden]
  let norm: Plane
  let rotary: RotaryPositions

  init(
    _ store: TensorStore, _ configuration: Configuration, weights format: WeightFormat,
    kernels: KernelSet, workers: Workers
  ) throws(InferenceError) {
    self.configuration = configuration
    self.kernels = kernels
    self.workers = workers
    let hidden = configuration.hiddenSize
    embedding = try store.tensor(
      "model.embed_tokens.weight", [configuration.vocabularySize, hidden])
    guard embedding.type == .f32 || embedding.type == .bf16 else {
      throw InferenceError(
        .tensor,
        "Tensor '\(embedding.name)' has dtype \(embedding.type.rawValue), where F32 or BF16 is wanted."
      )
    }
    var layers: [DecoderLayer] = []
    for layer in configuration.layers.indices {
      layers.append(try DecoderLayer(store, layer: layer, configuration, format))
      store.release()
    }
    self.layers = layers
    norm = try store.vector("model.norm.weight", hidden)
    rotary = RotaryPositions(size: configuration.rotarySize, theta: configuration.ropeTheta)
  }

  /// Reads `tokens` and leaves the last norm's rows in `work.normed`. The rows belong to one reading, or to
  /// several: everything but attention treats rows alike, so the weights pass by once for all of them.
  func read(_ tokens: ArraySlice<Int32>, runs: [Run], work: Workspace, trace: Trace?) {
    let rows = tokens.count
    precondition(rows <= work.rows && (trace == nil || workers.count == 1))
    precondition(runs.last?.rows.upperBound == rows, "the runs are not the tokens")
    for (row, token) in tokens.enumerated() { embed(token, into: work.stream, row: row) }
    trace?.record("embed", work.stream, 0..<rows)
    if configuration.softmaxLayers > 0 {
      for run in runs {
        for row in run.rows {
          rotary.angles(at: run.position(of: row), into: work.angles, row: row)
        }
      }
    }
    for (index, layer) in layers.enumerated() {
      switch layer.attention {
      case .lightning(let attention):
        lightning(attention, layer, index, rows, runs, work, trace)
      case .softmax(let attention):
        softmax(attention, layer, index, rows, runs, work, trace)
      }
      mixExperts(layer, index, rows, work, trace)
    }
    workers.run(rows: rows, inChunksOf: work.chunk) { rows, _ in
      kernels.rmsNorm(
        work.stream, rows: rows, weight: norm, epsilon: configuration.normEpsilon,
        into: work.normed)
    }
    trace?.record("final_norm", work.normed, 0..<rows)
  }

  private func embed(_ token: Int32, into plane: Plane, row: Int) {
    let source = embedding.slice(Int(token)..<Int(token) + 1)
    plane.withMutableRow(row) { numbers in
      source.widen(into: &numbers)
    }
  }

  /// Up to so many rows, a product is divided among the threads by its outputs instead of by rows.
  private static let fewRows = 16
  /// Outputs one thread then takes at a time.
  private static let share = 256

  func isShared(_ rows: Int) -> Bool { workers.count > 1 && rows <= Self.fewRows }

  /// How many shares the outputs of `w` make.
  func shares(_ w: PackedMatrix) -> Int { (w.outputs + Self.share - 1) / Self.share }

  /// Share `index` of x · Wᵀ.
  func multiply(
    share index: Int, _ x: Plane, rows: Int, by w: PackedMatrix, into y: Plane, yColumn: Int = 0,
    scratch: QuantizedRows
  ) {
    kernels.multiply(
      x, rows: 0..<rows, by: w,
      outputs: index * Self.share..<min(w.outputs, (index + 1) * Self.share), into: y,
      yColumn: yColumn, scratch: scratch)
  }

  func normInput(_ layer: DecoderLayer, _ rows: Range<Int>, _ work: Workspace) {
    kernels.rmsNorm(
      work.stream, rows: rows, weight: layer.inputNorm, epsilon: configuration.normEpsilon,
      into: work.normed)
  }

  private func lightning(
    _ attention: LightningAttention, _ layer: DecoderLayer, _ index: Int, _ rows: Int,
    _ runs: [Run], _ work: Workspace, _ trace: Trace?
  ) {
    let width = configuration.attentionSize
    let d = configuration.headSize
    if isShared(rows) {
      normInput(layer, 0..<rows, work)
      let first = shares(attention.queryKeyValue)
      workers.run(first + shares(attention.outputGate)) { item, slot in
        if item < first {
          multiply(
            share: item, work.normed, rows: rows, by: attention.queryKeyValue,
            into: work.queryKeyValue, scratch: work.quantized[slot])
        } else {
          multiply(
            share: item - first, work.normed, rows: rows, by: attention.outputGate,
            into: work.gate, scratch: work.quantized[slot])
        }
      }
      kernels.silu(work.queryKeyValue, rows: 0..<rows, width: 3 * width)
    } else {
      workers.run(rows: rows, inChunksOf: work.chunk) { rows, slot in
        normInput(layer, rows, work)
        kernels.multiply(
          work.normed, rows: rows, by: attention.queryKeyValue, into: work.queryKeyValue,
          scratch: work.quantized[slot])
        kernels.silu(work.queryKeyValue, rows: rows, width: 3 * width)
        kernels.multiply(
          work.normed, rows: rows, by: attention.outputGate, into: work.gate,
          scratch: work.quantized[slot])
      }
    }
    workers.run(configuration.heads * runs.count) { item, slot in
      let run = runs[item / configuration.heads]
      let head = item % configuration.heads
      kernels.lightning(
        work.queryKeyValue, rows: run.rows, column: head * 3 * d,
        state: run.memory.lightning(layer: index), head: head, decay: attention.decay,
        into: work.attended, scratch: work.lightningScratch, slot: slot,
        first: run.position % KernelSet.block)
    }
    if isShared(rows) {
      gateAndNorm(attention, 0..<rows, work)
      shareProjection(attention.output, rows, work)
      finishAttention(layer, index, 0..<rows, work, trace, work.quantized[0])
    } else {
      workers.run(rows: rows, inChunksOf: work.chunk) { rows, slot in
        gateAndNorm(attention, rows, work)
        kernels.multiply(
          work.attended, rows: rows, by: attention.output, into: work.mixed,
          scratch: work.quantized[slot])
        finishAttention(layer, index, rows, work, trace, work.quantized[slot])
      }
    }
  }

  private func gateAndNorm(_ attention: LightningAttention, _ rows: Range<Int>, _ work: Workspace) {
    kernels.gatedNorm(
      work.attended, rows: rows, gate: work.gate, gateColumn: 0, weight: attention.norm,
      epsilon: LightningAttention.normEpsilon)
  }

  func shareProjection(_ output: PackedMatrix, _ rows: Int, _ work: Workspace) {
    workers.run(shares(output)) { item, slot in
      multiply(
        share: item, work.attended, rows: rows, by: output, into: work.mixed,
        scratch: work.quantized[slot])
    }
  }

  /// The residual sum after attention and all that needs no other row: `work.mixed` = α·residual + β·mixed, its
  /// norm, and the router's logits.
  func finishAttention(
    _ layer: DecoderLayer, _ index: Int, _ rows: Range<Int>, _ work: Workspace, _ trace: Trace?,
    _ scratch: QuantizedRows
  ) {
    trace?.record("layer.\(index).attn_in", work.normed, rows)
    trace?.record("layer.\(index).attn_out", work.mixed, rows)
    let mix = layer.attentionMix
    kernels.mix(
      mix.alpha, configuration.postNorm ? work.normed : work.stream, mix.beta, into: work.mixed,
      rows: rows)
    trace?.record("layer.\(index).h_mid", work.mixed, rows)
    kernels.rmsNorm(
      work.mixed, rows: rows, weight: layer.expertNorm, epsilon: configuration.normEpsilon,
      into: work.normed)
    trace?.record("layer.\(index).moe_in", work.normed, rows)
    kernels.multiply(
      work.normed, rows: rows, by: layer.experts.router, into: work.routerLogits, scratch: scratch)
    trace?.record("layer.\(index).router_logits", work.routerLogits, rows)
  }

  /// The experts and their residual sum: `work.stream` = α·residual + β·Σ w·expert.
  private func mixExperts(
    _ layer: DecoderLayer, _ index: Int, _ rows: Int, _ work: Workspace, _ trace: Trace?
  ) {
    let routing = work.routing
    let chosen = configuration.expertsPerToken
    let width = configuration.expertSize
    routing.choose(from: work.routerLogits, rows: rows)
    // One item is up to `chunk` rows of one expert.
    let chunk = work.chunk
    let items = routing.items(ofAtMost: chunk)
    workers.run(items) { item, slot in
      let (index, range) = routing.item(item, ofAtMost: chunk)
      let expert = layer.experts.experts[index]
      let x = work.gathered[slot]
      for (row, place) in range.enumerated() {
        kernels.copy(
          work.normed, row: Int(routing.order[place]) / chosen, width: configuration.hiddenSize,
          to: x, row: row)
      }
      run(
        expert, width, x, 0..<range.count, work.expertGate[slot], work.expertUp[slot],
        into: work.expertOutput, yRow: range.lowerBound, scratch: work.quantized[slot])
    }
    if let (expert, coefficient) = layer.experts.shared, let output = work.sharedOutput,
      let share = work.sharedCoefficient
    {
      workers.run(rows: rows, inChunksOf: work.chunk) { rows, slot in
        kernels.multiply(
          work.normed, rows: rows, by: coefficient, into: share, scratch: work.quantized[slot])
        let x = work.gathered[slot]
        for (index, row) in rows.enumerated() {
          kernels.copy(work.normed, row: row, width: configuration.hiddenSize, to: x, row: index)
        }
        run(
          expert, expert.gate.outputs, x, 0..<rows.count, work.expertGate[slot],
          work.expertUp[slot], into: output, yRow: rows.lowerBound, scratch: work.quantized[slot])
      }
    }
    workers.run(rows: rows, inChunksOf: work.chunk) { rows, _ in
      for row in rows {
        // The choices in order of their weight: the same sum however the rows were grouped.
        work.stream.withMutableRow(row) { sum in
          for column in 0..<sum.count { sum[column] = 0 }
        }
        for choice in 0..<chosen {
          let entry = row * chosen + choice
          kernels.add(
            routing.weight[entry], work.expertOutput, row: Int(routing.place[entry]),
            to: work.stream, row: row)
        }
        if let output = work.sharedOutput, let share = work.sharedCoefficient {
          let c = 1 / (1 + exp(-share[row, 0]))
          kernels.mix(c, output, 1 - c, into: work.stream, rows: row..<row + 1)
        }
      }
      trace?.record("layer.\(index).moe_out", work.stream, rows)
      kernels.mix(
        configuration.mlpMix.alpha, configuration.postNorm ? work.normed : work.mixed,
        configuration.mlpMix.beta, into: work.stream, rows: rows)
      trace?.record("layer.\(index).out", work.stream, rows)
    }
  }

  private func run(
    _ expert: Experts.Expert, _ width: Int, _ x: Plane, _ rows: Range<Int>, _ gate: Plane,
    _ up: Plane, into y: Plane, yRow: Int, scratch: QuantizedRows
  ) {
    kernels.multiply(x, rows: rows, by: expert.gate, into: gate, scratch: scratch)
    kernels.multiply(x, rows: rows, by: expert.up, into: up, scratch: scratch)
    kernels.silu(gate, times: up, rows: rows, width: width)
    kernels.multiply(gate, rows: rows, by: expert.down, into: y, yRow: yRow, scratch: scratch)
  }
}
