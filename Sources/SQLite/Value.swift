/// One value on its way into a statement.
package enum Value: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  package init(_ number: some BinaryInteger) { self = .integer(Int64(number)) }
  package init(_ text: String) { self = .text(text) }
  package init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
  package init(_ number: (some BinaryInteger)?) {
    self = number.map { .integer(Int64($0)) } ?? .null
  }
  package init(_ text: String?) { self = text.map(Value.text) ?? .null }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(nilLiteral: ()) { self = .null }
}

/// Values by the names they have in the statement, without the colon: `["now": .integer(5)]` for `:now`.
package typealias Bindings = KeyValuePairs<String, Value>
