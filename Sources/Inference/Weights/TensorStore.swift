package import Foundation
import JSON
package import Kernels

/// All tensors of a checkpoint folder, in one file or in shards.
package struct TensorStore: Sendable {
  package let folder: URL
  /// In the order of their names.
  package let files: [MappedFile]
  private let tensors: [String: Tensor]

  package init(folder: URL) throws(InferenceError) {
    self.folder = folder
    let index = folder.appendingPathComponent("model.safetensors.index.json")
    var names = ["model.safetensors"]
    var places: [String: String]?
    if FileManager.default.fileExists(atPath: index.path) {
      let map = try Self.json(index)["weight_map"]?.object
      guard let map else {
        throw InferenceError(.damaged, "\(index.lastPathComponent) has no weight_map.")
      }
      var found: [String: String] = [:]
      for (tensor, file) in map.members {
        guard let file = file.string, !file.isEmpty, !file.contains("/"), file != "..", file != "."
        else {
          throw InferenceError(
            .damaged,
            "\(index.lastPathComponent) places '\(tensor)' in something that is no file name.")
        }
        found[tensor] = file
      }
      names = Set(found.values).sorted()
      places = found
    }
    var tensors: [String: Tensor] = [:]
    var files: [MappedFile] = []
    for name in names {
      let file = try MappedFile(folder.appendingPathComponent(name))
      files.append(file)
      let content = try SafeTensors(file)
      let known = content.metadata["layout"] == PackingPlan.metadata["layout"]
      for (key, tensor) in content.tensors {
        guard known || !key.hasSuffix(".int8") && !key.hasSuffix(".int4") else {
          throw InferenceError(
            .unsupported,
            "\(name) was packed in an order of bytes that this version does not read. Pack the checkpoint it came from again, with docket model quantize."
          )
        }
        guard tensors[key] == nil else {
          throw InferenceError(
            .damaged, "Tensor '\(key)' is in two files of \(folder.lastPathComponent).")
        }
        tensors[key] = tensor
      }
    }
    if let places {
      for (key, file) in places where tensors[key]?.file.url.lastPathComponent != file {
        throw InferenceError(
          .damaged, "\(index.lastPathComponent) places '\(key)' in \(file), and it is not there.")
      }
    }
    self.files = files
    self.tensors = tensors
  }

  static func json(_ url: URL) throws(InferenceError) -> JSONValue {
    let file = try MappedFile(url)
    do {
      return try withExtendedLifetime(file) { unsafe try JSONValue.parse(Array(file.bytes)) }
    } catch {
      throw InferenceError(.damaged, "\(url.lastPathComponent) is not JSON: \(error).")
    }
  }

  package func contains(_ name: String) -> Bool { tensors[name] != nil }

  package func shape(_ name: String) -> [Int]? { tensors[name]?.shape }

  /// The tensor of this name, whose shape must be `shape`.
  package func tensor(_ name: String, _ shape: [Int]) throws(InferenceError) -> Tensor {
    guard let tensor = tensors[name] else {
      throw InferenceError(
        .tensor, "Tensor '\(name)' \(shape) is missing in \(folder.lastPathComponent).")
    }
    guard tensor.shape == shape else {
      throw InferenceError(
        .tensor,
        "Tensor '\(name)' should have shape \(shape), but the file has \(tensor.shape).")
    }
    return tensor
  }

  /// A vector, widened to f32: [1, count].
  package func vector(_ name: String, _ count: Int) throws(InferenceError) -> Plane {
    let numbers = try tensor(name, [count]).floats()
    let plane = Plane(rows: 1, columns: count)
    plane.withMutableRow(0) { row in
      for index in 0..<count { row[index] = numbers[index] }
    }
    return plane
  }

  /// A matrix [outputs, inputs], packed.
  package func matrix(
    _ name: String, _ outputs: Int, _ inputs: Int, as format: WeightFormat
  ) throws(InferenceError) -> PackedMatrix {
    for packed in PackedFormat.allCases {
      guard let tensor = tensors["\(name).\(packed.rawValue)"] else { continue }
      let bytes = PackedMatrix.byteCount(outputs: outputs, inputs: inputs, as: packed)
      guard tensor.type == .u8, tensor.shape == [bytes] else {
        throw InferenceError(
          .tensor,
          "Tensor '\(tensor.name)' should be U8[\(bytes)] for [\(outputs), \(inputs)], but the file has \(tensor.type.rawValue)\(tensor.shape)."
        )
      }
      return unsafe PackedMatrix(
        packed: tensor.bytes, owner: tensor.file, outputs: outputs, inputs: inputs, as: packed)
    }
    return try tensor(name, [outputs, inputs]).packed(as: format)
  }

  /// Lets the system take back what loading has read so far.
  package func release() {
    for file in files { file.release() }
  }

  /// The tensors of one file, in the order they stand in it.
  func tensors(of file: MappedFile) -> [Tensor] {
    tensors.values.filter { $0.file === file }.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// Bytes of all files.
  package var byteCount: Int { files.reduce(0) { unsafe $0 + $1.bytes.count } }

  /// The packed format of the checkpoint's matrices; nil when they are as any program reads them.
  package var packedFormat: PackedFormat? {
    for format in [PackedFormat.int4, .int8, .bf16]
    where tensors.keys.contains(where: { $0.hasSuffix(".\(format.rawValue)") }) {
      return format
    }
    return nil
  }
}

extension Tensor {
  /// The numbers as f32. Throws when one is NaN or infinite.
  package func floats() throws(InferenceError) -> [Float] {
    let result = try widened()
    let odd = Conversion.notFinite(result.span)
    guard odd == 0 else { throw notFinite(odd) }
    return result
  }

  private func widened() throws(InferenceError) -> [Float] {
    let count = count
    switch type {
    case .f32:
      return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, filled in
        unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        filled = count
      }
    case .bf16:
      return withHalves { Conversion.widen(bf16: $0) }
    case .f16:
      return withHalves { Conversion.widen(f16: $0) }
    case .i32, .i64, .u8, .i8:
      throw InferenceError(
        .tensor,
        "Tensor '\(name)' has dtype \(type.rawValue), where numbers with fractions are wanted.")
    }
  }

  /// Writes the numbers as f32.
  func widen(into numbers: inout MutableSpan<Float>) {
    precondition(numbers.count == count)
    let bytes = unsafe bytes
    for index in 0..<count {
      switch type {
      case .f32:
        numbers[index] = unsafe bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
      case .bf16:
        let half = unsafe bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
        numbers[index] = Float(bitPattern: UInt32(half) << 16)
      default: preconditionFailure("an embedding of \(type.rawValue)")
      }
    }
  }

  /// Whole numbers, for golden files and the like.
  package func integers() throws(InferenceError) -> [Int] {
    guard type == .i32 || type == .i64 else {
      throw InferenceError(
        .tensor, "Tensor '\(name)' has dtype \(type.rawValue), not whole numbers.")
    }
    return (0..<count).map { index in
      unsafe type == .i32
        ? Int(bytes.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
        : Int(bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self))
    }
  }

  /// Lends the numbers of a 16-bit type; copies them when they stand on an odd address.
  func withHalves<Result>(_ body: (Span<UInt16>) -> Result) -> Result {
    let bytes = unsafe bytes
    if Int(bitPattern: bytes.baseAddress) % 2 == 0 {
      return unsafe body(bytes.assumingMemoryBound(to: UInt16.self).span)
    }
    let copy = unsafe [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      filled = count
    }
    return body(copy.span)
  }

  private func notFinite(_ odd: Int) -> InferenceError {
    InferenceError(
      .tensor,
      "Tensor '\(name)' has \(odd) numbers that are NaN or infinite among \(count); the checkpoint is damaged."
    )
  }

  /// The matrix [outputs, inputs] in the engine's layout.
  package func packed(as format: WeightFormat) throws(InferenceError) -> PackedMatrix {
    precondition(shape.count == 2)
    if type == .bf16, format == .asStored || format == .bf16 || format == .f32 {
      let odd = withHalves { Conversion.notFinite(bf16: $0) }
      guard odd == 0 else { throw notFinite(odd) }
      return withHalves {
        PackedMatrix(
          bf16: $0, outputs: shape[0], inputs: shape[1], as: format == .f32 ? .f32 : .bf16)
      }
    }
    let numbers = try floats()
    return PackedMatrix(
      f32: numbers.span, outputs: shape[0], inputs: shape[1], as: format.packed ?? .f32)
  }
}

/// How the weights of products are kept.
package enum WeightFormat: String, Sendable, CaseIterable {
  /// Each tensor in the type it has in the file (f16 as f32); products and sums are f32: exact.
  case asStored = "stored"
  case f32
  case bf16
  /// 8 bits a weight, products with activations rounded to 8 bits in groups; the head takes finer ones.
  case int8
  /// 4 bits a weight, likewise; the head keeps 8.
  case int4

  /// The layout of f32 weights; nil for what the file has.
  var packed: PackedFormat? {
    switch self {
    case .asStored: nil
    case .f32: .f32
    case .bf16: .bf16
    case .int8: .int8
    case .int4: .int4
    }
  }

  /// The head's format: its errors go straight into the logits.
  package var ofHead: WeightFormat { self == .int4 ? .int8 : self }
}
