/// What a Unicode scalar is to a pre-tokenizer: one byte of flags a scalar, in a two-stage table.
struct ScalarClasses: Sendable {
  /// Lu, Lt: opens a word.
  static let upper: UInt8 = 1
  /// Ll: goes on with a word.
  static let lower: UInt8 = 2
  /// Lm, Lo: a letter without case, which does both.
  static let caseless: UInt8 = 4
  /// M: no letter, but stands in words as `caseless` does.
  static let mark: UInt8 = 8
  static let number: UInt8 = 16
  /// White_Space, line breaks among them.
  static let space: UInt8 = 32
  /// Carriage return or line feed; `space` is set too.
  static let newline: UInt8 = 64

  static let letter: UInt8 = upper | lower | caseless

  /// Flags of ASCII, and 0 for the rest.
  let ascii: [UInt8]
  /// Scalar / 128 → block.
  private let blocks: [UInt8]
  /// Block · 128 + scalar % 128 → flags.
  private let flags: [UInt8]

  /// Built at first use, in well under a millisecond.
  static let shared = ScalarClasses()

  private init() {
    var all: [UInt8] = []
    all.reserveCapacity(0x110000)
    var flag: UInt8?
    var count = 0
    func finish() {
      if let flag { all.append(contentsOf: repeatElement(flag, count: max(count, 1))) }
    }
    for byte in Self.runs.utf8 {
      if (0x30...0x39).contains(byte) {
        count = count * 10 + Int(byte - 0x30)
      } else {
        finish()
        count = 0
        flag = Self.flags(of: byte)
      }
    }
    finish()
    precondition(all.count == 0x110000, "the runs of scalar classes cover \(all.count) scalars")
    ascii = Array(all[0..<128]) + Array(repeating: 0, count: 128)
    var known: [ArraySlice<UInt8>: UInt8] = [:]
    var blocks: [UInt8] = []
    var flags: [UInt8] = []
    for start in stride(from: 0, to: all.count, by: 128) {
      let block = all[start..<start + 128]
      if let number = known[block] {
        blocks.append(number)
      } else {
        let number = UInt8(known.count)
        known[block] = number
        blocks.append(number)
        flags.append(contentsOf: block)
      }
    }
    self.blocks = blocks
    self.flags = flags
  }

  private static func flags(of letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "n"): space | newline
    case UInt8(ascii: "u"): upper
    case UInt8(ascii: "l"): lower
    case UInt8(ascii: "c"): caseless
    case UInt8(ascii: "m"): mark
    case UInt8(ascii: "d"): number
    case UInt8(ascii: "s"): space
    case UInt8(ascii: "o"): 0
    default: preconditionFailure("unknown letter in the runs of scalar classes")
    }
  }

  /// Flags of a scalar value; 0 for numbers that are none.
  func of(_ scalar: UInt32) -> UInt8 {
    guard scalar < 0x110000 else { return 0 }
    return flags[Int(blocks[Int(scalar >> 7)]) << 7 | Int(scalar & 127)]
  }
}
