/// Exact arithmetic on JSON numbers, whichever of the two cases they are.
package enum SchemaNumber {
  package enum Order { case ascending, same, descending }

  /// How two numbers stand to each other; nil when one is none.
  package static func compare(_ first: JSONValue, _ second: JSONValue) -> Order? {
    switch (first, second) {
    case (.integer(let a), .integer(let b)):
      return a < b ? .ascending : a == b ? .same : .descending
    case (.number(let a), .number(let b)):
      return a < b ? .ascending : a == b ? .same : a > b ? .descending : nil
    case (.integer(let a), .number(let b)): return compare(a, b)
    case (.number(let a), .integer(let b)):
      switch compare(b, a) {
      case .ascending: return .descending
      case .descending: return .ascending
      case let order: return order
      }
    default: return nil
    }
  }

  private static func compare(_ a: Int, _ b: Double) -> Order? {
    if b.isNaN { return nil }
    if b >= 0x1p63 { return .ascending }
    if b < -0x1p63 { return .descending }
    let whole = b.rounded(.down)
    let integer = Int(whole)
    if a != integer { return a < integer ? .ascending : .descending }
    return whole == b ? .same : .ascending
  }

  package static func isInteger(_ value: JSONValue) -> Bool {
    switch value {
    case .integer: true
    case .number(let number): number.isFinite && number.rounded() == number
    default: false
    }
  }

  /// Whether `value` is a whole multiple of `divisor`, which is above 0: both taken as the decimal
  /// numbers they are written as, so that 0.3 is a multiple of 0.1.
  package static func isMultiple(_ value: JSONValue, of divisor: JSONValue) -> Bool? {
    guard let value = Decimal(value), let divisor = Decimal(divisor), divisor.digits > 0 else {
      return nil
    }
    if value.digits == 0 { return true }
    let shift = value.exponent - divisor.exponent
    if shift >= 0 {
      // value · 10^shift mod divisor
      var remainder = value.digits % divisor.digits
      var factor = 10 % divisor.digits
      var power = shift
      while power > 0 {
        if power & 1 == 1 { remainder = product(remainder, factor, modulo: divisor.digits) }
        factor = product(factor, factor, modulo: divisor.digits)
        power >>= 1
      }
      return remainder == 0
    }
    var digits = divisor.digits
    for _ in shift..<0 {
      let (next, overflow) = digits.multipliedReportingOverflow(by: 10)
      if overflow || next > value.digits { return false }
      digits = next
    }
    return value.digits % digits == 0
  }

  private static func product(_ a: UInt64, _ b: UInt64, modulo: UInt64) -> UInt64 {
    modulo.dividingFullWidth(a.multipliedFullWidth(by: b)).remainder
  }

  /// ± digits · 10^exponent, without the sign.
  package struct Decimal {
    package var digits: UInt64
    package var exponent: Int

    package init?(_ value: JSONValue) {
      switch value {
      case .integer(let integer):
        digits = UInt64(integer.magnitude)
        exponent = 0
      case .number(let number):
        guard number.isFinite else { return nil }
        var digits: UInt64 = 0
        var exponent = 0
        var isFraction = false
        // The shortest decimal that reads back as this number: 17 digits at most.
        let text = "\(number.magnitude)".utf8
        let parts = text.split(separator: UInt8(ascii: "e"))
        for byte in parts[0] {
          if byte == UInt8(ascii: ".") {
            isFraction = true
          } else {
            let (next, overflow) = digits.multipliedReportingOverflow(by: 10)
            if overflow {
              // Zeros of a large number written out.
              exponent += isFraction ? 0 : 1
              continue
            }
            digits = next + UInt64(byte - 0x30)
            if isFraction { exponent -= 1 }
          }
        }
        if parts.count > 1, let power = Int(String(decoding: parts[1], as: UTF8.self)) {
          exponent += power
        }
        self.digits = digits
        self.exponent = exponent
      default: return nil
      }
    }
  }
}

/// Equality and hashing as JSON Schema has them: numbers by value, strings by scalars, objects
/// without order.
package enum SchemaEquality {
  package static func areEqual(_ first: JSONValue, _ second: JSONValue) -> Bool {
    switch (first, second) {
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { areEqual($0, $1) }
    case (.object(let a), .object(let b)):
      return a.count == b.count
        && a.members.allSatisfy { key, value in b[key].map { areEqual(value, $0) } ?? false }
    case (.integer, .number), (.number, .integer), (.number, .number), (.integer, .integer):
      return SchemaNumber.compare(first, second) == .same
    default: return first == second
    }
  }

  /// The same for equal values.
  static func hash(_ value: JSONValue) -> Int {
    var hasher = Hasher()
    switch value {
    case .integer(let integer): hasher.combine(Double(integer))
    case .number(let number): hasher.combine(number)
    case .string(let string): for byte in string.utf8 { hasher.combine(byte) }
    case .array(let array): for element in array { hasher.combine(hash(element)) }
    case .object(let object):
      var sum = object.count
      for (key, value) in object.members { sum &+= key.utf8.count &+ hash(value) &* 31 }
      hasher.combine(sum)
    default: hasher.combine(value)
    }
    return hasher.finalize()
  }

  /// The first two places of an array that hold the same.
  static func repetition(in array: [JSONValue]) -> (Int, Int)? {
    var places: [Int: [Int]] = [:]
    for (index, element) in array.enumerated() {
      let hash = hash(element)
      for earlier in places[hash] ?? [] where areEqual(array[earlier], element) {
        return (earlier, index)
      }
      places[hash, default: []].append(index)
    }
    return nil
  }
}
