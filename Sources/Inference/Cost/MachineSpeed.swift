package import Kernels

/// What this machine's kernels do at most, measured: the limits that times are foretold from.
package struct MachineSpeed: Hashable, Sendable {
  /// Operations a second of products with many rows, in the weights' format, all threads together.
  package var products: Double
  /// The same in f32, in which attention of either kind is computed.
  package var attention: Double
  /// Bytes of weights a second that a single row's products read.
  package var bandwidth: Double
  package var threads: Int

  package init(products: Double, attention: Double, bandwidth: Double, threads: Int) {
    self.products = products
    self.attention = attention
    self.bandwidth = bandwidth
    self.threads = threads
  }

  /// Measures for some tenths of a second, on weights of the shapes of `configuration`, but no larger than needed.
  package static func measured(
    _ configuration: Configuration, _ weights: WeightFormat, threads: Int,
    kernels: KernelSet = KernelSet.best
  ) -> MachineSpeed {
    let inputs = min(configuration.hiddenSize, 1024)
    let outputs = min(max(configuration.expertSize, 16), 1024)
    let format = weights.packed ?? .bf16
    let workers = Workers(threads)
    let kernels = weights == .asStored ? kernels : kernels.rounding
    let working = Cost(configuration).activeWeightBytes(weights)
    return MachineSpeed(
      products: products(inputs, outputs, format, workers, kernels),
      attention: products(inputs, outputs, .f32, workers, kernels),
      bandwidth: bandwidth(of: working, inputs, format, workers, kernels), threads: threads)
  }

  /// Rows that one thread multiplies at a time when reading.
  private static let rows = 96
  private static let seconds = 0.1

  private static func products(
    _ inputs: Int, _ outputs: Int, _ format: PackedFormat, _ workers: Workers, _ kernels: KernelSet
  ) -> Double {
    var generator = SplitMix(state: 1)
    let numbers = (0..<outputs * inputs).map { _ in
      Float(Int(generator.next() % 255) - 127) / 1024
    }
    let matrix = PackedMatrix(f32: numbers.span, outputs: outputs, inputs: inputs, as: format)
    let count = workers.count
    let x = (0..<count).map { _ in Plane(rows: rows, columns: inputs) }
    for plane in x { plane.fill(0.01) }
    let y = (0..<count).map { _ in Plane(rows: rows, columns: outputs) }
    let scratch = (0..<count).map { _ in QuantizedRows(rows: rows, inputs: inputs) }
    let items = 4 * count
    let rate = best {
      workers.run(items) { _, slot in
        kernels.multiply(x[slot], rows: 0..<rows, by: matrix, into: y[slot], scratch: scratch[slot])
      }
    }
    return 2 * Double(items * rows * inputs * outputs) * rate
  }

  private static func bandwidth(
    of bytes: Int, _ inputs: Int, _ format: PackedFormat, _ workers: Workers, _ kernels: KernelSet
  ) -> Double {
    // As much as one token reads, up to what no cache holds.
    let row = max(PackedMatrix.byteCount(outputs: 512, inputs: inputs, as: format), 1)
    let outputs = 512 * max(1, min(bytes, 256 << 20) / row)
    let matrix = PackedMatrix(filling: outputs, inputs, as: format)
    let x = Plane(rows: 1, columns: inputs)
    x.fill(0.01)
    let y = Plane(rows: 1, columns: outputs)
    let scratch = (0..<workers.count).map { _ in QuantizedRows(rows: 1, inputs: inputs) }
    let rate = best {
      workers.run(outputs / 512) { item, slot in
        kernels.multiply(
          x, rows: 0..<1, by: matrix, outputs: item * 512..<(item + 1) * 512, into: y,
          scratch: scratch[slot])
      }
    }
    return Double(matrix.byteCount) * rate
  }

  /// Runs a second, of the quickest run.
  private static func best(_ body: () -> Void) -> Double {
    body()
    var least = Double.infinity
    let start = Resources.now().wall
    var now = start
    while now - start < seconds {
      body()
      let after = Resources.now().wall
      least = min(least, after - now)
      now = after
    }
    return 1 / least
  }
}

extension PackedMatrix {
  /// A matrix of some constant weights, quickly made.
  fileprivate convenience init(filling outputs: Int, _ inputs: Int, as format: PackedFormat) {
    let bytes = FilledBytes(PackedMatrix.byteCount(outputs: outputs, inputs: inputs, as: format))
    unsafe self.init(
      packed: UnsafeRawBufferPointer(bytes.buffer), owner: bytes, outputs: outputs, inputs: inputs,
      as: format)
  }
}

/// Bytes that are really there: every page written.
@safe private final class FilledBytes: @unchecked Sendable {
  let buffer: UnsafeMutableRawBufferPointer

  init(_ count: Int) {
    unsafe buffer = .allocate(byteCount: count, alignment: 64)
    // 0x3131: a small positive number in every format.
    unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0x31)
  }

  deinit { unsafe buffer.deallocate() }
}
