package import JSON

extension Expression {
  static let documentMembers = ["path", "mediaType", "pages", "tokens", "notices"]
  static let fieldMembers = [
    "status", "value", "raw", "evidence", "alternatives", "confidence",
  ]
  static let statuses = ["found", "absent", "unsupported", "notRead"]

  /// What expressions see of the document itself, as the member `document` of their scope.
  package static func document(
    path: String, mediaType: String, pages: Int?, tokens: Int?, notices: [String]
  ) -> JSONValue {
    [
      "path": .string(path), "mediaType": .string(mediaType),
      "pages": pages.map(JSONValue.integer) ?? .null,
      "tokens": tokens.map(JSONValue.integer) ?? .null,
      "notices": .array(notices.map(JSONValue.string)),
    ]
  }
}

extension Step {
  /// What expressions see of the step's result, as the member of its id in their scope.
  ///
  /// - Parameter data: The member `data` of the result's envelope.
  package func scopeMember(_ data: JSONValue) -> JSONValue {
    if case .classify = action {
      var labels = JSONObject()
      for (name, field) in data["fields"]?.object?.members.map({ ($0, $1) }) ?? [] {
        labels[name] = field["value"] ?? .null
      }
      return .object(labels)
    }
    return givesFields ? data["fields"] ?? .null : data
  }
}

extension Expression.Node {
  /// What a node gives that can be said before any document is read and is never true; nil for
  /// nodes that may be true.
  var typeThatIsNoCondition: String? {
    switch self {
    case .literal(.bool), .path, .not, .all, .any, .comparison, .member: nil
    case .literal(let value): value.shortName
    case .list: "a list"
    case .call(let function, _):
      switch function {
      case .exists, .contains, .startsWith, .endsWith: nil
      case .lower: "a text"
      case .count, .number, .days, .months: "a number"
      }
    }
  }

  /// Every text that `STEP.FIELD.status` is compared with: a misspelt one would make a condition that
  /// never changes.
  var statusesComparedWith: [(Expression.Path, String)] {
    func statuses(_ first: Self, _ second: Self) -> [(Expression.Path, String)] {
      guard case .path(let path) = first, path.segments.count == 2,
        path.segments[1].key == .name("status")
      else { return [] }
      switch second {
      case .literal(.string(let text)): return [(path, text)]
      case .list(let nodes): return nodes.flatMap { statuses(first, $0) }
      default: return []
      }
    }
    switch self {
    case .literal, .path: return []
    case .list(let nodes), .all(let nodes), .any(let nodes), .call(_, let nodes):
      return nodes.flatMap(\.statusesComparedWith)
    case .not(let node): return node.statusesComparedWith
    case .comparison(_, let left, let right):
      return statuses(left, right) + statuses(right, left) + left.statusesComparedWith
        + right.statusesComparedWith
    case .member(let part, let whole):
      return statuses(part, whole) + part.statusesComparedWith + whole.statusesComparedWith
    }
  }
}
