import Foundation
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
    dense = try store.matrix("tag_head.dense.weight", width, wide, as: format.ofHead)
    denseBias = try store.vector("tag_head.dense.bias", width)
    output = try store.matrix(
      "tag_head.out.weight", labels, width,
      as: format == .bf16 ? .bf16 : format == .f32 ? .f32 : .asStored)
    outputBias = try store.vector("tag_head.out.bias", labels)
  }
}

extension Engine {
  /// Reads `tokens` once and gives each a logit for every label: [tokens, labels], row-major.
  ///
  /// Memory beyond the result does not grow with the text but for the softmax layers' cache.
  ///
  /// - Parameters:
  ///   - snapshots: where to leave a snapshot every so many tokens, and when the caller asks to stop. When
  ///     one of these very tokens lies there, the reading goes on from it, to the same bits; the file is
  ///     removed at the end.
  ///   - progress: called after each piece with the tokens read so far, those of a snapshot included.
  ///   - saved: called when a snapshot was written, or with the error when it could not be: the reading
  ///     goes on without.
  ///   - shouldStop: asked before each piece; `.stopped` is thrown when it says so.
  package func tag(
    _ tokens: [Int32], snapshots: SnapshotPlan? = nil, progress: (Int) -> Void = { _ in },
    saved: (InferenceError?) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(InferenceError) -> [Float] {
    var reading = try TagReading(self, tokens)
    if let snapshots, FileManager.default.fileExists(atPath: snapshots.file.path) {
      // One that is damaged or of another text costs the time saved, not the result.
      do { try reading.restore(snapshots.file) } catch { reading = try TagReading(self, tokens) }
    }
    try reading.read(
      tokens, snapshots: snapshots, progress: progress, saved: saved, shouldStop: shouldStop)
    let result = try reading.finish()
    snapshots?.remove()
    return result
  }
}

/// One tagging under way: keeps the rows whose look ahead is not there yet.
private struct TagReading: ~Copyable, ResumableReading {
  let engine: Engine
  let head: TagHead
  let tokens: [Int32]
  let reach: Int
  var session: Session
  var result: [Float] = []
  /// [piece + reach, hidden]: states of tokens `first` ..< position.
  let kept: Plane
  var first = 0
  /// One a thread.
  let wide: [Plane]
  let inner: [Plane]
  /// [piece + reach, labels]
  let logits: Plane
  static let chunk = 96

  var position: Int { session.position }

  init(_ engine: Engine, _ tokens: [Int32]) throws(InferenceError) {
    guard let head = engine.tagger else {
      throw InferenceError(
        .request,
        "This checkpoint writes text and has no labels; tagging needs one with tag_labels.")
    }
    self.engine = engine
    self.head = head
    self.tokens = tokens
    session = engine.session()
    let hidden = engine.configuration.hiddenSize
    reach = engine.configuration.lookahead.max() ?? 0
    kept = Plane(rows: Session.piece + reach, columns: hidden)
    let threads = engine.model.workers.count
    wide = (0..<threads).map { _ in Plane(rows: Self.chunk, columns: head.dense.inputs) }
    inner = (0..<threads).map { _ in Plane(rows: Self.chunk, columns: head.dense.outputs) }
    logits = Plane(rows: Session.piece + reach, columns: head.output.outputs)
    result.reserveCapacity(tokens.count * head.output.outputs)
  }

  mutating func readPiece(of tokens: [Int32]) throws(InferenceError) {
    let held = position - first
    let end = min(tokens.count, (position / Session.piece + 1) * Session.piece)
    let (kept, hidden, kernels) = (
      kept, engine.configuration.hiddenSize, engine.model.kernels
    )
    try session.read(
      tokens[position..<end], trace: nil, progress: { _ in }, shouldStop: { false }
    ) { done, work in
      for row in 0..<done.count {
        kernels.copy(work.normed, row: row, width: hidden, to: kept, row: held + row)
      }
    }
    tagWhatIsReady()
  }

  private mutating func tagWhatIsReady() {
    let kernels = engine.model.kernels.exact
    let hidden = engine.configuration.hiddenSize
    let held = position - first
    let ready = position == tokens.count ? held : max(held - reach, 0)
    let lookahead = [0] + engine.configuration.lookahead
    let last = held - 1
    let (head, kept, wide, inner, logits) = (head, kept, wide, inner, logits)
    let quantized = session.work.quantized
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
      kernels.multiply(
        x, rows: local, by: head.dense, into: h, accumulate: true, scratch: quantized[slot])
      kernels.silu(h, rows: local, width: head.dense.outputs)
      kernels.multiply(
        h, rows: local, by: head.output, into: logits, yRow: rows.lowerBound, accumulate: true,
        scratch: quantized[slot])
    }
    result += logits.copy(rows: 0..<ready)
    for row in ready..<held {
      kernels.copy(kept, row: row, width: hidden, to: kept, row: row - ready)
    }
    first += ready
  }

  consuming func finish() throws(InferenceError) -> [Float] {
    if result.contains(where: { !$0.isFinite }) {
      throw InferenceError(
        .tensor, "The model's output is not a number; the checkpoint is damaged.")
    }
    return result
  }

  func save(to url: URL) throws(InferenceError) {
    var writer = try SnapshotWriter(url, identity: engine.identity())
    try session.write(&writer)
    try writer.write(array: kept.copy(rows: 0..<position - first))
    try writer.write(array: result)
    try writer.finish()
  }

  mutating func restore(_ url: URL) throws(InferenceError) {
    var reader = try SnapshotReader(url, identity: engine.identity())
    try session.restore(&reader)
    let states = try reader.array(of: Float.self)
    let results = try reader.array(of: Float.self)
    let hidden = engine.configuration.hiddenSize
    let labels = head.output.outputs
    guard reader.isAtEnd, tokens.starts(with: session.tokens),
      position < tokens.count, states.count % hidden == 0, states.count / hidden <= reach,
      results.count == (position - states.count / hidden) * labels
    else {
      throw InferenceError(.snapshot, "\(url.lastPathComponent) is of another text.")
    }
    first = position - states.count / hidden
    for row in 0..<states.count / hidden {
      kept.withMutableRow(row) { numbers in
        for column in 0..<hidden { numbers[column] = states[row * hidden + column] }
      }
    }
    result = results
    result.reserveCapacity(tokens.count * labels)
  }
}
