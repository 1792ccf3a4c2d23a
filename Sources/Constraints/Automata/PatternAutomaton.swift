import JSON

/// A pattern's deterministic automaton over the classes of a partition, made as it is walked.
///
/// A state holds the pattern's steps before those that take no scalar are followed, since what `$` and
/// `\b` say depends on the scalar that comes next.
final class PatternAutomaton {
  private enum Before: Hashable { case nothing, word, other }
  private struct State: Hashable {
    var steps: [Int32]
    var before: Before
    var hasMatched: Bool
  }

  private let pattern: RegularExpression
  private var states: [State] = []
  private var numbers: [State: Int32] = [:]
  private var transitions: [Int64: Int32] = [:]

  init(_ pattern: RegularExpression) {
    self.pattern = pattern
    _ = number(State(steps: [0], before: .nothing, hasMatched: false))
  }

  private func number(_ state: State) -> Int32 {
    if let known = numbers[state] { return known }
    let number = Int32(states.count)
    numbers[state] = number
    states.append(state)
    return number
  }

  /// Whether the pattern matches somewhere in a text that ends here.
  func matches(_ number: Int32) -> Bool {
    let state = states[Int(number)]
    return state.hasMatched || closure(of: state, next: nil) == nil
  }

  func step(_ number: Int32, class scalarClass: Int32, example scalar: Unicode.Scalar) -> Int32 {
    let key = Int64(number) << 32 | Int64(scalarClass)
    if let known = transitions[key] { return known }
    let state = states[Int(number)]
    var target = State(steps: [], before: .other, hasMatched: true)
    if !state.hasMatched, let reached = closure(of: state, next: scalar) {
      // A match may begin at every place.
      var steps: Set<Int32> = [0]
      for index in reached {
        if case .scalar(let set) = pattern.steps[Int(index)], set.contains(scalar) {
          steps.insert(index + 1)
        }
      }
      target = State(
        steps: steps.sorted(), before: ScalarSet.word.contains(scalar) ? .word : .other,
        hasMatched: false)
    }
    let result = self.number(target)
    transitions[key] = result
    return result
  }

  /// The steps reached without taking a scalar; nil when the match is among them.
  private func closure(of state: State, next: Unicode.Scalar?) -> Set<Int32>? {
    var seen: Set<Int32> = []
    var pending = state.steps
    let isWordNext = next.map { ScalarSet.word.contains($0) } ?? false
    while let index = pending.popLast() {
      guard seen.insert(index).inserted else { continue }
      switch pattern.steps[Int(index)] {
      case .match: return nil
      case .scalar: break
      case .jump(let target): pending.append(Int32(target))
      case .fork(let first, let second): pending += [Int32(first), Int32(second)]
      case .start: if state.before == .nothing { pending.append(index + 1) }
      case .end: if next == nil { pending.append(index + 1) }
      case .wordBorder(let wanted):
        if ((state.before == .word) != isWordNext) == wanted { pending.append(index + 1) }
      }
    }
    return seen
  }
}
