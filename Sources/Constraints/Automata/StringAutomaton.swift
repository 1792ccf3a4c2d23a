import JSON

/// Makes the automaton of a string with patterns, excluded texts or, with those, a length.
///
/// Escapes are those that JSON needs and the short ones: a scalar that can stand for itself is not
/// written as `\u…`.
final class StringAutomaton {
  private enum Part: Hashable {
    case open, content, closed, escape
    /// In a scalar of a known class: bytes to come, and what the next of them may be.
    case rest(Int, ClosedRange<UInt8>, class: Int32)
    /// In a scalar: its bits so far.
    case bits(UInt32, Int, ClosedRange<UInt8>)
    /// After `\u`, `\u0`, `\u00`, and a digit after that.
    case hex(Int, UInt32)
  }

  private struct State: Hashable {
    var part: Part
    /// One a pattern.
    var patterns: [Int32]
    /// Node of the excluded texts' trie, −1 beside it.
    var excluded: Int32
    var count: Int32
  }

  private let shape: StringShape
  private let partition: ScalarPartition
  private let patterns: [(automaton: PatternAutomaton, isWanted: Bool)]
  private var trie: [[UInt32: Int32]] = [[:]]
  private var ends: Set<Int32> = []
  private let mostCount: Int32?
  private let leastCount: Int32

  init(_ shape: StringShape) {
    self.shape = shape
    var sets: [ScalarSet] = []
    var patterns: [(automaton: PatternAutomaton, isWanted: Bool)] = []
    for (texts, isWanted) in [(shape.patterns, true), (shape.refusedPatterns, false)] {
      for text in texts.sorted() {
        // It was compiled before, as a part of the schema.
        guard let pattern = try? RegularExpression(text) else { continue }
        patterns.append((PatternAutomaton(pattern), isWanted))
        for case .scalar(let set) in pattern.steps { sets.append(set) }
        sets.append(.word)
      }
    }
    for text in shape.excluded {
      for scalar in text.unicodeScalars {
        sets.append(ScalarSet.single(scalar.value))
      }
    }
    partition = ScalarPartition(Array(Set(sets)))
    self.patterns = patterns
    leastCount = Int32(clamping: shape.least)
    mostCount = shape.most.map { Int32(clamping: $0) }
    for text in shape.excluded {
      var node: Int32 = 0
      for scalar in text.unicodeScalars {
        if let known = trie[Int(node)][scalar.value] {
          node = known
        } else {
          let new = Int32(trie.count)
          trie[Int(node)][scalar.value] = new
          trie.append([:])
          node = new
        }
      }
      ends.insert(node)
    }
  }

  func build() throws(ByteAutomaton.TooManyStates) -> ByteAutomaton? {
    let start = State(
      part: .open, patterns: patterns.map { _ in 0 }, excluded: shape.excluded.isEmpty ? -1 : 0,
      count: 0)
    return try ByteAutomaton(
      start: start, bytes: ByteAutomaton.allBytes, accepts: { $0.part == .closed },
      step: { self.step($0, $1) })
  }

  private func canClose(_ state: State) -> Bool {
    guard state.count >= leastCount, !ends.contains(state.excluded) else { return false }
    for (index, pattern) in patterns.enumerated()
    where pattern.automaton.matches(state.patterns[index]) != pattern.isWanted {
      return false
    }
    return true
  }

  /// After a scalar, of which only the class need be known; where single ones matter they are classes.
  private func take(_ scalarClass: Int32, _ state: State) -> State? {
    var state = state
    state.part = .content
    let example = partition.examples[Int(scalarClass)]
    for index in patterns.indices {
      state.patterns[index] = patterns[index].automaton.step(
        state.patterns[index], class: scalarClass, example: example)
    }
    if state.excluded >= 0 { state.excluded = trie[Int(state.excluded)][example.value] ?? -1 }
    if let mostCount {
      guard state.count < mostCount else { return nil }
      state.count += 1
    } else if state.count < leastCount {
      state.count += 1
    }
    return state
  }

  private func take(scalar value: UInt32, _ state: State) -> State? {
    take(partition.of(value), state)
  }

  private func lead(_ bits: UInt32, _ count: Int, _ range: ClosedRange<UInt8>, _ state: State)
    -> State?
  {
    var state = state
    let shift = UInt32(6 * (count - 1))
    let low = (bits << 6 | UInt32(range.lowerBound & 0x3F)) << shift
    let high = (bits << 6 | UInt32(range.upperBound & 0x3F)) << shift | (1 << shift - 1)
    if let scalarClass = partition.only(low...high) {
      state.part = .rest(count, range, class: scalarClass)
    } else {
      state.part = .bits(bits, count, range)
    }
    return state
  }

  private func step(_ state: State, _ byte: UInt8) -> State? {
    let continuation: ClosedRange<UInt8> = 0x80...0xBF
    var next = state
    switch state.part {
    case .closed: return nil
    case .open:
      next.part = .content
      return byte == 0x22 ? next : nil
    case .content:
      switch byte {
      case 0x22:
        guard canClose(state) else { return nil }
        return State(part: .closed, patterns: [], excluded: -1, count: 0)
      case 0x5C:
        next.part = .escape
        return next
      case 0x20...0x7F: return take(scalar: UInt32(byte), state)
      case 0xC2...0xDF: return lead(UInt32(byte & 0x1F), 1, continuation, state)
      case 0xE0: return lead(0, 2, 0xA0...0xBF, state)
      case 0xED: return lead(0xD, 2, 0x80...0x9F, state)
      case 0xE1...0xEF: return lead(UInt32(byte & 0xF), 2, continuation, state)
      case 0xF0: return lead(0, 3, 0x90...0xBF, state)
      case 0xF1...0xF3: return lead(UInt32(byte & 7), 3, continuation, state)
      case 0xF4: return lead(4, 3, 0x80...0x8F, state)
      default: return nil
      }
    case .rest(let count, let range, let scalarClass):
      guard range.contains(byte) else { return nil }
      if count == 1 { return take(scalarClass, state) }
      next.part = .rest(count - 1, continuation, class: scalarClass)
      return next
    case .bits(let bits, let count, let range):
      guard range.contains(byte) else { return nil }
      let bits = bits << 6 | UInt32(byte & 0x3F)
      return count == 1 ? take(scalar: bits, state) : lead(bits, count - 1, continuation, state)
    case .escape:
      switch byte {
      case 0x22, 0x5C, 0x2F: return take(scalar: UInt32(byte), state)
      case UInt8(ascii: "b"): return take(scalar: 8, state)
      case UInt8(ascii: "f"): return take(scalar: 12, state)
      case UInt8(ascii: "n"): return take(scalar: 10, state)
      case UInt8(ascii: "r"): return take(scalar: 13, state)
      case UInt8(ascii: "t"): return take(scalar: 9, state)
      case UInt8(ascii: "u"):
        next.part = .hex(0, 0)
        return next
      default: return nil
      }
    case .hex(let count, let value):
      guard FreeString.isHex(byte) else { return nil }
      let digit = UInt32(byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x61 + 10)
      if count < 2 { guard digit == 0 else { return nil } }
      if count == 2 { guard digit < 2 else { return nil } }
      if count == 3 { return take(scalar: value << 4 | digit, state) }
      next.part = .hex(count + 1, value << 4 | digit)
      return next
    }
  }
}

extension ScalarSet {
  static func single(_ value: UInt32) -> ScalarSet {
    var set = ScalarSet.word
    set.ranges = [value...value]
    return set
  }
}
