package import JSON

/// A condition or a value over the results of steps, as `where` and `groupBy` have it. The language
/// is described in `Language.md` beside this file.
///
/// Evaluating ends always, changes nothing and cannot fail: what is not there is null, and a
/// comparison that makes no sense is false.
package struct Expression: Sendable {
  /// As it was written.
  package var source: String
  /// The first names of its paths, each once, in order: step ids, or `document`.
  package var roots: [String]
  let node: Node
  /// Every path of the expression, in order.
  let paths: [Path]

  /// The root that stands for the document itself: `document.path`, `document.pages`, …
  package static let documentRoot = "document"

  /// Longer expressions are refused, in Unicode scalars.
  static let longest = 4096
  /// Deeper nesting of parentheses, lists, calls and `not` is refused.
  static let deepest = 32

  package init(_ source: String) throws(ExpressionError) {
    var parser = try ExpressionParser(source)
    node = try parser.whole()
    paths = parser.paths
    self.source = source
    var seen = Set<String>()
    roots = paths.map(\.root).filter { seen.insert($0).inserted }
  }

  /// The expression's value where the steps' results are the members of `scope`.
  package func value(in scope: JSONObject) -> JSONValue { node.value(in: scope) }

  /// Whether the value is `true`; anything else is not.
  package func holds(in scope: JSONObject) -> Bool { value(in: scope) == .bool(true) }
}

extension Expression: Hashable {
  package static func == (first: Expression, second: Expression) -> Bool {
    first.source == second.source
  }
  package func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

/// Why a text is not an expression, and where.
package struct ExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
  package var message: String
  /// In Unicode scalars from the start of the expression.
  package var offset: Int

  package var description: String { "at character \(offset + 1): \(message)" }
}

extension Expression {
  /// The parsed form; as deep as the text, at most ``deepest`` levels.
  indirect enum Node: Hashable, Sendable {
    case literal(JSONValue)
    case list([Node])
    case path(Path)
    case call(Function, [Node])
    case not(Node)
    /// Two or more.
    case all([Node])
    /// Two or more.
    case any([Node])
    case comparison(Comparison, Node, Node)
    /// Whether the first is an element, or a part, of the second.
    case member(Node, of: Node)
  }

  struct Path: Hashable, Sendable {
    var root: String
    var segments: [Segment]
    /// Of the root, in Unicode scalars from the start of the expression.
    var offset: Int

    struct Segment: Hashable, Sendable {
      var key: Key
      var offset: Int
    }

    enum Key: Hashable, Sendable {
      case name(String)
      /// From 0; negative counts from the end.
      case index(Int)
    }
  }

  enum Comparison: String, CaseIterable, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  enum Function: String, CaseIterable, Sendable {
    case exists, contains, startsWith, endsWith, lower, count, number, days, months

    var argumentCount: Int {
      switch self {
      case .contains, .startsWith, .endsWith: 2
      case .exists, .lower, .count, .number, .days, .months: 1
      }
    }
  }
}
