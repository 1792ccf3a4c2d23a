import JSON

/// One way a value can look. A schema is a choice of these; where it asks for several things at once, they
/// have been put together.
enum Shape: Sendable {
  case values([JSONValue])
  case number(NumberShape)
  case string(StringShape)
  case array(ArrayShape)
  case object(ObjectShape)
}

/// Values of a schema, by number in ``ShapeTable``.
typealias Goal = Int

struct ArrayShape: Sendable {
  var prefix: [Goal]
  /// What follows the prefix; nil for nothing.
  var rest: Goal?
  var least: Int
  var most: Int?
  /// Whether no item may occur twice.
  var isUnique: Bool

  func goal(at index: Int) -> Goal? { index < prefix.count ? prefix[index] : rest }
}

struct ObjectShape: Sendable {
  struct Member: Sendable {
    var name: String
    var goal: Goal
    var isRequired: Bool
  }
  /// Members whose names the schema does not list, after those it does.
  struct Extra: Sendable {
    var name: StringShape
    var goal: Goal
  }

  /// In the order they are declared, which is the order they are written.
  var members: [Member]
  var extras: [Extra]
  var least: Int
  var most: Int?
}

/// Types of JSON values, numbers without a fraction apart.
struct TypeSet: OptionSet, Hashable, Sendable {
  let rawValue: UInt8
  static let null = TypeSet(rawValue: 1)
  static let boolean = TypeSet(rawValue: 2)
  static let whole = TypeSet(rawValue: 4)
  static let fractional = TypeSet(rawValue: 8)
  static let string = TypeSet(rawValue: 16)
  static let array = TypeSet(rawValue: 32)
  static let object = TypeSet(rawValue: 64)
  static let number: TypeSet = [.whole, .fractional]
  static let all = TypeSet(rawValue: 127)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(names: [String]) {
    self = []
    for name in names {
      switch name {
      case "null": insert(.null)
      case "boolean": insert(.boolean)
      case "integer": insert(.whole)
      case "number": formUnion(.number)
      case "string": insert(.string)
      case "array": insert(.array)
      default: insert(.object)
      }
    }
  }

  init(of value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool: self = .boolean
    case .integer, .number: self = SchemaNumber.isInteger(value) ? .whole : .fractional
    case .string: self = .string
    case .array: self = .array
    case .object: self = .object
    }
  }
}

/// Why a schema cannot be written by.
package struct ConstraintError: Error, Hashable, Sendable, CustomStringConvertible {
  package struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// JSON Pointer in the schema.
    package var pointer: String
    package var keyword: String
    package var message: String
    package var description: String {
      "\(pointer.isEmpty ? "the schema" : pointer): \(message)"
    }
  }

  package var problems: [Problem]
  package var description: String { problems.map(\.description).joined(separator: "; ") }
}
