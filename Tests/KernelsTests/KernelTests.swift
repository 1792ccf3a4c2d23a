import CKernels
import Foundation
import Kernels
import Testing

/// Numbers in −1…1 that depend on nothing but the seed.
struct Noise {
  var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int64(state >> 40)) / Float(1 << 23) - 1
  }

  mutating func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }

  mutating func plane(_ rows: Int, _ columns: Int, scale: Float = 1) -> Plane {
    let plane = Plane(rows: rows, columns: columns)
    for row in 0..<rows { for column in 0..<columns { plane[row, column] = scale * next() } }
    return plane
  }
}

func difference(_ a: Plane, _ b: Plane) -> Float {
  guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
  var largest: Float = 0
  for row in 0..<a.rows {
    for column in 0..<a.columns {
      let d = abs(a[row, column] - b[row, column])
      if d.isNaN { return .infinity }
      largest = max(largest, d)
    }
  }
  return largest
}

func bits(_ plane: Plane) -> [Float] { plane.copy(rows: 0..<plane.rows) }

/// Every instruction set this machine has, against the scalar truth.
///
/// Which of them ran is printed: a machine without AVX-512 cannot test it.
@Suite struct KernelTests {
  static let scalar = KernelSet(.scalar)!
  static let vectors: [KernelSet] = {
    let found = KernelSet.Level.allCases.filter { $0 != .scalar }.compactMap { KernelSet($0) }
    let rounding = found.map(\.rounding)
    print(
      "kernels tested against scalar: \(found.map(\.level.rawValue)), with bf16 products: \(rounding.filter(\.roundsToBF16).map(\.level.rawValue))"
    )
    return found + rounding
  }()

  /// The scalar kernels that round as these do.
  static func truth(of kernels: KernelSet, _ format: PackedFormat = .bf16) -> KernelSet {
    (format.bits != nil ? kernels.rounds : kernels.roundsToBF16) ? scalar.rounding : scalar
  }

  /// rows, outputs, inputs: around tile, panel and stretch borders, and some large ones.
  static let shapes = [
    [1, 1, 1], [1, 16, 7], [2, 17, 64], [3, 15, 33], [5, 48, 100], [6, 51, 256], [7, 33, 257],
    [12, 16, 31], [13, 100, 300], [47, 64, 65], [96, 40, 129], [97, 130, 513], [200, 16, 700],
    [14, 530, 520],
  ]

  @Test(arguments: vectors, shapes)
  func `a product is the scalar one`(_ kernels: KernelSet, _ shape: [Int]) {
    var noise = Noise(UInt64(shape[0] * 1000 + shape[2]))
    let (rows, outputs, inputs) = (shape[0], shape[1], shape[2])
    let x = noise.plane(rows, inputs)
    let weights = noise.numbers(outputs * inputs)
    let scratch = QuantizedRows(rows: 40, inputs: inputs)
    for format in PackedFormat.allCases {
      let w = PackedMatrix(f32: weights.span, outputs: outputs, inputs: inputs, as: format)
      for accumulate in [false, true] {
        let start = noise.plane(rows, outputs)
        let y = Plane(rows: rows, columns: outputs)
        let truth = Plane(rows: rows, columns: outputs)
        for row in 0..<rows {
          for column in 0..<outputs {
            y[row, column] = start[row, column]
            truth[row, column] = start[row, column]
          }
        }
        kernels.multiply(
          x, rows: 0..<rows, by: w, into: y, accumulate: accumulate, scratch: scratch)
        Self.truth(of: kernels, format).multiply(
          x, rows: 0..<rows, by: w, into: truth, accumulate: accumulate, scratch: scratch)
        if format.bits != nil {
          // Whole numbers add up to the same in any order.
          #expect(bits(y) == bits(truth), "\(format)")
        } else {
          #expect(difference(y, truth) < 2e-5 * Float(inputs).squareRoot() + 1e-6, "\(format)")
        }
      }
    }
  }

  @Test(arguments: vectors, shapes)
  func `a row's product has the same bits alone and among others`(
    _ kernels: KernelSet, _ shape: [Int]
  ) {
    var noise = Noise(UInt64(shape[1]))
    let (rows, outputs, inputs) = (shape[0], shape[1], shape[2])
    let x = noise.plane(rows, inputs)
    let weights = noise.numbers(outputs * inputs)
    let scratch = QuantizedRows(rows: 96, inputs: inputs)
    for format in PackedFormat.allCases {
      let w = PackedMatrix(f32: weights.span, outputs: outputs, inputs: inputs, as: format)
      let whole = Plane(rows: rows, columns: outputs)
      let parts = Plane(rows: rows, columns: outputs)
      kernels.multiply(x, rows: 0..<rows, by: w, into: whole, scratch: scratch)
      for row in 0..<rows {
        for from in stride(from: 0, to: outputs, by: 32) {
          kernels.multiply(
            x, rows: row..<row + 1, by: w, outputs: from..<min(outputs, from + 32), into: parts,
            scratch: scratch)
        }
      }
      #expect(bits(whole) == bits(parts), "\(format)")
    }
  }

  @Test func `activations of quantised products keep 8 bits, and 15 where they must be fine`() {
    var noise = Noise(11)
    let (rows, inputs) = (24, 512)
    let x = noise.plane(rows, inputs)
    // Groups of nothing, and of next to nothing.
    for column in 0..<128 { x[0, column] = column < 64 ? 0 : 1e-36 }
    // Weights that 8 bits hold exactly: whole numbers, of which each group of 64 has the lowest.
    var weights = [Float](repeating: -127, count: 32 * inputs)
    for place in weights.indices where place % 64 != 0 {
      let number = place * 37 % 255
      weights[place] = Float(number - 127)
    }
    let w = PackedMatrix(f32: weights.span, outputs: 32, inputs: inputs, as: .int8)
    let y = Plane(rows: rows, columns: 32)
    let scratch = QuantizedRows(rows: rows, inputs: inputs)
    func error(_ kernels: KernelSet) -> Double {
      kernels.multiply(x, rows: 0..<rows, by: w, into: y, scratch: scratch)
      var (off, all) = (0.0, 0.0)
      for row in 0..<rows {
        for output in 0..<32 {
          var sum = 0.0
          for input in 0..<inputs {
            sum += Double(x[row, input]) * Double(weights[output * inputs + input])
          }
          off += (Double(y[row, output]) - sum) * (Double(y[row, output]) - sum)
          all += sum * sum
        }
      }
      return (off / all).squareRoot()
    }
    // Uniform numbers: a step of 1/127 leaves 1/(127·√12) of √(1/3).
    #expect((0.002...0.006).contains(error(Self.scalar.rounding)))
    #expect(error(Self.scalar) < 0.00004)
  }

  @Test(arguments: vectors, [1, 7, 8, 16, 40, 256, 1000])
  func `norms, activations and sums are the scalar ones`(_ kernels: KernelSet, _ width: Int) {
    var noise = Noise(UInt64(width))
    let x = noise.plane(5, width, scale: 30)
    let gate = noise.plane(5, width, scale: 120)
    let w = noise.plane(1, width)
    func both(_ body: (KernelSet, Plane) -> Void) -> Float {
      let results = [kernels, Self.scalar].map { set in
        let y = Plane(rows: 5, columns: width)
        for row in 0..<5 { for column in 0..<width { y[row, column] = x[row, column] } }
        body(set, y)
        return y
      }
      return difference(results[0], results[1])
    }
    #expect(both { $0.rmsNorm(x, rows: 0..<5, weight: w, epsilon: 1e-5, into: $1) } < 1e-5)
    #expect(
      both { $0.gatedNorm($1, rows: 0..<5, gate: gate, gateColumn: 0, weight: w, epsilon: 1e-6) }
        < 1e-5)
    #expect(both { $0.silu($1, rows: 0..<5, width: width) } < 1e-5)
    #expect(both { $0.silu($1, times: w, rows: 0..<1, width: width) } < 1e-5)
    #expect(both { $0.mix(1.5, gate, -0.25, into: $1, rows: 0..<5) } < 1e-4)
    #expect(both { $0.add(0.5, gate, row: 2, to: $1, row: 4) } < 1e-4)
  }

  @Test(arguments: vectors, [1, 16, 24, 32, 128])
  func `lightning attention is the scalar recurrence, however the rows are cut`(
    _ kernels: KernelSet, _ d: Int
  ) {
    var noise = Noise(UInt64(d))
    let rows = 200
    let qkv = noise.plane(rows, 3 * d, scale: 0.5)
    let decay = Plane(rows: 1, columns: KernelSet.block + 1)
    for step in 0...KernelSet.block { decay[0, step] = exp(-0.03 * Float(step)) }
    let scratch = Plane(rows: 1, columns: LightningState.scratch(d))
    func run(_ set: KernelSet, _ pieces: [Int]) -> (Plane, LightningState) {
      let state = LightningState(heads: 1, headSize: d)
      let o = Plane(rows: rows, columns: d)
      var from = 0
      var turn = 0
      while from < rows {
        let count = min(pieces[turn % pieces.count], rows - from)
        let part = Plane(rows: count, columns: 3 * d)
        let result = Plane(rows: count, columns: d)
        for row in 0..<count {
          for column in 0..<3 * d { part[row, column] = qkv[from + row, column] }
        }
        set.lightning(
          part, rows: 0..<count, column: 0, state: state, head: 0, decay: decay, into: result,
          scratch: scratch, slot: 0, first: from % KernelSet.block)
        for row in 0..<count { for c in 0..<d { o[from + row, c] = result[row, c] } }
        from += count
        turn += 1
      }
      return (o, state)
    }
    let (truth, truthState) = run(Self.scalar, [rows])
    let (whole, wholeState) = run(kernels, [rows])
    #expect(difference(whole, truth) < 2e-5 * Float(d))
    #expect(
      difference(wholeState.numbers, truthState.numbers) < 2e-5 * Float(d))
    for pieces in [[1], [63, 2], [64], [17, 100]] {
      let (parts, partsState) = run(kernels, pieces)
      #expect(bits(parts) == bits(whole))
      #expect(bits(partsState.numbers) == bits(wholeState.numbers))
    }
  }

  @Test(arguments: vectors, [1, 16, 24, 32, 128])
  func `softmax attention is the scalar one, whatever rows are beside`(
    _ kernels: KernelSet, _ d: Int
  ) {
    var noise = Noise(UInt64(d) + 7)
    let tokens = 300
    let bf16 = kernels.roundsToBF16
    let cache = KeyValueCache(heads: 1, headSize: d, bf16: bf16)
    cache.reserve(tokens)
    let keys = noise.plane(tokens, d)
    let values = noise.plane(tokens, d)
    for token in 0..<tokens {
      cache.store(
        token: token, head: 0, keys: keys, values: values, row: token, keyColumn: 0, valueColumn: 0)
    }
    let queries = noise.plane(tokens, d, scale: 3)
    func run(_ set: KernelSet, _ atOnce: Int) -> Plane {
      let work = AttentionWork(set, rows: atOnce, headSize: d, bf16: bf16)
      let y = Plane(rows: tokens, columns: d)
      for from in stride(from: 0, to: tokens, by: atOnce) {
        let rows = min(atOnce, tokens - from)
        work.start(rows: rows)
        for row in 0..<rows {
          work.load(queries, row: from + row, column: 0, scale: 1, as: row)
          work.limits[row] = UInt32(from + row + 1)
        }
        set.attend(work, rows: rows, cache: cache, segment: 0, head: 0)
        for row in 0..<rows { work.finish(row, into: y, row: from + row, column: 0) }
      }
      return y
    }
    let truth = run(Self.truth(of: kernels), 1)
    let whole = run(kernels, 96)
    // In bf16 a weight may be rounded the other way: 2^−8 of it.
    #expect(difference(whole, truth) < (bf16 ? 4e-3 : 2e-5))
    for atOnce in [1, 5, 31] { #expect(bits(run(kernels, atOnce)) == bits(whole)) }
    // The first token sees itself alone.
    for c in 0..<d { #expect(abs(whole[0, c] - values[0, c]) < (bf16 ? 0x1p-8 : 1e-6)) }
    let last = cache.entry(token: tokens - 1, head: 0)
    #expect(
      last.key
        == (0..<d).map { c in
          let key = keys[tokens - 1, c]
          return bf16 ? Float(bitPattern: UInt32(Conversion.bf16(key)) << 16) : key
        })
  }

  @Test func `quantising keeps the error its bits allow`() {
    var noise = Noise(5)
    let weights = noise.numbers(64 * 512)
    let eight = PackedMatrix(f32: weights.span, outputs: 64, inputs: 512, as: .int8)
    let four = PackedMatrix(f32: weights.span, outputs: 64, inputs: 512, as: .int4)
    // Uniform numbers in −1…1: a step of s leaves s²/12, of a mean square of 1/3.
    #expect(eight.squaredError.squareRoot() < 0.006)
    #expect(four.squaredError.squareRoot() < 0.08)
    #expect(eight.byteCount == 64 * 512 + 64 * 8 * 2)
    #expect(four.byteCount == 64 * 256 + 64 * 16 * 2)
  }

  @Test func `bf16 rounds to the nearest, ties to even`() {
    #expect(Conversion.bf16(1) == 0x3F80)
    #expect(Conversion.bf16(1.00390625) == 0x3F80)
    #expect(Conversion.bf16(1.01171875) == 0x3F82)
    #expect(Conversion.bf16(-2.5) == 0xC020)
    #expect(Conversion.bf16(.infinity) == 0x7F80)
    #expect(Conversion.bf16(.nan) & 0x7FFF > 0x7F80)
    let halves: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x7C00, 0x0400, 0x7BFF]
    #expect(
      Conversion.widen(f16: halves.span) == [1, -2, 0x1p-24, .infinity, 0x1p-14, 65504])
  }

  @Test(arguments: [1, 2, 3, 8])
  func `workers do each piece of work once`(_ threads: Int) {
    let workers = Workers(threads)
    let done = Plane(rows: 1000, columns: 1)
    let slots = Plane(rows: 1000, columns: 1)
    workers.run(1000) { item, slot in
      done[item, 0] += 1
      slots[item, 0] = Float(slot)
    }
    #expect(bits(done) == [Float](repeating: 1, count: 1000))
    #expect(bits(slots).allSatisfy { $0 >= 0 && $0 < Float(threads) })
    workers.run(0) { _, _ in Issue.record("there was no work") }
  }
}
