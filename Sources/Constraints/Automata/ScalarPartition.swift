import JSON
import Synchronization

/// Scalars that no pattern of a string tells apart, numbered.
struct ScalarPartition {
  /// First scalars of runs, ascending, and each run's class.
  private var starts: [UInt32] = [0]
  private var classes: [Int32] = [0]
  /// [classes]: a scalar of each.
  private(set) var examples: [Unicode.Scalar] = []

  init(_ sets: [ScalarSet]) {
    var cuts: Set<UInt32> = [0]
    let runs = sets.map(Self.runs)
    for range in runs.joined() {
      cuts.insert(range.lowerBound)
      cuts.insert(range.upperBound + 1)
    }
    starts = cuts.filter { $0 <= 0x10FFFF }.sorted()
    var numbers: [[Bool]: Int32] = [:]
    classes = []
    for start in starts {
      // Surrogates are no scalars; their run takes any class, since no text gets there.
      let scalar = Unicode.Scalar(start) ?? "\u{E000}"
      let signature = runs.map { $0.contains { $0.contains(scalar.value) } }
      if let known = numbers[signature] {
        classes.append(known)
      } else {
        let number = Int32(numbers.count)
        numbers[signature] = number
        examples.append(scalar)
        classes.append(number)
      }
    }
  }

  /// Sets with general categories, for which all scalars were looked at: some tenths of a second each.
  private static let looked = Mutex<[ScalarSet: [ClosedRange<UInt32>]]>([:])

  /// The scalars of a set as runs, ascending.
  private static func runs(_ set: ScalarSet) -> [ClosedRange<UInt32>] {
    if set.categories.isEmpty, set.excluded.isEmpty {
      let sorted = set.ranges.sorted { $0.lowerBound < $1.lowerBound }
      guard set.isNegated else { return sorted }
      var runs: [ClosedRange<UInt32>] = []
      var from: UInt32 = 0
      for range in sorted {
        if range.lowerBound > from { runs.append(from...range.lowerBound - 1) }
        from = max(from, range.upperBound + 1)
      }
      if from <= 0x10FFFF { runs.append(from...0x10FFFF) }
      return runs
    }
    if let known = looked.withLock({ $0[set] }) { return known }
    var runs: [ClosedRange<UInt32>] = []
    var start: UInt32?
    for value in 0...0x110000 as ClosedRange<UInt32> {
      let isIn = value <= 0x10FFFF && Unicode.Scalar(value).map(set.contains) ?? (start != nil)
      if isIn, start == nil { start = value }
      if !isIn, let first = start {
        runs.append(first...value - 1)
        start = nil
      }
    }
    let found = runs
    looked.withLock { $0[set] = found }
    return runs
  }

  private func run(of value: UInt32) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= value { low = middle } else { high = middle }
    }
    return low
  }

  func of(_ value: UInt32) -> Int32 { classes[run(of: value)] }

  /// The one class of all scalars of a range; nil when there are more.
  func only(_ range: ClosedRange<UInt32>) -> Int32? {
    let first = run(of: range.lowerBound)
    let last = run(of: range.upperBound)
    for run in first...last where classes[run] != classes[first] { return nil }
    return classes[first]
  }
}
