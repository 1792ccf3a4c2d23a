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

  /// Up to so many rows, a product is divided among the threads by its outputs instead of by rows.
  private static let fewRows = 16
  /// Outputs one thread then takes at a time.
  private static let share = 256

  private func isShared(_ rows: Int) -> Bool { workers.count > 1 && rows <= Self.fewRows }

  /// How many shares the outputs of `w` make.
  private func shares(_ w: PackedMatrix) -> Int { (w.outputs + Self.share - 1) / Self.share }

  /// Share `index` of x · Wᵀ.
  private func multiply(
    share index: Int, _ x: Plane, rows: Int, by w: PackedMatrix, into y: Plane, yColumn: Int = 0,
    scratch: QuantizedRows
  ) {
    kernels.multiply(
      x, rows: 0..<rows, by: w,
      outputs: index * Self.share..<min(w.outputs, (index + 1) * Self.share), into: y,
      yColumn: yColumn, scratch: scratch)
  }

  private func normInput(_ layer: DecoderLayer, _ rows: Range<Int>, _ work: Workspace) {
    kernels.rmsNorm(
      work.stream, rows: rows, weight: layer.inputNorm, epsilon: configuration.normEpsilon,
      into: work.normed)
  }

  private func lightning(
    _ attention: LightningAttention, _ layer: DecoderLayer, _ index: Int, _ rows: Int,
    _ position: Int, _ state: LightningState, _ work: Workspace, _ trace: Trace?
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
    workers.run(configuration.heads) { head, slot in
      kernels.lightning(
        work.queryKeyValue, rows: rows, column: head * 3 * d, state: state, head: head,
        decay: attention.decay, into: work.attended, scratch: work.lightningScratch, slot: slot,
        first: position % KernelSet.block)
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

  private func shareProjection(_ output: PackedMatrix, _ rows: Int, _ work: Workspace) {
    workers.run(shares(output)) { item, slot in
      multiply(
        share: item, work.attended, rows: rows, by: output, into: work.mixed,
        scratch: work.quantized[slot])
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
    let narrow = shared * d
    cache.reserve(position + rows)
    if isShared(rows) {
      normInput(layer, 0..<rows, work)
      let (first, second) = (shares(attention.query), shares(attention.key))
      workers.run(first + second + shares(attention.value)) { item, slot in
        if item < first {
          multiply(
            share: item, work.normed, rows: rows, by: attention.query, into: work.queryKeyValue,
            scratch: work.quantized[slot])
        } else if item < first + second {
          multiply(
            share: item - first, work.normed, rows: rows, by: attention.key,
            into: work.queryKeyValue, yColumn: width, scratch: work.quantized[slot])
        } else {
          multiply(
            share: item - first - second, work.normed, rows: rows, by: attention.value,
            into: work.queryKeyValue, yColumn: width + narrow, scratch: work.quantized[slot])
        }
      }
      turnAndStore(0..<rows, position, cache, work)
    } else {
      workers.run(rows: rows, inChunksOf: work.chunk) { rows, slot in
        let scratch = work.quantized[slot]
        normInput(layer, rows, work)
        kernels.multiply(
          work.normed, rows: rows, by: attention.query, into: work.queryKeyValue, scratch: scratch)
        kernels.multiply(
          work.normed, rows: rows, by: attention.key, into: work.queryKeyValue, yColumn: width,
          scratch: scratch)
        kernels.multiply(
          work.normed, rows: rows, by: attention.value, into: work.queryKeyValue,
          yColumn: width + narrow, scratch: scratch)
        turnAndStore(rows, position, cache, work)
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
    if isShared(rows) {
      shareProjection(attention.output, rows, work)
      finishAttention(layer, index, 0..<rows, work, trace, work.quantized[0])
    } else {
      workers.run(rows: rows, inChunksOf: work.chunk) { rows, slot in
        kernels.multiply(
          work.attended, rows: rows, by: attention.output, into: work.mixed,
          scratch: work.quantized[slot])
        finishAttention(layer, index, rows, work, trace, work.quantized[slot])
      }
    }
  }

  /// Turns queries and keys by their positions, and puts keys and values into the cache.
  private func turnAndStore(
    _ rows: Range<Int>, _ position: Int, _ cache: KeyValueCache, _ work: Workspace
  ) {
    let width = configuration.attentionSize
    let d = configuration.headSize
    let shared = configuration.keyValueHeads
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

  /// Softmax attention of some tokens' queries that share key/value head `head`.
  private func attend(
    _ range: Range<Int>, _ position: Int, head: Int, _ group: Int, _ cache: KeyValueCache,
    _ work: Workspace, _ scratch: AttentionWork
  ) {
    let d = configuration.headSize
    let rows = range.count * group
    // Weights are powers of 2 there: log₂e goes into the queries.
    let scale = Float(1 / log(2.0) / Double(d).squareRoot())
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

  /// The residual sum after attention and all that needs no other row: `work.mixed` = α·residual + β·mixed, its
  /// norm, and the router's logits.
  private func finishAttention(
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
