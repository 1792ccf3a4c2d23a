import JSON

/// All that a schema leads to: for every goal, the shapes its values can have. A goal is a set of schemas
/// that hold at once, so recursion through `$ref` comes back to goals that are known.
struct ShapeTable {
  private(set) var shapes: [[Shape]] = []
  /// JSON Pointers of the goals' schemas; of several that hold at once the first one's.
  var pointers: [String] { goals.map { schema.nodes[$0.first?.node ?? schema.root].path } }
  private(set) var lost: [ConstraintError.Problem] = []

  private let schema: JSONSchema
  private var numbers: [[Literal]: Goal] = [:]
  private var goals: [[Literal]] = []
  /// Ways through the alternatives of one goal, over which it is refused.
  private static let mostBranches = 400
  private static let mostGoals = 20_000

  init(_ schema: JSONSchema) throws(ConstraintError) {
    self.schema = schema
    _ = goal([Literal(node: schema.root)])
    var index = 0
    while index < goals.count {
      guard goals.count <= Self.mostGoals else {
        throw ConstraintError(problems: [
          problem(schema.root, "", "the schema combines in more than \(Self.mostGoals) ways")
        ])
      }
      shapes.append(try shapes(of: goals[index]))
      index += 1
    }
  }

  private func problem(_ node: Int, _ keyword: String, _ message: String)
    -> ConstraintError.Problem
  {
    let path = schema.nodes[node].path
    return ConstraintError.Problem(
      pointer: keyword.isEmpty ? path : "\(path)/\(keyword)", keyword: keyword, message: message)
  }

  /// The goal of schemas that must all hold.
  private mutating func goal(_ literals: [Literal]) -> Goal {
    let key = Array(Set(literals)).sorted()
    if let known = numbers[key] { return known }
    let number = goals.count
    numbers[key] = number
    goals.append(key)
    return number
  }

  /// Whether a value fits a goal: what its schemas themselves say.
  private func accepts(_ value: JSONValue, _ literals: [Literal]) -> Bool {
    literals.allSatisfy { schema.accepts(value, at: $0.node) == $0.isPositive }
  }

  private mutating func shapes(of literals: [Literal]) throws(ConstraintError) -> [Shape] {
    var losses: [ConstraintError.Problem] = []
    let nodes = schema.nodes
    let demands = Demands(
      schema: schema,
      lost: { node, keyword, message in
        losses.append(
          ConstraintError.Problem(
            pointer: "\(nodes[node].path)/\(keyword)", keyword: keyword, message: message))
      })
    var branches: [Branch] = []
    let isWhole = gather(
      literals.reversed().map { .literal($0) }, Branch(), demands, into: &branches)
    lost += losses
    guard isWhole else {
      throw ConstraintError(problems: [
        problem(
          literals.first?.node ?? schema.root, "",
          "its alternatives (anyOf, oneOf, not, if) combine in more than \(Self.mostBranches) ways")
      ])
    }
    var values: [JSONValue] = []
    var shapes: [Shape] = []
    for branch in branches {
      if let candidates = branch.candidates {
        for value in candidates
        where accepts(value, literals)
          && !values.contains(where: { SchemaEquality.areEqual($0, value) })
        {
          values.append(value)
        }
        continue
      }
      finish(branch, &values, &shapes)
    }
    if !values.isEmpty { shapes.insert(.values(values), at: 0) }
    return shapes
  }

  /// Follows demands, last first. False when there are too many branches.
  private func gather(
    _ pending: [Demand], _ branch: Branch, _ demands: Demands, into branches: inout [Branch]
  ) -> Bool {
    var pending = pending
    var branch = branch
    while let demand = pending.popLast() {
      switch demand {
      case .edit(let change): if !change(&branch) { return true }
      case .literal(let literal):
        guard branch.seen.insert(literal).inserted else { continue }
        if branch.seen.contains(literal.negated) { return true }
        pending += demands.of(literal).reversed()
      case .choice(let ways):
        // Plain demands first: they close most ways before those multiply.
        if let index = pending.lastIndex(where: { if case .choice = $0 { false } else { true } }) {
          let other = pending.remove(at: index)
          pending.append(demand)
          pending.append(other)
          continue
        }
        for way in ways {
          if !gather(pending + way.reversed(), branch, demands, into: &branches) { return false }
        }
        return true
      }
    }
    branches.append(branch)
    return branches.count <= Self.mostBranches
  }

  // MARK: From what was gathered to shapes

  private mutating func finish(
    _ branch: Branch, _ values: inout [JSONValue], _ shapes: inout [Shape]
  ) {
    func add(_ value: JSONValue) { if !values.contains(value) { values.append(value) } }
    if branch.types.contains(.null) { add(.null) }
    if branch.types.contains(.boolean) {
      add(false)
      add(true)
    }
    if !branch.types.isDisjoint(with: .number) {
      var number = branch.number
      number.kind =
        branch.types.isSuperset(of: .number)
        ? .any : branch.types.contains(.whole) ? .whole : .fractional
      shapes.append(.number(number))
    }
    if branch.types.contains(.string), branch.string.least <= branch.string.most ?? .max {
      shapes.append(.string(branch.string))
    }
    if branch.types.contains(.array), let array = array(branch) { shapes.append(.array(array)) }
    if branch.types.contains(.object) { shapes += objects(branch).map { .object($0) } }
  }

  private mutating func array(_ branch: Branch) -> ArrayShape? {
    guard branch.leastItems <= branch.mostItems ?? .max else { return nil }
    let ruled = branch.itemRules.map(\.prefix.count).max() ?? 0
    let single = branch.items.map { $0.index + ($0.isOpen ? 0 : 1) }.max() ?? 0
    let contained = branch.containedItems.map(\.range.upperBound).max() ?? 0
    let count = min(max(ruled, single, contained), 2000)
    func literals(_ index: Int) -> [Literal] {
      var literals: [Literal] = []
      for rule in branch.itemRules {
        if index < rule.prefix.count {
          literals.append(rule.prefix[index])
        } else if let rest = rule.rest {
          literals.append(rest)
        }
      }
      for item in branch.items where item.index == index || (item.isOpen && item.index < index) {
        literals.append(item.literal)
      }
      for (scope, literal) in branch.unevaluatedItems {
        let isEvaluated =
          branch.itemRules.contains {
            $0.scopes.contains(scope) && (index < $0.prefix.count || $0.rest != nil)
          }
          || branch.containedItems.contains {
            $0.scopes.contains(scope) && $0.range.contains(index)
          }
        if !isEvaluated { literals.append(literal) }
      }
      return literals
    }
    // An index beyond all rules stands for the rest.
    let goals = (0...count).map { goal(literals($0)) }
    return ArrayShape(
      prefix: Array(goals.dropLast()), rest: goals[count], least: branch.leastItems,
      most: branch.mostItems, isUnique: branch.isUnique)
  }

  private mutating func objects(_ branch: Branch) -> [ObjectShape] {
    guard branch.leastMembers <= branch.mostMembers ?? .max else { return [] }
    var names: [String] = []
    var known: Set<[UInt8]> = []
    func declare(_ name: String) {
      if known.insert(Array(name.utf8)).inserted { names.append(name) }
    }
    for rule in branch.propertyRules { for (name, _) in rule.names { declare(name) } }
    for name in branch.required { declare(name) }
    for (name, _) in branch.members { declare(name) }
    let required = Set(branch.required.map { Array($0.utf8) })
    let forbidden = Set(branch.forbidden.map { Array($0.utf8) })
    var members: [ObjectShape.Member] = []
    for name in names {
      let isRequired = required.contains(Array(name.utf8))
      let isAllowed =
        !forbidden.contains(Array(name.utf8))
        && branch.names.allSatisfy {
          schema.accepts(.string(name), at: $0.node) == $0.isPositive
        }
      guard isAllowed else {
        if isRequired { return [] }
        continue
      }
      members.append(
        ObjectShape.Member(
          name: name, goal: goal(literals(for: name, branch)), isRequired: isRequired))
    }
    var shape = ObjectShape(
      members: members, extras: [], least: branch.leastMembers, most: branch.mostMembers)
    let isDeclared =
      branch.propertyRules.contains { rule in
        !rule.patterns.isEmpty || rule.additional.map { schema.nodes[$0.node].allows } ?? false
      } || branch.unevaluatedMembers.contains { schema.nodes[$0.literal.node].allows }
      || branch.propertyRules.allSatisfy { $0.names.isEmpty }
    if isDeclared || branch.leastMembers > members.count {
      shape.extras = extras(branch, besides: names + branch.forbidden.sorted())
      for (name, literals) in listedNames(branch) where !known.contains(Array(name.utf8)) {
        guard !forbidden.contains(Array(name.utf8)) else { continue }
        shape.members.append(
          ObjectShape.Member(name: name, goal: goal(literals), isRequired: false))
      }
    }
    return [shape]
  }

  private func literals(for name: String, _ branch: Branch) -> [Literal] {
    var literals = branch.propertyRules.flatMap { $0.literals(for: name) }
    literals += branch.members.filter { $0.name == name }.map(\.literal)
    for (scope, literal) in branch.unevaluatedMembers {
      let isEvaluated = branch.propertyRules.contains {
        $0.scopes.contains(scope) && !$0.literals(for: name).isEmpty
      }
      if !isEvaluated { literals.append(literal) }
    }
    return literals
  }

  /// Names that `propertyNames` lists one by one.
  private func listedNames(_ branch: Branch) -> [(String, [Literal])] {
    var names: [String] = []
    for literal in branch.names where literal.isPositive {
      for keyword in schema.nodes[literal.node].keywords {
        switch keyword {
        case .const(.string(let name)): names.append(name)
        case .enum(let values): names += values.compactMap(\.string)
        default: break
        }
      }
    }
    return names.filter { name in
      branch.names.allSatisfy { schema.accepts(.string(name), at: $0.node) == $0.isPositive }
    }.map { ($0, literals(for: $0, branch)) }
  }

  /// Members by other names: those that match some patterns and no others, for each choice of patterns.
  private mutating func extras(_ branch: Branch, besides names: [String]) -> [ObjectShape.Extra] {
    guard let conditions = nameConditions(branch) else { return [] }
    let patterns = branch.propertyRules.flatMap { $0.patterns.map(\.pattern.pattern) }
    let distinct = Array(Set(patterns)).sorted()
    var choices: [Set<String>] = [[]]
    if distinct.count <= 4 {
      for pattern in distinct { choices += choices.map { $0.union([pattern]) } }
    } else {
      choices += distinct.map { [$0] }
    }
    var extras: [ObjectShape.Extra] = []
    for chosen in choices {
      var literals: [Literal] = []
      for rule in branch.propertyRules {
        let matching = rule.patterns.filter { chosen.contains($0.pattern.pattern) }
        literals += matching.map(\.literal)
        if matching.isEmpty, let additional = rule.additional { literals.append(additional) }
      }
      for (scope, literal) in branch.unevaluatedMembers {
        let isEvaluated = branch.propertyRules.contains { rule in
          rule.scopes.contains(scope)
            && (rule.additional != nil
              || rule.patterns.contains { chosen.contains($0.pattern.pattern) })
        }
        if !isEvaluated { literals.append(literal) }
      }
      if literals.contains(where: { $0.isPositive && !schema.nodes[$0.node].allows }) { continue }
      for condition in conditions {
        var name = condition
        name.patterns.formUnion(chosen)
        name.refusedPatterns.formUnion(Set(distinct).subtracting(chosen))
        name.excluded.formUnion(names)
        extras.append(ObjectShape.Extra(name: name, goal: goal(literals)))
      }
    }
    return extras
  }

  /// What `propertyNames` asks of a name; nil when it lists them, or allows none.
  private mutating func nameConditions(_ branch: Branch) -> [StringShape]? {
    guard !branch.names.isEmpty else { return [StringShape()] }
    // The shapes of the names' own goal; which is not kept, since no value has it.
    guard let shapes = try? shapes(of: branch.names) else { return nil }
    let strings = shapes.compactMap { if case .string(let shape) = $0 { shape } else { nil } }
    // Names of two kinds could be the same name; one kind is enough.
    return strings.isEmpty ? nil : [strings[0]]
  }
}
