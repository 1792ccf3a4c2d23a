import Documents

/// The `Name:` in front of what somebody says.
struct SpeakerLabel: Hashable, Sendable {
  /// UTF-8 offsets of the name, and where the words begin.
  var name: Range<Int>
  var textStart: Int

  private static let longest = 120

  /// A label at the start of `range`; a name that could be one, not yet one that is.
  static func parse(_ utf8: [UInt8], _ range: Range<Int>) -> SpeakerLabel? {
    var position = range.lowerBound
    // `>> Name:` of broadcast captions, `- Name:`.
    while position < range.upperBound,
      utf8[position] == 0x3E || utf8[position] == 0x2D || utf8[position] <= 0x20
    { position += 1 }
    let start = position
    var parentheses = 0
    let limit = min(range.upperBound, start + longest)
    while position < limit {
      switch utf8[position] {
      case 0x28, 0x5B: parentheses += 1
      case 0x29, 0x5D: parentheses -= 1
      case 0x3A where parentheses <= 0:
        let after = position + 1
        guard
          after == range.upperBound || utf8[after] <= 0x20 || utf8[after] == 0xC2
            || utf8[after] == 0x2A && utf8[range.lowerBound] == 0x2A
        else {
          return nil
        }
        return label(utf8, start..<position, after, range.upperBound)
      case 0xEF
      where parentheses <= 0 && position + 2 < limit && utf8[position + 1] == 0xBC
        && utf8[position + 2] == 0x9A:
        return label(utf8, start..<position, position + 3, range.upperBound)
      case 0x3B, 0x21, 0x3F, 0x22: return nil
      case 0x09: return nil
      default: break
      }
      position += 1
    }
    return nil
  }

  private static func label(
    _ utf8: [UInt8], _ range: Range<Int>, _ after: Int, _ limit: Int
  ) -> SpeakerLabel? {
    var name = range
    while let last = name.last, utf8[last] <= 0x20 || utf8[last] == 0x2A {
      name = name.lowerBound..<last
    }
    while let first = name.first, utf8[first] == 0x2A { name = first + 1..<name.upperBound }
    guard !name.isEmpty, isName(utf8, name) else { return nil }
    var text = after
    while text < limit, utf8[text] <= 0x20 || utf8[text] == 0x2A { text += 1 }
    return SpeakerLabel(name: name, textStart: text)
  }

  /// Looks like a person, a role or a place at the table: `Dr. Ann Lee`, `SPEAKER 1`, `The Chair
  /// (Hon. A. Rota)`, `Grad E`, `Anna de Vries`.
  static func isName(_ utf8: [UInt8], _ range: Range<Int>) -> Bool {
    let text = String(decoding: utf8[range], as: UTF8.self)
    var outside = ""
    var depth = 0
    for character in text {
      if character == "(" || character == "[" { depth += 1 }
      if depth == 0 { outside.append(character) }
      if character == ")" || character == "]" { depth -= 1 }
    }
    let words = outside.split(whereSeparator: \.isWhitespace)
    guard !words.isEmpty || depth == 0 && text.hasPrefix("["), words.count <= 7 else {
      return false
    }
    if words.isEmpty { return text.count <= 40 }
    // `CC` is a copy line in a letter and the capsule communicator on the air.
    if outside != "CC", isStopWord(outside.lowercased()) { return false }
    for (index, word) in words.enumerated() {
      guard let first = word.unicodeScalars.first else { return false }
      let isLast = index == words.count - 1
      if word.hasSuffix("."), word.count > 5, !isLast { return false }
      if word.hasSuffix(","), isLast { return false }
      let isCapital =
        first.properties.isUppercase || first.properties.generalCategory == .otherLetter
      let isNumber = (0x30...0x39).contains(first.value) && index > 0
      let isLink =
        index > 0
        && [
          "of", "the", "and", "de", "da", "di", "van", "von", "der", "den", "la", "le", "for", "al",
          "el", "bin", "del", "dos", "du", "zu", "y", "e", "&", "-", "|", "/",
        ].contains(
          word.lowercased())
      if !isCapital, !isNumber, !isLink, !"'\"’#&".unicodeScalars.contains(first) {
        // `speaker 1`, `spk_0`, `unknown`: machines write names small.
        guard index == 0, words.count <= 2, machineNames.contains(where: { word.hasPrefix($0) })
        else { return false }
      }
    }
    return outside.unicodeScalars.contains { $0.properties.isAlphabetic }
  }

  private static let machineNames = ["speaker", "spk", "unknown", "guest", "participant", "host"]

  /// Labels of notes, letters, forms and references, which nobody is called.
  static func isStopWord(_ name: String) -> Bool {
    stopWords.contains(name.trimmingSuffix(" "))
  }

  private static let stopWords: Set<String> = [
    "note", "notes", "warning", "caution", "example", "examples", "important", "tip", "hint",
    "todo",
    "date", "time", "subject", "re", "from", "to", "cc", "bcc", "sent", "title", "location",
    "place",
    "attendees", "participants", "present", "absent", "agenda", "summary", "source", "sources",
    "figure", "table", "see", "see also", "remark", "remarks", "reply-to", "message-id", "url",
    "http", "https", "phone", "tel", "fax", "email", "e-mail", "address", "name", "page", "version",
    "author", "authors", "keywords", "abstract", "references", "copyright", "license", "kind",
    "language", "duration", "recorded", "transcript", "topic", "item", "motion", "vote", "action",
    "action item", "decision", "deadline", "price", "total", "amount", "status", "priority",
    "result", "answer", "question", "p.s", "ps", "nb", "n.b", "i.e", "e.g", "attention", "attn",
    "enclosure", "enclosures", "start", "end", "step", "where", "when", "what", "who", "why", "how",
    "definition", "definitions", "exhibit", "schedule", "section", "article", "whereas", "recitals",
    "for example", "note that", "in addition", "namely", "update", "edit", "description", "type",
    "file", "path", "meeting", "meeting date", "meeting title", "hinweis", "datum", "ort",
    "betreff",
  ]
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}
