import DefaultReader
import Foundation
import Inference
import Kernels
import TestSupport
import Testing

/// What a reading promises, whatever the model: bit for bit, not within a tolerance.
@Suite struct SessionTests {
  /// Tokens that depend on nothing but the seed.
  static func text(_ count: Int, seed: UInt64, vocabulary: Int) -> [Int32] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int32((state >> 33) % UInt64(vocabulary))
    }
  }

  static func read(_ engine: Engine, _ text: [Int32], pieces: [Int]) throws -> (
    logits: [Float], states: [[Float]]
  ) {
    var session = engine.session()
    var from = 0
    var turn = 0
    while from < text.count {
      let size = min(pieces[turn % pieces.count], text.count - from)
      try session.advance(by: text[from..<from + size])
      from += size
      turn += 1
    }
    let states = engine.configuration.layers.indices.map { layer in
      session.lightningState(layer: layer) ?? session.keysAndValues(layer: layer)!.values
    }
    return (session.logits, states)
  }

  @Test(
    arguments: Fixture.checkpoints,
    [[1], [7], [64], [63, 65], [255, 1, 257], [128, 3, 1000], [1537]])
  func `reading in pieces of any size leaves the bits of one reading`(
    _ fixture: String, _ pieces: [Int]
  ) throws {
    let engine = try Engine(folder: Fixture.folder(fixture), threads: 1)
    let text = Self.text(
      pieces == [1] ? 300 : 1700, seed: 11, vocabulary: engine.configuration.vocabularySize)
    let whole = try Self.read(engine, text, pieces: [text.count])
    let parts = try Self.read(engine, text, pieces: pieces)
    #expect(whole.logits == parts.logits)
    #expect(whole.states == parts.states)
    #expect(!whole.logits.isEmpty)
  }

  @Test(arguments: Fixture.checkpoints)
  func `two threads leave the bits of one`(_ fixture: String) throws {
    let one = try Engine(folder: Fixture.folder(fixture), threads: 1)
    let two = try Engine(folder: Fixture.folder(fixture), threads: 2)
    let text = Self.text(1100, seed: 5, vocabulary: one.configuration.vocabularySize)
    let first = try Self.read(one, text, pieces: [1000, 1, 1])
    let second = try Self.read(two, text, pieces: [1000, 1, 1])
    #expect(first.logits == second.logits)
    #expect(first.states == second.states)
  }

  @Test func `sessions side by side read as each alone`() async throws {
    let engine = try Engine(folder: Fixture.folder("tiny-m1-odd"), threads: 2)
    let texts = (0..<6).map {
      Self.text(400 + 37 * $0, seed: UInt64($0), vocabulary: engine.configuration.vocabularySize)
    }
    var alone: [[Float]] = []
    for text in texts { alone.append(try Self.read(engine, text, pieces: [100]).logits) }
    let together = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
      for (index, text) in texts.enumerated() {
        group.addTask { (index, try Self.read(engine, text, pieces: [100]).logits) }
      }
      var found = [[Float]](repeating: [], count: texts.count)
      for try await (index, logits) in group { found[index] = logits }
      return found
    }
    #expect(alone == together)
  }

  @Test(arguments: Fixture.checkpoints, [WeightFormat.asStored, .bf16, .int8])
  func `sessions that write together write as each alone`(
    _ fixture: String, _ weights: WeightFormat
  ) throws {
    for threads in [1, 2] {
      let engine = try Engine(folder: Fixture.folder(fixture), weights: weights, threads: threads)
      let vocabulary = engine.configuration.vocabularySize
      let texts = (0..<5).map {
        Self.text(20 + 61 * $0, seed: UInt64($0 + 1), vocabulary: vocabulary)
      }
      var alone: [[Float]] = []
      for text in texts { alone.append(try Self.read(engine, text, pieces: [text.count]).logits) }
      // Each joins when it has read its text but for the last tokens, so that they step together at
      // different depths; the third leaves early and goes on alone.
      var batch = try Batch(engine, capacity: 5)
      for (index, text) in texts.enumerated() {
        var session = engine.session()
        try session.advance(by: text[..<(text.count - 9)])
        let seat = batch.join(session)
        #expect(seat == index)
      }
      #expect(batch.free == 0)
      for step in 0..<9 {
        if step == 4 {
          var session = batch.leave(2)
          try session.advance(by: texts[2][session.position...])
          let logits = session.logits
          #expect(logits == alone[2])
        }
        let seats = step < 4 ? [4, 0, 2, 1, 3] : [3, 1, 0, 4]
        try batch.step(seats.map { ($0, texts[$0][texts[$0].count - 9 + step]) })
      }
      for seat in [0, 1, 3, 4] {
        var logits: [Float] = []
        batch.withLogits(of: seat) { for index in 0..<$0.count { logits.append($0[index]) } }
        #expect(logits == alone[seat])
        let tokens = batch.tokens(of: seat)
        #expect(tokens == texts[seat])
      }
    }
  }

  /// Every third panel of the head, and what is left of it when all the others are asked for afterwards.
  @Test(arguments: Fixture.checkpoints, WeightFormat.allCases)
  func `logits have the same bits, however few of them are wanted`(
    _ fixture: String, _ weights: WeightFormat
  ) throws {
    for threads in [1, 2] {
      let engine = try Engine(folder: Fixture.folder(fixture), weights: weights, threads: threads)
      let vocabulary = engine.configuration.vocabularySize
      let text = Self.text(40, seed: 8, vocabulary: vocabulary)
      let whole = try Self.read(engine, text, pieces: [40]).logits
      // A panel is 16 ids; one at least, and not so many that all are computed.
      let ids = stride(from: vocabulary - 1, to: 0, by: -max(137, vocabulary / 7)).map { $0 }
      var mask = [UInt64](repeating: 0, count: (vocabulary + 63) / 64)
      for id in ids { mask[id / 64] |= 1 << UInt64(id % 64) }
      let wanted = WantedLogits(mask: mask)
      #expect(wanted != .all || vocabulary < 128)

      var session = engine.session()
      try session.advance(by: text[..<39])
      var other = session.fork()
      var batch = try Batch(engine, capacity: 3)
      for _ in 0..<3 { _ = batch.join(session.fork()) }
      try session.advance(by: text[39], wanting: wanted)
      try other.advance(by: text[39], wanting: .none)
      try batch.step(
        [(seat: 1, token: text[39]), (0, text[39]), (2, text[39])],
        wanting: [wanted, .all, .none])
      for id in ids {
        #expect(session.withLogits { $0[id] } == whole[id])
        #expect(batch.withLogits(of: 1) { $0[id] } == whole[id])
        #expect(batch.withLogits(of: 0) { $0[id] } == whole[id])
      }
      // What was not wanted is made when it is asked for.
      let logits = [session.logits, other.logits, session.fork().logits]
      #expect(logits.allSatisfy { $0 == whole })
      for seat in 0..<3 {
        let left = batch.leave(seat).logits
        #expect(left == whole)
      }
    }
  }

  @Test(arguments: Fixture.checkpoints, [1, 64, 333, 1100])
  func `a restored session goes on as if unbroken`(_ fixture: String, _ at: Int) throws {
    let engine = try Engine(folder: Fixture.folder(fixture), threads: 1)
    let text = Self.text(1300, seed: 3, vocabulary: engine.configuration.vocabularySize)
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("reading.snapshot")
    var session = engine.session()
    try session.advance(by: text[..<at])
    try session.save(to: file)
    var restored = try engine.session(restoring: file)
    let restoredLogits = restored.logits
    #expect(restoredLogits == session.logits)
    try session.advance(to: text)
    try restored.advance(to: text)
    let logits = session.logits
    #expect(restored.logits == logits)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(left == ["reading.snapshot"])
  }

  @Test func `a damaged snapshot is refused, wherever the damage is`() throws {
    let engine = try Engine(folder: Fixture.folder("tiny-m1-odd"), threads: 1)
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("reading.snapshot")
    var session = engine.session()
    try session.advance(by: Self.text(70, seed: 1, vocabulary: 384))
    try session.save(to: file)
    let whole = try Data(contentsOf: file)
    var refused = 0
    for place in stride(from: 0, to: whole.count, by: whole.count / 40) {
      var bytes = whole
      bytes[place] ^= 0x10
      try bytes.write(to: file)
      #expect(throws: InferenceError.self) { _ = try engine.session(restoring: file).position }
      refused += 1
    }
    for length in [0, 5, 100, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: file)
      #expect(throws: InferenceError.self) { _ = try engine.session(restoring: file).position }
    }
    #expect(refused >= 40)
    let other = try Engine(folder: Fixture.folder("tiny-minimax-m1"), threads: 1)
    try whole.write(to: file)
    let error = #expect(throws: InferenceError.self) {
      _ = try other.session(restoring: file).position
    }
    #expect(error?.code == .snapshot)
  }

  @Test func `a prompt that differs from what was read is read from its start`() throws {
    let engine = try Engine(folder: Fixture.folder("tiny-m1-odd"), threads: 1)
    let first = Self.text(100, seed: 1, vocabulary: 384)
    let second = Array(first[..<50]) + Self.text(60, seed: 2, vocabulary: 384)
    var session = engine.session()
    try session.advance(to: first)
    try session.advance(to: second)
    let logits = session.logits
    #expect(session.position == 110)
    #expect(try Self.read(engine, second, pieces: [110]).logits == logits)
  }

  @Test func `a token outside the vocabulary is refused and changes nothing`() throws {
    let engine = try Engine(folder: Fixture.folder("tiny-m1-odd"), threads: 1)
    var session = engine.session()
    try session.advance(by: [1, 2, 3])
    let before = session.logits
    var codes: [InferenceError.Code] = []
    for wrong: Int32 in [-1, 384, .max] {
      do throws(InferenceError) { try session.advance(by: [5, wrong]) } catch {
        codes.append(error.code)
      }
    }
    #expect(codes == [.request, .request, .request])
    #expect(session.position == 3)
    #expect(session.logits == before)
  }
}

@Suite struct TaggingTests {
  @Test(arguments: [1, 8, 9, 33, 1536, 1537, 1570, 3200])
  func `tagging gives every token one row, however long the text`(_ length: Int) throws {
    let engine = try Engine(folder: DefaultReader.folder, threads: 2)
    let text = SessionTests.text(length, seed: 4, vocabulary: 16384)
    let logits = try engine.tag(text)
    #expect(logits.count == length * 51)
    // What a text begins with is marked the same in a longer one, up to the look ahead.
    let more = try engine.tag(text + SessionTests.text(40, seed: 9, vocabulary: 16384))
    let settled = max(length - 32, 0) * 51
    #expect(Array(logits[..<settled]) == Array(more[..<settled]))
  }

  @Test func `an empty text has no rows`() throws {
    let engine = try Engine(folder: DefaultReader.folder, threads: 1)
    #expect(try engine.tag([]) == [])
  }

  @Test func `a tagging that was stopped goes on from its snapshot to the same bits`() throws {
    let engine = try Engine(folder: DefaultReader.folder, threads: 2)
    let text = SessionTests.text(6000, seed: 8, vocabulary: 16384)
    let whole = try engine.tag(text)
    let folder = try TemporaryFolder()
    let plan = SnapshotPlan(file: folder.url.appendingPathComponent("a.snapshot"), interval: 2000)
    var asked = 0
    let error = #expect(throws: InferenceError.self) {
      _ = try engine.tag(
        text, snapshots: plan,
        shouldStop: {
          asked += 1; return asked == 3
        })
    }
    #expect(error?.code == .stopped)
    var steps: [Int] = []
    let rest = try engine.tag(text, snapshots: plan, progress: { steps.append($0) })
    #expect(rest == whole)
    #expect(steps.first == 4608)
    #expect(!FileManager.default.fileExists(atPath: plan.file.path))
  }

  @Test func `a snapshot of another text, or a damaged one, costs time and not the result`() throws
  {
    let engine = try Engine(folder: DefaultReader.folder, threads: 2)
    let folder = try TemporaryFolder()
    let plan = SnapshotPlan(file: folder.url.appendingPathComponent("a.snapshot"), interval: 1000)
    let first = SessionTests.text(4000, seed: 1, vocabulary: 16384)
    let second = SessionTests.text(4000, seed: 2, vocabulary: 16384)
    var asked = 0
    _ = try? engine.tag(
      first, snapshots: plan,
      shouldStop: {
        asked += 1; return asked == 2
      })
    #expect(FileManager.default.fileExists(atPath: plan.file.path))
    #expect(try engine.tag(second, snapshots: plan) == engine.tag(second))
    try Data("docksnap and no more".utf8).write(to: plan.file)
    #expect(try engine.tag(second, snapshots: plan) == engine.tag(second))
  }

  @Test func `a checkpoint that writes does not tag`() throws {
    let engine = try Engine(folder: Fixture.folder("tiny-m1-odd"), threads: 1)
    #expect(engine.writes && !engine.tags)
    #expect(throws: InferenceError.self) { try engine.tag([1, 2]) }
  }
}
