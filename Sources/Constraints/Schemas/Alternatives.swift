import JSON

// Alternatives that exclude each other need not be told apart by what they are not.
extension Demands {
  /// Whether no value fits both, as can be seen from their types, or from a member that both require and
  /// that tells them apart.
  func areDisjoint(_ first: Int, _ second: Int) -> Bool {
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
