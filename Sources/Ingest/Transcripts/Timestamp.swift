/// Times as subtitle files and transcripts write them.
struct Timestamp: Hashable, Sendable {
  /// Seconds.
  var seconds: Double
  /// UTF-8 offset after the stamp.
  var end: Int

  /// `1:02:03.456`, `02:03,4`, `0:0:9.20` at `position`; nil where none begins there.
  ///
  /// Programs that write fields without padding (`0:0:9.20`) write milliseconds so, too.
  static func parse(_ utf8: [UInt8], at position: Int, before limit: Int) -> Timestamp? {
    var fields: [Int] = []
    var isPadded = true
    var index = position
    while true {
      let start = index
      var value = 0
      while index < limit, (0x30...0x39).contains(utf8[index]), index - start < 4 {
        value = value * 10 + Int(utf8[index] - 0x30)
        index += 1
      }
      guard index > start else { return nil }
      if index < limit, (0x30...0x39).contains(utf8[index]) { return nil }
      if index - start < 2, !fields.isEmpty { isPadded = false }
      fields.append(value)
      guard index + 1 < limit, utf8[index] == 0x3A, (0x30...0x39).contains(utf8[index + 1]),
        fields.count < 3
      else { break }
      index += 1
    }
    // Exporters that round up write `13:60.000` for 14:00: sixty is read as what it means.
    guard fields.count >= 2, fields.dropFirst().allSatisfy({ $0 <= 60 }) else { return nil }
    var seconds = 0.0
    for field in fields { seconds = seconds * 60 + Double(field) }
    if index + 1 < limit, utf8[index] == 0x2E || utf8[index] == 0x2C,
      (0x30...0x39).contains(utf8[index + 1])
    {
      index += 1
      let start = index
      var value = 0
      var scale = 1
      while index < limit, (0x30...0x39).contains(utf8[index]) {
        if index - start < 6 {
          value = value * 10 + Int(utf8[index] - 0x30)
          scale *= 10
        }
        index += 1
      }
      // One division, so that 9.02 is the double nearest to 9.02.
      let unit = isPadded ? scale : 1000
      seconds = (seconds * Double(unit) + Double(value)) / Double(unit)
    }
    return Timestamp(seconds: seconds, end: index)
  }

  /// `00:00:01.000 --> 00:00:04.100 settings`; nil for any other line.
  static func timing(_ utf8: [UInt8], _ line: TextLine) -> (start: Double, end: Double)? {
    let limit = line.content.upperBound
    guard line.content.count >= 11,
      let start = parse(utf8, at: line.content.lowerBound, before: limit)
    else { return nil }
    var index = skipSpace(utf8, start.end, limit)
    var dashes = 0
    while index < limit, utf8[index] == 0x2D {
      dashes += 1
      index += 1
    }
    guard dashes >= 2, index < limit, utf8[index] == 0x3E else { return nil }
    index = skipSpace(utf8, index + 1, limit)
    guard let end = parse(utf8, at: index, before: limit),
      end.end == limit || utf8[end.end] <= 0x20
    else { return nil }
    return (start.seconds, end.seconds)
  }

  static func skipSpace(_ utf8: [UInt8], _ from: Int, _ limit: Int) -> Int {
    var index = from
    while index < limit, utf8[index] <= 0x20 { index += 1 }
    return index
  }
}
