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

/// Numbers between limits, or with conditions on multiples: compared and divided digit by digit.
private struct NumberAutomaton {
  /// A limit on the magnitude, as the digits it is written with.
  struct Bound {
    var whole: [UInt8]
    var fraction: [UInt8]
    var isIncluded: Bool
    var isZero: Bool { whole.allSatisfy { $0 == 0 } && fraction.allSatisfy { $0 == 0 } }

    init?(_ limit: NumberShape.Limit) {
      guard let decimal = SchemaNumber.Decimal(limit.value) else { return nil }
      var digits = String(decimal.digits).utf8.map { $0 - 0x30 }
      var places = -decimal.exponent
      if places < 0 {
        guard places > -400 else { return nil }
        digits += Array(repeating: 0, count: -places)
        places = 0
      }
      guard places < 400 else { return nil }
      if digits.count <= places {
        digits = Array(repeating: 0, count: places - digits.count + 1) + digits
      }
      whole = Array(digits[..<(digits.count - places)])
      fraction = Array(digits[(digits.count - places)...])
      while fraction.last == 0 { fraction.removeLast() }
      isIncluded = limit.isIncluded
    }
  }

  struct State: Hashable {
    enum Part: Hashable { case start, sign, whole, point, fraction }
    var part = Part.start
    var isNegative = false
    /// Digits so far of the part.
    var digits = 0
    var wholeDigits = 0
    /// Below, at or above each bound, judged by the digits so far: [bounds of this sign].
    var orders: [Int8] = []
    var remainders: [UInt64] = []
    var isZero = true
    var hasFraction = false
  }

  private let shape: NumberShape
  private let lowers: [NumberShape.Limit]
  private let uppers: [NumberShape.Limit]
  private var divisors: [(SchemaNumber.Decimal, isWanted: Bool)] = []
  private let places: Int

  init?(_ shape: NumberShape) {
    self.shape = shape
    lowers = Array(shape.lowers)
    uppers = Array(shape.uppers)
    for (values, isWanted) in [(shape.multiples, true), (shape.refusedMultiples, false)] {
      for value in values {
        guard let divisor = SchemaNumber.Decimal(value) else { return nil }
        var whole = divisor
        while whole.exponent > 0 {
          let (next, overflow) = whole.digits.multipliedReportingOverflow(by: 10)
          if overflow { return nil }
          whole.digits = next
          whole.exponent -= 1
        }
        guard whole.digits < 1 << 40, whole.exponent > -15 else { return nil }
        divisors.append((whole, isWanted))
      }
    }
    places = divisors.isEmpty ? 15 : (divisors.map { -$0.0.exponent }.min() ?? 0)
  }

  private func isNegative(_ value: JSONValue) -> Bool {
    SchemaNumber.compare(value, .integer(0)) == .ascending
  }

  /// Bounds of the magnitude with a sign: those it must not be below, then those it must not be above. Nil
  /// when no magnitude fits.
  private func bounds(negative: Bool) -> (least: [Bound], most: [Bound])? {
    var least: [Bound] = []
    var most: [Bound] = []
    for limit in negative ? uppers : lowers {
      // Of a limit on the other side of 0 all of this side is clear.
      if isNegative(limit.value) != negative { continue }
      guard let bound = Bound(limit) else { return nil }
      least.append(bound)
    }
    for limit in negative ? lowers : uppers {
      if isNegative(limit.value) != negative { return nil }
      guard let bound = Bound(limit) else { return nil }
      most.append(bound)
    }
    return (least, most)
  }

  func build() throws(ByteAutomaton.TooManyStates) -> ByteAutomaton? {
    let positive = bounds(negative: false)
    let negative = bounds(negative: true)
    let bytes = Array("-.0123456789".utf8)
    return try ByteAutomaton(
      start: State(), bytes: bytes,
      accepts: { state in
        guard let bounds = state.isNegative ? negative : positive else { return false }
        return accepts(state, bounds.least, bounds.most)
      },
      step: { (state, byte) -> State? in
        if state.part == .start, byte == UInt8(ascii: "-") {
          guard negative != nil else { return nil }
          var next = state
          next.part = .sign
          next.isNegative = true
          return next
        }
        guard let bounds = state.isNegative ? negative : positive else { return nil }
        return step(state, byte, bounds.least + bounds.most, leastCount: bounds.least.count)
      })
  }

  private func step(_ state: State, _ byte: UInt8, _ bounds: [Bound], leastCount: Int) -> State? {
    var next = state
    if byte == UInt8(ascii: ".") {
      guard state.part == .whole, shape.kind != .whole, places > 0 else { return nil }
      next.part = .point
      next.wholeDigits = state.digits
      next.digits = 0
      for (index, bound) in bounds.enumerated() where state.digits < bound.whole.count {
        next.orders[index] = -1
      }
      return next
    }
    guard (0x30...0x39).contains(byte) else { return nil }
    let digit = byte - 0x30
    switch state.part {
    case .start, .sign:
      next.part = .whole
      next.orders = Array(repeating: 0, count: bounds.count)
      next.remainders = Array(repeating: 0, count: divisors.count)
    case .whole: if state.isZero { return nil }
    case .point: next.part = .fraction
    case .fraction: break
    }
    let total = (next.part == .fraction ? state.wholeDigits : 0) + state.digits
    guard total < 15, next.part != .fraction || state.digits < places else { return nil }
    for (index, bound) in bounds.enumerated() where next.orders[index] == 0 {
      if next.part == .whole {
        if state.digits >= bound.whole.count {
          next.orders[index] = 1
        } else if digit != bound.whole[state.digits] {
          next.orders[index] = digit < bound.whole[state.digits] ? -1 : 1
        }
      } else {
        let wanted = state.digits < bound.fraction.count ? bound.fraction[state.digits] : 0
        if digit != wanted { next.orders[index] = digit < wanted ? -1 : 1 }
      }
    }
    if next.part == .whole {
      // More digits than the bound has: larger, whatever the first ones said.
      for (index, bound) in bounds.enumerated() where state.digits + 1 > bound.whole.count {
        next.orders[index] = 1
      }
    } else {
      for index in leastCount..<bounds.count where next.orders[index] == 1 { return nil }
    }
    for index in divisors.indices {
      next.remainders[index] =
        (next.remainders[index] * 10 + UInt64(digit)) % divisors[index].0.digits
    }
    next.digits = state.digits + 1
    if digit != 0 {
      next.isZero = false
      if next.part == .fraction { next.hasFraction = true }
    }
    return next
  }

  private func accepts(_ state: State, _ least: [Bound], _ most: [Bound]) -> Bool {
    guard state.part == .whole || state.part == .fraction else { return false }
    // No −0.
    if state.isNegative, state.isZero { return false }
    if shape.kind == .fractional, !state.hasFraction { return false }
    for (index, bound) in (least + most).enumerated() {
      var order = state.orders[index]
      if state.part == .whole, state.digits < bound.whole.count { order = -1 }
      if order == 0 {
        let done = state.part == .fraction ? state.digits : 0
        if bound.fraction.dropFirst(done).contains(where: { $0 != 0 }) { order = -1 }
      }
      if order == 0 {
        if !bound.isIncluded { return false }
      } else if (index < least.count) != (order == 1) {
        return false
      }
    }
    let digits = state.part == .fraction ? state.digits : 0
    for (index, (divisor, isWanted)) in divisors.enumerated() {
      var remainder = state.remainders[index]
      for _ in 0..<max(0, -divisor.exponent - digits) {
        remainder = remainder * 10 % divisor.digits
      }
      if (remainder == 0) != isWanted { return false }
    }
    return true
  }
}
