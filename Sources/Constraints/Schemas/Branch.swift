import JSON

/// A schema that a value must fit, or must not.
struct Literal: Hashable, Comparable, Sendable {
  var node: Int
  var isPositive = true
  /// Schemas with `unevaluated…` that count what this one looks at, ascending.
  var scopes: [Int] = []

  static func < (first: Literal, second: Literal) -> Bool {
    (first.node, first.isPositive ? 1 : 0) < (second.node, second.isPositive ? 1 : 0)
      || (first.node == second.node && first.isPositive == second.isPositive
        && first.scopes.lexicographicallyPrecedes(second.scopes))
  }

  var negated: Literal { Literal(node: node, isPositive: !isPositive, scopes: []) }
}

/// What has been gathered on one way through a schema's alternatives.
struct Branch {
  /// `items` and `prefixItems` of one schema.
  struct ItemRule {
    var prefix: [Literal]
    var rest: Literal?
    var scopes: [Int]
  }
  /// `properties`, `patternProperties` and `additionalProperties` of one schema.
  struct PropertyRule {
    var names: [(name: String, literal: Literal)]
    var patterns: [(pattern: RegularExpression, literal: Literal)]
    var additional: Literal?
    var scopes: [Int]

    func literals(for name: String) -> [Literal] {
      var found = names.filter { $0.name == name }.map(\.literal)
      for (pattern, literal) in patterns where pattern.matches(name) { found.append(literal) }
      if found.isEmpty, let additional { found = [additional] }
      return found
    }
  }

  var types = TypeSet.all
  var seen: Set<Literal> = []
  /// The values of an `enum` or `const`, where there is one.
  var candidates: [JSONValue]?
  var number = NumberShape()
  var string = StringShape()

  var leastItems = 0
  var mostItems: Int?
  var isUnique = false
  var itemRules: [ItemRule] = []
  /// For the item at an index, or for all from there on.
  var items: [(index: Int, isOpen: Bool, literal: Literal)] = []
  var unevaluatedItems: [(scope: Int, literal: Literal)] = []
  /// Items that `contains` has looked at.
  var containedItems: [(scopes: [Int], range: Range<Int>)] = []

  var leastMembers = 0
  var mostMembers: Int?
  var propertyRules: [PropertyRule] = []
  var members: [(name: String, literal: Literal)] = []
  var required: [String] = []
  var forbidden: Set<String> = []
  var names: [Literal] = []
  var unevaluatedMembers: [(scope: Int, literal: Literal)] = []

  mutating func limit(_ most: Int, _ path: WritableKeyPath<Branch, Int?>) {
    self[keyPath: path] = min(self[keyPath: path] ?? most, most)
  }
}

/// What is still to be gathered.
indirect enum Demand {
  case literal(Literal)
  /// One of these.
  case choice([[Demand]])
  /// False when nothing can fit any more.
  case edit((inout Branch) -> Bool)

  static func types(_ types: TypeSet) -> Demand {
    .edit {
      $0.types.formIntersection(types)
      return !$0.types.isEmpty
    }
  }
  static var nothing: Demand { .edit { _ in false } }
}
