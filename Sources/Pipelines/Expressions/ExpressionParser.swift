import JSON

/// A recursive-descent parser, one method a rule of the grammar in `Language.md`.
struct ExpressionParser {
  typealias Node = Expression.Node
  private typealias Token = ExpressionLexer.Token

  private var lexer: ExpressionLexer
  private var token: Token = .end
  private var start = 0
  private var depth = 0
  private(set) var paths: [Expression.Path] = []

  /// Names that cannot begin a path.
  static let reserved: Set<String> = ["and", "or", "not", "in", "true", "false", "null"]

  init(_ source: String) throws(ExpressionError) {
    lexer = ExpressionLexer(source)
    guard lexer.count <= Expression.longest else {
      throw ExpressionError(
        message:
          "the expression has \(lexer.count) characters; at most \(Expression.longest) are read",
        offset: 0)
    }
    try advance()
  }

  mutating func whole() throws(ExpressionError) -> Node {
    guard token != .end else { throw error("the expression is empty") }
    let node = try any()
    guard token == .end else {
      throw error("unexpected \(token.description); expected “and”, “or” or the end")
    }
    return node
  }

  private func error(_ message: String) -> ExpressionError {
    ExpressionError(message: message, offset: start)
  }

  private mutating func advance() throws(ExpressionError) { (token, start) = try lexer.next() }

  private mutating func take(_ wanted: Token) throws(ExpressionError) -> Bool {
    guard token == wanted else { return false }
    try advance()
    return true
  }

  private mutating func expect(_ mark: String) throws(ExpressionError) {
    guard try take(.mark(mark)) else {
      throw error("expected “\(mark)” here, not \(token.description)")
    }
  }

  private mutating func nested<T>(
    _ body: (inout ExpressionParser) throws(ExpressionError) -> T
  ) throws(ExpressionError) -> T {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Expression.deepest else {
      throw error("nested deeper than \(Expression.deepest) levels")
    }
    return try body(&self)
  }

  private mutating func any() throws(ExpressionError) -> Node {
    let first = try all()
    var nodes = [first]
    while try take(.name("or")) { nodes.append(try all()) }
    return nodes.count == 1 ? first : .any(nodes)
  }

  private mutating func all() throws(ExpressionError) -> Node {
    let first = try negation()
    var nodes = [first]
    while try take(.name("and")) { nodes.append(try negation()) }
    return nodes.count == 1 ? first : .all(nodes)
  }

  private mutating func negation() throws(ExpressionError) -> Node {
    guard try take(.name("not")) else { return try comparison() }
    return try nested { parser throws(ExpressionError) in .not(try parser.negation()) }
  }

  private mutating func comparison() throws(ExpressionError) -> Node {
    let left = try operand()
    let node: Node
    if let comparison = currentComparison {
      try advance()
      node = .comparison(comparison, left, try operand())
    } else if try take(.name("in")) {
      node = .member(left, of: try operand())
    } else if token == .name("not") {
      try advance()
      guard try take(.name("in")) else {
        throw error("expected “in” after “not” here, not \(token.description)")
      }
      node = .not(.member(left, of: try operand()))
    } else {
      return left
    }
    if currentComparison != nil || token == .name("in") {
      throw error("comparisons do not chain; join them with “and”")
    }
    return node
  }

  private var currentComparison: Expression.Comparison? {
    if case .mark(let mark) = token { Expression.Comparison(rawValue: mark) } else { nil }
  }

  private mutating func operand() throws(ExpressionError) -> Node {
    switch token {
    case .string(let string):
      try advance()
      return .literal(.string(string))
    case .number(let number):
      try advance()
      return .literal(JSONValue(finite: number))
    case .mark("("):
      try advance()
      let node = try nested { parser throws(ExpressionError) in try parser.any() }
      try expect(")")
      return node
    case .mark("["):
      try advance()
      return .list(try operands(until: "]"))
    case .name(let name): return try named(name)
    case .mark, .end: throw error("expected a value here, not \(token.description)")
    }
  }

  /// Operands set apart by commas, and the bracket that closes them.
  private mutating func operands(until close: String) throws(ExpressionError) -> [Node] {
    var nodes: [Node] = []
    if try take(.mark(close)) { return nodes }
    while true {
      nodes.append(try nested { parser throws(ExpressionError) in try parser.any() })
      if try take(.mark(close)) { return nodes }
      guard try take(.mark(",")) else {
        throw error("expected “,” or “\(close)” here, not \(token.description)")
      }
    }
  }

  private mutating func named(_ name: String) throws(ExpressionError) -> Node {
    let nameStart = start
    switch name {
    case "true", "false":
      try advance()
      return .literal(.bool(name == "true"))
    case "null":
      try advance()
      return .literal(.null)
    case _ where Self.reserved.contains(name):
      throw error("expected a value here, not “\(name)”")
    default: break
    }
    try advance()
    if token == .mark("(") { return try call(name, at: nameStart) }
    var path = Expression.Path(root: name, segments: [], offset: nameStart)
    while true {
      if try take(.mark(".")) {
        let segmentStart = start
        guard case .name(let member) = token else {
          throw error(
            "expected a name after “.”, not \(token.description); write others as ['…'] or [0]")
        }
        try advance()
        path.segments.append(.init(key: .name(member), offset: segmentStart))
      } else if try take(.mark("[")) {
        let segmentStart = start
        switch token {
        case .string(let member):
          path.segments.append(.init(key: .name(member), offset: segmentStart))
        case .number(let number):
          guard let index = Int(exactly: number) else { throw error("expected a whole number") }
          path.segments.append(.init(key: .index(index), offset: segmentStart))
        default: throw error("expected a text or a whole number, not \(token.description)")
        }
        try advance()
        try expect("]")
      } else {
        break
      }
    }
    paths.append(path)
    return .path(path)
  }

  private mutating func call(_ name: String, at nameStart: Int) throws(ExpressionError) -> Node {
    guard let function = Expression.Function(rawValue: name) else {
      let known = Expression.Function.allCases.map(\.rawValue)
      throw ExpressionError(
        message: "unknown function “\(name)”" + Suggestion.ending(for: name, among: known),
        offset: nameStart)
    }
    try advance()
    let arguments = try operands(until: ")")
    guard arguments.count == function.argumentCount else {
      throw ExpressionError(
        message:
          "\(name) takes \(function.argumentCount == 1 ? "one value" : "two values"), not \(arguments.count)",
        offset: nameStart)
    }
    return .call(function, arguments)
  }
}
