import JSON

/// JSON as the model saw it in training: on one line, a space after each comma and colon, members in
/// their own order, nothing escaped but what must be (Python's `json.dumps` with
/// `ensure_ascii=False`).
enum ShownJSON {
  static func text(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let bool): bool ? "true" : "false"
    case .integer, .number: value.text()
    case .string(let string): text(of: string)
    case .array(let array): "[" + array.map(text(of:)).joined(separator: ", ") + "]"
    case .object(let object):
      "{" + object.members.map { "\(text(of: $0)): \(text(of: $1))" }.joined(separator: ", ") + "}"
    }
  }

  private static func text(of string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{08}": text += "\\b"
      case "\u{0C}": text += "\\f"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
