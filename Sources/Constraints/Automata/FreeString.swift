/// JSON strings without any condition on their text: well-formed UTF-8, all escapes of RFC 8259,
/// surrogates only in pairs. Quotes included.
enum FreeString {
  enum State: Hashable {
    case open, content, closed
    /// In a scalar: bytes to come, and what the next of them may be.
    case scalar(Int, ClosedRange<UInt8>)
    case escape
    /// In `\u…`: hexadecimal digits to come; whether they are a high surrogate's.
    case hex(Int, isHigh: Bool)
    /// After `\ud`, whose next digit tells surrogates from the rest.
    case afterD
    /// Between the halves of a pair: `\`, `u`, `d`, a digit from c to f.
    case low(Int)
  }

  /// States that content can be in, by number in ``automaton``.
  static let contentState: Int32 = 1

  static let automaton: ByteAutomaton = {
    guard
      let automaton = try? ByteAutomaton(
        start: State.open, bytes: ByteAutomaton.allBytes, accepts: { $0 == .closed }, step: step)
    else { preconditionFailure("strings have an end") }
    precondition(automaton.step(0, 0x22) == contentState)
    return automaton
  }()

  static func isHex(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }

  static func step(_ state: State, _ byte: UInt8) -> State? {
    let continuation: ClosedRange<UInt8> = 0x80...0xBF
    switch state {
    case .open: return byte == 0x22 ? .content : nil
    case .closed: return nil
    case .content:
      switch byte {
      case 0x22: return .closed
      case 0x5C: return .escape
      case 0x20...0x7F: return .content
      case 0xC2...0xDF: return .scalar(1, continuation)
      case 0xE0: return .scalar(2, 0xA0...0xBF)
      case 0xED: return .scalar(2, 0x80...0x9F)
      case 0xE1...0xEF: return .scalar(2, continuation)
      case 0xF0: return .scalar(3, 0x90...0xBF)
      case 0xF1...0xF3: return .scalar(3, continuation)
      case 0xF4: return .scalar(3, 0x80...0x8F)
      default: return nil
      }
    case .scalar(let count, let range):
      guard range.contains(byte) else { return nil }
      return count == 1 ? .content : .scalar(count - 1, continuation)
    case .escape:
      switch byte {
      case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return .content
      case 0x75: return .hex(4, isHigh: false)
      default: return nil
      }
    case .hex(4, _) where byte | 0x20 == 0x64: return .afterD
    case .hex(let count, let isHigh):
      guard isHex(byte) else { return nil }
      return count > 1 ? .hex(count - 1, isHigh: isHigh) : isHigh ? .low(4) : .content
    case .afterD:
      switch byte {
      case 0x38, 0x39, 0x41, 0x42, 0x61, 0x62: return .hex(2, isHigh: true)
      case 0x30...0x37: return .hex(2, isHigh: false)
      default: return nil
      }
    case .low(let count):
      switch count {
      case 4: return byte == 0x5C ? .low(3) : nil
      case 3: return byte == 0x75 ? .low(2) : nil
      case 2: return byte | 0x20 == 0x64 ? .low(1) : nil
      default: return (0x63...0x66).contains(byte | 0x20) ? .hex(2, isHigh: false) : nil
      }
    }
  }
}
