import Kernels

/// One reading: a mutable timeline over an engine that many may share.
package struct Session: ~Copyable {
  package let engine: Engine
  let memory: Memory
  let work: Workspace
  /// All tokens read so far.
  package private(set) var tokens: [Int32] = []
  /// Room for one row of the head's output.
  private let lastLogits: Plane

  /// Most tokens that pass through the layers together. Results do not depend on it.
  package static let piece = 1536

  init(_ engine: Engine, piece: Int = Session.piece) {
    self.engine = engine
    memory = Memory(engine.configuration, bf16: engine.model.kernels.roundsToBF16)
    work = engine.workspace(rows: piece)
    lastLogits = Plane(rows: 1, columns: engine.head.outputs)
  }

  /// Goes on with what another reading left.
  init(_ engine: Engine, memory: Memory, tokens: [Int32], logits: [Float]) {
    self.engine = engine
    self.memory = memory
    self.tokens = tokens
    self.logits = logits
    work = engine.workspace(rows: Self.piece)
    lastLogits = Plane(rows: 1, columns: engine.head.outputs)
  }

  /// Tokens read so far.
  package var position: Int { tokens.count }

  /// Bytes this session holds: what it remembers and its working planes grow no further than that.
  package var memoryBytes: Int { memory.byteCount }

  /// Logits over the vocabulary after the last token: [vocabulary]. For a checkpoint that writes.
  package private(set) var logits: [Float] = []

  /// Reads what of `prompt` follows the tokens read already; from the start, where they differ.
  package mutating func advance(
    to prompt: [Int32], progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(InferenceError) {
    if !prompt.starts(with: tokens) { reset() }
    try advance(by: prompt[position...], progress: progress, shouldStop: shouldStop)
  }

  /// Reads `next`.
  ///
  /// - Parameters:
  ///   - progress: called after each piece with the tokens of this call read so far.
  ///   - shouldStop: asked before each piece; when it says so, the session stays at a piece's end, from
  ///     which it can go on.
  package mutating func advance(
    by next: ArraySlice<Int32>, progress: (Int) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws(InferenceError) {
    try read(next, trace: nil, progress: progress, shouldStop: shouldStop) { _, _ in }
    try finishLogits()
  }

  package mutating func advance(by next: [Int32]) throws(InferenceError) {
    try advance(by: next[...])
  }

  /// Reads `next` and lends the logits after each of its tokens.
  package mutating func advance(
    by next: [Int32], trace: Trace? = nil,
    visiting body: (_ index: Int, _ logits: Span<Float>) -> Void
  ) throws(InferenceError) {
    let head = engine.head
    let kernels = engine.model.kernels.exact
    let rowsAtOnce = 96
    let output = Plane(rows: rowsAtOnce, columns: head.outputs)
    try read(next[...], trace: trace, progress: { _ in }, shouldStop: { false }) { done, work in
      for from in stride(from: 0, to: done.count, by: rowsAtOnce) {
        let rows = from..<min(done.count, from + rowsAtOnce)
        kernels.multiply(
          work.normed, rows: rows, by: head, into: output, yRow: 0, scratch: work.quantized[0])
        for row in 0..<rows.count {
          output.withRow(row) { body(done.lowerBound + from + row, $0) }
        }
      }
    }
    try finishLogits()
  }

  /// Forgets everything read.
  package mutating func reset() {
    memory.clear()
    goOn(after: [], logits: [])
  }

  /// Reads piece by piece; after each, `work.normed` holds the last norm of the piece's rows and
  /// `visit` gets their places among `next`.
  mutating func read(
    _ next: ArraySlice<Int32>, trace: Trace?, progress: (Int) -> Void, shouldStop: () -> Bool,
    _ visit: (_ done: Range<Int>, _ work: Workspace) -> Void
  ) throws(InferenceError) {
    try engine.check(next, at: position)
    var from = next.startIndex
    while from < next.endIndex {
      if shouldStop() {
        throw InferenceError(.stopped, "Stopped at token \(position), as asked.")
      }
      // Pieces end where the whole text's would: at multiples of the piece size.
      let room = work.rows - position % work.rows
      let end = min(next.endIndex, from + room)
      engine.model.read(
        next[from..<end],
        runs: [Run(memory: memory, position: position, rows: 0..<end - from)], work: work,
        trace: trace)
      visit(from - next.startIndex..<end - next.startIndex, work)
      tokens.append(contentsOf: next[from..<end])
      lastRows = end - from
      from = end
      progress(from - next.startIndex)
    }
  }

  private var lastRows = 0

  /// Takes over what a snapshot says was read.
  mutating func goOn(after tokens: [Int32], logits: [Float]) {
    self.tokens = tokens
    self.logits = logits
    lastRows = 0
  }

  private mutating func finishLogits() throws(InferenceError) {
    guard lastRows > 0, engine.configuration.head == .languageModel else { return }
    let row = lastRows - 1
    engine.product(
      of: work.normed, rows: row..<row + 1, into: lastLogits, scratch: work.quantized)
    logits = lastLogits.copy(rows: 0..<1)
    if logits.contains(where: { !$0.isFinite }) {
      throw InferenceError(
        .tensor,
        "The model's output after token \(position) is not a number; the checkpoint is damaged.")
    }
  }

  /// Lightning layer `layer`'s state: [heads][d_k, d_v].
  package func lightningState(layer: Int) -> [Float]? {
    guard case .lightning(let state) = memory.layers[layer] else { return nil }
    var result: [Float] = []
    for head in 0..<engine.configuration.heads {
      result += state.state(
        head: head, slope: engine.configuration.slopes[layer][head], after: position)
    }
    return result
  }

  /// Softmax layer `layer`'s keys and values: [tokens, key/value heads, d] each.
  package func keysAndValues(layer: Int) -> (keys: [Float], values: [Float])? {
    guard case .softmax(let cache) = memory.layers[layer] else { return nil }
    var keys: [Float] = []
    var values: [Float] = []
    for token in 0..<position {
      for head in 0..<engine.configuration.keyValueHeads {
        let entry = cache.entry(token: token, head: head)
        keys += entry.key
        values += entry.value
      }
    }
    return (keys, values)
  }
}
