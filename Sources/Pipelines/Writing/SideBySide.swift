import Foundation
import Synchronization

/// Work that mostly waits, for a server to answer: done on a bounded number of threads of its own.
enum SideBySide {
  /// What `body` makes of each element, in the order of the elements, which is also the order they are
  /// begun in.
  ///
  /// - Parameter atOnce: most elements under way at a time.
  static func map<Element: Sendable, Made: Sendable>(
    _ elements: [Element], atOnce: Int, _ body: @escaping @Sendable (Element) throws -> Made
  ) -> [Result<Made, any Error>] {
    guard elements.count > 1, atOnce > 1 else {
      return elements.map { element in Result { try body(element) } }
    }
    let work = Work<Made>(elements.count)
    let group = DispatchGroup()
    for _ in 0..<min(atOnce, elements.count) {
      group.enter()
      let thread = Thread {
        while let index = work.take() {
          work.note(Result { try body(elements[index]) }, at: index)
        }
        group.leave()
      }
      thread.name = "docket.request"
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
    return work.all
  }

  private final class Work<Made: Sendable>: Sendable {
    private struct State {
      var next = 0
      var made: [Result<Made, any Error>?]
    }
    private let state: Mutex<State>

    init(_ count: Int) {
      state = Mutex(State(made: [Result<Made, any Error>?](repeating: nil, count: count)))
    }

    func take() -> Int? {
      state.withLock { state in
        guard state.next < state.made.count else { return nil }
        defer { state.next += 1 }
        return state.next
      }
    }

    func note(_ result: Result<Made, any Error>, at index: Int) {
      state.withLock { $0.made[index] = result }
    }

    /// When nothing is under way any more.
    var all: [Result<Made, any Error>] { state.withLock { $0.made.map { $0! } } }
  }
}
