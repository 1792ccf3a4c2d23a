import Kernels

/// Several readings of one engine that write together.
///
/// A step passes one token of each through the layers at once: the weights are read once for all of them,
/// and the tokens that meet an expert meet it together. Each reading's results are those, bit for bit, it
/// would have alone.
///
/// A reading is a `Session` that joined; it sits at a number in 0 ..< `capacity` until it leaves.
package struct Batch: ~Copyable {
  package let engine: Engine
  /// Most readings at a time.
  package let capacity: Int
  private var seats: [Reading?]
  private let work: Workspace
  /// [capacity, vocabulary]: logits of the last step's readings, and of each seat.
  private let output: Plane
  private let kept: Plane
  /// [capacity, hidden]: what the head makes a seat's logits of, where it was not asked for all of them.
  private let normed: Plane

  private struct Reading {
    let memory: Memory
    var tokens: [Int32]
    /// Whether all of its logits are known.
    var isWhole = true
  }

  /// - Throws: for a checkpoint that does not write.
  package init(_ engine: Engine, capacity: Int) throws(InferenceError) {
    precondition(capacity > 0, "a batch has at least one seat")
    guard engine.writes else {
      throw InferenceError(
        .request, "This checkpoint marks spans and does not write, so there is nothing to decode.")
    }
    self.engine = engine
    self.capacity = capacity
    seats = [Reading?](repeating: nil, count: capacity)
    work = engine.workspace(rows: capacity)
    output = Plane(rows: capacity, columns: engine.head.outputs)
    kept = Plane(rows: capacity, columns: engine.head.outputs)
    normed = Plane(rows: capacity, columns: engine.configuration.hiddenSize)
  }

  /// How many seats are free.
  package var free: Int { seats.count { $0 == nil } }

  /// Takes over a session, with what it has read and its logits; nil when all seats are taken.
  ///
  /// The session should have read something: a seat's first step is chosen from its logits.
  package mutating func join(_ session: consuming Session) -> Int? {
    precondition(session.engine === engine, "the session belongs to another engine")
    guard let seat = seats.firstIndex(where: { $0 == nil }) else { return nil }
    seats[seat] = Reading(memory: session.memory, tokens: session.tokens)
    let logits = session.logits
    kept.withMutableRow(seat) { row in
      for column in 0..<row.count { row[column] = column < logits.count ? logits[column] : 0 }
    }
    return seat
  }

  /// Frees a seat and gives the reading back, to go on alone.
  package mutating func leave(_ seat: Int) -> Session {
    let reading = reading(seat)
    seats[seat] = nil
    var logits = kept
    if !reading.isWhole {
      logits = Plane(rows: 1, columns: kept.columns)
      engine.product(of: normed, rows: seat..<seat + 1, into: logits, scratch: work.quantized)
    }
    let row = reading.isWhole ? seat : 0
    return Session(
      engine, memory: reading.memory, tokens: reading.tokens,
      logits: logits.copy(rows: row..<row + 1))
  }

  /// Frees a seat and forgets its reading.
  package mutating func drop(_ seat: Int) {
    _ = reading(seat)
    seats[seat] = nil
  }

  /// Reads one token at each of some seats, in one pass.
  ///
  /// - Parameters:
  ///   - next: a token for each seat that takes part; a seat at most once.
  ///   - wanted: which logits are needed after each of them; all, where nothing is said.
  /// - Throws: before anything is read, for a token outside the vocabulary or a text at the model's limit;
  ///   after, when a logit is not a number.
  package mutating func step(
    _ next: [(seat: Int, token: Int32)], wanting wanted: [WantedLogits] = []
  ) throws(InferenceError) {
    guard !next.isEmpty else { return }
    precondition(wanted.isEmpty || wanted.count == next.count, "what is wanted, for each token")
    var taken = Set<Int>()
    for (seat, token) in next {
      precondition(taken.insert(seat).inserted, "seat \(seat) takes part twice")
      try engine.check([token], at: reading(seat).tokens.count)
    }
    // Those that want all logits first: the head's weights pass by once for all of them.
    let ranges = next.indices.map { wanted.isEmpty ? nil : wanted[$0].ranges }
    let order =
      next.indices.filter { ranges[$0] == nil } + next.indices.filter { ranges[$0] != nil }
    let whole = order.count { ranges[$0] == nil }
    let runs = order.enumerated().map { row, index in
      let reading = reading(next[index].seat)
      return Run(memory: reading.memory, position: reading.tokens.count, rows: row..<row + 1)
    }
    engine.model.read(order.map { next[$0].token }[...], runs: runs, work: work, trace: nil)
    var finite = true
    let kernels = engine.model.kernels
    if whole > 0 {
      engine.product(of: work.normed, rows: 0..<whole, into: output, scratch: work.quantized)
    }
    for (row, index) in order.enumerated() {
      let (seat, token) = next[index]
      seats[seat]!.tokens.append(token)
      seats[seat]!.isWhole = row < whole
      if let ranges = ranges[index] {
        kernels.copy(work.normed, row: row, width: normed.columns, to: normed, row: seat)
        finite =
          engine.product(
            of: work.normed, row: row, ranges, into: kept, yRow: seat, scratch: work.quantized)
          && finite
      } else {
        kernels.copy(output, row: row, width: output.columns, to: kept, row: seat)
        finite = finite && output.withRow(row) { Conversion.notFinite($0) == 0 }
      }
    }
    guard finite else {
      throw InferenceError(
        .tensor, "The model's output is not a number; the checkpoint is damaged.")
    }
  }

  /// Lends the logits after a seat's last token: [vocabulary]. Those that were not wanted are of no meaning.
  package func withLogits<Result>(of seat: Int, _ body: (Span<Float>) -> Result) -> Result {
    _ = reading(seat)
    return kept.withRow(seat, body)
  }

  /// All tokens a seat's reading has read.
  package func tokens(of seat: Int) -> [Int32] { reading(seat).tokens }

  private func reading(_ seat: Int) -> Reading {
    guard let reading = seats[seat] else { preconditionFailure("nobody sits at seat \(seat)") }
    return reading
  }
}
