import Foundation
import JSON

/// Collects the problems of one reading.
final class ProblemLog {
  let file: URL
  let places: DeclarationPlaces
  private(set) var problems: [DeclarationError.Problem] = []

  init(file: URL, places: DeclarationPlaces) {
    self.file = file
    self.places = places
  }

  func add(_ message: String, at position: JSONPosition) {
    problems.append(.init(file: file, position: position, message: message))
  }

  func add(_ problem: DeclarationError.Problem) { problems.append(problem) }

  /// Each problem once: the declaration's own in the order of the file, then those of other files.
  var sorted: [DeclarationError.Problem] {
    var seen = Set<DeclarationError.Problem>()
    let files = [file] + Set(problems.map(\.file)).subtracting([file]).sorted { $0.path < $1.path }
    let ranks = Dictionary(uniqueKeysWithValues: files.enumerated().map { ($1, $0) })
    func rank(_ index: Int) -> [Int] {
      let problem = problems[index]
      let position = problem.position ?? JSONPosition(line: 0, column: 0)
      return [ranks[problem.file] ?? 0, position.line, position.column, index]
    }
    return problems.indices.sorted { rank($0).lexicographicallyPrecedes(rank($1)) }
      .map { problems[$0] }.filter { seen.insert($0).inserted }
  }
}

/// One value of a declaration, with the way to say what is wrong with it.
///
/// The accessors give nil where the value is not what is asked for, and have said so then.
struct DeclarationItem {
  let value: JSONValue
  /// A JSON Pointer into the file.
  let pointer: String
  let log: ProblemLog

  func problem(_ message: String) { log.add(message, at: log.places.value(pointer)) }
  func problemAtKey(_ message: String) { log.add(message, at: log.places.key(pointer)) }

  /// The key or index that leads here, for messages.
  var name: String {
    let token = pointer.split(separator: "/").last.map(String.init) ?? "declaration"
    if Int(token) == nil { return "“\(token)”" }
    let parent = pointer.split(separator: "/").dropLast().last.map(String.init) ?? "list"
    return "an element of “\(parent)”"
  }

  // MARK: Objects

  /// - Parameter known: Keys that are not among these are problems.
  func isObject(with known: [String], called thing: String) -> Bool {
    guard case .object(let object) = value else {
      problem("\(thing) is an object, not \(value.shortName)")
      return false
    }
    for key in object.keys where !known.contains(key) {
      log.add(
        "unknown key \(quoted(key)) in \(thing)\(Self.suggestion(for: key, among: known))",
        at: log.places.key("\(pointer)/\(jsonPointerToken(key))"))
    }
    return true
  }

  static func suggestion(for key: String, among known: [String]) -> String {
    if let word = DeclarationKeys.otherWords[key], known.contains(word) {
      return "; did you mean “\(word)”?"
    }
    let ending = Suggestion.ending(for: key, among: known)
    guard ending.isEmpty else { return ending }
    return "; it may have " + known.map { "“\($0)”" }.joined(separator: ", ")
  }

  subscript(key: String) -> DeclarationItem? {
    value[key].map {
      DeclarationItem(value: $0, pointer: "\(pointer)/\(jsonPointerToken(key))", log: log)
    }
  }

  /// A member that may be left out: `fallback` then, nil where it is wrong.
  func member<T>(_ key: String, or fallback: T, _ read: (DeclarationItem) -> T?) -> T? {
    guard let item = self[key] else { return fallback }
    return read(item)
  }

  /// The same for a member without a default.
  func member<T>(_ key: String, _ read: (DeclarationItem) -> T?) -> T?? {
    guard let item = self[key] else { return .some(nil) }
    return read(item).map { .some($0) }
  }

  /// - Parameter example: How the member is written, for the message when it is missing.
  func required(_ key: String, in thing: String, as example: String) -> DeclarationItem? {
    if let item = self[key] { return item }
    if case .object = value { problem("\(thing) needs “\(key)”, such as `\(example)`") }
    return nil
  }

  // MARK: Values

  func string(_ limits: ClosedRange<Int> = 1...4096) -> String? {
    guard case .string(let string) = value else { return mistyped("a text") }
    guard !string.unicodeScalars.contains("\0") else {
      problem("\(name) contains the character U+0000")
      return nil
    }
    let count = string.unicodeScalars.count
    guard limits.contains(count) else {
      problem(
        count == 0
          ? "\(name) is empty"
          : "\(name) has \(count) characters; allowed are \(limits.lowerBound) to \(limits.upperBound)"
      )
      return nil
    }
    return string
  }

  func bool() -> Bool? {
    guard case .bool(let bool) = value else { return mistyped("true or false") }
    return bool
  }

  func integer(_ limits: ClosedRange<Int>) -> Int? {
    guard value.double != nil else { return mistyped("a whole number") }
    guard let integer = value.integer, limits.contains(integer) else {
      problem(
        "\(name) is \(value.shortText); it is a whole number from \(limits.lowerBound) to \(limits.upperBound)"
      )
      return nil
    }
    return integer
  }

  func number(_ limits: ClosedRange<Double>) -> Double? {
    guard let number = value.double else { return mistyped("a number") }
    guard limits.contains(number) else {
      problem(
        "\(name) is \(value.shortText); it is a number from \(limits.lowerBound.shortText) to \(limits.upperBound.shortText)"
      )
      return nil
    }
    return number
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> Choice?
  where Choice.RawValue == String {
    let known = Choice.allCases.map(\.rawValue)
    let list = known.map { "“\($0)”" }
    let words =
      list.count == 2
      ? list.joined(separator: " or ") : "one of " + list.joined(separator: ", ")
    guard case .string(let word) = value else { return mistyped(words) }
    if let choice = Choice(rawValue: word) { return choice }
    problem(
      "\(name) is \(quoted(word)); it is \(words)" + Suggestion.ending(for: word, among: known))
    return nil
  }

  /// The elements of a list.
  func elements(of what: String) -> [DeclarationItem]? {
    guard case .array(let array) = value else {
      if case .string = value { return mistyped("a list of \(what), as in [\"…\"]") }
      return mistyped("a list of \(what)")
    }
    return array.indices.map {
      DeclarationItem(value: array[$0], pointer: "\(pointer)/\($0)", log: log)
    }
  }

  func mistyped<T>(_ expected: String) -> T? {
    problem("\(name) is \(value.shortName); it should be \(expected)")
    return nil
  }
}

/// A word from a file, quoted, and cut where it is longer than a message wants.
func quoted(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard scalars.count > 60 else { return "“\(text)”" }
  return "“\(String(String.UnicodeScalarView(scalars.prefix(59))))…”"
}

extension JSONValue {
  /// What it is, without its contents.
  var shortName: String {
    switch self {
    case .null: "null"
    case .bool(let bool): bool ? "true" : "false"
    case .integer, .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// A number as a message shows it.
  var shortText: String {
    switch self {
    case .integer(let integer): String(integer)
    default: double?.shortText ?? shortName
    }
  }
}

extension Double {
  var shortText: String { Int(exactly: self).map(String.init) ?? String(self) }
}
