/// Sentences by their score, the best first; of equal ones the one that stands first. A binary heap.
struct SentenceQueue {
  struct Entry {
    var index: Int
    var score: Double
    /// The largest likeness to the first so many chosen sentences.
    var likeness = 0.0
    var compared = 0

    func isBefore(_ other: Entry) -> Bool { (score, -index) > (other.score, -other.index) }
  }

  private var heap: [Entry] = []

  init(_ scores: [Double]) {
    for (index, score) in scores.enumerated() { push(Entry(index: index, score: score)) }
  }

  mutating func push(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Entry? {
    guard let best = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return best }
    heap[0] = last
    var parent = 0
    while true {
      var next = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].isBefore(heap[next]) { next = child }
      }
      guard next != parent else { return best }
      heap.swapAt(parent, next)
      parent = next
    }
  }
}
