import JSON

/// Makes automata of shapes.
struct ConstraintBuilder {
  private(set) var starts: [[SchemaConstraint.Start]] = []
  private(set) var automata: [ByteAutomaton] = []
  private(set) var objects: [SchemaConstraint.Object] = []
  private(set) var arrays: [SchemaConstraint.Array] = []
  private(set) var punctuation = SchemaConstraint.Punctuation()
  private(set) var notes: [ConstraintError.Problem] = []
  private(set) var lost: [ConstraintError.Problem] = []
  private(set) var isGrounded = false

  private let options: SchemaConstraint.Options
  private var strings: [StringShape: Int32?] = [:]
  private var numbers: [NumberShape: Int32?] = [:]
  private var keys: [String: Int32] = [:]
  private var table: [[Shape]] = []
  /// Of the schema whose shapes are at hand.
  private var pointer = ""

  init(_ schema: JSONSchema, _ options: SchemaConstraint.Options) { self.options = options }

  mutating func build(_ table: ShapeTable) throws(ConstraintError) {
    self.table = table.shapes
    let space: [UInt8] = options.allowsSpaces ? [0x20] : []
    // The first two are shared by all schemas: see LeafTokens.
    automata = [FreeString.automaton, PlainString.automaton]
    punctuation.openArray = add(.literal([0x5B]))
    punctuation.closeArray = add(.literal([0x5D]))
    punctuation.openObject = add(.literal([0x7B]))
    punctuation.closeObject = add(.literal([0x7D]))
    punctuation.comma = add(.literal([0x2C], optional: space))
    punctuation.colon = add(.literal([0x3A], optional: space))
    for (shapes, pointer) in zip(table.shapes, table.pointers) {
      self.pointer = pointer
      var starts: [SchemaConstraint.Start] = []
      for shape in shapes { starts += self.starts(shape) }
      self.starts.append(starts)
    }
  }

  private mutating func add(_ automaton: ByteAutomaton) -> Int32 {
    automata.append(automaton)
    return Int32(automata.count - 1)
  }

  private mutating func lose(_ keyword: String, _ message: String) {
    let problem = ConstraintError.Problem(pointer: pointer, keyword: keyword, message: message)
    if !lost.contains(problem) { lost.append(problem) }
  }

  private mutating func starts(_ shape: Shape) -> [SchemaConstraint.Start] {
    switch shape {
    case .values(let values):
      return automata(of: values).map { .automaton($0) }
    case .number(let shape):
      if let known = numbers[shape] { return known.map { [.automaton($0)] } ?? [] }
      var number: Int32?
      do {
        if let automaton = try shape.automaton() { number = add(automaton) }
      } catch {
        lose("multipleOf", "the conditions on a number need too many states")
      }
      numbers[shape] = .some(number)
      return number.map { [.automaton($0)] } ?? []
    case .string(let shape):
      let most = Int32(clamping: shape.most ?? .max)
      if shape.isGrounded {
        isGrounded = true
        guard shape.patterns.isEmpty, shape.refusedPatterns.isEmpty, shape.excluded.isEmpty else {
          lose(
            "x-evidence",
            "a string that is a span of the source cannot have a pattern, format or excluded values as well"
          )
          return []
        }
        return [.grounded(least: Int32(clamping: max(1, shape.least)), most: most)]
      }
      if shape.isFree, shape.least > 0 || shape.most != nil {
        return [.counted(least: Int32(clamping: shape.least), most: most)]
      }
      return string(shape).map { [.automaton($0)] } ?? []
    case .array(let shape):
      arrays.append(array(shape))
      return [.array(Int32(arrays.count - 1))]
    case .object(let shape):
      guard shape.least <= 2000 else {
        lose("minProperties", "more than 2000 properties cannot be asked for")
        return []
      }
      objects.append(object(shape))
      return [.object(Int32(objects.count - 1))]
    }
  }

  /// At most some hundred values an automaton: their states would be too many.
  private mutating func automata(of values: [JSONValue]) -> [Int32] {
    var result: [Int32] = []
    var rest = values[...]
    while !rest.isEmpty {
      let some = rest.prefix(128)
      rest = rest.dropFirst(128)
      if let automaton = try? ByteAutomaton.constants(some.map { Array($0.text().utf8) }) {
        result.append(add(automaton))
      } else {
        lose("enum", "values are too long to be written by")
      }
    }
    return result
  }

  private mutating func string(_ shape: StringShape) -> Int32? {
    if let known = strings[shape] { return known }
    var number: Int32?
    if shape == StringShape() {
      number = 0
    } else {
      do {
        if let automaton = try shape.automaton() { number = add(automaton) }
      } catch {
        lose("pattern", "the conditions on a string need too many states")
      }
    }
    strings[shape] = .some(number)
    return number
  }

  private mutating func key(_ name: String) -> (automaton: Int32, bytes: Int) {
    let text = Array(JSONValue.string(name).text().utf8) + [0x3A]
    if let known = keys[name] { return (known, text.count) }
    let number = add(.literal(text, optional: options.allowsSpaces ? [0x20] : []))
    keys[name] = number
    return (number, text.count)
  }

  private mutating func object(_ shape: ObjectShape) -> SchemaConstraint.Object {
    var members: [SchemaConstraint.Member] = []
    for member in shape.members {
      let key = key(member.name)
      members.append(
        .init(
          goal: member.goal, isRequired: member.isRequired, key: key.automaton,
          keyBytes: key.bytes))
    }
    var extras: [SchemaConstraint.Extra] = []
    for extra in shape.extras {
      var name = extra.name
      let isOpen =
        name.patterns.isEmpty && name.refusedPatterns.isEmpty && name.least == 0
        && name.most == nil
      if isOpen {
        extras.append(
          .init(
            goal: extra.goal, automaton: nil,
            excluded: name.excluded.sorted().map(PlainString.content), leastBytes: 2))
      } else {
        // Names that the members have already are taken out; of the rest, one is written.
        name.excluded.formUnion(shape.members.map(\.name))
        guard let automaton = string(name) else { continue }
        extras.append(
          .init(
            goal: extra.goal, automaton: automaton, excluded: [],
            leastBytes: Int(automata[Int(automaton)].cost[0])))
      }
    }
    return .init(members: members, extras: extras, least: shape.least, most: shape.most)
  }

  private mutating func array(_ shape: ArrayShape) -> SchemaConstraint.Array {
    var shape = shape
    guard shape.isUnique, (shape.most ?? .max) > 1 else {
      return .init(shape: shape, uniqueness: .none)
    }
    if shape.prefix.isEmpty, let goal = shape.rest, table[goal].count == 1 {
      switch table[goal][0] {
      case .values(let values) where values.count <= 64:
        shape.most = min(shape.most ?? .max, values.count)
        let single = values.flatMap { automata(of: [$0]) }
        return .init(
          shape: shape,
          uniqueness: .values(single, leastBytes: single.map { Int(automata[Int($0)].cost[0]) }))
      case .string(let string) where string == StringShape():
        return .init(shape: shape, uniqueness: .strings)
      default: break
      }
    }
    let note = ConstraintError.Problem(
      pointer: pointer, keyword: "uniqueItems",
      message: "uniqueItems: where items are neither free strings nor given by enum, one is written"
    )
    if !notes.contains(note) { notes.append(note) }
    if shape.least > 1 { lose("uniqueItems", note.message) }
    shape.most = 1
    return .init(shape: shape, uniqueness: .none)
  }
}
