import CKernels

/// How a matrix of weights is kept in memory.
package enum PackedFormat: String, Sendable, CaseIterable {
  case f32
  case bf16
  /// Whole numbers of 8 bits, one bf16 scale for 64 inputs of an output.
  case int8
  /// Of 4 bits, one scale for 32.
  case int4

  /// Bits of a quantised weight; nil for the others.
  package var bits: Int? {
    switch self {
    case .f32, .bf16: nil
    case .int8: 8
    case .int4: 4
    }
  }

  /// Inputs that share a scale.
  package var group: Int {
    switch self {
    case .f32, .bf16: 1
    case .int8: CK_GROUP8
    case .int4: CK_GROUP4
    }
  }
}

/// Weights W [outputs, inputs] of a product y = x · Wᵀ, in the panels the kernels read.
@safe package final class PackedMatrix: @unchecked Sendable {
  package let outputs: Int
  package let inputs: Int
  package let format: PackedFormat
  package let byteCount: Int
  /// Elements from one panel of 16 outputs to the next; bytes, for quantised weights.
  let panelStride: Int
  /// Inputs in whole groups.
  let paddedInputs: Int
  /// Where the scales start, in bytes; they follow the weights.
  let scalesAt: Int
  /// Σ(w − ŵ)² / Σw² of quantising; 0 for the others.
  package private(set) var squaredError = 0.0
  let storage: UnsafeMutableRawPointer
  /// Who owns `storage`: memory for weights, or a mapped file, which is never written.
  private let owner: any AnyObject & Sendable

  /// Bytes a matrix of this shape takes when packed.
  package static func byteCount(outputs: Int, inputs: Int, as format: PackedFormat) -> Int {
    Layout(outputs: outputs, inputs: inputs, format: format).byteCount
  }

  /// Bytes of its weights, which stand panel after panel; the scales follow them, panel after panel.
  package static func weightByteCount(outputs: Int, inputs: Int, as format: PackedFormat) -> Int {
    Layout(outputs: outputs, inputs: inputs, format: format).scalesAt
  }

  /// Where things stand in a packed matrix.
  private struct Layout {
    let panelStride: Int
    let paddedInputs: Int
    let scalesAt: Int
    let byteCount: Int

    init(outputs: Int, inputs: Int, format: PackedFormat) {
      let panels = (outputs + 15) / 16
      let group = format.group
      paddedInputs = (inputs + group - 1) / group * group
      switch format {
      case .f32:
        panelStride = inputs * 16
        scalesAt = panels * panelStride * 4
        byteCount = scalesAt
      case .bf16:
        panelStride = (inputs + 1) / 2 * 32
        scalesAt = panels * panelStride * 2
        byteCount = scalesAt
      case .int8, .int4:
        panelStride = paddedInputs * 16 * format.bits! / 8
        scalesAt = panels * panelStride
        byteCount = scalesAt + panels * paddedInputs / group * 32
      }
    }
  }

  /// A matrix packed before, in a mapped file that `owner` keeps: nothing is copied, and pages are read when
  /// a product first needs them.
  package init(
    packed bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable, outputs: Int,
    inputs: Int,
    as format: PackedFormat
  ) {
    let layout = Layout(outputs: outputs, inputs: inputs, format: format)
    precondition(bytes.count == layout.byteCount, "packed weights of another shape")
    self.outputs = outputs
    self.inputs = inputs
    self.format = format
    panelStride = layout.panelStride
    paddedInputs = layout.paddedInputs
    scalesAt = layout.scalesAt
    byteCount = layout.byteCount
    self.owner = owner
    unsafe storage = UnsafeMutableRawPointer(mutating: bytes.baseAddress!)
  }

  /// Lends the packed bytes, weights and scales.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    unsafe try body(UnsafeRawBufferPointer(start: storage, count: byteCount))
  }

  private init(outputs: Int, inputs: Int, format: PackedFormat) {
    self.outputs = outputs
    self.inputs = inputs
    self.format = format
    let layout = Layout(outputs: outputs, inputs: inputs, format: format)
    panelStride = layout.panelStride
    paddedInputs = layout.paddedInputs
    scalesAt = layout.scalesAt
    byteCount = layout.byteCount
    let memory = unsafe WeightMemory.allocate(byteCount)
    owner = unsafe memory.owner
    unsafe storage = memory.start
  }

  /// Packs row-major bf16 weights, as bf16 or f32.
  package convenience init(
    bf16 weights: Span<UInt16>, outputs: Int, inputs: Int, as format: PackedFormat
  ) {
    precondition(weights.count == outputs * inputs, "weights do not fill [\(outputs), \(inputs)]")
    self.init(outputs: outputs, inputs: inputs, format: format)
    guard weights.count > 0 else { return }
    unsafe weights.withUnsafeBufferPointer { weights in
      switch format {
      case .f32:
        unsafe ck_pack_f32_from_bf16(
          outputs, inputs, weights.baseAddress!, storage.assumingMemoryBound(to: Float.self))
      case .bf16:
        unsafe ck_pack_bf16_from_bf16(
          outputs, inputs, weights.baseAddress!, storage.assumingMemoryBound(to: UInt16.self))
      case .int8, .int4: preconditionFailure("quantised from f32")
      }
    }
  }

  /// Packs row-major f32 weights; as bf16 they are rounded to the nearest.
  package convenience init(
    f32 weights: Span<Float>, outputs: Int, inputs: Int, as format: PackedFormat
  ) {
    precondition(weights.count == outputs * inputs, "weights do not fill [\(outputs), \(inputs)]")
    self.init(outputs: outputs, inputs: inputs, format: format)
    guard weights.count > 0 else { return }
    unsafe weights.withUnsafeBufferPointer { weights in
      switch format {
      case .f32:
        unsafe ck_pack_f32_from_f32(
          outputs, inputs, weights.baseAddress!, storage.assumingMemoryBound(to: Float.self))
      case .bf16:
        unsafe ck_pack_bf16_from_f32(
          outputs, inputs, weights.baseAddress!, storage.assumingMemoryBound(to: UInt16.self))
      case .int8, .int4:
        squaredError = unsafe ck_pack_quantized(
          outputs, inputs, Int32(format.bits!), weights.baseAddress!, storage,
          (storage + scalesAt).assumingMemoryBound(to: UInt16.self))
      }
    }
  }
}

/// One thread's place for rounded activations: of quantised products 8-bit numbers with their scales, in two
/// parts where they must be fine; of bf16 products bf16.
@safe package final class QuantizedRows: @unchecked Sendable {
  package let rows: Int
  /// Inputs in whole groups of 64.
  package let inputs: Int
  /// [rows, inputs] of 16 bits, or [2·rows, inputs] of 8.
  let numbers: UnsafeMutableRawPointer
  let scales: UnsafeMutablePointer<Float>
  let starts: UnsafeMutablePointer<Int32>
  /// [2·fineRows, fineOutputs]: the products of both parts, before they are added.
  let products: UnsafeMutablePointer<Float>

  /// Rows and outputs of fine products at a time.
  static let fineRows = 16
  static let fineOutputs = 256

  package init(rows: Int, inputs: Int) {
    self.rows = rows
    self.inputs = (inputs + CK_GROUP8 - 1) / CK_GROUP8 * CK_GROUP8
    let groups = 2 * rows * self.inputs / CK_GROUP4
    let bytes = 2 * rows * self.inputs
    let fine = 2 * Self.fineRows * Self.fineOutputs
    unsafe numbers = .allocate(byteCount: bytes, alignment: 64)
    unsafe scales = .allocate(capacity: groups)
    unsafe starts = .allocate(capacity: groups)
    unsafe products = .allocate(capacity: fine)
    unsafe numbers.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    unsafe scales.initialize(repeating: 0, count: groups)
    unsafe starts.initialize(repeating: 0, count: groups)
    unsafe products.initialize(repeating: 0, count: fine)
  }

  deinit {
    unsafe numbers.deallocate()
    unsafe scales.deallocate()
    unsafe starts.deallocate()
    unsafe products.deallocate()
  }

  /// Bytes it occupies.
  package static func byteCount(rows: Int, inputs: Int) -> Int {
    let inputs = (inputs + CK_GROUP8 - 1) / CK_GROUP8 * CK_GROUP8
    return rows * inputs * (2 + 16 / CK_GROUP4) + 8 * fineRows * fineOutputs
  }
}
