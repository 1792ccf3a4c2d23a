import Kernels

/// What one reading remembers, layer by layer.
final class Memory: Sendable {
  enum Layer: Sendable {
    case lightning(LightningState)
    case softmax(KeyValueCache)
  }

  let layers: [Layer]

  init(_ configuration: Configuration, bf16: Bool) {
    layers = configuration.layers.map { kind in
      switch kind {
      case .lightning:
        .lightning(LightningState(heads: configuration.heads, headSize: configuration.headSize))
      case .softmax:
        .softmax(
          KeyValueCache(
            heads: configuration.keyValueHeads, headSize: configuration.headSize, bf16: bf16))
      }
    }
  }

  /// What lightning layer `layer` remembers.
  func lightning(layer: Int) -> LightningState {
    guard case .lightning(let state) = layers[layer] else {
      preconditionFailure("the memory belongs to another model")
    }
    return state
  }

  /// What softmax layer `layer` remembers.
  func softmax(layer: Int) -> KeyValueCache {
    guard case .softmax(let cache) = layers[layer] else {
      preconditionFailure("the memory belongs to another model")
    }
    return cache
  }

  /// Back to before the first token.
  func clear() {
    for layer in layers {
      switch layer {
      case .lightning(let state): state.numbers.fill(0)
      case .softmax(let cache): cache.clear()
      }
    }
  }

  var byteCount: Int {
    layers.reduce(0) { sum, layer in
      switch layer {
      case .lightning(let state): sum + state.numbers.byteCount
      case .softmax(let cache): sum + cache.byteCount
      }
    }
  }
}

/// The planes a piece of text passes through: allocated once a session, reused by every layer.
final class Workspace: Sendable {
  /// Most tokens of a piece.
  let rows: Int
  /// Rows one thread takes at a time in row-by-row work.
  let chunk: Int
  /// [rows, hidden]: the stream, its normed copy, and the sublayer's output.
  let stream: Plane
  let normed: Plane
  let mixed: Plane
  /// [rows, 3·heads·headSize]: q, k, v of either kind of attention.
  let queryKeyValue: Plane
  /// [rows, heads·headSize]
  let gate: Plane
  let attended: Plane
  /// [rows, experts]
  let routerLogits: Plane
  let routing: Routing
  /// [rows·K, hidden]: the experts' outputs, expert by expert.
  let expertOutput: Plane
  /// [rows, rotary size]
  let angles: Plane
  /// One a thread: rows for an expert, [chunk, hidden] and twice [chunk, width].
  let gathered: [Plane]
  let expertGate: [Plane]
  let expertUp: [Plane]
  let lightningScratch: Plane
  let quantized: [QuantizedRows]
  let attention: [AttentionWork]
  /// [rows, hidden] and [rows, 1], only with a shared expert.
  let sharedOutput: Plane?
  let sharedCoefficient: Plane?

  /// Query rows (tokens × heads of a group) one thread attends with at a time.
  static let attentionRows = 96

  init(
    _ configuration: Configuration, _ kernels: KernelSet, rows: Int, threads: Int,
    sharedWidth: Int?, bf16: Bool
  ) {
    self.rows = rows
    chunk = min(rows, 96)
    let hidden = configuration.hiddenSize
    let width = configuration.attentionSize
    stream = Plane(rows: rows, columns: hidden)
    normed = Plane(rows: rows, columns: hidden)
    mixed = Plane(rows: rows, columns: hidden)
    queryKeyValue = Plane(
      rows: rows,
      columns: configuration.lightningLayers > 0
        ? 3 * width : width + 2 * configuration.keyValueHeads * configuration.headSize)
    gate = Plane(rows: rows, columns: configuration.lightningLayers > 0 ? width : 0)
    attended = Plane(rows: rows, columns: width)
    routerLogits = Plane(rows: rows, columns: configuration.experts)
    routing = Routing(
      rows: rows, experts: configuration.experts, expertsPerToken: configuration.expertsPerToken)
    expertOutput = Plane(rows: rows * configuration.expertsPerToken, columns: hidden)
    angles = Plane(rows: rows, columns: configuration.rotarySize)
    let chunk = chunk
    let expertWidth = max(configuration.expertSize, sharedWidth ?? 0)
    gathered = (0..<threads).map { _ in Plane(rows: chunk, columns: hidden) }
    expertGate = (0..<threads).map { _ in Plane(rows: chunk, columns: expertWidth) }
    expertUp = (0..<threads).map { _ in Plane(rows: chunk, columns: expertWidth) }
    let widest = max(hidden * (1 + configuration.lookahead.count), width, expertWidth)
    quantized = (0..<threads).map { _ in QuantizedRows(rows: chunk, inputs: widest) }
    lightningScratch = Plane(
      rows: threads, columns: LightningState.scratch(configuration.headSize))
    let group = configuration.heads / configuration.keyValueHeads
    attention =
      configuration.softmaxLayers > 0
      ? (0..<threads).map { _ in
        AttentionWork(
          kernels, rows: max(Self.attentionRows / group, 1) * group,
          headSize: configuration.headSize, bf16: bf16)
      } : []
    sharedOutput = sharedWidth.map { _ in Plane(rows: rows, columns: hidden) }
    sharedCoefficient = sharedWidth.map { _ in Plane(rows: rows, columns: 1) }
  }
}
