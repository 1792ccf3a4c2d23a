import JSON

/// What keywords ask for, and what their opposites do.
struct Demands {
  let schema: JSONSchema
  /// Notes that a keyword could not be turned around.
  let lost: (_ node: Int, _ keyword: String, _ message: String) -> Void

  /// What schema `literal` asks for, or what its opposite does.
  func of(_ literal: Literal) -> [Demand] {
    let node = schema.nodes[literal.node]
    guard node.allows else { return literal.isPositive ? [.nothing] : [] }
    guard literal.isPositive else {
      return [.choice(node.keywords.flatMap { opposites($0, literal.node) })]
    }
    var scopes = literal.scopes
    let asksUnevaluated = node.keywords.contains {
      switch $0 {
      case .unevaluatedItems, .unevaluatedProperties: true
      default: false
      }
    }
    if asksUnevaluated, !scopes.contains(literal.node) {
      scopes = (scopes + [literal.node]).sorted()
    }
    var demands = node.keywords.flatMap { self.demands($0, literal.node, scopes) }
    if node.extensions["x-evidence"] == "required",
      node.keywords.contains(where: {
        if case .type(let names) = $0 { names.contains("string") } else { false }
      })
    {
      demands.append(
        .edit {
          $0.string.isGrounded = true
          return true
        })
    }
    return demands
  }

  // MARK: Keywords

  private func demands(_ keyword: SchemaKeyword, _ node: Int, _ scopes: [Int]) -> [Demand] {
    func positive(_ target: Int) -> Literal { Literal(node: target) }
    func inPlace(_ target: Int) -> Demand { .literal(Literal(node: target, scopes: scopes)) }
    switch keyword {
    case .type(let names): return [.types(TypeSet(names: names))]
    case .const(let value): return [among([value])]
    case .enum(let values): return [among(values)]
    case .multipleOf(let divisor):
      return [edit { $0.number.multiples.insert(divisor) }]
    case .bound(let bound, let value):
      return [edit { Self.bound(bound, value, &$0) }]
    case .size(let size, let count): return [edit { Self.size(size, count, &$0) }]
    case .pattern(let pattern): return [edit { $0.string.patterns.insert(pattern.pattern) }]
    case .format(let name):
      guard let pattern = FormatPatterns.pattern(name) else {
        lost(node, "format", "format \(name) cannot be written by")
        return [
          .edit { branch in
            branch.types.remove(.string)
            return !branch.types.isEmpty
          }
        ]
      }
      return [edit { $0.string.patterns.insert(pattern) }]
    case .uniqueItems: return [edit { $0.isUnique = true }]
    case .required(let names): return [edit { $0.required += names }]
    case .dependentRequired(let entries):
      return entries.map { key, names in
        .choice([
          [edit { $0.forbidden.insert(key) }], [edit { $0.required += [key] + names }],
        ])
      }
    case .dependentSchemas(let entries):
      return entries.map { key, target in
        .choice([
          [edit { $0.forbidden.insert(key) }],
          [edit { $0.required.append(key) }, inPlace(target)],
        ])
      }
    case .properties(let names, let patterns, let additional):
      // Schemas are numbered as they stand in the document: so are properties declared.
      let rule = Branch.PropertyRule(
        names: names.sorted { $0.value < $1.value }.map { ($0.key, positive($0.value)) },
        patterns: patterns.map { ($0.0, positive($0.schema)) },
        additional: additional.map(positive), scopes: scopes)
      return [edit { $0.propertyRules.append(rule) }]
    case .propertyNames(let target): return [edit { $0.names.append(positive(target)) }]
    case .items(let prefix, let rest):
      let rule = Branch.ItemRule(
        prefix: prefix.map(positive), rest: rest.map(positive), scopes: scopes)
      return [edit { $0.itemRules.append(rule) }]
    case .contains(let target, let least, let most):
      return [contains(target, least, most, scopes, among: schema.nodes[node])]
    case .allOf(let targets): return targets.map(inPlace)
    case .anyOf(let targets): return [.choice(targets.map { [inPlace($0)] })]
    case .oneOf(let targets):
      return [
        .choice(
          targets.map { chosen in
            [inPlace(chosen)]
              + targets.filter { $0 != chosen && !areDisjoint(chosen, $0) }.map {
                .literal(Literal(node: $0, isPositive: false))
              }
          })
      ]
    case .not(let target): return [.literal(Literal(node: target, isPositive: false))]
    case .condition(let test, let then, let otherwise):
      return [
        .choice([
          [inPlace(test)] + (then.map { [inPlace($0)] } ?? []),
          [.literal(Literal(node: test, isPositive: false))]
            + (otherwise.map { [inPlace($0)] } ?? []),
        ])
      ]
    case .ref(let target): return [inPlace(target)]
    case .dynamicRef(let target, let anchor):
      return [resolve(target, anchor).map(inPlace) ?? .nothing]
    case .unevaluatedItems(let target):
      return [edit { $0.unevaluatedItems.append((node, positive(target))) }]
    case .unevaluatedProperties(let target):
      return [edit { $0.unevaluatedMembers.append((node, positive(target))) }]
    }
  }

  /// The document's own root is the outermost of the dynamic scope, whatever leads there; nil where the
  /// answer depends on the way.
  private func resolve(_ target: Int, _ anchor: String?) -> Int? {
    guard let anchor else { return target }
    let outermost = SchemaAnchor(resource: schema.nodes[schema.root].resource, name: anchor)
    if let node = schema.dynamicAnchors[outermost] { return node }
    let all = schema.dynamicAnchors.filter { $0.key.name == anchor }
    if all.count > 1 {
      lost(target, "$dynamicAnchor", "$dynamicRef may lead to several places here")
      return nil
    }
    return target
  }

  private func edit(_ change: @escaping (inout Branch) -> Void) -> Demand {
    .edit {
      change(&$0)
      return true
    }
  }

  private func among(_ values: [JSONValue]) -> Demand {
    .edit { branch in
      branch.types.formIntersection(
        values.reduce(into: TypeSet()) { $0.formUnion(TypeSet(of: $1)) })
      if branch.candidates == nil || values.count < (branch.candidates?.count ?? 0) {
        branch.candidates = values
      }
      return !branch.types.isEmpty
    }
  }

  private static func bound(_ bound: SchemaBound, _ value: JSONValue, _ branch: inout Branch) {
    switch bound {
    case .minimum: branch.number.lowers.insert(.init(value: value, isIncluded: true))
    case .exclusiveMinimum: branch.number.lowers.insert(.init(value: value, isIncluded: false))
    case .maximum: branch.number.uppers.insert(.init(value: value, isIncluded: true))
    case .exclusiveMaximum: branch.number.uppers.insert(.init(value: value, isIncluded: false))
    }
  }

  private static func size(_ size: SchemaSize, _ count: Int, _ branch: inout Branch) {
    switch size {
    case .minLength: branch.string.least = max(branch.string.least, count)
    case .maxLength: branch.string.most = min(branch.string.most ?? count, count)
    case .minItems: branch.leastItems = max(branch.leastItems, count)
    case .maxItems: branch.limit(count, \.mostItems)
    case .minProperties: branch.leastMembers = max(branch.leastMembers, count)
    case .maxProperties: branch.limit(count, \.mostMembers)
    }
  }

  /// The items wanted stand together, as far in front as the schema lets them; where there is a limit,
  /// all other items are of another kind.
  private func contains(
    _ target: Int, _ least: Int, _ most: Int?, _ scopes: [Int], among node: SchemaNode
  ) -> Demand {
    let wanted = Literal(node: target)
    if least == 0, most == nil { return .choice([[]]) }
    if let most, most < least { return .nothing }
    let prefix = node.keywords.reduce(0) { count, keyword in
      if case .items(let prefix, _) = keyword { max(count, prefix.count) } else { count }
    }
    let offsets = least == 0 ? 0...0 : 0...min(prefix, 8)
    return .choice(
      offsets.map { offset in
        [
          edit { branch in
            for index in 0..<least { branch.items.append((offset + index, false, wanted)) }
            branch.leastItems = max(branch.leastItems, least == 0 ? 0 : offset + least)
            branch.containedItems.append((scopes, offset..<offset + least))
            guard most != nil else { return }
            for index in 0..<offset { branch.items.append((index, false, wanted.negated)) }
            branch.items.append((offset + least, true, wanted.negated))
          }
        ]
      })
  }

  // MARK: Opposites

  /// The ways in which a value can fail a keyword.
  private func opposites(_ keyword: SchemaKeyword, _ node: Int) -> [[Demand]] {
    func negative(_ target: Int) -> Literal { Literal(node: target, isPositive: false) }
    func positive(_ target: Int) -> Literal { Literal(node: target) }
    switch keyword {
    case .type(let names): return [[.types(TypeSet.all.subtracting(TypeSet(names: names)))]]
    case .const(let value): return differing(from: [value])
    case .enum(let values): return differing(from: values)
    case .multipleOf(let divisor):
      return [[.types(.number), edit { $0.number.refusedMultiples.insert(divisor) }]]
    case .bound(let bound, let value):
      let opposite: SchemaBound =
        switch bound {
        case .minimum: .exclusiveMaximum
        case .exclusiveMinimum: .maximum
        case .maximum: .exclusiveMinimum
        case .exclusiveMaximum: .minimum
        }
      return [[.types(.number), edit { Self.bound(opposite, value, &$0) }]]
    case .size(let size, let count): return opposite(size, count)
    case .pattern(let pattern):
      return [[.types(.string), edit { $0.string.refusedPatterns.insert(pattern.pattern) }]]
    case .format: return []
    case .uniqueItems:
      lost(node, "uniqueItems", "that items repeat cannot be asked for")
      return []
    case .required(let names):
      return names.map { name in [.types(.object), edit { $0.forbidden.insert(name) }] }
    case .dependentRequired(let entries):
      return entries.flatMap { key, names in
        names.map { name in
          [
            .types(.object),
            edit {
              $0.required.append(key)
              $0.forbidden.insert(name)
            },
          ]
        }
      }
    case .dependentSchemas(let entries):
      return entries.map { key, target in
        [.types(.object), edit { $0.required.append(key) }, .literal(negative(target))]
      }
    case .properties(let names, let patterns, let additional):
      return failingMember(names, patterns, additional, node)
    case .propertyNames:
      lost(node, "propertyNames", "that a name is of another kind cannot be asked for")
      return [[.types(.object), .nothing]]
    case .items(let prefix, let rest):
      var ways = prefix.enumerated().map { index, target in failingItem(index, negative(target)) }
      if let rest { ways.append(failingItem(prefix.count, negative(rest))) }
      return ways
    case .contains(let target, let least, let most):
      var ways: [[Demand]] = []
      if least > 0 {
        ways.append([
          .types(.array), edit { $0.items.append((0, true, negative(target))) },
        ])
        if least > 1 { ways.append([.types(.array), edit { $0.limit(least - 1, \.mostItems) }]) }
      }
      if let most, most < 1000 {
        ways.append([
          .types(.array),
          edit { branch in
            for index in 0...most { branch.items.append((index, false, positive(target))) }
            branch.leastItems = max(branch.leastItems, most + 1)
          },
        ])
      }
      return ways
    case .allOf(let targets): return targets.map { [.literal(negative($0))] }
    case .anyOf(let targets): return [targets.map { .literal(negative($0)) }]
    case .oneOf(let targets):
      var ways = [targets.map { Demand.literal(negative($0)) }]
      for (index, first) in targets.enumerated() {
        for second in targets[(index + 1)...] where !areDisjoint(first, second) {
          ways.append([.literal(positive(first)), .literal(positive(second))])
        }
      }
      return ways
    case .not(let target): return [[.literal(positive(target))]]
    case .condition(let test, let then, let otherwise):
      var ways: [[Demand]] = []
      if let then { ways.append([.literal(positive(test)), .literal(negative(then))]) }
      if let otherwise { ways.append([.literal(negative(test)), .literal(negative(otherwise))]) }
      return ways
    case .ref(let target): return [[.literal(negative(target))]]
    case .dynamicRef(let target, let anchor):
      return [[resolve(target, anchor).map { .literal(negative($0)) } ?? .nothing]]
    case .unevaluatedItems, .unevaluatedProperties:
      lost(node, "unevaluated", "the opposite of unevaluated… cannot be asked for")
      return []
    }
  }

  private func opposite(_ size: SchemaSize, _ count: Int) -> [[Demand]] {
    let type: TypeSet
    let other: SchemaSize
    let isLower: Bool
    switch size {
    case .minLength: (type, other, isLower) = (.string, .maxLength, true)
    case .maxLength: (type, other, isLower) = (.string, .minLength, false)
    case .minItems: (type, other, isLower) = (.array, .maxItems, true)
    case .maxItems: (type, other, isLower) = (.array, .minItems, false)
    case .minProperties: (type, other, isLower) = (.object, .maxProperties, true)
    case .maxProperties: (type, other, isLower) = (.object, .minProperties, false)
    }
    if isLower, count == 0 { return [] }
    return [[.types(type), edit { Self.size(other, isLower ? count - 1 : count + 1, &$0) }]]
  }

  private func failingItem(_ index: Int, _ literal: Literal) -> [Demand] {
    [
      .types(.array),
      edit {
        $0.items.append((index, false, literal))
        $0.leastItems = max($0.leastItems, index + 1)
      },
    ]
  }

  private func failingMember(
    _ names: [String: Int], _ patterns: [(RegularExpression, schema: Int)], _ additional: Int?,
    _ node: Int
  ) -> [[Demand]] {
    func way(_ name: String, _ target: Int) -> [Demand] {
      [
        .types(.object),
        edit {
          $0.required.append(name)
          $0.members.append((name, Literal(node: target, isPositive: false)))
        },
      ]
    }
    var ways = names.sorted { $0.value < $1.value }.map { way($0.key, $0.value) }
    // One name a pattern stands for all that it matches.
    for (pattern, target) in patterns {
      var shape = StringShape()
      shape.patterns = [pattern.pattern]
      if let automaton = try? shape.automaton(),
        let value = try? JSONValue.parse(automaton.shortest()), let name = value.string
      {
        ways.append(way(name, target))
      }
    }
    if let additional {
      let name = (0..<100).lazy.map { $0 == 0 ? "other" : "other\($0)" }.first { name in
        names[name] == nil && !patterns.contains { $0.0.matches(name) }
      }
      // Patterns may match every name.
      if let name { ways.append(way(name, additional)) }
    }
    return ways
  }

  /// The ways to be none of some values.
  private func differing(from values: [JSONValue]) -> [[Demand]] {
    let types = values.reduce(into: TypeSet()) { $0.formUnion(TypeSet(of: $1)) }
    var ways: [[Demand]] = []
    if types != .all { ways.append([.types(TypeSet.all.subtracting(types))]) }
    let strings = values.compactMap(\.string)
    if !strings.isEmpty {
      ways.append([.types(.string), edit { $0.string.excluded.formUnion(strings) }])
    }
    let numbers = values.filter { $0.double != nil }
    if !numbers.isEmpty {
      ways.append(
        [.types(types.intersection(.number))]
          + numbers.map { number in
            .choice([
              [edit { Self.bound(.exclusiveMaximum, number, &$0) }],
              [edit { Self.bound(.exclusiveMinimum, number, &$0) }],
            ])
          })
    }
    let booleans = values.compactMap(\.bool)
    if Set(booleans).count == 1 { ways.append([among([.bool(!booleans[0])])]) }
    let arrays = values.compactMap(\.array)
    if !arrays.isEmpty {
      ways.append(
        [.types(.array)]
          + arrays.map { array in
            .choice([
              [edit { $0.leastItems = max($0.leastItems, array.count + 1) }],
              array.isEmpty ? [.nothing] : [edit { $0.limit(array.count - 1, \.mostItems) }],
            ])
          })
    }
    let objects = values.compactMap(\.object)
    if !objects.isEmpty {
      ways.append(
        [.types(.object)]
          + objects.map { object in
            .choice(
              object.keys.map { key in [edit { $0.forbidden.insert(key) }] } + [
                [edit { $0.leastMembers = max($0.leastMembers, object.count + 1) }]
              ])
          })
    }
    return ways
  }

  // MARK: Alternatives that exclude each other

  /// Whether no value fits both, as can be seen from their types, or from a member that both require and
  /// that tells them apart.
  private func areDisjoint(_ first: Int, _ second: Int) -> Bool {
    let one = summary(first, 0)
    let other = summary(second, 0)
    if one.types.isDisjoint(with: other.types) { return true }
    guard one.types.intersection(other.types) == .object else { return false }
    for (name, values) in one.tags {
      guard let others = other.tags[name] else { continue }
      if !values.contains(where: { value in others.contains { SchemaEquality.areEqual(value, $0) } }
      ) {
        return true
      }
    }
    return false
  }

  /// Types, and the values of required members that are given by `const` or `enum`.
  private func summary(_ node: Int, _ depth: Int) -> (types: TypeSet, tags: [String: [JSONValue]]) {
    var types = TypeSet.all
    var required: Set<String> = []
    var values: [String: [JSONValue]] = [:]
    for keyword in schema.nodes[node].keywords {
      switch keyword {
      case .type(let names): types.formIntersection(TypeSet(names: names))
      case .const(let value): types.formIntersection(TypeSet(of: value))
      case .enum(let all):
        types.formIntersection(all.reduce(into: TypeSet()) { $0.formUnion(TypeSet(of: $1)) })
      case .required(let names): required.formUnion(names)
      case .ref(let target) where depth < 4:
        let there = summary(target, depth + 1)
        types.formIntersection(there.types)
        for (name, all) in there.tags {
          values[name] = all
          required.insert(name)
        }
      case .properties(let names, _, _):
        for (name, target) in names {
          for keyword in schema.nodes[target].keywords {
            if case .const(let value) = keyword { values[name] = [value] }
            if case .enum(let all) = keyword { values[name] = all }
          }
        }
      default: break
      }
    }
    return (types, values.filter { required.contains($0.key) })
  }
}
