/// One run of a schema over an instance.
struct SchemaValidation {
  private let schema: JSONSchema
  /// Keys and indices from the instance's root to where the run is.
  private var path: [String] = []
  /// Schemas entered for the same place of the instance: the same one twice would never end.
  private var open: [(node: Int, depth: Int)] = []
  /// Schema resources entered, outermost first: the dynamic scope.
  private var scope: [Int] = []

  /// Schemas within each other, of which each takes some of the thread's stack.
  private static let deepest = 1500

  init(_ schema: JSONSchema) { self.schema = schema }

  /// What has been looked at below one place of the instance.
  private struct Evaluated {
    var properties: Set<String> = []
    /// All items before this one.
    var items = 0
    var singleItems: Set<Int> = []

    mutating func formUnion(_ other: Evaluated) {
      properties.formUnion(other.properties)
      items = max(items, other.items)
      singleItems.formUnion(other.singleItems)
    }
  }

  private typealias Violation = JSONSchema.Violation

  private struct Result {
    var violations: [Violation] = []
    var evaluated = Evaluated()
    var isValid: Bool { violations.isEmpty }
  }

  mutating func run(_ instance: JSONValue) -> [JSONSchema.Violation] {
    run(instance, at: schema.root)
  }

  mutating func run(_ instance: JSONValue, at node: Int) -> [JSONSchema.Violation] {
    evaluate(node, instance).violations
  }

  private func violation(_ node: Int, _ keyword: String, _ message: String) -> Violation {
    Violation(
      instancePath: path.map { "/" + jsonPointerToken($0) }.joined(),
      schemaPath: "#" + schema.nodes[node].path + (keyword.isEmpty ? "" : "/" + keyword),
      message: message, keyword: keyword)
  }

  /// Takes what an applied schema found at the same place of the instance.
  private func take(_ result: Result, into whole: inout Result) {
    if result.isValid {
      if schema.tracksEvaluation { whole.evaluated.formUnion(result.evaluated) }
    } else {
      add(result.violations, to: &whole)
    }
  }

  private func add(_ violations: [Violation], to result: inout Result) {
    let room = JSONSchema.mostViolations - result.violations.count
    result.violations += violations.prefix(max(0, room))
  }

  private mutating func evaluate(_ number: Int, _ instance: JSONValue) -> Result {
    var result = Result()
    let depth = path.count
    if open.count >= Self.deepest {
      result.violations = [violation(number, "", "is nested too deep to be checked")]
      return result
    }
    var index = open.count - 1
    while index >= 0, open[index].depth == depth {
      if open[index].node == number {
        result.violations = [violation(number, "", "is checked by a schema that refers to itself")]
        return result
      }
      index -= 1
    }
    open.append((number, depth))
    scope.append(schema.nodes[number].resource)
    defer {
      open.removeLast()
      scope.removeLast()
    }
    guard schema.nodes[number].allows else {
      result.violations = [violation(number, "", "is not allowed")]
      return result
    }
    for keyword in schema.nodes[number].keywords { apply(keyword, number, instance, &result) }
    return result
  }

  /// What a schema says of a part of the instance.
  private mutating func evaluate(_ number: Int, _ instance: JSONValue, at key: String) -> Result {
    path.append(key)
    defer { path.removeLast() }
    return evaluate(number, instance)
  }

  private mutating func apply(
    _ keyword: SchemaKeyword, _ node: Int, _ instance: JSONValue, _ result: inout Result
  ) {
    switch keyword {
    case .type, .const, .enum, .multipleOf, .bound, .size, .pattern, .format, .uniqueItems,
      .required, .dependentRequired:
      assert(keyword, node, instance, &result)
    case .ref, .dynamicRef, .allOf, .anyOf, .oneOf, .not, .condition, .dependentSchemas:
      applyInPlace(keyword, node, instance, &result)
    case .properties, .propertyNames, .unevaluatedProperties:
      if case .object(let object) = instance { applyToObject(keyword, node, object, &result) }
    case .items, .contains, .unevaluatedItems:
      if case .array(let array) = instance { applyToArray(keyword, node, array, &result) }
    }
  }

  // MARK: Assertions

  private func assert(
    _ keyword: SchemaKeyword, _ node: Int, _ instance: JSONValue, _ result: inout Result
  ) {
    func fail(_ name: String, _ message: String) {
      add([violation(node, name, message)], to: &result)
    }
    switch keyword {
    case .type(let names):
      let fits = names.contains { name in
        switch name {
        case "integer": SchemaNumber.isInteger(instance)
        case "number": instance.double != nil
        default: instance.typeName == name
        }
      }
      if !fits { fail("type", "is \(instance.typeName), not \(names.joined(separator: " or "))") }
    case .const(let value):
      if !SchemaEquality.areEqual(value, instance) { fail("const", "is not the one value allowed") }
    case .enum(let values):
      if !values.contains(where: { SchemaEquality.areEqual($0, instance) }) {
        fail("enum", "is none of the \(values.count) values allowed")
      }
    case .multipleOf(let divisor):
      if SchemaNumber.isMultiple(instance, of: divisor) == false {
        fail("multipleOf", "is no multiple of \(divisor.text())")
      }
    case .bound(let bound, let limit):
      guard let order = SchemaNumber.compare(instance, limit) else { return }
      let (fits, words) =
        switch bound {
        case .minimum: (order != .ascending, "below")
        case .maximum: (order != .descending, "above")
        case .exclusiveMinimum: (order == .descending, "not above")
        case .exclusiveMaximum: (order == .ascending, "not below")
        }
      if !fits { fail(bound.rawValue, "is \(words) \(limit.text())") }
    case .size(let size, let limit):
      guard let count = count(instance, size) else { return }
      switch size {
      case .minLength, .minItems, .minProperties:
        if count < limit { fail(size.rawValue, "has \(count) \(unit(size)), fewer than \(limit)") }
      case .maxLength, .maxItems, .maxProperties:
        if count > limit { fail(size.rawValue, "has \(count) \(unit(size)), more than \(limit)") }
      }
    case .pattern(let pattern):
      if case .string(let text) = instance, !pattern.matches(text) {
        fail("pattern", "does not match “\(pattern.pattern)”")
      }
    case .format(let name):
      if case .string(let text) = instance, let format = SchemaFormat(rawValue: name),
        !format.accepts(text)
      {
        fail("format", "is no \(name)")
      }
    case .uniqueItems:
      if case .array(let array) = instance,
        let (first, second) = SchemaEquality.repetition(in: array)
      {
        fail("uniqueItems", "has the same item at \(first) and \(second)")
      }
    case .required(let names):
      guard case .object(let object) = instance else { return }
      for name in names where object[name] == nil { fail("required", "lacks “\(name)”") }
    case .dependentRequired(let entries):
      guard case .object(let object) = instance else { return }
      for (key, names) in entries where object[key] != nil {
        for name in names where object[name] == nil {
          fail("dependentRequired", "has “\(key)” and lacks “\(name)”")
        }
      }
    default: break
    }
  }

  private func count(_ instance: JSONValue, _ size: SchemaSize) -> Int? {
    switch (size, instance) {
    case (.minLength, .string(let text)), (.maxLength, .string(let text)):
      text.unicodeScalars.count
    case (.minItems, .array(let array)), (.maxItems, .array(let array)): array.count
    case (.minProperties, .object(let object)), (.maxProperties, .object(let object)):
      object.count
    default: nil
    }
  }

  private func unit(_ size: SchemaSize) -> String {
    switch size {
    case .minLength, .maxLength: "characters"
    case .minItems, .maxItems: "items"
    case .minProperties, .maxProperties: "properties"
    }
  }

  // MARK: Schemas for the same place

  private mutating func applyInPlace(
    _ keyword: SchemaKeyword, _ node: Int, _ instance: JSONValue, _ result: inout Result
  ) {
    switch keyword {
    case .ref(let target): take(evaluate(target, instance), into: &result)
    case .dynamicRef(let target, let anchor):
      var outermost = target
      if let anchor {
        for resource in scope {
          let key = SchemaAnchor(resource: resource, name: anchor)
          if let node = schema.dynamicAnchors[key] {
            outermost = node
            break
          }
        }
      }
      take(evaluate(outermost, instance), into: &result)
    case .allOf(let schemas):
      for schema in schemas { take(evaluate(schema, instance), into: &result) }
    case .anyOf(let schemas):
      var closest: [Violation]?
      var fits = false
      for schema in schemas {
        let part = evaluate(schema, instance)
        if part.isValid {
          fits = true
          take(part, into: &result)
          if !self.schema.tracksEvaluation { break }
        } else if closest.map({ part.violations.count < $0.count }) ?? true {
          closest = part.violations
        }
      }
      if !fits {
        add(
          [violation(node, "anyOf", "fits none of \(schemas.count) alternatives; the closest one:")]
            + (closest ?? []), to: &result)
      }
    case .oneOf(let schemas):
      var closest: [Violation]?
      var fitting: [Int] = []
      for (index, schema) in schemas.enumerated() {
        let part = evaluate(schema, instance)
        if part.isValid {
          fitting.append(index)
          if fitting.count == 1 { take(part, into: &result) }
        } else if closest.map({ part.violations.count < $0.count }) ?? true {
          closest = part.violations
        }
      }
      if fitting.isEmpty {
        add(
          [violation(node, "oneOf", "fits none of \(schemas.count) alternatives; the closest one:")]
            + (closest ?? []), to: &result)
      } else if fitting.count > 1 {
        let list = fitting.map(String.init).joined(separator: ", ")
        add([violation(node, "oneOf", "fits more than one alternative: \(list)")], to: &result)
      }
    case .not(let schema):
      if evaluate(schema, instance).isValid {
        add([violation(node, "not", "fits a schema that it must not")], to: &result)
      }
    case .condition(let condition, let then, let otherwise):
      let tested = evaluate(condition, instance)
      if tested.isValid { take(tested, into: &result) }
      if let branch = tested.isValid ? then : otherwise {
        take(evaluate(branch, instance), into: &result)
      }
    case .dependentSchemas(let entries):
      guard case .object(let object) = instance else { return }
      for (key, schema) in entries where object[key] != nil {
        take(evaluate(schema, instance), into: &result)
      }
    default: break
    }
  }

  // MARK: Schemas for parts

  private mutating func applyToObject(
    _ keyword: SchemaKeyword, _ node: Int, _ object: JSONObject, _ result: inout Result
  ) {
    switch keyword {
    case .properties(let properties, let patterns, let additional):
      for (key, value) in object.members {
        var schemas: [Int] = []
        if let schema = properties[key] { schemas.append(schema) }
        for (pattern, schema) in patterns where pattern.matches(key) { schemas.append(schema) }
        if schemas.isEmpty, let additional { schemas = [additional] }
        for schema in schemas { add(evaluate(schema, value, at: key).violations, to: &result) }
        if self.schema.tracksEvaluation, !schemas.isEmpty {
          result.evaluated.properties.insert(key)
        }
      }
    case .propertyNames(let schema):
      for key in object.keys {
        add(evaluate(schema, .string(key), at: key).violations, to: &result)
      }
    case .unevaluatedProperties(let schema):
      for (key, value) in object.members where !result.evaluated.properties.contains(key) {
        add(evaluate(schema, value, at: key).violations, to: &result)
        result.evaluated.properties.insert(key)
      }
    default: break
    }
  }

  private mutating func applyToArray(
    _ keyword: SchemaKeyword, _ node: Int, _ array: [JSONValue], _ result: inout Result
  ) {
    switch keyword {
    case .items(let prefix, let rest):
      for (index, element) in array.enumerated() {
        guard let schema = index < prefix.count ? prefix[index] : rest else { break }
        add(evaluate(schema, element, at: "\(index)").violations, to: &result)
      }
      result.evaluated.items = max(
        result.evaluated.items, rest == nil ? min(prefix.count, array.count) : array.count)
    case .contains(let schema, let least, let most):
      var count = 0
      for (index, element) in array.enumerated()
      where evaluate(schema, element, at: "\(index)").isValid {
        count += 1
        if self.schema.tracksEvaluation { result.evaluated.singleItems.insert(index) }
      }
      if count < least {
        let keyword = least == 1 ? "contains" : "minContains"
        add(
          [violation(node, keyword, "has \(count) items of the kind wanted, fewer than \(least)")],
          to: &result)
      }
      if let most, count > most {
        add(
          [
            violation(
              node, "maxContains", "has \(count) items of the kind wanted, more than \(most)")
          ], to: &result)
      }
    case .unevaluatedItems(let schema):
      for (index, element) in array.enumerated()
      where index >= result.evaluated.items && !result.evaluated.singleItems.contains(index) {
        add(evaluate(schema, element, at: "\(index)").violations, to: &result)
      }
      result.evaluated.items = array.count
    default: break
    }
  }
}
