import CKernels

/// What this processor can do at most, for benchmarks to be measured against.
extension KernelSet {
  /// Multiplies and adds f32 numbers in registers; returns how many operations that were.
  package func spinF32(steps: Int) -> Int { unsafe table.pointee.spin_f32(steps) }

  /// The same with pairs of bf16; nil where the processor has no such instruction.
  package func spinBF16(steps: Int) -> Int? {
    guard let spin = unsafe table.pointee.spin_pairs else { return nil }
    return spin(steps)
  }

  /// The same with bytes, quads of them at once, as products with weights of 8 or 4 bits do.
  package func spinBytes(bits: Int, steps: Int) -> Int {
    unsafe table.pointee.spin_bytes(CInt(bits), steps)
  }

  /// Reads all numbers of a matrix in memory once; returns how many bytes.
  package func readThrough(_ matrix: PackedMatrix) -> Int {
    let bytes = matrix.byteCount / 2048 * 2048
    _ = unsafe table.pointee.read_through(bytes, matrix.storage.assumingMemoryBound(to: Float.self))
    return bytes
  }
}
