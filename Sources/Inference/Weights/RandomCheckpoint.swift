package import Foundation
package import JSON
package import Kernels

/// Writes checkpoints of random weights, of any shape: for tests, and to measure a model whose weights are not at
/// hand. Each layer is a file; nothing larger than 16 MiB is held in memory.
package struct RandomCheckpoint {
  /// What becomes `config.json`.
  package let json: JSONValue
  package let configuration: Configuration
  package let seed: UInt64

  package init(_ json: JSONValue, seed: UInt64) throws(InferenceError) {
    self.json = json
    self.seed = seed
    configuration = try Configuration(json)
  }

  /// How the matrices are written.
  package enum Form: Sendable {
    /// As any program reads them: F32 or BF16.
    case plain(TensorType)
    /// As `docket model quantize` would leave them.
    case packed(PackedFormat)
  }

  /// Fills the new folder `folder`.
  ///
  /// - Parameter progress: called after each file with its name and size.
  package func write(
    to folder: URL, as form: Form = .plain(.f32),
    progress: (_ name: String, _ bytes: Int) -> Void = { _, _ in }
  ) throws(InferenceError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw InferenceError(.unreadable, "\(folder.lastPathComponent) cannot be made.")
    }
    let config = try NewFile(folder.appendingPathComponent("config.json"))
    try config.append(json.text(indent: 1) + "\n")
    try config.finish()

    let shards = self.shards
    var map = JSONObject()
    for (index, tensors) in shards.enumerated() {
      let name = String(format: "model-%05d-of-%05d.safetensors", index, shards.count)
      let entries = tensors.map { entry(of: $0.name, $0.shape, form) }
      let writer = try SafeTensorsWriter(
        folder.appendingPathComponent(name), entries, metadata: PackingPlan.metadata)
      var generator = SplitMix(state: seed &* 0x9E37 &+ UInt64(index))
      for (place, tensor) in tensors.enumerated() {
        map[entries[place].name] = .string(name)
        try fill(place, tensor.name, tensor.shape, form, writer, &generator)
      }
      try writer.finish()
      progress(name, SafeTensorsWriter.byteCount(entries, metadata: PackingPlan.metadata))
    }
    let index = try NewFile(folder.appendingPathComponent("model.safetensors.index.json"))
    try index.append(JSONValue.object(["weight_map": .object(map)]).text(indent: 1))
    try index.finish()
  }

  /// The tensors file by file: each layer, then what belongs to none.
  private var shards: [[(name: String, shape: [Int])]] {
    var layers = [[(name: String, shape: [Int])]](
      repeating: [], count: configuration.layers.count + 1)
    for tensor in configuration.tensors {
      let parts = tensor.name.split(separator: ".")
      let layer = parts.count > 2 && parts[1] == "layers" ? Int(parts[2]) : nil
      layers[layer ?? configuration.layers.count].append(tensor)
    }
    return layers
  }

  private func isMatrix(_ name: String, _ shape: [Int]) -> Bool {
    shape.count == 2 && !name.hasSuffix(".gate.weight") && !name.hasSuffix("coefficient.weight")
      && name != "model.embed_tokens.weight" && name != "tag_head.out.weight"
  }

  private func entry(of name: String, _ shape: [Int], _ form: Form) -> SafeTensorsWriter.Entry {
    switch form {
    case .plain(let type):
      return .init(name, name.hasSuffix(".gate.weight") ? .f32 : type, shape)
    case .packed(let format):
      guard isMatrix(name, shape) else {
        return .init(name, name == "model.embed_tokens.weight" ? .bf16 : .f32, shape)
      }
      let own = ofHead(name, format)
      let bytes = PackedMatrix.byteCount(outputs: shape[0], inputs: shape[1], as: own)
      return .init("\(name).\(own.rawValue)", .u8, [bytes])
    }
  }

  private func ofHead(_ name: String, _ format: PackedFormat) -> PackedFormat {
    format == .int4 && (name == "lm_head.weight" || name == "tag_head.dense.weight")
      ? .int8 : format
  }

  private static let stretch = 4 << 20

  private func fill(
    _ place: Int, _ name: String, _ shape: [Int], _ form: Form, _ writer: SafeTensorsWriter,
    _ generator: inout SplitMix
  ) throws(InferenceError) {
    if case .packed(let format) = form, isMatrix(name, shape) {
      try fillPacked(place, shape, ofHead(name, format), writer, &generator)
      return
    }
    let isVector = shape.count == 1
    // Matrices keep the size of what passes through them; routers tell tokens well apart.
    let width =
      name == "model.embed_tokens.weight"
      ? 1.7 : 1.7 * (name.hasSuffix(".gate.weight") ? 4 : 1) / Double(shape.last ?? 1).squareRoot()
    let centre: Float = isVector && name.contains("norm") ? 1 : 0
    let scale = Float(isVector ? 0.2 : width)
    let count = shape.reduce(1, *)
    let type = writer.entries[place].type
    for from in stride(from: 0, to: count, by: Self.stretch) {
      let length = min(Self.stretch, count - from)
      var numbers = [Float](repeating: 0, count: length)
      for index in 0..<length {
        let unit = Float(generator.next() >> 40) / Float(1 << 23) - 1
        numbers[index] = centre + scale * unit
      }
      if type == .bf16 {
        var halves = [UInt16](repeating: 0, count: length)
        for index in 0..<length { halves[index] = Conversion.bf16(numbers[index]) }
        try writer.write(halves, of: place, at: from * 2)
      } else {
        try writer.write(numbers, of: place, at: from * 4)
      }
    }
  }

  /// Any bits are weights; the scales make them as large as those of a plain matrix.
  private func fillPacked(
    _ place: Int, _ shape: [Int], _ format: PackedFormat, _ writer: SafeTensorsWriter,
    _ generator: inout SplitMix
  ) throws(InferenceError) {
    precondition(format.bits != nil, "random bits are no floating-point numbers")
    let all = writer.entries[place].byteCount
    let weights = PackedMatrix.weightByteCount(outputs: shape[0], inputs: shape[1], as: format)
    let words = Self.stretch / 2
    for from in stride(from: 0, to: weights, by: words * 8) {
      // Sizes are whole panels, so whole words.
      let length = min(words, (weights - from) / 8)
      var bits = [UInt64](repeating: 0, count: length)
      for index in 0..<length { bits[index] = generator.next() }
      try writer.write(bits, of: place, at: from)
    }
    let spread = format == .int4 ? 4.6 : 73.9
    let scale = Conversion.bf16(Float(1 / Double(shape[1]).squareRoot() / spread))
    try writer.write(
      [UInt16](repeating: scale, count: (all - weights) / 2), of: place, at: weights)
  }
}
