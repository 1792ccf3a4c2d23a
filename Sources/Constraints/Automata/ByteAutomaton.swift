/// A deterministic automaton over bytes, for the parts of JSON that nest nothing: strings, numbers,
/// constants, separators. From each of its states an end can be reached.
struct ByteAutomaton: Sendable {
  /// [states, 256]: the state that a byte leads to, or −1.
  private(set) var next: [Int32]
  /// [states]: whether the text may end here.
  private(set) var accepts: [Bool]
  /// [states]: the fewest bytes to an end.
  private(set) var cost: [Int32]

  var stateCount: Int { accepts.count }

  @inline(__always)
  func step(_ state: Int32, _ byte: UInt8) -> Int32 { next[Int(state) << 8 | Int(byte)] }

  /// More states than this are refused; each takes a kilobyte.
  static let mostStates = 12_000

  struct TooManyStates: Error {}

  /// Finds all states that lie between the start and an end. Nil when there is no end.
  ///
  /// - Parameter bytes: the only ones that ever lead anywhere.
  init?<State: Hashable>(
    start: State, bytes: [UInt8], accepts isEnd: (State) -> Bool, step: (State, UInt8) -> State?
  ) throws(TooManyStates) {
    var numbers: [State: Int32] = [start: 0]
    var states = [start]
    var next: [Int32] = []
    var index = 0
    while index < states.count {
      let state = states[index]
      let row = next.count
      next.append(contentsOf: repeatElement(-1, count: 256))
      for byte in bytes {
        guard let target = step(state, byte) else { continue }
        if let known = numbers[target] {
          next[row + Int(byte)] = known
        } else {
          guard states.count < Self.mostStates else { throw TooManyStates() }
          numbers[target] = Int32(states.count)
          next[row + Int(byte)] = Int32(states.count)
          states.append(target)
        }
      }
      index += 1
    }
    accepts = states.map(isEnd)
    cost = Self.costs(next, accepts)
    guard cost[0] < Int32.max else { return nil }
    for place in next.indices where next[place] >= 0 && cost[Int(next[place])] == Int32.max {
      next[place] = -1
    }
    self.next = next
  }

  /// Breadth first from the ends, against the transitions.
  private static func costs(_ next: [Int32], _ accepts: [Bool]) -> [Int32] {
    let count = accepts.count
    var sources: [[Int32]] = Array(repeating: [], count: count)
    for state in 0..<count {
      var last: Int32 = -1
      for byte in 0..<256 {
        let target = next[state << 8 | byte]
        guard target >= 0, target != last else { continue }
        last = target
        sources[Int(target)].append(Int32(state))
      }
    }
    var cost = [Int32](repeating: .max, count: count)
    var queue: [Int32] = []
    for state in 0..<count where accepts[state] {
      cost[state] = 0
      queue.append(Int32(state))
    }
    var index = 0
    while index < queue.count {
      let state = queue[index]
      for source in sources[Int(state)] where cost[Int(source)] == Int32.max {
        cost[Int(source)] = cost[Int(state)] + 1
        queue.append(source)
      }
      index += 1
    }
    return cost
  }

  /// The shortest text that it accepts; of equals the first by its bytes.
  func shortest() -> [UInt8] {
    var text: [UInt8] = []
    var state: Int32 = 0
    while cost[Int(state)] > 0 {
      for byte in UInt8.min...UInt8.max {
        let target = step(state, byte)
        if target >= 0, cost[Int(target)] == cost[Int(state)] - 1 {
          text.append(byte)
          state = target
          break
        }
      }
    }
    return text
  }

  static let allBytes = Array(UInt8.min...UInt8.max)

  /// Just these texts, none of them empty.
  static func constants(_ texts: [[UInt8]]) throws(TooManyStates) -> ByteAutomaton? {
    struct Node: Hashable {
      var depth: Int
      var texts: [Int]
    }
    let start = Node(depth: 0, texts: Array(texts.indices))
    return try ByteAutomaton(
      start: start, bytes: allBytes,
      accepts: { node in node.texts.contains { texts[$0].count == node.depth } },
      step: { node, byte in
        let rest = node.texts.filter {
          node.depth < texts[$0].count && texts[$0][node.depth] == byte
        }
        return rest.isEmpty ? nil : Node(depth: node.depth + 1, texts: rest)
      })
  }

  /// `text`, after which `optional` may follow.
  static func literal(_ text: [UInt8], optional: [UInt8] = []) -> ByteAutomaton {
    let whole = text + optional
    // A line of states is never too many here.
    let automaton = try? ByteAutomaton(
      start: 0, bytes: Array(Set(whole)),
      accepts: { $0 == text.count || $0 == whole.count },
      step: { $0 < whole.count && whole[$0] == $1 ? $0 + 1 : nil })
    guard let automaton else { preconditionFailure("a literal has an end") }
    return automaton
  }
}
