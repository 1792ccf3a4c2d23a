/// A pattern for relative paths: `*` and `?` within one name, `**` over any number of folders,
/// `[a-z]`, `{pdf,html}`. Matches bytes, so that names need not be UTF-8, and lets ASCII letters of
/// either case match each other: `*.pdf` takes `SCAN.PDF`.
package struct GlobPattern: Hashable, Sendable {
  package let pattern: String
  /// Braces spelled out: the path matches if any of these does. Each is a list of path components.
  private let alternatives: [[[UInt8]]]

  package init(_ pattern: String) {
    self.pattern = pattern
    var bytes = Self.lower(Array(pattern.utf8))
    if bytes.starts(with: Array("./".utf8)) { bytes.removeFirst(2) }
    if bytes.last == 0x2F { bytes += Array("**".utf8) }
    alternatives = Self.expand(bytes).map { alternative in
      alternative.split(separator: 0x2F, omittingEmptySubsequences: true).map(Array.init)
    }
  }

  /// Whether a pattern names hidden files on purpose.
  var namesHidden: Bool {
    alternatives.contains { $0.contains { $0.first == 0x2E && $0.count > 1 } }
  }

  package func matches(_ path: [UInt8]) -> Bool {
    let components = Self.lower(path).split(separator: 0x2F).map(Array.init)
    return alternatives.contains { Self.match($0[...], components[...]) }
  }

  private static func lower(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }

  /// At most 256 alternatives; more are not spelled out and match as they are written.
  private static func expand(_ pattern: [UInt8]) -> [[UInt8]] {
    var done: [[UInt8]] = []
    var open = [pattern]
    while let next = open.popLast() {
      guard done.count + open.count < 256, let start = next.firstIndex(of: 0x7B),
        let end = closing(next, start)
      else {
        done.append(next)
        continue
      }
      var depth = 0
      var pieces: [[UInt8]] = [[]]
      for byte in next[(start + 1)..<end] {
        if byte == 0x7B { depth += 1 }
        if byte == 0x7D { depth -= 1 }
        if byte == 0x2C, depth == 0 {
          pieces.append([])
        } else {
          pieces[pieces.count - 1].append(byte)
        }
      }
      for piece in pieces { open.append(next[..<start] + piece + next[(end + 1)...]) }
    }
    return done
  }

  private static func closing(_ pattern: [UInt8], _ start: Int) -> Int? {
    var depth = 0
    for index in start..<pattern.count {
      if pattern[index] == 0x7B { depth += 1 }
      if pattern[index] == 0x7D {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }

  /// Each pair of positions is looked at once, whatever the pattern.
  private static func match(_ pattern: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
    var reachable = Set([pattern.startIndex])
    func closure(_ states: Set<Int>) -> Set<Int> {
      var result = states
      var open = Array(states)
      while let state = open.popLast() {
        if state < pattern.endIndex, pattern[state] == Array("**".utf8),
          result.insert(state + 1).inserted
        {
          open.append(state + 1)
        }
      }
      return result
    }
    reachable = closure(reachable)
    for name in path {
      var next: Set<Int> = []
      for state in reachable where state < pattern.endIndex {
        if pattern[state] == Array("**".utf8) {
          next.insert(state)
        } else if matchName(pattern[state], name) {
          next.insert(state + 1)
        }
      }
      reachable = closure(next)
      if reachable.isEmpty { return false }
    }
    return reachable.contains(pattern.endIndex)
  }

  private static func matchName(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
    var p = 0
    var n = 0
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == 0x2A {
        star = (p, n)
        p += 1
        continue
      }
      if p < pattern.count, let length = matchOne(pattern, p, name[n]) {
        p += length
        n += 1
        continue
      }
      guard let last = star else { return false }
      star = (last.pattern, last.name + 1)
      p = last.pattern + 1
      n = last.name + 1
    }
    while p < pattern.count, pattern[p] == 0x2A { p += 1 }
    return p == pattern.count
  }

  /// How much of the pattern one byte of the name uses up; nil where it does not match.
  private static func matchOne(_ pattern: [UInt8], _ p: Int, _ byte: UInt8) -> Int? {
    switch pattern[p] {
    case 0x3F: return 1
    case 0x5C where p + 1 < pattern.count: return pattern[p + 1] == byte ? 2 : nil
    case 0x5B:
      guard let end = pattern[(p + 1)...].dropFirst().firstIndex(of: 0x5D) else {
        return byte == 0x5B ? 1 : nil
      }
      var index = p + 1
      let isNegated = pattern[index] == 0x21 || pattern[index] == 0x5E
      if isNegated { index += 1 }
      var isIn = false
      while index < end {
        if index + 2 < end, pattern[index + 1] == 0x2D {
          if pattern[index] <= byte, byte <= pattern[index + 2] { isIn = true }
          index += 3
        } else {
          if pattern[index] == byte { isIn = true }
          index += 1
        }
      }
      return isIn != isNegated ? end + 1 - p : nil
    default: return pattern[p] == byte ? 1 : nil
    }
  }
}
