/// A JSON value. Objects keep the order of their members; equality ignores it.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A whole number that fits 64 bits, however it was written (`1e3` is 1000).
  case integer(Int)
  /// Any other number; never a whole one below 2⁵³.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  /// Member `key` of an object; nil for anything else.
  package subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// Element `index` of an array; nil for anything else.
  package subscript(index: Int) -> JSONValue? {
    if case .array(let array) = self, array.indices.contains(index) { array[index] } else { nil }
  }

  package var string: String? { if case .string(let string) = self { string } else { nil } }
  package var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  package var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
  package var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  package var isNull: Bool { self == .null }

  /// The whole number this is, also when written `3.0` or `3e0`.
  package var integer: Int? {
    switch self {
    case .integer(let integer): integer
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }

  package var double: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }

  /// The type's name as JSON Schema has it, with `integer` for whole numbers.
  package var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .integer: "integer"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

/// The members of a JSON object in the order they were written or set.
package struct JSONObject: Sendable {
  package private(set) var keys: [String] = []
  private var values: [JSONValue] = []
  /// Only for objects with more than a handful of members: a linear search is faster below.
  private var index: [Name: Int] = [:]
  private static let indexedFrom = 12

  package init() {}

  package var count: Int { keys.count }
  package var isEmpty: Bool { keys.isEmpty }

  package var members: Zip2Sequence<[String], [JSONValue]> { zip(keys, values) }

  package subscript(key: String) -> JSONValue? {
    get { position(of: key).map { values[$0] } }
    set {
      let position = position(of: key)
      switch (position, newValue) {
      case (let position?, let value?): values[position] = value
      case (let position?, nil):
        keys.remove(at: position)
        values.remove(at: position)
        index = [:]
        if keys.count >= Self.indexedFrom {
          for (position, key) in keys.enumerated() { index[Name(key)] = position }
        }
      case (nil, let value?):
        keys.append(key)
        values.append(value)
        if keys.count == Self.indexedFrom {
          for (position, key) in keys.enumerated() { index[Name(key)] = position }
        } else if keys.count > Self.indexedFrom {
          index[Name(key)] = keys.count - 1
        }
      case (nil, nil): break
      }
    }
  }

  private func position(of key: String) -> Int? {
    keys.count >= Self.indexedFrom ? index[Name(key)] : keys.firstIndex { Name($0) == Name(key) }
  }

  /// JSON compares names code point by code point; Swift's strings would take `é` in one and in two
  /// code points for the same.
  private struct Name: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (first: Name, second: Name) -> Bool {
      first.text.utf8.elementsEqual(second.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }
}

extension JSONObject: Hashable {
  package static func == (first: JSONObject, second: JSONObject) -> Bool {
    guard first.count == second.count else { return false }
    for (key, value) in first.members where second[key] != value { return false }
    return true
  }

  package func hash(into hasher: inout Hasher) {
    // Order-independent, as equality is.
    var sum = 0
    for (key, value) in members {
      var member = Hasher()
      member.combine(key)
      member.combine(value)
      sum &+= member.finalize()
    }
    hasher.combine(sum)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }
}
