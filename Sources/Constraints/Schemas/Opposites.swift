import JSON

// What it takes to fail a keyword: how `not`, `oneOf` and `else` are asked for.
extension Demands {
  /// The ways in which a value can fail a keyword.
  func opposites(_ keyword: SchemaKeyword, _ node: Int) -> [[Demand]] {
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
}
