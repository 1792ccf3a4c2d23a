import Dispatch
import Synchronization

/// The threads one engine computes with.
///
/// Work comes in chunks that whoever is free claims next; the caller works too and never waits for a
/// helper that did not get a core. So a busy machine slows it in proportion and no more: there is no
/// barrier that spins.
package struct Workers: Sendable {
  package let count: Int

  package init(_ count: Int) {
    precondition(count > 0, "an engine needs at least one thread")
    self.count = count
  }

  /// Calls `body` once for each of 0 ..< `items`, in no order, and returns when all are done.
  ///
  /// `slot` is less than `count` and belongs to one thread at a time: the place of its scratch.
  package func run(_ items: Int, _ body: @Sendable (_ item: Int, _ slot: Int) -> Void) {
    let helpers = min(count, items)
    guard helpers > 1 else {
      for item in 0..<max(items, 0) { body(item, 0) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: helpers) { slot in
      while true {
        let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard item < items else { return }
        body(item, slot)
      }
    }
  }

  /// Calls `body` for consecutive ranges that together are 0 ..< `rows`, each of at most `chunk`.
  package func run(
    rows: Int, inChunksOf chunk: Int, _ body: @Sendable (_ rows: Range<Int>, _ slot: Int) -> Void
  ) {
    run((rows + chunk - 1) / chunk) { item, slot in
      body(item * chunk..<min(rows, (item + 1) * chunk), slot)
    }
  }
}
