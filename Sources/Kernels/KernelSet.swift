import CKernels

/// The kernels of one instruction set, over planes.
///
/// Every method computes the stated rows only, on the calling thread, so that several threads can work
/// on different rows of the same planes. Results do not depend on how rows are divided.
@safe package struct KernelSet: Sendable {
  package enum Level: String, Sendable, CaseIterable {
    case scalar, avx2, avx512, avx512dot, neon, neondot

    fileprivate var number: ck_level {
      switch self {
      case .scalar: CK_SCALAR
      case .avx2: CK_AVX2
      case .avx512: CK_AVX512
      case .avx512dot: CK_AVX512_DOT
      case .neon: CK_NEON
      case .neondot: CK_NEON_DOT
      }
    }
  }

  package let level: Level
  /// Whether activations are rounded to about what the weights they meet have: to bf16 with bf16 weights and in
  /// softmax attention, to 8 bits with quantised weights. Sums stay f32.
  package private(set) var rounds = false
  /// A static table of the C module: never freed, never written.
  nonisolated(unsafe) let table: UnsafePointer<ck_kernels>

  /// The kernels of `level`, or nil where this machine cannot run them.
  package init?(_ level: Level) {
    guard let table = unsafe ck_kernels_at(level.number) else { return nil }
    self.level = level
    unsafe self.table = table
  }

  /// Whether it multiplies in bf16: twice as fast where the processor multiplies pairs of such numbers, and not done
  /// where it does not.
  package var roundsToBF16: Bool { unsafe rounds && table.pointee.gemm_pairs != nil }

  /// These kernels with rounded activations.
  package var rounding: KernelSet {
    var set = self
    set.rounds = true
    return set
  }

  /// These kernels with fine activations, whatever the weights, for the head and all that must be exact: f32, and
  /// about 15 bits with quantised weights.
  package var exact: KernelSet {
    var set = self
    set.rounds = false
    return set
  }

  /// The widest this machine can run.
  package static let best: KernelSet = {
    for level in Level.allCases.reversed() {
      if let kernels = KernelSet(level) { return kernels }
    }
    preconditionFailure("the scalar kernels run everywhere")
  }()

  /// Outputs of a panel of packed weights.
  package static let panel = CK_PANEL
  /// Rows of a block of lightning attention.
  package static let block = CK_BLOCK
  /// Keys of a tile of the softmax cache.
  package static let keyTile = CK_KEYS

  /// Queries of a block of softmax attention.
  var queriesOfBlock: Int { unsafe table.pointee.queries }

  /// y[rows, outputs] = x[rows, inputs] · Wᵀ.
  ///
  /// - Parameters:
  ///   - rows: rows of x; they go to as many rows of y from `yRow`.
  ///   - outputs: which outputs to compute, from a multiple of 16; nil for all. Output o is written to
  ///     column `yColumn + o`.
  ///   - accumulate: add to what y holds.
  ///   - scratch: where activations go for quantised weights; the calling thread's own.
  package func multiply(
    _ x: Plane, rows: Range<Int>, column: Int = 0, by w: PackedMatrix, outputs: Range<Int>? = nil,
    into y: Plane, yRow: Int? = nil, yColumn: Int = 0, accumulate: Bool = false,
    scratch: QuantizedRows
  ) {
    let outputs = outputs ?? 0..<w.outputs
    precondition(
      outputs.lowerBound % 16 == 0 && outputs.lowerBound >= 0 && outputs.upperBound <= w.outputs,
      "outputs \(outputs) of a matrix with \(w.outputs)")
    let from = unsafe x.at(rows.lowerBound, column, count: rows.count, width: w.inputs)
    let to = unsafe y.at(
      yRow ?? rows.lowerBound, yColumn + outputs.lowerBound, count: rows.count,
      width: outputs.count)
    let panel = outputs.lowerBound / 16 * w.panelStride
    switch w.format {
    case .f32:
      unsafe table.pointee.gemm_f32(
        rows.count, outputs.count, w.inputs, from, x.stride,
        w.storage.assumingMemoryBound(to: Float.self) + panel, w.panelStride, to, y.stride,
        accumulate ? 1 : 0)
    case .bf16 where roundsToBF16:
      let even = (w.inputs + 1) / 2 * 2
      precondition(even <= scratch.inputs && scratch.rows > 0)
      let rounded = unsafe scratch.numbers.assumingMemoryBound(to: UInt16.self)
      for start in stride(from: 0, to: rows.count, by: scratch.rows) {
        let count = min(scratch.rows, rows.count - start)
        unsafe table.pointee.round_rows(
          count, w.inputs, from + start * x.stride, x.stride, rounded)
        unsafe table.pointee.gemm_pairs(
          count, outputs.count, even, rounded, even,
          w.storage.assumingMemoryBound(to: UInt16.self) + panel, w.panelStride,
          to + start * y.stride, y.stride, accumulate ? 1 : 0)
      }
    case .bf16:
      unsafe table.pointee.gemm_bf16(
        rows.count, outputs.count, w.inputs, from, x.stride,
        w.storage.assumingMemoryBound(to: UInt16.self) + panel, w.panelStride, to, y.stride,
        accumulate ? 1 : 0)
    case .int8, .int4:
      precondition(w.paddedInputs <= scratch.inputs && scratch.rows > 0)
      let atOnce = rounds ? scratch.rows : min(scratch.rows, QuantizedRows.fineRows)
      for start in stride(from: 0, to: rows.count, by: atOnce) {
        let count = min(atOnce, rows.count - start)
        unsafe table.pointee.quantize_rows(
          count, w.inputs, w.format.group, rounds ? 1 : 2, from + start * x.stride, x.stride,
          scratch.numbers.assumingMemoryBound(to: Int8.self), scratch.scales, scratch.starts)
        if rounds {
          unsafe multiplyQuantized(
            scratch, rows: count, by: w, outputs: outputs, into: to + start * y.stride, y.stride,
            accumulate)
        } else {
          unsafe multiplyInParts(
            scratch, rows: count, by: w, outputs: outputs, into: to + start * y.stride, y.stride,
            accumulate)
        }
      }
    }
  }

  /// The product of quantised rows.
  private func multiplyQuantized(
    _ x: QuantizedRows, rows: Int, by w: PackedMatrix, outputs: Range<Int>,
    into y: UnsafeMutablePointer<Float>, _ stride: Int, _ accumulate: Bool
  ) {
    let groups = w.paddedInputs / w.format.group
    let scales = unsafe (w.storage + w.scalesAt).assumingMemoryBound(to: UInt16.self)
    unsafe table.pointee.gemm_quantized(
      rows, outputs.count, w.paddedInputs, Int32(w.format.bits!),
      x.numbers.assumingMemoryBound(to: Int8.self), x.scales, x.starts,
      w.storage + outputs.lowerBound / 16 * w.panelStride, scales + outputs.lowerBound * groups, y,
      stride, accumulate ? 1 : 0)
  }

  /// The product of rows quantised in two parts: both meet the weights together, then they are added.
  private func multiplyInParts(
    _ x: QuantizedRows, rows: Int, by w: PackedMatrix, outputs: Range<Int>,
    into y: UnsafeMutablePointer<Float>, _ stride: Int, _ accumulate: Bool
  ) {
    let width = QuantizedRows.fineOutputs
    for first in Swift.stride(from: outputs.lowerBound, to: outputs.upperBound, by: width) {
      let some = first..<min(outputs.upperBound, first + width)
      unsafe multiplyQuantized(
        x, rows: 2 * rows, by: w, outputs: some, into: x.products, width, false)
      for row in 0..<rows {
        let to = unsafe y + row * stride + (first - outputs.lowerBound)
        if !accumulate { unsafe to.update(repeating: 0, count: some.count) }
        for part in 0..<2 {
          unsafe table.pointee.add_scaled(
            some.count, 1, x.products + (2 * row + part) * width, to)
        }
      }
    }
  }

  /// y = w ⊙ x / sqrt(mean(x²) + ε), row by row. `w` has one row.
  package func rmsNorm(
    _ x: Plane, rows: Range<Int>, weight w: Plane, epsilon: Float, into y: Plane
  ) {
    let n = w.columns
    unsafe table.pointee.rms_norm(
      rows.count, n, x.at(rows.lowerBound, count: rows.count, width: n), x.stride,
      w.at(0, count: 1, width: n), epsilon,
      y.at(rows.lowerBound, count: rows.count, width: n), y.stride)
  }

  /// x = sigmoid(gate) ⊙ w ⊙ x / sqrt(mean(x²) + ε), row by row.
  package func gatedNorm(
    _ x: Plane, rows: Range<Int>, gate: Plane, gateColumn: Int, weight w: Plane, epsilon: Float
  ) {
    let n = w.columns
    let place = unsafe x.at(rows.lowerBound, count: rows.count, width: n)
    unsafe table.pointee.gated_norm(
      rows.count, n, place, x.stride,
      gate.at(rows.lowerBound, gateColumn, count: rows.count, width: n), gate.stride,
      w.at(0, count: 1, width: n), epsilon, place, x.stride)
  }

  /// x = x · sigmoid(x) in the first `width` columns.
  package func silu(_ x: Plane, rows: Range<Int>, width: Int) {
    for row in rows {
      unsafe table.pointee.silu(width, x.at(row, count: 1, width: width))
    }
  }

  /// x = silu(x) ⊙ y in the first `width` columns.
  package func silu(_ x: Plane, times y: Plane, rows: Range<Int>, width: Int) {
    for row in rows {
      unsafe table.pointee.silu_times(
        width, x.at(row, count: 1, width: width), y.at(row, count: 1, width: width))
    }
  }

  /// y = alpha · x + beta · y.
  package func mix(_ alpha: Float, _ x: Plane, _ beta: Float, into y: Plane, rows: Range<Int>) {
    for row in rows {
      unsafe table.pointee.mix(
        x.columns, alpha, x.at(row, count: 1, width: x.columns), beta,
        y.at(row, count: 1, width: x.columns))
    }
  }

  /// y[yRow] += a · x[row].
  package func add(_ a: Float, _ x: Plane, row: Int, to y: Plane, row yRow: Int) {
    unsafe table.pointee.add_scaled(
      x.columns, a, x.at(row, count: 1, width: x.columns), y.at(yRow, count: 1, width: x.columns))
  }

  /// y[yRow] = x[row].
  package func copy(
    _ x: Plane, row: Int, column: Int = 0, width: Int, to y: Plane, row yRow: Int,
    yColumn: Int = 0
  ) {
    unsafe y.at(yRow, yColumn, count: 1, width: width).update(
      from: x.at(row, column, count: 1, width: width), count: width)
  }

  /// Lightning attention of one head over the rows of a piece.
  ///
  /// - Parameters:
  ///   - qkv: [rows, …]; head's queries, keys and values stand at `column`, `column + d`, `column + 2d`.
  ///   - first: the place of the first row in its block.
  ///   - state: the head's recurrent state, which goes on to the end of the piece.
  ///   - decay: [heads, block + 1], exp(−s·i).
  ///   - scratch: one row of at least `LightningState.scratch(d)` columns, at `slot`.
  package func lightning(
    _ qkv: Plane, rows: Range<Int>, column: Int, state: LightningState, head: Int, decay: Plane,
    into o: Plane, scratch: Plane, slot: Int, first: Int
  ) {
    let d = state.headSize
    precondition(first >= 0 && first < Self.block)
    let q = unsafe qkv.at(rows.lowerBound, column, count: rows.count, width: 3 * d)
    unsafe table.pointee.lightning(
      rows.count, first, d, q, q + d, q + 2 * d, qkv.stride,
      state.numbers.at(head, 0, count: 1, width: state.numbers.columns),
      state.numbers.at(head, state.valuesAt, count: 1, width: 0),
      state.numbers.at(head, state.stateAt, count: 1, width: 0),
      decay.at(head, count: 1, width: Self.block + 1),
      o.at(rows.lowerBound, head * d, count: rows.count, width: d), o.stride,
      scratch.at(slot, count: 1, width: LightningState.scratch(d)))
  }

  /// One step of softmax attention: `work`'s queries over the keys of one segment of the cache, of which
  /// each sees as many as `work.limits` says.
  package func attend(
    _ work: AttentionWork, rows: Int, cache: KeyValueCache, segment index: Int, head: Int
  ) {
    let d = work.headSize
    let segment = cache.segments[index]
    precondition(
      rows <= work.rows && work.width == queriesOfBlock && work.isBF16 == cache.isBF16
        && cache.headSize == d,
      "attention's queries and cache differ in shape or type")
    let tile = KeyValueCache.tileNumbers(d, bf16: cache.isBF16)
    let values = KeyValueCache.keyNumbers(d, bf16: cache.isBF16)
    unsafe work.limits.withUnsafeBufferPointer { limits in
      precondition(rows > 0 && limits.count >= rows)
      precondition(unsafe limits[rows - 1] <= KeyValueCache.segmentKeys)
      let keys = unsafe segment.at(head, count: 1, width: segment.columns)
      if cache.isBF16 {
        guard let attend = unsafe table.pointee.attend_bf16 else {
          preconditionFailure("a cache in bf16 for kernels that have no such products")
        }
        let keys = unsafe UnsafeRawPointer(keys).assumingMemoryBound(to: UInt16.self)
        unsafe attend(
          rows, d, UnsafeRawPointer(work.queries.base).assumingMemoryBound(to: UInt16.self),
          limits.baseAddress!, keys, keys + values, tile, work.maximum.base, work.sum.base,
          work.output.base, work.scores.base)
      } else {
        unsafe table.pointee.attend(
          rows, d, work.queries.base, limits.baseAddress!, keys, keys + values, tile,
          work.maximum.base, work.sum.base, work.output.base, work.scores.base)
      }
    }
  }
}
