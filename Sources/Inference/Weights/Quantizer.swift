package import Foundation
import JSON
package import Kernels

/// Packs a checkpoint to fewer bits, file by file and tensor by tensor, so that one far larger than memory can
/// be packed.
///
/// Matrices become `NAME.int8` (or `.int4`, `.bf16`), U8 tensors in the layout the kernels read: a packed
/// checkpoint is mapped and used as it lies. Norms, routers, embedding and the tagging head's last product keep
/// their numbers. All other files of the folder are copied.
package enum Quantizer {
  /// What packing did to one tensor.
  package struct Loss: Hashable, Sendable {
    package var name: String
    package var format: PackedFormat
    /// sqrt(Σ(w − ŵ)² / Σw²).
    package var relativeError: Double
  }

  /// Packs `source` into the new folder `target`.
  ///
  /// - Parameters:
  ///   - format: `.bf16`, `.int8` or `.int4`.
  ///   - progress: called after each tensor with the bytes of the source done and in all.
  /// - Returns: the loss of each packed tensor, in the order of the files.
  /// - Throws: as loading does, and when the target exists or cannot be written.
  package static func quantize(
    _ source: URL, to target: URL, as format: WeightFormat,
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(InferenceError) -> [Loss] {
    guard let packed = format.packed, packed != .f32 else {
      throw InferenceError(
        .request, "A checkpoint is packed as bf16, int8 or int4, not as \(format.rawValue).")
    }
    let configuration = try Configuration(
      TensorStore.json(source.appendingPathComponent("config.json")))
    let store = try TensorStore(folder: source)
    if let already = store.packedFormat {
      throw InferenceError(
        .request, "\(source.lastPathComponent) is packed as \(already.rawValue) already.")
    }
    let files = FileManager.default
    guard !files.fileExists(atPath: target.path) else {
      throw InferenceError(
        .request, "\(target.lastPathComponent) exists already; name a new folder.")
    }
    do {
      try files.createDirectory(at: target, withIntermediateDirectories: true)
      for name in try files.contentsOfDirectory(atPath: source.path).sorted()
      where !name.hasSuffix(".safetensors") && name != "model.safetensors.index.json" {
        try files.copyItem(
          at: source.appendingPathComponent(name), to: target.appendingPathComponent(name))
      }
    } catch {
      throw InferenceError(
        .unreadable, "\(target.lastPathComponent) cannot be filled: \(error.localizedDescription).")
    }
    let all = store.files.reduce(0) { unsafe $0 + $1.bytes.count }
    var done = 0
    var losses: [Loss] = []
    var places: [String: JSONValue] = [:]
    for file in store.files {
      let name = file.url.lastPathComponent
      let parts = store.tensors(of: file).flatMap { Self.parts(of: $0, configuration, packed) }
      let writer = try ShardWriter(target.appendingPathComponent(name), parts)
      for part in parts {
        places[part.name] = .string(name)
        if let format = part.format {
          let matrix = try part.source.packed(as: WeightFormat(format))
          losses.append(
            Loss(
              name: part.source.name, format: format,
              relativeError: matrix.squaredError.squareRoot()))
          unsafe try writer.write { body in unsafe matrix.withBytes { unsafe body($0) } }
        } else {
          unsafe try writer.write { body in unsafe body(part.source.bytes) }
        }
        done += unsafe part.source.bytes.count
        file.release()
        progress(done, all)
      }
      try writer.finish()
    }
    if store.files.count > 1 || store.files.first?.url.lastPathComponent != "model.safetensors" {
      var map = JSONObject()
      for key in places.keys.sorted() { map[key] = places[key] }
      let index: JSONValue = .object(["weight_map": .object(map)])
      do {
        try Data(index.text(indent: 1).utf8).write(
          to: target.appendingPathComponent("model.safetensors.index.json"))
      } catch {
        throw InferenceError(
          .unreadable, "The index cannot be written: \(error.localizedDescription).")
      }
    }
    return losses
  }

  /// One tensor of the packed file.
  fileprivate struct Part {
    let name: String
    let source: Tensor
    /// nil: as it is.
    let format: PackedFormat?

    var byteCount: Int {
      guard let format else { return unsafe source.bytes.count }
      return PackedMatrix.byteCount(
        outputs: source.shape[0], inputs: source.shape[1], as: format)
    }
  }

  private static func parts(
    of tensor: Tensor, _ configuration: Configuration, _ format: PackedFormat
  ) -> [Part] {
    let name = tensor.name
    let fine = format == .int4 ? PackedFormat.int8 : format
    // The stacked form of the experts: one by one.
    if let range = name.range(of: ".mlp.experts."), tensor.shape.count == 3 {
      let prefix = "\(name[..<range.lowerBound]).block_sparse_moe.experts"
      let (rows, columns) = (tensor.shape[1], tensor.shape[2])
      return (0..<tensor.shape[0]).flatMap { index -> [Part] in
        let one = tensor.slice(index..<index + 1).reshaped([rows, columns])
        let base = "\(prefix).\(index)"
        if name.hasSuffix("gate_up_proj") {
          return [
            Part(
              name: "\(base).w1.weight.\(format.rawValue)", source: one.slice(0..<rows / 2),
              format: format),
            Part(
              name: "\(base).w3.weight.\(format.rawValue)", source: one.slice(rows / 2..<rows),
              format: format),
          ]
        }
        return [Part(name: "\(base).w2.weight.\(format.rawValue)", source: one, format: format)]
      }
    }
    // Decay tables that some programs save are made anew.
    let last = name.split(separator: ".").last ?? ""
    if ["slope_rate", "query_decay", "key_decay", "diagonal_decay"].contains(last) { return [] }
    let keeps =
      tensor.shape.count != 2 || !name.hasSuffix(".weight")
      || name.hasSuffix("gate.weight") && !name.hasSuffix("output_gate.weight")
      || name.hasSuffix("coefficient.weight") || name == "tag_head.out.weight"
    if name == "model.embed_tokens.weight" {
      // Rows are looked up in it; where it is the head too, a packed copy serves for that.
      let asIs = Part(name: name, source: tensor, format: nil)
      guard configuration.tiedEmbeddings, configuration.head == .languageModel else {
        return [asIs]
      }
      return [asIs, Part(name: "\(name).\(fine.rawValue)", source: tensor, format: fine)]
    }
    if keeps { return [Part(name: name, source: tensor, format: nil)] }
    let own = name == "lm_head.weight" || name == "tag_head.dense.weight" ? fine : format
    return [Part(name: "\(name).\(own.rawValue)", source: tensor, format: own)]
  }

  /// Writes one safetensors file whose sizes are known beforehand.
  private final class ShardWriter {
    private let url: URL
    private let file: FileHandle

    init(_ url: URL, _ parts: [Part]) throws(InferenceError) {
      var header = JSONObject()
      header["__metadata__"] = .object(["format": "docket", "layout": "panels of 16"])
      var at = 0
      for part in parts {
        let end = at + part.byteCount
        let shape = part.format == nil ? part.source.shape : [part.byteCount]
        header[part.name] = .object([
          "dtype": .string(part.format == nil ? part.source.type.rawValue : "U8"),
          "shape": .array(shape.map { .integer($0) }),
          "data_offsets": .array([.integer(at), .integer(end)]),
        ])
        at = end
      }
      var text = Array(JSONValue.object(header).text().utf8)
      // The numbers start on a 64-byte border.
      while (8 + text.count) % 64 != 0 { text.append(32) }
      self.url = url
      do {
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
          throw CocoaError(.fileWriteUnknown)
        }
        file = try FileHandle(forWritingTo: url)
        try file.write(
          contentsOf: Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text)
        )
      } catch { throw Self.failed(url, error) }
    }

    func write(_ lend: ((UnsafeRawBufferPointer) -> Void) -> Void) throws(InferenceError) {
      var failure: (any Error)?
      unsafe lend { bytes in
        // In stretches, so that no copy of a large tensor is made.
        for from in stride(from: 0, to: bytes.count, by: 16 << 20) where failure == nil {
          let part = unsafe bytes[from..<min(bytes.count, from + 16 << 20)]
          do { try file.write(contentsOf: unsafe Data(part)) } catch { failure = error }
        }
      }
      if let failure { throw Self.failed(url, failure) }
    }

    func finish() throws(InferenceError) {
      do {
        try file.synchronize()
        try file.close()
      } catch { throw Self.failed(url, error) }
    }

    private static func failed(_ url: URL, _ error: any Error) -> InferenceError {
      InferenceError(
        .unreadable, "\(url.lastPathComponent) cannot be written: \(error.localizedDescription).")
    }
  }
}

extension WeightFormat {
  fileprivate init(_ format: PackedFormat) {
    self =
      switch format {
      case .f32: .f32
      case .bf16: .bf16
      case .int8: .int8
      case .int4: .int4
      }
  }
}

/// How far one engine's outputs are from another's on a text: what packing cost where it counts.
package struct Divergence: Hashable, Sendable {
  /// Mean Kullback–Leibler divergence a token, in nats: over the vocabulary, or summed over labels, each a yes or no.
  package var meanDivergence: Double
  /// Share of tokens whose likeliest token, or label, is the same.
  package var sameTop: Double

  package init(of other: Engine, from reference: Engine, on tokens: [Int32]) throws(InferenceError)
  {
    guard other.configuration.vocabularySize == reference.configuration.vocabularySize,
      other.labels == reference.labels
    else {
      throw InferenceError(.request, "The two checkpoints do not have the same outputs.")
    }
    var divergence = 0.0
    var same = 0
    if reference.tags {
      let p = try reference.tag(tokens)
      let q = try other.tag(tokens)
      let labels = reference.labels.count
      for token in tokens.indices {
        let range = token * labels..<(token + 1) * labels
        var (bestP, bestQ) = (range.lowerBound, range.lowerBound)
        for place in range {
          divergence += Self.binary(Double(p[place]), Double(q[place]))
          if p[place] > p[bestP] { bestP = place }
          if q[place] > q[bestQ] { bestQ = place }
        }
        if bestP == bestQ { same += 1 }
      }
    } else {
      // Token by token in step, so that no table of all logits is kept.
      var first = reference.session()
      var second = other.session()
      for token in tokens {
        try first.advance(by: [token])
        try second.advance(by: [token])
        let p = Self.logProbabilities(first.logits)
        let q = Self.logProbabilities(second.logits)
        var (bestP, bestQ) = (0, 0)
        for place in p.indices {
          divergence += exp(p[place]) * (p[place] - q[place])
          if p[place] > p[bestP] { bestP = place }
          if q[place] > q[bestQ] { bestQ = place }
        }
        if bestP == bestQ { same += 1 }
      }
    }
    meanDivergence = divergence / Double(max(tokens.count, 1))
    sameTop = Double(same) / Double(max(tokens.count, 1))
  }

  private static func logProbabilities(_ logits: [Float]) -> [Double] {
    let top = Double(logits.max() ?? 0)
    var sum = 0.0
    for logit in logits { sum += exp(Double(logit) - top) }
    let shift = top + log(sum)
    return logits.map { Double($0) - shift }
  }

  /// KL between two coins with these logits.
  private static func binary(_ a: Double, _ b: Double) -> Double {
    // log σ(x) = −log(1 + e^−x), written so that nothing overflows.
    func logSigmoid(_ x: Double) -> Double { min(x, 0) - log1p(exp(-abs(x))) }
    let p = 1 / (1 + exp(-a))
    return p * (logSigmoid(a) - logSigmoid(b)) + (1 - p) * (logSigmoid(-a) - logSigmoid(-b))
  }
}
