/// The words of each clause as the clause network reads them: letters in lower case, every number as
/// `0`, the marks `$`, `%` and `"`.
package struct ClauseWords {
  /// UTF-8 of all words, one after the other.
  private var bytes: [UInt8] = []
  /// Per word, where it is in `bytes`.
  private var words: [Range<Int>] = []
  /// Per clause, which words it has.
  private var clauses: [Range<Int>] = []

  package init(_ text: ScalarText, clauses ranges: [Clause]) {
    for clause in ranges {
      let first = words.count
      add(text, clause.range)
      clauses.append(first..<words.count)
    }
  }

  private mutating func add(_ text: ScalarText, _ range: Range<Int>) {
    var position = range.lowerBound
    let end = range.upperBound
    while position < end {
      let scalar = text[position]
      if ScalarClass.isLetter(scalar) {
        let start = bytes.count
        while position < end, ScalarClass.isLetter(text[position]) {
          append(ScalarClass.lowered(text[position]))
          position += 1
        }
        words.append(start..<bytes.count)
      } else if ScalarClass.isDigit(scalar) {
        while position < end {
          let next = text[position]
          let groups = next == 0x2C || next == 0x2E
          guard
            ScalarClass.isDigit(next)
              || (groups && position + 1 < end && ScalarClass.isDigit(text[position + 1]))
          else { break }
          position += 1
        }
        add(mark: UInt8(ascii: "0"))
      } else {
        switch scalar {
        case 0x24, 0x25, 0x22: add(mark: UInt8(scalar))
        case 0x201C, 0x201D: add(mark: UInt8(ascii: "\""))
        default: break
        }
        position += 1
      }
    }
  }

  private mutating func add(mark: UInt8) {
    words.append(bytes.count..<bytes.count + 1)
    bytes.append(mark)
  }

  private mutating func append(_ scalar: UInt32) {
    if scalar < 0x80 {
      bytes.append(UInt8(scalar))
    } else if let scalar = Unicode.Scalar(scalar) {
      bytes.append(contentsOf: String(scalar).utf8)
    }
  }

  /// Calls `body` with the hash of every n-gram of one to three words of a clause, and of every one or
  /// two words of the heading it stands under: the nearest of the three clauses before it that has at
  /// most seven words.
  package func forEachGram(ofClause clause: Int, _ body: (UInt64) -> Void) {
    forEachGram(of: clauses[clause], upTo: 3, from: FNV.basis, body)
    var earlier = clause - 1
    while earlier >= max(0, clause - 3) {
      if (1...7).contains(clauses[earlier].count) {
        forEachGram(of: clauses[earlier], upTo: 2, from: FNV.heading, body)
        return
      }
      earlier -= 1
    }
  }

  private func forEachGram(
    of range: Range<Int>, upTo length: Int, from basis: UInt64, _ body: (UInt64) -> Void
  ) {
    for first in range {
      var hash = basis
      for word in first..<min(first + length, range.upperBound) {
        if word > first { hash = FNV.adding(UInt8(ascii: " "), to: hash) }
        for index in words[word] { hash = FNV.adding(bytes[index], to: hash) }
        body(hash)
      }
    }
  }

  /// FNV-1a of 64 bits.
  private enum FNV {
    static let basis: UInt64 = 0xCBF2_9CE4_8422_2325
    static let heading = "H:".utf8.reduce(basis) { adding($1, to: $0) }
    static func adding(_ byte: UInt8, to hash: UInt64) -> UInt64 {
      (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
  }
}
