import Kernels

/// One reading: a mutable timeline over an engine that many may share.
package struct Session: ~Copyable {
  package let engine: Engine
  let memory: Memory
  let work: Workspace
  /// All tokens read so far.
  package private(set) var tokens: [Int32] = []
  /// Logits after the last token: [1, outputs of the head].
  private let lastLogits: Plane
  /// How much of them is known.
  private var known = Known.nothing

  private enum Known { case nothing, some, all }

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
    work = engine.workspace(rows: Self.piece)
    lastLogits = Plane(rows: 1, columns: engine.head.outputs)
    goOn(after: tokens, logits: logits)
  }

  /// Tokens read so far.
  package var position: Int { tokens.count }

  /// Bytes this session holds: what it remembers and its working planes grow no further than that.
  package var memoryBytes: Int { memory.byteCount }

  /// Logits over the vocabulary after the last token: [vocabulary]; empty before the first, and for a
  /// checkpoint that does not write. All of them, whatever was wanted.
  package var logits: [Float] {
    switch known {
    case .nothing: return []
    case .all: return lastLogits.copy(rows: 0..<1)
    case .some:
      let whole = Plane(rows: 1, columns: lastLogits.columns)
      engine.product(
        of: work.normed, rows: lastRows - 1..<lastRows, into: whole, scratch: work.quantized)
      return whole.copy(rows: 0..<1)
    }
  }

  /// Lends the logits after the last token: [vocabulary]. Those that were not wanted are of no meaning.
  package func withLogits<Result>(_ body: (Span<Float>) -> Result) -> Result {
    lastLogits.withRow(0, body)
  }

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

  /// Reads one token, of whose logits the next choice needs only some.
  package mutating func advance(by token: Int32, wanting wanted: WantedLogits)
    throws(InferenceError)
  {
    try read([token], trace: nil, progress: { _ in }, shouldStop: { false }) { _, _ in }
    try finishLogits(wanted)
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
    lastRows = 0
    known = logits.count == lastLogits.columns ? .all : .nothing
    guard known == .all else { return }
    lastLogits.withMutableRow(0) { row in
      for column in 0..<row.count { row[column] = logits[column] }
    }
  }

  private mutating func finishLogits(_ wanted: WantedLogits = .all) throws(InferenceError) {
    guard lastRows > 0, engine.configuration.head == .languageModel else { return }
    let row = lastRows - 1
    let isFinite: Bool
    if let ranges = wanted.ranges {
      known = .some
      isFinite = engine.product(
        of: work.normed, row: row, ranges, into: lastLogits, yRow: 0, scratch: work.quantized)
    } else {
      engine.product(
        of: work.normed, rows: row..<row + 1, into: lastLogits, scratch: work.quantized)
      known = .all
      isFinite = lastLogits.withRow(0) { Conversion.notFinite($0) == 0 }
    }
    guard isFinite else {
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
