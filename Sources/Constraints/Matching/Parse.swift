/// A value under way, byte by byte: a set of ways to read it, each a leaf on a stack of frames. Sets are
/// numbered and their transitions kept, so that a way that was gone before costs one look.
final class Parse {
  let constraint: SchemaConstraint
  let source: SpanIndex?
  let costs: CostTable

  private var leaves = Numbering<Leaf>()
  /// [leaves]
  private var leafCosts: [Int] = []
  private var cells = Numbering<Cell>()
  /// [cells]: bytes to the very end, once what is on top has ended.
  private var cellCosts: [Int] = []
  private var configurations = Numbering<[Thread]>()
  /// [configurations]
  private(set) var configurationCosts: [Int] = []
  /// [configurations, 256]: the next one, −1 for none, −2 for not known.
  private var transitions: [Int32] = []
  var sets = StringSets()

  struct Cell: Hashable {
    var frame: Frame
    var parent: Int32
  }

  struct Thread: Hashable, Comparable {
    var leaf: Int32
    var cell: Int32
    static func < (first: Thread, second: Thread) -> Bool {
      (first.leaf, first.cell) < (second.leaf, second.cell)
    }
  }

  private(set) var start: Int32 = -1

  init(_ constraint: SchemaConstraint, source: SpanIndex?) {
    self.constraint = constraint
    self.source = source
    costs = CostTable(
      constraint.starts, constraint.objects, constraint.arrays, constraint.automata,
      groundedBytes: { least in source?.shortestSpan(least: least) ?? CostTable.none })
    let bottom = cell(.end, -1)
    var threads: Set<Thread> = []
    begin(0, on: bottom, &threads)
    start = configuration(threads)
  }

  // MARK: Numbers

  private func leaf(_ leaf: Leaf) -> Int32 {
    let number = leaves.number(leaf)
    if number == leafCosts.count { leafCosts.append(cost(of: leaf)) }
    return number
  }

  func cell(_ frame: Frame, _ parent: Int32) -> Int32 {
    let number = cells.number(Cell(frame: frame, parent: parent))
    if number == cellCosts.count {
      let above = parent < 0 ? 0 : cellCosts[Int(parent)]
      cellCosts.append(min(cost(of: frame) + above, CostTable.none))
    }
    return number
  }

  /// −1 for no thread at all.
  private func configuration(_ threads: Set<Thread>) -> Int32 {
    guard !threads.isEmpty else { return -1 }
    let number = configurations.number(threads.sorted())
    if number == configurationCosts.count {
      configurationCosts.append(threads.reduce(CostTable.none) { min($0, cost(of: $1)) })
      transitions.append(contentsOf: repeatElement(-2, count: 256))
    }
    return number
  }

  func threads(of configuration: Int32) -> [Thread] { configurations[configuration] }
  func leaf(of thread: Thread) -> Leaf { leaves[thread.leaf] }
  func cost(of configuration: Int32) -> Int { configurationCosts[Int(configuration)] }
  func cellCost(of thread: Thread) -> Int { cellCosts[Int(thread.cell)] }

  /// Whether the value may end here, and whether it must.
  func canEnd(_ configuration: Int32) -> Bool {
    configurations[configuration].contains { leaves[$0.leaf] == .done }
  }

  func mustEnd(_ configuration: Int32) -> Bool {
    configurations[configuration].allSatisfy { leaves[$0.leaf] == .done }
  }

  private func cost(of thread: Thread) -> Int {
    min(leafCosts[Int(thread.leaf)] + cellCosts[Int(thread.cell)], CostTable.none)
  }

  func leafCost(_ leaf: Leaf) -> Int { cost(of: leaf) }

  private func cost(of leaf: Leaf) -> Int {
    switch leaf {
    case .done, .added: return 0
    case .automaton(let number, let state):
      return Int(constraint.automata[Int(number)].cost[Int(state)])
    case .counted(let least, _, let state, let count):
      return Int(FreeString.automaton.cost[Int(state)]) + Int(max(0, least - count))
    case .distinct(let state, let set, let written):
      let cost = Int(PlainString.automaton.cost[Int(state)])
      guard state == FreeString.contentState, sets.contains(written, in: set) else {
        return state == 0 ? 2 + CostTable.digits(sets.count(of: set)) : cost
      }
      return cost + max(1, CostTable.digits(sets.continuations(of: written, in: set).count - 1))
    case .span(let place): return source?.cost(of: place) ?? CostTable.none
    }
  }

  private func cost(of frame: Frame) -> Int {
    switch frame {
    case .end: 0
    case .arrayOpened(let array): costs.opened(array: array)
    case .item(let array, let count, let used):
      costs.begun(array: array, count: Int(count), used: used, usedCount: usedCount(array, used))
    case .itemDone(let array, let count, let used):
      costs.done(array: array, count: Int(count), used: used, usedCount: usedCount(array, used))
    case .objectOpened(let object): costs.opened(object: object)
    case .member(let object, let next, let count, let used, _):
      costs.begun(object: object, next: Int(next), count: Int(count), used: used)
    case .memberDone(let object, let next, let count, let used, _):
      costs.done(object: object, next: Int(next), count: Int(count), used: used)
    case .named(let object, let extra, let count, let used, _):
      costs.named(object: object, extra: Int(extra), count: Int(count), used: used)
    case .value(let goal): costs.least[goal]
    }
  }

  /// Strings of an array are told apart by a set, whose number stands where values have their bits.
  private func usedCount(_ array: Int32, _ used: UInt64) -> Int {
    if case .strings = constraint.arrays[Int(array)].uniqueness {
      return sets.count(of: Int32(truncatingIfNeeded: used))
    }
    return 0
  }

  // MARK: Steps

  /// The configuration after one more byte; −1 when none is.
  func step(_ configuration: Int32, _ byte: UInt8) -> Int32 {
    let place = Int(configuration) << 8 | Int(byte)
    let known = transitions[place]
    if known != -2 { return known }
    var next: Set<Thread> = []
    for thread in configurations[configuration] {
      if let leaf = step(leaves[thread.leaf], byte) { add(leaf, thread.cell, &next) }
    }
    let number = self.configuration(next)
    transitions[place] = number
    return number
  }

  func step(_ leaf: Leaf, _ byte: UInt8) -> Leaf? {
    switch leaf {
    case .done, .added: return nil
    case .automaton(let number, let state):
      let next = constraint.automata[Int(number)].step(state, byte)
      return next < 0 ? nil : .automaton(number, state: next)
    case .counted(let least, let most, let state, var count):
      let next = FreeString.automaton.step(state, byte)
      guard next >= 0 else { return nil }
      if state == FreeString.contentState {
        if byte == 0x22 {
          guard count >= least else { return nil }
        } else {
          guard count < most else { return nil }
          count += 1
        }
      }
      return .counted(least: least, most: most, state: next, count: count)
    case .distinct(let state, let set, let written):
      let next = PlainString.automaton.step(state, byte)
      guard next >= 0 else { return nil }
      if state == 0 { return .distinct(state: next, set: set, written: 0) }
      if state == FreeString.contentState, byte == 0x22 {
        guard set != StringSets.sealed, !sets.contains(written, in: set) else { return nil }
        return .added(set: sets.adding(written, to: set))
      }
      return .distinct(state: next, set: set, written: sets.appending(byte, to: written))
    case .span(let place): return source?.step(place, byte).map { .span($0) }
    }
  }

  func accepts(_ leaf: Leaf) -> Bool {
    switch leaf {
    case .done: false
    case .added: true
    case .automaton(let number, let state):
      constraint.automata[Int(number)].accepts[Int(state)]
    case .counted(_, _, let state, _): FreeString.automaton.accepts[Int(state)]
    case .distinct: false
    case .span(let place): place.isClosed
    }
  }

  /// Adds a thread, and those that go on behind it where its leaf may have ended.
  private func add(_ leaf: Leaf, _ cell: Int32, _ threads: inout Set<Thread>) {
    let thread = Thread(leaf: self.leaf(leaf), cell: cell)
    guard cost(of: thread) < CostTable.none else { return }
    guard accepts(leaf) else {
      threads.insert(thread)
      return
    }
    if goesOn(leaf) {
      guard threads.insert(thread).inserted else { return }
    }
    var set: Int32 = 0
    if case .added(let known) = leaf { set = known }
    end(on: cell, set: set, &threads)
  }

  private func goesOn(_ leaf: Leaf) -> Bool {
    guard case .automaton(let number, let state) = leaf else { return false }
    return constraint.goesOn[Int(number)][Int(state)]
  }

  /// The configuration when the part on top of a cell has just ended.
  func configuration(endingOn cell: Int32, set: Int32) -> Int32 {
    var threads: Set<Thread> = []
    end(on: cell, set: set, &threads)
    return configuration(threads)
  }

  // MARK: Structure

  /// What follows the part that has ended on a cell.
  ///
  /// - Parameter set: of a string that had to be distinct: with it.
  private func end(on number: Int32, set: Int32, _ threads: inout Set<Thread>) {
    let cell = cells[number]
    let parent = cell.parent
    let punctuation = constraint.punctuation
    switch cell.frame {
    case .end: threads.insert(Thread(leaf: leaf(.done), cell: number))
    case .arrayOpened(let array):
      if constraint.arrays[Int(array)].shape.least == 0 {
        literal(punctuation.closeArray, parent, &threads)
      }
      item(array, 0, 0, parent, &threads)
    case .item(let array, let count, let used): item(array, count, used, parent, &threads)
    case .itemDone(let array, let count, var used):
      if case .strings = constraint.arrays[Int(array)].uniqueness {
        used = UInt64(UInt32(bitPattern: set))
      }
      let shape = constraint.arrays[Int(array)].shape
      if Int(count) >= shape.least { literal(punctuation.closeArray, parent, &threads) }
      if Int(count) < shape.most ?? .max {
        literal(
          punctuation.comma, self.cell(.item(array, count: count, used: used), parent), &threads)
      }
    case .objectOpened(let object):
      let shape = constraint.objects[Int(object)]
      if shape.least == 0, !shape.members.contains(where: \.isRequired) {
        literal(punctuation.closeObject, parent, &threads)
      }
      member(object, 0, 0, 0, 0, parent, &threads)
    case .member(let object, let next, let count, let used, let set):
      member(object, next, count, used, set, parent, &threads)
    case .memberDone(let object, let next, let count, let used, let set):
      let shape = constraint.objects[Int(object)]
      if Int(count) >= shape.least,
        !shape.members[Int(next)...].contains(where: \.isRequired)
      {
        literal(punctuation.closeObject, parent, &threads)
      }
      if Int(count) < shape.most ?? .max {
        let frame = Frame.member(object, next: next, count: count, used: used, set: set)
        literal(punctuation.comma, self.cell(frame, parent), &threads)
      }
    case .named(let object, let extra, let count, let used, let known):
      let shape = constraint.objects[Int(object)]
      let isDistinct = shape.extras[Int(extra)].automaton == nil
      let done = Frame.memberDone(
        object, next: Int32(shape.members.count), count: Self.counted(count + 1, shape),
        used: isDistinct ? used : used | UInt32(1) << UInt32(min(extra, 31)),
        set: isDistinct ? set : known)
      let value = self.cell(.value(shape.extras[Int(extra)].goal), self.cell(done, parent))
      literal(punctuation.colon, value, &threads)
    case .value(let goal): begin(goal, on: parent, &threads)
    }
  }

  private func literal(_ automaton: Int32, _ cell: Int32, _ threads: inout Set<Thread>) {
    guard cellCosts[Int(cell)] < CostTable.none else { return }
    add(.automaton(automaton, state: 0), cell, &threads)
  }

  private func begin(_ goal: Goal, on cell: Int32, _ threads: inout Set<Thread>) {
    for start in constraint.starts[goal] where costs.cost(of: start) < CostTable.none {
      switch start {
      case .automaton(let number): add(.automaton(number, state: 0), cell, &threads)
      case .counted(let least, let most):
        add(.counted(least: least, most: most, state: 0, count: 0), cell, &threads)
      case .grounded(let least, let most):
        if let place = source?.start(least: least, most: most) { add(.span(place), cell, &threads) }
      case .array(let array):
        literal(
          constraint.punctuation.openArray, self.cell(.arrayOpened(array), cell), &threads)
      case .object(let object):
        literal(
          constraint.punctuation.openObject, self.cell(.objectOpened(object), cell), &threads)
      }
    }
  }

  private func item(
    _ number: Int32, _ count: Int32, _ used: UInt64, _ parent: Int32, _ threads: inout Set<Thread>
  ) {
    let array = constraint.arrays[Int(number)]
    guard Int(count) < array.shape.most ?? .max, let goal = array.shape.goal(at: Int(count)) else {
      return
    }
    func done(_ used: UInt64) -> Int32 {
      // Beyond all that is counted, items are alike.
      let counted = max(array.shape.prefix.count, array.shape.least, array.shape.most ?? 0)
      return cell(
        .itemDone(number, count: min(count + 1, Int32(clamping: counted)), used: used), parent)
    }
    switch array.uniqueness {
    case .none: begin(goal, on: done(0), &threads)
    case .values(let automata, _):
      for (index, automaton) in automata.enumerated() where used >> UInt64(index) & 1 == 0 {
        literal(automaton, done(used | 1 << UInt64(index)), &threads)
      }
    case .strings:
      let set = Int32(truncatingIfNeeded: used)
      add(.distinct(state: 0, set: set, written: 0), done(used), &threads)
    }
  }

  /// Counts beyond the limits are alike.
  private static func counted(_ count: Int32, _ object: SchemaConstraint.Object) -> Int32 {
    object.most == nil ? min(count, Int32(clamping: max(object.least, 1))) : count
  }

  private func member(
    _ number: Int32, _ next: Int32, _ count: Int32, _ used: UInt32, _ set: Int32, _ parent: Int32,
    _ threads: inout Set<Thread>
  ) {
    let object = constraint.objects[Int(number)]
    guard Int(count) < object.most ?? .max else { return }
    let after = Self.counted(count + 1, object)
    var index = Int(next)
    while index < object.members.count {
      let member = object.members[index]
      if costs.least[member.goal] < CostTable.none {
        let done = Frame.memberDone(
          number, next: Int32(index + 1), count: after, used: used, set: set)
        literal(member.key, cell(.value(member.goal), cell(done, parent)), &threads)
      }
      if member.isRequired { return }
      index += 1
    }
    for (index, extra) in object.extras.enumerated() where costs.least[extra.goal] < CostTable.none
    {
      let bit = UInt32(1) << UInt32(min(index, 31))
      let frame = Frame.named(
        number, extra: Int32(index), count: count, used: used, set: set)
      let named = cell(frame, parent)
      guard cellCosts[Int(named)] < CostTable.none else { continue }
      if let automaton = extra.automaton {
        if used & bit == 0 { literal(automaton, named, &threads) }
      } else {
        var names = set
        // The declared names were never written as others; they come in with the first of these.
        if set == 0, !extra.excluded.isEmpty { names = sets.set(extra.excluded) }
        add(.distinct(state: 0, set: names, written: 0), named, &threads)
      }
    }
  }
}
