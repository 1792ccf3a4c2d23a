/// The fewest bytes it takes to end, from any place of a schema's structure.
final class CostTable {
  typealias Constraint = SchemaConstraint

  /// At least this much: no end can be reached.
  static let none = 1 << 40

  /// [goals]
  private(set) var least: [Int]
  private let starts: [[Constraint.Start]]
  private let objects: [Constraint.Object]
  private let arrays: [Constraint.Array]
  private let automata: [ByteAutomaton]
  private let groundedBytes: (Int) -> Int
  private var closings: [Place: Int] = [:]
  private var namings: [Place: Int] = [:]

  private struct Place: Hashable {
    var object: Int32
    var next: Int32
    var count: Int32
    var used: UInt32
  }

  /// - Parameter groundedBytes: of a span with so many scalars at least, quotes included.
  init(
    _ starts: [[Constraint.Start]], _ objects: [Constraint.Object], _ arrays: [Constraint.Array],
    _ automata: [ByteAutomaton], groundedBytes: @escaping (Int) -> Int
  ) {
    self.starts = starts
    self.objects = objects
    self.arrays = arrays
    self.automata = automata
    self.groundedBytes = groundedBytes
    least = Array(repeating: Self.none, count: starts.count)
    // What a value costs rests on what its parts cost: again, until nothing gets cheaper.
    var isSettled = false
    while !isSettled {
      isSettled = true
      closings = [:]
      namings = [:]
      for goal in starts.indices {
        let cost = starts[goal].reduce(Self.none) { min($0, self.cost(of: $1)) }
        if cost < least[goal] {
          least[goal] = cost
          isSettled = false
        }
      }
    }
  }

  func cost(of start: Constraint.Start) -> Int {
    switch start {
    case .automaton(let number): Int(automata[Int(number)].cost[0])
    case .counted(let least, _): 2 + Int(least)
    case .grounded(let least, _): groundedBytes(Int(least))
    case .array(let number): 1 + opened(array: number)
    case .object(let number): 1 + opened(object: number)
    }
  }

  private func sum(_ first: Int, _ second: Int) -> Int { min(first + second, Self.none) }

  // MARK: Arrays

  /// After `[`.
  func opened(array number: Int32) -> Int {
    let array = arrays[Int(number)]
    if array.shape.least == 0 { return 1 }
    return begun(array: number, count: 0, used: 0, usedCount: 0)
  }

  /// Where item `count` begins.
  func begun(array number: Int32, count: Int, used: UInt64, usedCount: Int) -> Int {
    let array = arrays[Int(number)]
    switch array.uniqueness {
    case .none:
      guard let goal = array.shape.goal(at: count), count < array.shape.most ?? .max else {
        return Self.none
      }
      return sum(least[goal], done(array: number, count: count + 1, used: 0, usedCount: 0))
    case .values(_, let costs):
      let free = costs.indices.filter { used >> UInt64($0) & 1 == 0 }.sorted {
        costs[$0] < costs[$1]
      }
      guard count < array.shape.most ?? .max, let first = free.first else { return Self.none }
      let rest = done(
        array: number, count: count + 1, used: used | 1 << UInt64(first), usedCount: 0)
      return sum(costs[first], rest)
    case .strings:
      guard count < array.shape.most ?? .max else { return Self.none }
      return sum(
        2 + Self.digits(usedCount),
        done(array: number, count: count + 1, used: 0, usedCount: usedCount + 1))
    }
  }

  /// After item `count − 1`.
  func done(array number: Int32, count: Int, used: UInt64, usedCount: Int) -> Int {
    let array = arrays[Int(number)]
    let missing = array.shape.least - count
    if missing <= 0 { return 1 }
    switch array.uniqueness {
    case .none:
      var cost = 1
      for index in count..<max(count, min(array.shape.least, array.shape.prefix.count)) {
        cost = sum(cost, sum(1, least[array.shape.prefix[index]]))
      }
      let plain = array.shape.least - max(count, array.shape.prefix.count)
      if plain > 0 {
        guard let rest = array.shape.rest, least[rest] < Self.none else { return Self.none }
        cost = sum(cost, plain * (1 + least[rest]))
      }
      return cost
    case .values(_, let costs):
      let free = costs.indices.filter { used >> UInt64($0) & 1 == 0 }.map { costs[$0] }.sorted()
      guard free.count >= missing else { return Self.none }
      return free.prefix(missing).reduce(1) { sum($0, $1 + 1) }
    case .strings:
      return (0..<missing).reduce(1) { sum($0, 3 + Self.digits(usedCount + $1)) }
    }
  }

  /// How many characters tell a new string from `count` others: of one character there are more than 90.
  static func digits(_ count: Int) -> Int {
    var digits = 0
    var strings = 1
    while strings <= count {
      digits += 1
      strings *= 90
    }
    return digits
  }

  // MARK: Objects

  /// Counts beyond what the limits ask about are alike.
  private func place(_ object: Int32, _ next: Int, _ count: Int, _ used: UInt32) -> Place {
    let shape = objects[Int(object)]
    let counted = shape.most == nil ? min(count, max(shape.least, 1)) : count
    return Place(object: object, next: Int32(next), count: Int32(counted), used: used)
  }

  private func mustGoOn(_ object: Constraint.Object, _ next: Int, _ count: Int) -> Bool {
    count < object.least || object.members[next...].contains { $0.isRequired }
  }

  /// After `{`.
  func opened(object number: Int32) -> Int {
    if !mustGoOn(objects[Int(number)], 0, 0) { return 1 }
    return begun(object: number, next: 0, count: 0, used: 0)
  }

  /// After a member, of `count` by now; declared ones from `next` on may follow.
  func done(object number: Int32, next: Int, count: Int, used: UInt32) -> Int {
    let place = place(number, next, count, used)
    if let known = closings[place] { return known }
    let object = objects[Int(number)]
    let cost =
      mustGoOn(object, next, count)
      ? sum(1, begun(object: number, next: next, count: count, used: used)) : 1
    closings[place] = cost
    return cost
  }

  /// Where a member begins.
  func begun(object number: Int32, next: Int, count: Int, used: UInt32) -> Int {
    let object = objects[Int(number)]
    guard count < object.most ?? .max else { return Self.none }
    let place = place(number, next, count, used)
    if let known = namings[place] { return known }
    var cost = Self.none
    var index = next
    while index < object.members.count {
      let member = object.members[index]
      if least[member.goal] < Self.none {
        let rest = done(object: number, next: index + 1, count: count + 1, used: used)
        cost = min(cost, sum(sum(member.keyBytes, least[member.goal]), rest))
      }
      if member.isRequired { break }
      index += 1
    }
    if index == object.members.count {
      for (index, extra) in object.extras.enumerated() {
        let bit = UInt32(1) << UInt32(min(index, 31))
        guard extra.automaton == nil || used & bit == 0, least[extra.goal] < Self.none else {
          continue
        }
        cost = min(
          cost,
          sum(
            named(object: number, extra: index, count: count, used: used),
            extra.automaton == nil
              ? 2 + Self.digits(extra.excluded.count + count) : extra.leastBytes
          ))
      }
    }
    namings[place] = cost
    return cost
  }

  /// After the name of a member that is not declared.
  func named(object number: Int32, extra index: Int, count: Int, used: UInt32) -> Int {
    let object = objects[Int(number)]
    let extra = object.extras[index]
    let used = extra.automaton == nil ? used : used | UInt32(1) << UInt32(min(index, 31))
    return sum(
      1 + least[extra.goal],
      done(object: number, next: object.members.count, count: count + 1, used: used))
  }
}
