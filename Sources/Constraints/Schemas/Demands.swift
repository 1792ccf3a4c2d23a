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
  func resolve(_ target: Int, _ anchor: String?) -> Int? {
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

  func edit(_ change: @escaping (inout Branch) -> Void) -> Demand {
    .edit {
      change(&$0)
      return true
    }
  }

  func among(_ values: [JSONValue]) -> Demand {
    .edit { branch in
      branch.types.formIntersection(
        values.reduce(into: TypeSet()) { $0.formUnion(TypeSet(of: $1)) })
      if branch.candidates == nil || values.count < (branch.candidates?.count ?? 0) {
        branch.candidates = values
      }
      return !branch.types.isEmpty
    }
  }

  static func bound(_ bound: SchemaBound, _ value: JSONValue, _ branch: inout Branch) {
    switch bound {
    case .minimum: branch.number.lowers.insert(.init(value: value, isIncluded: true))
    case .exclusiveMinimum: branch.number.lowers.insert(.init(value: value, isIncluded: false))
    case .maximum: branch.number.uppers.insert(.init(value: value, isIncluded: true))
    case .exclusiveMaximum: branch.number.uppers.insert(.init(value: value, isIncluded: false))
    }
  }

  static func size(_ size: SchemaSize, _ count: Int, _ branch: inout Branch) {
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
}
