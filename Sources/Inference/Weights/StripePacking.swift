import Kernels
import Synchronization

/// Packs a matrix a stripe of outputs at a time, so that one larger than memory can be packed; stripes are
/// packed by several threads.
struct StripePacking: Sendable {
  let workers: Workers

  /// Outputs of a stripe: whole panels in every layout.
  static let outputs = 512

  /// Packs `matrix` into entry `index` of `writer`.
  ///
  /// - Returns: sqrt(Σ(w − ŵ)² / Σw²) over all its weights; 0 where all are 0.
  func pack(
    _ matrix: Tensor, as format: PackedFormat, into writer: SafeTensorsWriter, entry index: Int
  ) throws(InferenceError) -> Double {
    let (outputs, inputs) = (matrix.shape[0], matrix.shape[1])
    let scales = PackedMatrix.weightByteCount(outputs: outputs, inputs: inputs, as: format)
    let sums = Mutex((error: 0.0, all: 0.0))
    let failure = Mutex<InferenceError?>(nil)
    let stripes = (outputs + Self.outputs - 1) / Self.outputs
    workers.run(stripes) { stripe, _ in
      guard failure.withLock({ $0 == nil }) else { return }
      let first = stripe * Self.outputs
      let rows = first..<min(first + Self.outputs, outputs)
      do throws(InferenceError) {
        let (packed, error, all) = try Self.stripe(matrix, rows, as: format)
        // Weights stand panel by panel, and so do the scales after all weights.
        let before = PackedMatrix.weightByteCount(outputs: first, inputs: inputs, as: format)
        let scalesBefore =
          PackedMatrix.byteCount(outputs: first, inputs: inputs, as: format) - before
        let own = PackedMatrix.weightByteCount(outputs: rows.count, inputs: inputs, as: format)
        unsafe try Self.lend(packed) { bytes throws(InferenceError) in
          unsafe try writer.write(
            UnsafeRawBufferPointer(rebasing: bytes[..<own]), of: index, at: before)
          unsafe try writer.write(
            UnsafeRawBufferPointer(rebasing: bytes[own...]), of: index, at: scales + scalesBefore)
        }
        sums.withLock { sum in
          sum.error += error
          sum.all += all
        }
      } catch {
        failure.withLock { $0 = error }
      }
      matrix.file.release()
    }
    if let error = failure.withLock({ $0 }) { throw error }
    let (error, all) = sums.withLock { $0 }
    return all > 0 ? (error / all).squareRoot() : 0
  }

  /// The packed rows, Σ(w − ŵ)² and Σw².
  private static func stripe(_ matrix: Tensor, _ rows: Range<Int>, as format: PackedFormat)
    throws(InferenceError) -> (packed: PackedMatrix, error: Double, all: Double)
  {
    let slice = matrix.slice(rows)
    if slice.type == .bf16, format == .bf16 {
      // The very numbers of the file.
      return (try slice.packed(as: .bf16), 0, 0)
    }
    let numbers = try slice.floats()
    var all = 0.0
    var rounding = 0.0
    for number in numbers {
      all += Double(number) * Double(number)
      if format == .bf16 {
        let kept = Float(bitPattern: UInt32(Conversion.bf16(number)) << 16)
        rounding += Double(number - kept) * Double(number - kept)
      }
    }
    let packed = PackedMatrix(
      f32: numbers.span, outputs: rows.count, inputs: matrix.shape[1], as: format)
    return (packed, format == .bf16 ? rounding : packed.squaredError * all, all)
  }

  private static func lend(
    _ packed: PackedMatrix, _ body: (UnsafeRawBufferPointer) throws(InferenceError) -> Void
  ) throws(InferenceError) {
    let result = unsafe packed.withBytes { bytes -> Result<Void, InferenceError> in
      do throws(InferenceError) {
        unsafe try body(bytes)
        return .success(())
      } catch { return .failure(error) }
    }
    try result.get()
  }
}
