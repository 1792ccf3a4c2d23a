import CKernels

/// How a matrix of weights is kept in memory.
package enum PackedFormat: String, Sendable, CaseIterable {
  case f32
  case bf16
}

/// Weights W [outputs, inputs] of a product y = x · Wᵀ, in the panels the kernels read.
@safe package final class PackedMatrix: @unchecked Sendable {
  package let outputs: Int
  package let inputs: Int
  package let format: PackedFormat
  package let byteCount: Int
  /// Elements from one panel of 16 outputs to the next.
  let panelStride: Int
  let storage: UnsafeMutableRawPointer

  private init(outputs: Int, inputs: Int, format: PackedFormat) {
    self.outputs = outputs
    self.inputs = inputs
    self.format = format
    let panels = (outputs + 15) / 16
    switch format {
    case .f32:
      panelStride = inputs * 16
      byteCount = panels * panelStride * 4
    case .bf16:
      panelStride = (inputs + 1) / 2 * 32
      byteCount = panels * panelStride * 2
    }
    unsafe storage = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 64), alignment: 64)
  }

  deinit { unsafe storage.deallocate() }

  /// Packs row-major bf16 weights.
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
      }
    }
  }
}
