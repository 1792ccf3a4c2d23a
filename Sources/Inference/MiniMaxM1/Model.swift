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
    }
    self.layers = layers
    norm = try store.vector("model.norm.weight", hidden)
    rotary = RotaryPositions(size: configuration.rotarySize, theta: configuration.ropeTheta)
  }

  /// Reads `tokens` at positions `position`… and leaves the last norm's rows in `work.normed`.
  func read(
    _ tokens: ArraySlice<Int32>, at position: Int, memory: Memory, work: Workspace, trace: Trace?
  ) {
    let rows = tokens.count
    precondition(rows <= work.rows && (trace == nil || workers.count == 1))
    for (row, token) in tokens.enumerated() { embed(token, into: work.stream, row: row) }
    trace?.record("embed", work.stream, 0..<rows)
    if configuration.softmaxLayers > 0 {
      for row in 0..<rows { rotary.angles(at: position + row, into: work.angles, row: row) }
    }
    for (index, layer) in layers.enumerated() {
      switch (layer.attention, memory.layers[index]) {
      case (.lightning(let attention), .lightning(let state)):
        lightning(attention, layer, index, rows, position, state, work, trace)
      case (.softmax(let attention), .softmax(let cache)):
        softmax(attention, layer, index, rows, position, cache, work, trace)
      default: preconditionFailure("the memory belongs to another model")
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

  private func lightning(
    _ attention: LightningAttention, _ layer: DecoderLayer, _ index: Int, _ rows: Int,
    _ position: Int, _ state: LightningState, _ work: Workspace, _ trace: Trace?
  ) {
    let width = configuration.attentionSize
    let d = configuration.headSize
    workers.run(rows: rows, inChunksOf: work.chunk) { rows, _ in
      kernels.rmsNorm(
        work.stream, rows: rows, weight: layer.inputNorm, epsilon: configuration.normEpsilon,
        into: work.normed)
      kernels.multiply(
        work.normed, rows: rows, by: attention.queryKeyValue, into: work.queryKeyValue)
      kernels.silu(work.queryKeyValue, rows: rows, width: 3 * width)
      kernels.multiply(work.normed, rows: rows, by: attention.outputGate, into: work.gate)
    }
    workers.run(configuration.heads) { head, slot in
      kernels.lightning(
        work.queryKeyValue, rows: rows, column: head * 3 * d, state: state, head: head,
        decay: attention.decay, into: work.attended, scratch: work.lightningScratch, slot: slot,
        first: position % KernelSet.block)
    }
    workers.run(rows: rows, inChunksOf: work.chunk) { rows, _ in
      kernels.gatedNorm(
        work.attended, rows: rows, gate: work.gate, gateColumn: 0, weight: attention.norm,
        epsilon: LightningAttention.normEpsilon)
      project(attention.output, layer, index, rows, work, trace)
    }
  }

  private func softmax(
    _ attention: SoftmaxAttention, _ layer: DecoderLayer, _ index: Int, _ rows: Int,
    _ position: Int, _ cache: KeyValueCache, _ work: Workspace, _ trace: Trace?
  ) {
    let width = configuration.attentionSize
    let d = configuration.headSize
    let shared = configuration.keyValueHeads
    let group = configuration.heads / shared
    cache.reserve(position + rows)
    workers.run(rows: rows, inChunksOf: work.chunk) { rows, _ in
      kernels.rmsNorm(
        work.stream, rows: rows, weight: layer.inputNorm, epsilon: configuration.normEpsilon,
        into: work.normed)
      kernels.multiply(work.normed, rows: rows, by: attention.query, into: work.queryKeyValue)
      kernels.multiply(
        work.normed, rows: rows, by: attention.key, into: work.queryKeyValue, yColumn: width)
      kernels.multiply(
        work.normed, rows: rows, by: attention.value, into: work.queryKeyValue,
        yColumn: width + shared * d)
      for row in rows {
        // Queries and keys stand side by side: one run of heads.
        rotary.turn(
          work.queryKeyValue, row: row, heads: configuration.heads + shared, width: d,
          by: work.angles)
        for head in 0..<shared {
          cache.store(
            token: position + row, head: head, keys: work.queryKeyValue,
            values: work.queryKeyValue, row: row, keyColumn: width + head * d,
            valueColumn: width + (shared + head) * d)
        }
      }
    }
    // Late rows see most keys: claimed first, so that no thread is left with a long one at the end.
    let tokens = work.attention[0].rows / group
    let tiles = (rows + tokens - 1) / tokens
    workers.run(tiles * shared) { item, slot in
      let tile = tiles - 1 - item / shared
      let range = tile * tokens..<min(rows, (tile + 1) * tokens)
      attend(range, position, head: item % shared, group, cache, work, work.attention[slot])
    }
    workers.run(rows: rows, inChunksOf: work.chunk) { rows, _ in
      project(attention.output, layer, index, rows, work, trace)
    }
  }

  /// Softmax attention of some tokens' queries that share key/value head `head`.
  private func attend(
    _ range: Range<Int>, _ position: Int, head: Int, _ group: Int, _ cache: KeyValueCache,
    _ work: Workspace, _ scratch: AttentionWork
  ) {
    let d = configuration.headSize
    let rows = range.count * group
    let scale = 1 / Float(d).squareRoot()
    scratch.start(rows: rows)
    for (index, token) in range.enumerated() {
      for member in 0..<group {
        scratch.load(
          work.queryKeyValue, row: token, column: (head * group + member) * d, scale: scale,
          as: index * group + member)
      }
    }
    let last = position + range.upperBound - 1
    for (index, segment) in cache.segments.enumerated() {
      let from = index * KeyValueCache.segmentKeys
      guard from <= last else { break }
      for (index, token) in range.enumerated() {
        let visible = min(max(position + token + 1 - from, 0), KeyValueCache.segmentKeys)
        for member in 0..<group { scratch.limits[index * group + member] = UInt32(visible) }
      }
      kernels.attend(scratch, rows: rows, segment: segment, head: head, tiles: cache.tiles)
    }
    for (index, token) in range.enumerated() {
      for member in 0..<group {
        scratch.finish(
          index * group + member, into: work.attended, row: token,
          column: (head * group + member) * d)
      }
    }
  }

  /// The attention's last product and its residual sum: `work.mixed` = α·residual + β·(attended · W).
  private func project(
    _ output: PackedMatrix, _ layer: DecoderLayer, _ index: Int, _ rows: Range<Int>,
    _ work: Workspace, _ trace: Trace?
  ) {
    kernels.multiply(work.attended, rows: rows, by: output, into: work.mixed)
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
    kernels.multiply(work.normed, rows: rows, by: layer.experts.router, into: work.routerLogits)
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
        into: work.expertOutput, yRow: range.lowerBound)
    }
    if let (expert, coefficient) = layer.experts.shared, let output = work.sharedOutput,
      let share = work.sharedCoefficient
    {
      workers.run(rows: rows, inChunksOf: work.chunk) { rows, slot in
        kernels.multiply(work.normed, rows: rows, by: coefficient, into: share)
        let x = work.gathered[slot]
        for (index, row) in rows.enumerated() {
          kernels.copy(work.normed, row: row, width: configuration.hiddenSize, to: x, row: index)
        }
        run(
          expert, expert.gate.outputs, x, 0..<rows.count, work.expertGate[slot],
          work.expertUp[slot], into: output, yRow: rows.lowerBound)
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
    _ up: Plane, into y: Plane, yRow: Int
  ) {
    kernels.multiply(x, rows: rows, by: expert.gate, into: gate)
    kernels.multiply(x, rows: rows, by: expert.up, into: up)
    kernels.silu(gate, times: up, rows: rows, width: width)
    kernels.multiply(gate, rows: rows, by: expert.down, into: y, yRow: yRow)
  }
}
