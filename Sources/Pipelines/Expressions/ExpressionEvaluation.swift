import JSON

extension Expression.Node {
  func value(in scope: JSONObject) -> JSONValue {
    switch self {
    case .literal(let value): value
    case .list(let nodes): .array(nodes.map { $0.value(in: scope) })
    case .path(let path): path.value(in: scope)
    case .call(let function, let arguments):
      function.value(of: arguments.map { $0.value(in: scope) })
    case .not(let node): .bool(!node.holds(in: scope))
    case .all(let nodes): .bool(nodes.allSatisfy { $0.holds(in: scope) })
    case .any(let nodes): .bool(nodes.contains { $0.holds(in: scope) })
    case .comparison(let comparison, let left, let right):
      .bool(comparison.holds(left.value(in: scope), right.value(in: scope)))
    case .member(let part, let whole):
      .bool(Expression.contains(whole.value(in: scope), part.value(in: scope)))
    }
  }

  private func holds(in scope: JSONObject) -> Bool { value(in: scope) == .bool(true) }
}

extension Expression.Path {
  func value(in scope: JSONObject) -> JSONValue {
    segments.reduce(scope[root] ?? .null) { value, segment in segment.key.value(of: value) }
  }
}

extension Expression.Path.Key {
  func value(of value: JSONValue) -> JSONValue {
    switch (self, value) {
    case (.name(let name), .object(let object)): object[name] ?? .null
    // `minutes.actions.owner` is the owners of all actions.
    case (.name, .array(let array)): .array(array.map { self.value(of: $0) })
    case (.index(let index), .array(let array)):
      value[index < 0 ? array.count + index : index] ?? .null
    default: .null
    }
  }
}

extension Expression.Comparison {
  func holds(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch self {
    case .equal: return left == right
    case .notEqual: return left != right
    case .less, .lessOrEqual, .greater, .greaterOrEqual: break
    }
    let isLess: Bool
    switch (left, right) {
    case (.string(let left), .string(let right)):
      if left == right { return self == .lessOrEqual || self == .greaterOrEqual }
      isLess = left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    case (.integer(let left), .integer(let right)):
      if left == right { return self == .lessOrEqual || self == .greaterOrEqual }
      isLess = left < right
    default:
      guard let left = left.double, let right = right.double, !left.isNaN, !right.isNaN else {
        return false
      }
      if left == right { return self == .lessOrEqual || self == .greaterOrEqual }
      isLess = left < right
    }
    return isLess == (self == .less || self == .lessOrEqual)
  }
}

extension Expression {
  static func contains(_ whole: JSONValue, _ part: JSONValue) -> Bool {
    switch (whole, part) {
    case (.array(let array), _): array.contains(part)
    case (.string(let text), .string(let part)): text.contains(part)
    default: false
    }
  }
}

extension Expression.Function {
  /// - Parameter arguments: as many as ``argumentCount``.
  func value(of arguments: [JSONValue]) -> JSONValue {
    switch self {
    case .exists: .bool(!arguments[0].isNull)
    case .contains: .bool(Expression.contains(arguments[0], arguments[1]))
    case .startsWith: pair(arguments) { $0.hasPrefix($1) }
    case .endsWith: pair(arguments) { $0.hasSuffix($1) }
    case .lower: arguments[0].string.map { .string($0.lowercased()) } ?? .null
    case .count:
      switch arguments[0] {
      case .array(let array): .integer(array.count)
      case .object(let object): .integer(object.count)
      case .string(let text): .integer(text.unicodeScalars.count)
      default: .null
      }
    case .number:
      switch arguments[0] {
      case .integer, .number: arguments[0]
      case .string(let text): Decimals.value(of: text).map(JSONValue.init(finite:)) ?? .null
      default: .null
      }
    case .days: WrittenDuration(arguments[0]).map { JSONValue(finite: $0.days) } ?? .null
    case .months: WrittenDuration(arguments[0]).map { JSONValue(finite: $0.months) } ?? .null
    }
  }

  private func pair(_ arguments: [JSONValue], _ test: (String, String) -> Bool) -> JSONValue {
    guard let first = arguments[0].string, let second = arguments[1].string else {
      return .bool(false)
    }
    return .bool(test(first, second))
  }
}

/// Numbers written as text, as the amounts of money are: `-1200.50`, no signs for thousands.
private enum Decimals {
  static func value(of text: String) -> Double? {
    let allowed = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E }
    guard allowed, let number = Double(text), number.isFinite else { return nil }
    return number
  }
}

/// An ISO 8601 duration as outputs have it: `P1Y6M`, `P30D`, `P2W`, `PT48H`.
private struct WrittenDuration {
  private var wholeMonths = 0.0
  private var wholeDays = 0.0
  /// The mean of the Gregorian calendar: 146 097 days in 4800 months.
  private static let daysInMonth = 146_097.0 / 4800

  var days: Double { wholeDays + wholeMonths * Self.daysInMonth }
  var months: Double { wholeMonths + wholeDays / Self.daysInMonth }

  init?(_ value: JSONValue) {
    guard case .string(let text) = value, text.utf8.count <= 64 else { return nil }
    var rest = Substring(text)
    guard rest.popFirst() == "P", !rest.isEmpty else { return nil }
    var inTime = false
    while !rest.isEmpty {
      if rest.first == "T" {
        guard !inTime, rest.count > 1 else { return nil }
        inTime = true
        rest.removeFirst()
        continue
      }
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count)
      guard let amount = Double(digits), amount.isFinite, let unit = rest.popFirst() else {
        return nil
      }
      switch (unit, inTime) {
      case ("Y", false): wholeMonths += 12 * amount
      case ("M", false): wholeMonths += amount
      case ("W", false): wholeDays += 7 * amount
      case ("D", false): wholeDays += amount
      case ("H", true): wholeDays += amount / 24
      case ("M", true): wholeDays += amount / 1440
      case ("S", true): wholeDays += amount / 86400
      default: return nil
      }
    }
    guard days.isFinite else { return nil }
  }
}

extension JSONValue {
  /// A number as JSON texts have it: whole numbers below 2⁵³ as integers, so that equal numbers are
  /// equal. Not for infinity or NaN.
  init(finite number: Double) {
    if let integer = Int(exactly: number), abs(integer) < 1 << 53 {
      self = .integer(integer)
    } else {
      self = .number(number)
    }
  }
}
