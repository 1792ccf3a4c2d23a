import Digests
package import Foundation
package import Kernels
import Synchronization

/// A loaded model: immutable, shared by any number of sessions.
package final class Engine: Sendable {
  package let configuration: Configuration
  package let folder: URL
  package let weights: WeightFormat
  let model: Model
  /// [vocabulary or labels, …]: the last product of whichever head there is.
  let head: PackedMatrix
  let tagger: TagHead?
  private let files: [MappedFile]
  private let digest = Mutex<String?>(nil)

  /// Loads the checkpoint in `folder`: `config.json` and safetensors, in one file or in shards.
  ///
  /// - Parameters:
  ///   - weights: how to keep the weights of products; what the file has, by default.
  ///   - threads: how many threads compute. Results do not depend on it.
  ///   - kernels: the instruction set; the widest of this machine, by default.
  /// - Throws: what cannot be read, what does not fit, which tensor is missing.
  package init(
    folder: URL, weights: WeightFormat = .asStored, threads: Int,
    kernels: KernelSet = KernelSet.best
  ) throws(InferenceError) {
    self.folder = folder
    self.weights = weights
    configuration = try Configuration(
      TensorStore.json(folder.appendingPathComponent("config.json")))
    let store = try TensorStore(folder: folder)
    if let packed = store.packedFormat, weights != .asStored, weights.packed != packed {
      throw InferenceError(
        .request,
        "\(folder.lastPathComponent) is packed as \(packed.rawValue) already and cannot be kept as \(weights.rawValue)."
      )
    }
    // Weights that were rounded already meet activations rounded alike; as stored, arithmetic stays exact.
    let rounds = weights.packed ?? store.packedFormat ?? .f32 != .f32
    model = try Model(
      store, configuration, weights: weights, kernels: rounds ? kernels.rounding : kernels,
      workers: Workers(threads))
    let hidden = configuration.hiddenSize
    switch configuration.head {
    case .languageModel:
      tagger = nil
      head = try store.matrix(
        configuration.tiedEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight",
        configuration.vocabularySize, hidden,
        as: weights.ofHead)
    case .tagging:
      let tagger = try TagHead(store, configuration, weights)
      self.tagger = tagger
      head = tagger.output
    }
    files = store.files
    store.release()
  }

  /// Names of what a tagging checkpoint marks, in the order of its logits; empty for one that writes.
  package var labels: [String] { configuration.labels }

  /// Whether it writes text.
  package var writes: Bool { configuration.head == .languageModel }

  /// Whether it marks spans.
  package var tags: Bool { configuration.head == .tagging }

  /// Starts a reading at position 0.
  package func session() -> Session { Session(self) }

  /// The planes `rows` tokens pass through together.
  func workspace(rows: Int) -> Workspace {
    Workspace(
      configuration, model.kernels, rows: rows, threads: model.workers.count,
      sharedWidth: model.layers.lazy.compactMap { $0.experts.shared?.expert.gate.outputs }.max(),
      bf16: model.kernels.roundsToBF16)
  }

  /// SHA-256 over the names and digests of the configuration and the weight files: it changes whenever a
  /// result could. The first call reads the whole checkpoint.
  package func weightsDigest() throws(InferenceError) -> String {
    if let known = digest.withLock({ $0 }) { return known }
    var lines = ""
    let config = try MappedFile(folder.appendingPathComponent("config.json"))
    for file in [config] + files {
      var hash = SHA256()
      unsafe hash.update(file.bytes)
      lines += "\(hash.hexDigest())  \(file.url.lastPathComponent)\n"
    }
    for file in files { file.release() }
    let result = SHA256.hash(of: lines)
    digest.withLock { $0 = result }
    return result
  }

  /// Refuses tokens outside the vocabulary, and a text longer than the model reads.
  func check(_ next: ArraySlice<Int32>, at position: Int) throws(InferenceError) {
    let vocabulary = Int32(clamping: configuration.vocabularySize)
    for (index, token) in next.enumerated() where token < 0 || token >= vocabulary {
      throw InferenceError(
        .request, "Token \(index) is \(token), and this model's vocabulary has \(vocabulary).")
    }
    guard position + next.count <= configuration.maximumPositions else {
      throw InferenceError(
        .request,
        "The context would have \(position + next.count) tokens, and this model reads at most \(configuration.maximumPositions)."
      )
    }
  }

  /// Calls `body` once for each of 0 ..< `items`, in no order, on the threads the engine computes with, and
  /// returns when all are done. For what is done between its steps.
  package func concurrently(_ items: Int, _ body: @Sendable (Int) -> Void) {
    model.workers.run(items) { item, _ in body(item) }
  }

  /// Rows `rows` of `x` times the head, over all threads, into y from row 0.
  func product(of x: Plane, rows: Range<Int>, into y: Plane, scratch: [QuantizedRows]) {
    let head = head
    let kernels = model.kernels.exact
    let share = 512
    model.workers.run((head.outputs + share - 1) / share) { item, slot in
      kernels.multiply(
        x, rows: rows, by: head,
        outputs: item * share..<min(head.outputs, (item + 1) * share), into: y, yRow: 0,
        scratch: scratch[slot])
    }
  }
}
