/// The text that stands between two offsets of a part that is XML, with references decoded.
enum XMLText {
  /// A piece of it: as it stands in the part, or standing for something there.
  enum Piece {
    case plain(Range<Int>)
    case scalar(Unicode.Scalar, Range<Int>)
  }

  /// Hands over the pieces in order; tags, comments and instructions between them are no text.
  static func pieces(_ utf8: [UInt8], _ range: Range<Int>, _ take: (Piece) -> Void) {
    var position = range.lowerBound
    var kept = position
    func flush(_ end: Int) { if end > kept { take(.plain(kept..<end)) } }
    func find(_ word: String, from: Int) -> Int? {
      let word = Array(word.utf8)
      var at = from
      while at + word.count <= range.upperBound {
        if utf8[at] == word[0], utf8[at..<at + word.count].elementsEqual(word) { return at }
        at += 1
      }
      return nil
    }
    func begins(_ word: String) -> Bool {
      let word = word.utf8
      return position + word.count <= range.upperBound
        && utf8[position..<position + word.count].elementsEqual(word)
    }
    while position < range.upperBound {
      switch utf8[position] {
      case 0x26:
        flush(position)
        var end = position + 1
        while end < range.upperBound, utf8[end] != 0x3B, end - position < 16 { end += 1 }
        guard end < range.upperBound, utf8[end] == 0x3B,
          let scalar = scalar(utf8[(position + 1)..<end])
        else {
          kept = position
          position += 1
          continue
        }
        take(.scalar(scalar, position..<end + 1))
        position = end + 1
        kept = position
      case 0x3C:
        flush(position)
        if begins("<![CDATA[") {
          let end = find("]]>", from: position + 9) ?? range.upperBound
          if end > position + 9 { take(.plain(position + 9..<end)) }
          position = min(end + 3, range.upperBound)
        } else {
          let close = begins("<!--") ? "-->" : begins("<?") ? "?>" : ">"
          position =
            find(close, from: position + 1).map { $0 + close.utf8.count } ?? range.upperBound
        }
        kept = position
      default: position += 1
      }
    }
    flush(range.upperBound)
  }

  /// The whole, white space collapsed, without places.
  static func string(_ utf8: [UInt8], _ range: Range<Int>) -> String {
    verbatim(utf8, range).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The whole, white space as it is, without places.
  static func verbatim(_ utf8: [UInt8], _ range: Range<Int>) -> String {
    var text = ""
    pieces(utf8, range) { piece in
      switch piece {
      case .plain(let range): text += String(decoding: utf8[range], as: UTF8.self)
      case .scalar(let scalar, _): text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static func scalar(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
    switch String(decoding: name, as: UTF8.self) {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    case let number where number.hasPrefix("#x"):
      return UInt32(number.dropFirst(2), radix: 16).flatMap { Unicode.Scalar($0) }
    case let number where number.hasPrefix("#"):
      return UInt32(number.dropFirst()).flatMap { Unicode.Scalar($0) }
    default: return nil
    }
  }
}
