/// Exact search for one run of bytes (Boyer, Moore and Horspool): sublinear for the quotes of some
/// words that outputs are made of.
struct ByteSearch {
  private let pattern: [UInt8]
  private let skip: [Int]

  /// - Parameter pattern: not empty.
  init(_ pattern: [UInt8]) {
    precondition(!pattern.isEmpty, "a search needs at least one byte")
    self.pattern = pattern
    var skip = [Int](repeating: pattern.count, count: 256)
    for (index, byte) in pattern.dropLast().enumerated() {
      skip[Int(byte)] = pattern.count - 1 - index
    }
    self.skip = skip
  }

  /// Every offset at which the pattern stands, ascending; occurrences may overlap.
  func offsets(in bytes: [UInt8]) -> [Int] {
    var found: [Int] = []
    let last = pattern.count - 1
    var at = 0
    while at + last < bytes.count {
      let end = bytes[at + last]
      if end == pattern[last] {
        var index = 0
        while index < last, bytes[at + index] == pattern[index] { index += 1 }
        if index == last { found.append(at) }
      }
      at += skip[Int(end)]
    }
    return found
  }
}
