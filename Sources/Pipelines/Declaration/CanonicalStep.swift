package import JSON

extension Step {
  /// What the step says that its result depends on, for the result's key: every default written
  /// out, schemas by their digest, nothing of where files stand or how they are laid out.
  ///
  /// `where` and `attempts` are left out: they decide whether and how often the step is tried, not
  /// what a result is.
  package var canonical: JSONValue {
    var object: JSONObject = ["id": .string(id), "kind": .string(kind)]
    if !from.isEmpty { object["from"] = .array(from.map(JSONValue.string)) }
    switch action {
    case .extract(let extract):
      object["schema"] = .string(extract.schema.sha256)
      object["evidence"] = .string(extract.evidence.rawValue)
    case .summarize(let length): object["length"] = length.canonical
    case .minutes: break
    case .ask(let ask):
      object["schema"] = .string(ask.schema.sha256)
      object["evidence"] = .string(ask.evidence.rawValue)
      object["instructions"] = ask.instructions.map(JSONValue.string)
    case .classify(let classify):
      object["labels"] = .array(
        classify.labels.map { label in
          let words: [JSONValue] = [
            .string(label.name), label.description.map(JSONValue.string) ?? .null,
          ]
          let rules: [JSONValue] = [
            label.tag.map(JSONValue.string) ?? .null, label.pattern.map(JSONValue.string) ?? .null,
          ]
          // Only where there are any: their absence is no change.
          return .array(words + (label.hasRule ? rules : []))
        })
      object["multiple"] = .bool(classify.multiple)
      object["instructions"] = classify.instructions.map(JSONValue.string)
    case .filter(let expression): object["where"] = .string(expression.source)
    case .reduce(let reduce):
      object["groupBy"] = reduce.groupBy.map { .string($0.source) }
      object["length"] = reduce.length.canonical
      object["instructions"] = reduce.instructions.map(JSONValue.string)
    }
    return .object(object)
  }
}

extension Step.Length {
  package var canonical: JSONValue {
    switch self {
    case .words(let count): ["words": .integer(count)]
    case .sentences(let count): ["sentences": .integer(count)]
    case .share(let share): ["share": .number(share)]
    }
  }
}
