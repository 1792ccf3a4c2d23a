/// A text under way: hands out what is settled of it, and finds marks in it.
struct WrittenText {
  private(set) var bytes: [UInt8] = []
  private var shown = 0
  /// Byte sequences that end the text before them.
  private let marks: [[UInt8]]
  private let longest: Int

  init(endingBefore marks: [[UInt8]]) {
    self.marks = marks.filter { !$0.isEmpty }
    longest = marks.map(\.count).max() ?? 0
  }

  /// Where a mark begins, the earliest one, and which it is; what was appended last may have completed it.
  mutating func append(_ more: some Collection<UInt8>) -> (place: Int, mark: Int)? {
    let from = max(0, bytes.count - max(longest - 1, 0))
    bytes.append(contentsOf: more)
    guard longest > 0 else { return nil }
    for place in from..<max(from, bytes.count) {
      for (index, mark) in marks.enumerated() where bytes[place...].starts(with: mark) {
        return (place, index)
      }
    }
    return nil
  }

  mutating func cut(at place: Int) { bytes.removeSubrange(place...) }

  /// What can be shown now and was not before: no beginning of a mark, no part of a scalar.
  mutating func settled() -> String {
    var end = bytes.count
    for count in stride(from: min(max(longest - 1, 0), bytes.count - shown), to: 0, by: -1)
    where marks.contains(where: { $0.starts(with: bytes[(bytes.count - count)...]) }) {
      end = bytes.count - count
      break
    }
    end -= Self.unfinished(bytes[shown..<end])
    return show(end)
  }

  /// All that was not shown before.
  mutating func rest() -> String { show(bytes.count) }

  private mutating func show(_ end: Int) -> String {
    defer { shown = max(shown, end) }
    return shown < end ? String(decoding: bytes[shown..<end], as: UTF8.self) : ""
  }

  /// How many bytes at the end begin a scalar that is not whole.
  private static func unfinished(_ bytes: ArraySlice<UInt8>) -> Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.endIndex - count]
      if byte & 0xC0 == 0x80 { continue }
      let needed =
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
      return needed > count ? count : 0
    }
    return 0
  }
}
