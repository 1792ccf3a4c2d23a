/// Why bytes are not JSON (or JSON5), and where.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package var message: String
  package var position: JSONPosition

  package var description: String { "\(position): \(message)" }
}

/// A place in a JSON text. Lines and columns count from 1, columns in Unicode scalars.
package struct JSONPosition: Hashable, Sendable, CustomStringConvertible {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package var description: String { "\(line):\(column)" }

  /// The position of byte `offset` of `bytes`.
  package init(of offset: Int, in bytes: [UInt8]) {
    var line = 1
    var column = 1
    var index = 0
    while index < min(offset, bytes.count) {
      if bytes[index] == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if bytes[index] & 0xC0 != 0x80 {
        column += 1
      }
      index += 1
    }
    self.init(line: line, column: column)
  }
}
