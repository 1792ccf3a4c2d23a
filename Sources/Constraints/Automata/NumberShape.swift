import JSON

/// Which numbers are meant.
struct NumberShape: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case any, whole
    /// With a fraction that is not 0.
    case fractional
  }

  struct Limit: Hashable, Sendable {
    var value: JSONValue
    var isIncluded: Bool
  }

  var kind = Kind.any
  var lowers: Set<Limit> = []
  var uppers: Set<Limit> = []
  var multiples: Set<JSONValue> = []
  var refusedMultiples: Set<JSONValue> = []

  var isFree: Bool {
    lowers.isEmpty && uppers.isEmpty && multiples.isEmpty && refusedMultiples.isEmpty
  }

  func allows(_ value: JSONValue) -> Bool {
    switch kind {
    case .any: break
    case .whole: if !SchemaNumber.isInteger(value) { return false }
    case .fractional: if SchemaNumber.isInteger(value) { return false }
    }
    for limit in lowers {
      guard let order = SchemaNumber.compare(value, limit.value), order != .ascending,
        limit.isIncluded || order != .same
      else { return false }
    }
    for limit in uppers {
      guard let order = SchemaNumber.compare(value, limit.value), order != .descending,
        limit.isIncluded || order != .same
      else { return false }
    }
    return multiples.allSatisfy { SchemaNumber.isMultiple(value, of: $0) == true }
      && refusedMultiples.allSatisfy { SchemaNumber.isMultiple(value, of: $0) == false }
  }

  /// The automaton of the numbers; nil when there are none. At most 15 digits, so that a number means
  /// the same to readers that keep doubles; an exponent only where there is no condition.
  func automaton() throws(ByteAutomaton.TooManyStates) -> ByteAutomaton? {
    if isFree { return try free() }
    do {
      if let automaton = try NumberAutomaton(self)?.build() { return automaton }
    } catch {}
    // Remainders of large divisors have too many states, and limits more digits than are written: then
    // some numbers that fit, one by one.
    return try ByteAutomaton.constants(samples().map { Array($0.text().utf8) })
  }

  private func free() throws(ByteAutomaton.TooManyStates) -> ByteAutomaton? {
    struct State: Hashable {
      enum Part { case start, sign, zero, whole, point, fraction, e, exponentSign, exponent }
      var part = Part.start
      var digits = 0
      /// Whether a fraction that must not be 0 still is.
      var needsDigit: Bool
    }
    let kind = kind
    return try ByteAutomaton(
      start: State(needsDigit: kind == .fractional), bytes: Array("-+.eE0123456789".utf8),
      accepts: { state in
        switch state.part {
        case .zero, .whole: kind != .fractional
        case .fraction: !state.needsDigit
        case .exponent: true
        default: false
        }
      },
      step: { (state, byte) -> State? in
        var next = state
        let isDigit = (0x30...0x39).contains(byte)
        switch state.part {
        case .start where byte == UInt8(ascii: "-"): next.part = .sign
        case .start, .sign:
          guard isDigit else { return nil }
          // No −0.
          if byte == 0x30, state.part == .sign, kind == .whole { return nil }
          next.part = byte == 0x30 ? .zero : .whole
          next.digits = 1
        case .whole where isDigit:
          guard state.digits < 15 else { return nil }
          next.digits += 1
        case .zero, .whole:
          guard kind != .whole else { return nil }
          if byte == UInt8(ascii: ".") {
            next.part = .point
          } else if byte | 0x20 == UInt8(ascii: "e"), kind == .any, byte > 0x40 {
            next.part = .e
          } else {
            return nil
          }
          next.digits = 0
        case .point, .fraction:
          if isDigit {
            guard state.digits < 15 else { return nil }
            next.part = .fraction
            next.digits += 1
            if byte != 0x30 { next.needsDigit = false }
          } else if byte > 0x40, state.part == .fraction, kind == .any {
            next.part = .e
            next.digits = 0
          } else {
            return nil
          }
        case .e where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"):
          next.part = .exponentSign
        case .e, .exponentSign, .exponent:
          guard isDigit, state.digits < 2 else { return nil }
          next.part = .exponent
          next.digits += 1
        }
        return next
      })
  }

  /// Up to 64 numbers that fit: those next to the limits and the smallest multiples.
  private func samples() -> [JSONValue] {
    var candidates: [JSONValue] = [0, 1, -1, .number(0.5), .number(-0.5)]
    for limit in lowers.union(uppers) {
      candidates.append(limit.value)
      if let integer = limit.value.integer, abs(integer) < 1 << 52 {
        candidates += [.integer(integer + 1), .integer(integer - 1)]
      } else if let number = limit.value.double, number.isFinite {
        candidates += [
          .number(number * 2), .number(number / 2), .number(number.rounded(.up)),
          .number(number.rounded(.down)),
        ]
      }
    }
    for divisor in multiples {
      guard let step = divisor.double else { continue }
      for factor in -200...200 {
        if case .integer(let integer) = divisor {
          let (product, overflow) = integer.multipliedReportingOverflow(by: factor)
          if !overflow { candidates.append(.integer(product)) }
        } else {
          candidates.append(Self.normal(step * Double(factor)))
        }
      }
      for limit in lowers.union(uppers) {
        guard let value = limit.value.double, abs(value / step) < 1e15 else { continue }
        for offset in -2...2 {
          candidates.append(Self.normal(((value / step).rounded() + Double(offset)) * step))
        }
        candidates.append(Self.normal((value / step).rounded() * step))
      }
    }
    var seen: Set<String> = []
    return candidates.map { value in
      if case .number(let number) = value { Self.normal(number) } else { value }
    }.filter { allows($0) && seen.insert($0.text()).inserted }.prefix(64).map { $0 }
  }

  private static func normal(_ number: Double) -> JSONValue {
    if let integer = Int(exactly: number), abs(integer) < 1 << 53 { return .integer(integer) }
    return .number(number)
  }
}
