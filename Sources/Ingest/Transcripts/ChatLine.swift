/// The first line of a message in a saved Zoom chat.
enum ChatLine {
  /// Who writes, and the words on the line. Whom a message goes to belongs to the name, unless that is
  /// everyone.
  static func opening(_ range: Range<Int>, _ utf8: [UInt8]) -> PlainTranscript.Opening? {
    let limit = range.upperBound
    guard let stamp = PlainTranscript.Stamp.parse(utf8, range.lowerBound, limit) else { return nil }
    let from = Array("From ".utf8)
    guard utf8[stamp.after..<limit].starts(with: from) else { return nil }
    let first = Timestamp.skipSpace(utf8, stamp.after + from.count, limit)
    // `Name : words`, or a colon that ends the line.
    var colon = first
    while colon < limit,
      !(utf8[colon] == 0x3A && (colon + 1 == limit || colon > first && utf8[colon - 1] == 0x20))
    { colon += 1 }
    guard colon < limit, colon - first <= 160 else { return nil }
    var last = colon
    while last > first, utf8[last - 1] <= 0x20 { last -= 1 }
    for everyone in [" to Everyone", " to  Everyone", " to everyone"]
    where utf8[first..<last].suffix(everyone.utf8.count).elementsEqual(everyone.utf8) {
      last -= everyone.utf8.count
    }
    while last > first, utf8[last - 1] <= 0x20 { last -= 1 }
    guard last > first else { return nil }
    return PlainTranscript.Opening(
      speaker: first..<last, start: stamp.start,
      text: Timestamp.skipSpace(utf8, colon + 1, limit)..<limit)
  }
}
