import Kernels

/// Marks every token with a logit for each label, looking some tokens ahead:
/// y(t) = out · silu(dense · [h(t); h(t + a); h(t + b); …] + b1) + b2. Beyond the end, the last token counts.
struct TagHead: Sendable {
  /// [width, (1 + lookahead)·hidden]
  let dense: PackedMatrix
  /// [1, width]
  let denseBias: Plane
  /// [labels, width]
  let output: PackedMatrix
  /// [1, labels]
  let outputBias: Plane

  init(_ store: TensorStore, _ configuration: Configuration, _ format: WeightFormat)
    throws(InferenceError)
  {
    let labels = configuration.labels.count
    let wide = (1 + configuration.lookahead.count) * configuration.hiddenSize
    let width = store.shape("tag_head.dense.bias")?.first ?? configuration.hiddenSize
    dense = try store.matrix("tag_head.dense.weight", width, wide, as: format)
    denseBias = try store.vector("tag_head.dense.bias", width)
    output = try store.matrix("tag_head.out.weight", labels, width, as: format)
    outputBias = try store.vector("tag_head.out.bias", labels)
  }
}

extension Engine {
  /// Reads `tokens` once and gives each a logit for every label: [tokens, labels], row-major.
  ///
  /// Memory beyond the result does not grow with the text but for the softmax layers' cache.
  ///
  /// - Parameters:
  ///   - progress: called after each piece with the tokens read so far.
  ///   - shouldStop: asked before each piece; `.stopped` is thrown when it says so.
  package func tag(
    _ tokens: [Int32], progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(InferenceError) -> [Float] {
    guard let tagger else {
      throw InferenceError(
        .request,
        "This checkpoint writes text and has no labels; tagging needs one with tag_labels.")
    }
    var session = session()
    var tagging = Tagging(self, tagger, tokens.count)
    try session.read(tokens[...], trace: nil, progress: progress, shouldStop: shouldStop) {
      done, work in
      tagging.take(done.count, from: work.normed)
    }
    if tagging.result.contains(where: { !$0.isFinite }) {
      throw InferenceError(
        .tensor, "The model's output is not a number; the checkpoint is damaged.")
    }
    return tagging.result
  }
}

/// One tagging under way: keeps the rows whose look ahead is not there yet.
private struct Tagging {
  let engine: Engine
  let head: TagHead
  let total: Int
  let reach: Int
  var result: [Float] = []
  /// Tokens whose state has come.
  var seen = 0
  /// [piece + reach, hidden]: states of tokens `first` ..< `seen`.
  let kept: Plane
  var first = 0
  /// One a thread.
  let wide: [Plane]
  let inner: [Plane]
  /// [piece + reach, labels]
  let logits: Plane
  static let chunk = 96

  init(_ engine: Engine, _ head: TagHead, _ total: Int) {
    self.engine = engine
    self.head = head
    self.total = total
    let hidden = engine.configuration.hiddenSize
    reach = engine.configuration.lookahead.max() ?? 0
    kept = Plane(rows: Session.piece + reach, columns: hidden)
    let threads = engine.model.workers.count
    wide = (0..<threads).map { _ in Plane(rows: Self.chunk, columns: head.dense.inputs) }
    inner = (0..<threads).map { _ in Plane(rows: Self.chunk, columns: head.dense.outputs) }
    logits = Plane(rows: Session.piece + reach, columns: head.output.outputs)
    result.reserveCapacity(total * head.output.outputs)
  }

  mutating func take(_ rows: Int, from states: Plane) {
    let kernels = engine.model.kernels
    let hidden = engine.configuration.hiddenSize
    // Keep only what is still looked at: the last `reach` rows move to the front.
    let held = seen - first
    for row in 0..<rows {
      kernels.copy(states, row: row, width: hidden, to: kept, row: held + row)
    }
    seen += rows
    let ready = (seen == total ? total : max(seen - reach, first)) - first
    let lookahead = [0] + engine.configuration.lookahead
    let last = seen - 1 - first
    let (head, kept, wide, inner, logits) = (head, kept, wide, inner, logits)
    engine.model.workers.run(rows: ready, inChunksOf: Self.chunk) { rows, slot in
      let (x, h) = (wide[slot], inner[slot])
      for (index, row) in rows.enumerated() {
        for (part, ahead) in lookahead.enumerated() {
          kernels.copy(
            kept, row: min(row + ahead, last), width: hidden, to: x, row: index,
            yColumn: part * hidden)
        }
        kernels.copy(head.denseBias, row: 0, width: head.denseBias.columns, to: h, row: index)
        kernels.copy(head.outputBias, row: 0, width: head.outputBias.columns, to: logits, row: row)
      }
      let local = 0..<rows.count
      kernels.multiply(x, rows: local, by: head.dense, into: h, accumulate: true)
      kernels.silu(h, rows: local, width: head.dense.outputs)
      kernels.multiply(
        h, rows: local, by: head.output, into: logits, yRow: rows.lowerBound, accumulate: true)
    }
    result += logits.copy(rows: 0..<ready)
    for row in ready..<seen - first {
      kernels.copy(kept, row: row, width: hidden, to: kept, row: row - ready)
    }
    first += ready
  }
}
