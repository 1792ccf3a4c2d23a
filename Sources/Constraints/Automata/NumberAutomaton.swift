import JSON

/// Numbers between limits, or with conditions on multiples: compared and divided digit by digit.
struct NumberAutomaton {
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
