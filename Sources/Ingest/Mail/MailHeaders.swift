/// The header of a message, or of a part of one (RFC 5322, 2045).
struct MailHeaders {
  /// In order; names in lower case.
  private(set) var fields: [Field] = []

  struct Field {
    var name: String
    /// Bytes of the file: the whole field without its last line end, and its value.
    var range: Range<Int>
    var value: Range<Int>
    /// Unfolded, with encoded words decoded.
    var text: String
    /// The field's bytes are its text: one line of ASCII.
    var isVerbatim: Bool
  }

  subscript(name: String) -> Field? { fields.first { $0.name == name } }

  /// Reads the header that begins `range`; returns where the body begins.
  init(_ file: [UInt8], _ range: Range<Int>, bodyStart: inout Int) {
    var position = range.lowerBound
    while position < range.upperBound {
      let (end, next) = Self.line(file, position, range.upperBound)
      if end == position {
        bodyStart = next
        return
      }
      var last = end
      var after = next
      // A line that begins with white space goes on with the one before.
      while after < range.upperBound, file[after] == 0x20 || file[after] == 0x09 {
        let (end, next) = Self.line(file, after, range.upperBound)
        last = end
        after = next
      }
      if let field = Self.field(file, position..<last) { fields.append(field) }
      position = after
    }
    bodyStart = range.upperBound
  }

  /// The end of a line's text and the beginning of the next.
  static func line(_ file: [UInt8], _ start: Int, _ limit: Int) -> (end: Int, next: Int) {
    var end = start
    while end < limit, file[end] != 0x0A, file[end] != 0x0D { end += 1 }
    var next = end
    if next < limit, file[next] == 0x0D { next += 1 }
    if next < limit, file[next] == 0x0A { next += 1 }
    return (end, next)
  }

  private static func field(_ file: [UInt8], _ range: Range<Int>) -> Field? {
    guard let colon = file[range].firstIndex(of: 0x3A), colon > range.lowerBound else { return nil }
    let name = file[range.lowerBound..<colon]
    guard name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    var start = colon + 1
    var end = range.upperBound
    while start < end, file[start] <= 0x20 { start += 1 }
    while end > start, file[end - 1] <= 0x20 { end -= 1 }
    let text = EncodedWords.decode(file[start..<end])
    return Field(
      name: String(decoding: name, as: UTF8.self).lowercased(), range: range.lowerBound..<end,
      value: start..<end, text: text,
      isVerbatim: text.utf8.elementsEqual(file[start..<end])
        && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
  }

  /// The value of a field that takes parameters, and these, names in lower case (RFC 2045, 2231).
  func parameters(of name: String) -> (value: String, parameters: [String: String]) {
    guard let field = self[name] else { return ("", [:]) }
    var parts = Self.split(field.text)
    let value = parts.isEmpty ? "" : parts.removeFirst().lowercased()
    var parameters: [String: String] = [:]
    var pieces: [String: [Int: String]] = [:]
    for part in parts {
      guard let equals = part.firstIndex(of: "=") else { continue }
      var key = part[..<equals].lowercased()
      var value = String(part[part.index(after: equals)...])
      let isEncoded = key.hasSuffix("*")
      if isEncoded { key.removeLast() }
      if isEncoded { value = EncodedWords.decodePercent(value) }
      if let star = key.lastIndex(of: "*"), let number = Int(key[key.index(after: star)...]) {
        pieces[String(key[..<star]), default: [:]][number] = value
      } else {
        parameters[key] = value
      }
    }
    for (key, numbered) in pieces where parameters[key] == nil {
      parameters[key] = numbered.sorted { $0.key < $1.key }.map(\.value).joined()
    }
    return (value, parameters)
  }

  /// Parts between semicolons, without the quotes around values.
  private static func split(_ text: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if isEscaped {
        part.append(character)
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ";", !isQuoted {
        parts.append(part)
        part = ""
      } else if isQuoted || !character.isWhitespace {
        part.append(character)
      }
    }
    parts.append(part)
    return parts
  }

  /// The day of `Date:` as the sender wrote it, ISO 8601.
  var date: String? {
    guard let text = self["date"]?.text else { return nil }
    let months = [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
    guard
      let at = words.firstIndex(where: { months.contains($0.prefix(3).lowercased()) }), at > 0,
      at + 1 < words.count, let month = months.firstIndex(of: words[at].prefix(3).lowercased()),
      let day = Int(words[at - 1]), (1...31).contains(day), let year = Int(words[at + 1]),
      (1900...9999).contains(year)
    else { return nil }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(two(month + 1))-\(two(day))"
  }
}

/// Words of headers in other encodings than ASCII (RFC 2047), and such parameters (RFC 2231).
enum EncodedWords {
  /// Unfolds and decodes. Bytes that are no ASCII are UTF-8, or else windows-1252.
  static func decode(_ bytes: ArraySlice<UInt8>) -> String {
    var folded = bytes.filter { $0 != 0x0D && $0 != 0x0A }
    for index in folded.indices where folded[index] == 0x09 { folded[index] = 0x20 }
    let isUTF8 = UTF8Validation.firstError(folded, from: 0) == nil
    let text =
      isUTF8
      ? String(decoding: folded, as: UTF8.self)
      : SourceText(folded, encoding: .windows1252).whole
    guard text.contains("=?") else { return text }
    var result = ""
    var rest = text[...]
    var isAfterWord = false
    while let start = rest.firstRange(of: "=?") {
      let before = rest[..<start.lowerBound]
      let fields = rest[start.upperBound...].split(
        separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
      guard fields.count == 4, fields[3].first == "=", fields[0].count < 60,
        let word = word(fields[0], fields[1], fields[2])
      else {
        result += before + "=?"
        rest = rest[start.upperBound...]
        isAfterWord = false
        continue
      }
      // White space between two encoded words is not text.
      if !isAfterWord || !before.allSatisfy(\.isWhitespace) { result += before }
      result += word
      rest = fields[3].dropFirst()
      isAfterWord = true
    }
    return result + rest
  }

  private static func word(_ charset: Substring, _ encoding: Substring, _ text: Substring)
    -> String?
  {
    // A language may follow the charset (RFC 2231).
    let name = charset.split(separator: "*", omittingEmptySubsequences: false)[0]
    guard let charset = TextEncoding(label: name) else { return nil }
    var bytes = Array(text.utf8)
    switch encoding.lowercased() {
    case "b": bytes = DecodedBody(bytes, 0..<bytes.count, .base64).bytes
    case "q":
      for index in bytes.indices where bytes[index] == 0x5F { bytes[index] = 0x20 }
      bytes = DecodedBody(bytes, 0..<bytes.count, .quotedPrintable).bytes
    default: return nil
    }
    return SourceText(bytes, encoding: charset).whole
  }

  /// `utf-8'en'na%C3%AFve`, or a later piece of one without the charset, which is taken for UTF-8.
  static func decodePercent(_ text: String) -> String {
    let fields = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    let charset = fields.count == 3 ? TextEncoding(label: fields[0]) ?? .utf8 : .utf8
    var bytes = Array((fields.count == 3 ? fields[2] : text[...]).utf8)
    for index in bytes.indices where bytes[index] == 0x25 { bytes[index] = 0x3D }
    bytes = DecodedBody(bytes, 0..<bytes.count, .quotedPrintable).bytes
    return SourceText(bytes, encoding: charset).whole
  }
}

extension SourceText {
  fileprivate var whole: String { string(range) }
}
