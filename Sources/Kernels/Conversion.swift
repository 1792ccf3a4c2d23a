import CKernels

/// Numbers between the types a checkpoint holds and the ones kernels compute with.
package enum Conversion {
  /// f32 of bf16.
  package static func widen(bf16 numbers: Span<UInt16>) -> [Float] {
    var result = [Float](repeating: 0, count: numbers.count)
    for index in 0..<numbers.count {
      result[index] = Float(bitPattern: UInt32(numbers[index]) << 16)
    }
    return result
  }

  /// f32 of IEEE half precision.
  package static func widen(f16 numbers: Span<UInt16>) -> [Float] {
    let count = numbers.count
    return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe numbers.withUnsafeBufferPointer { numbers in
        if count > 0 { unsafe ck_widen_f16(count, numbers.baseAddress!, buffer.baseAddress!) }
      }
      filled = count
    }
  }

  /// The nearest bf16, ties to even.
  package static func bf16(_ x: Float) -> UInt16 { ck_bf16(x) }

  /// How many numbers are NaN or infinite.
  package static func notFinite(_ numbers: Span<Float>) -> Int {
    unsafe numbers.withUnsafeBufferPointer { numbers in
      numbers.isEmpty ? 0 : unsafe ck_count_not_finite_f32(numbers.count, numbers.baseAddress!)
    }
  }

  /// How many bf16 numbers are NaN or infinite.
  package static func notFinite(bf16 numbers: Span<UInt16>) -> Int {
    unsafe numbers.withUnsafeBufferPointer { numbers in
      numbers.isEmpty ? 0 : unsafe ck_count_not_finite_bf16(numbers.count, numbers.baseAddress!)
    }
  }
}
