import Documents

/// A transcript in plain text: lines that begin with a speaker's name, a time, or both.
///
/// One file writes its turns in one way. So each way of writing is tried on the whole file, and the
/// best one must show what only transcripts show: names that come back, or times that go up.
struct PlainTranscript {
  private(set) var blocks: [Block] = []
  /// The date in the lines above the first turn.
  private(set) var date: String?

  /// Nil where the text is no transcript.
  init?(_ source: SourceText) {
    let lines = TextLine.lines(of: source)
    var best: (shape: Shape, openings: [Int: Opening], score: Int)?
    for shape in Shape.allCases {
      guard let openings = shape.openings(lines, source) else { continue }
      // Every stamped line with a name is a stamped line: names decide.
      let score = shape == .stamp ? openings.count : openings.count * 2
      if score > best?.score ?? 0 { best = (shape, openings, score) }
    }
    guard let best, let first = best.openings.keys.min() else { return nil }
    let header = Array(lines[..<first])
    let headerText = header.filter { !$0.isBlank }.prefix(20).map { source.string($0.content) }
    date = MeetingDate.find(in: headerText)
    if header.contains(where: { !$0.isBlank }) {
      var layout = PlainTextLayout(source, lines: header)
      blocks = layout.blocks()
    }
    blocks += Self.turns(lines[first...], best.openings, source).map { Block(.turn($0)) }
  }

  /// What a line that begins a turn says.
  struct Opening {
    var speaker: Range<Int>?
    var start: Double?
    var end: Double?
    /// The words on the line itself; empty where they follow on the next lines.
    var text: Range<Int>
  }

  private static func turns(
    _ lines: ArraySlice<TextLine>, _ openings: [Int: Opening], _ source: SourceText
  ) -> [Turn] {
    var turns: [Turn] = []
    var builder = AnchoredTextBuilder(source)
    var pending: Opening?
    func name(_ range: Range<Int>?) -> AnchoredText? {
      guard let range else { return nil }
      var builder = AnchoredTextBuilder(source)
      builder.appendCollapsed(range)
      builder.trimEnd()
      return builder.isEmpty ? nil : builder.finish()
    }
    func close() {
      builder.trimEnd()
      guard let opening = pending else { return }
      let text = builder.finish()
      let speaker = name(opening.speaker)
      if let last = turns.last, let lastName = last.speaker?.text, lastName == speaker?.text {
        if !text.isEmpty {
          if !turns[turns.count - 1].text.isEmpty {
            turns[turns.count - 1].text.append(unanchored: " ")
          }
          turns[turns.count - 1].text.append(text)
        }
        if let end = opening.end { turns[turns.count - 1].end = end }
        return
      }
      guard !text.isEmpty || speaker != nil else { return }
      turns.append(
        Turn(
          index: turns.count, speaker: speaker, start: opening.start, end: opening.end, text: text))
    }
    for index in lines.indices {
      if let opening = openings[index] {
        close()
        pending = opening
        builder.appendCollapsed(opening.text)
      } else if isRemark(index, lines, source) {
        close()
        pending = Opening(text: lines[index].content)
        builder.appendCollapsed(lines[index].content)
      } else if !lines[index].isBlank {
        builder.separate()
        builder.appendCollapsed(lines[index].content)
      }
    }
    close()
    for index in turns.indices.dropLast() where turns[index].end == nil {
      turns[index].end = turns[index + 1].start
    }
    return turns
  }
}

extension PlainTranscript {
  /// What Teams writes between turns: a paragraph `NAME started transcription` is nobody's words.
  private static func isRemark(
    _ index: Int, _ lines: ArraySlice<TextLine>, _ source: SourceText
  ) -> Bool {
    let line = lines[index]
    guard line.content.count <= 120, index > lines.startIndex, lines[index - 1].isBlank,
      index + 1 >= lines.endIndex || lines[index + 1].isBlank
    else { return false }
    let words = source.utf8[line.content]
    return [" started transcription", " stopped transcription"].contains {
      words.suffix($0.utf8.count).elementsEqual($0.utf8)
    }
  }
}

extension PlainTranscript {
  /// The ways in which transcripts write who speaks and when.
  enum Shape: CaseIterable {
    /// Saved Zoom chats: `10:02:33 From Name to Everyone:` and the words on the next lines, or
    /// `10:02:33 From Name : words`
    case chat
    /// `Name: words`
    case label
    /// `[00:01:02] Name: words`
    case stampLabel
    /// `[00:01:02] Name` and the words on the next lines; `00 01 02  CC<tab>words`
    case stampName
    /// `Name 00:01:02`, `[Name] 10:02:33`, words on the next lines or after a colon
    case nameStamp
    /// `[00:01:02] words`
    case stamp
    /// `Q.` and `A.` of depositions
    case questions

    /// The lines that begin turns, by index; nil where the file does not show this way.
    func openings(_ lines: [TextLine], _ source: SourceText) -> [Int: Opening]? {
      var openings: [Int: Opening] = [:]
      for (index, line) in lines.enumerated() where !line.isBlank {
        if let opening = opening(line, source.utf8) { openings[index] = opening }
      }
      guard openings.count >= 2 else { return nil }
      return isConvincing(&openings, lines, source) ? openings : nil
    }

    private func opening(_ line: TextLine, _ utf8: [UInt8]) -> Opening? {
      let limit = line.content.upperBound
      let first = line.content.lowerBound
      switch self {
      case .label:
        guard let label = SpeakerLabel.parse(utf8, line.content) else { return nil }
        return Opening(speaker: label.name, text: label.textStart..<limit)
      case .chat: return ChatLine.opening(line.content, utf8)
      case .stampLabel:
        guard let stamp = Stamp.parse(utf8, first, limit),
          let label = SpeakerLabel.parse(utf8, stamp.after..<limit)
        else { return nil }
        return Opening(
          speaker: label.name, start: stamp.start, end: stamp.end, text: label.textStart..<limit)
      case .stampName:
        guard let stamp = Stamp.parse(utf8, first, limit), stamp.after < limit else { return nil }
        var end = stamp.after
        while end < limit, utf8[end] != 0x09 { end += 1 }
        let name = Stamp.trimmed(utf8, stamp.after..<end)
        guard !name.isEmpty, name.count <= 60, SpeakerLabel.isName(utf8, name) else { return nil }
        let text = min(Timestamp.skipSpace(utf8, end, limit), limit)
        return Opening(speaker: name, start: stamp.start, end: stamp.end, text: text..<limit)
      case .nameStamp:
        guard let (name, stamp) = Stamp.afterName(utf8, line.content) else { return nil }
        var text = stamp.after
        if text < limit, utf8[text] == 0x3A { text = Timestamp.skipSpace(utf8, text + 1, limit) }
        return Opening(speaker: name, start: stamp.start, end: stamp.end, text: text..<limit)
      case .stamp:
        guard let stamp = Stamp.parse(utf8, first, limit) else { return nil }
        return Opening(start: stamp.start, end: stamp.end, text: stamp.after..<limit)
      case .questions:
        guard line.content.count > 3, utf8[first] == 0x51 || utf8[first] == 0x41,
          utf8[first + 1] == 0x2E || utf8[first + 1] == 0x3A || utf8[first + 1] <= 0x20
        else {
          guard let label = SpeakerLabel.parse(utf8, line.content),
            utf8[label.name].allSatisfy({ !(0x61...0x7A).contains($0) })
          else { return nil }
          return Opening(speaker: label.name, text: label.textStart..<limit)
        }
        let hasMark = utf8[first + 1] > 0x20
        let text = Timestamp.skipSpace(utf8, first + (hasMark ? 2 : 1), limit)
        guard text - first >= (hasMark ? 3 : 2) else { return nil }
        return Opening(speaker: first..<first + 1, text: text..<limit)
      }
    }

    /// Whether the file as a whole is written in this way; openings that are none are taken out.
    private func isConvincing(
      _ openings: inout [Int: Opening], _ lines: [TextLine], _ source: SourceText
    ) -> Bool {
      let utf8 = source.utf8
      func name(_ opening: Opening) -> String {
        opening.speaker.map { String(decoding: utf8[$0], as: UTF8.self) } ?? ""
      }
      switch self {
      case .label, .questions:
        var counts: [String: Int] = [:]
        for opening in openings.values { counts[name(opening), default: 0] += 1 }
        // One who speaks once only is a name where all are written in capitals or most come back.
        let again = openings.values.filter { counts[name($0)]! >= 2 }.count
        let upper = openings.values.filter { isUpper(name($0)) }.count
        if upper * 10 >= openings.count * 8 {
          openings = openings.filter { isUpper(name($0.value)) }
        } else if again * 10 < openings.count * 6 {
          guard openings.count >= 4, isDialogue(openings, lines, utf8) else { return false }
        }
        if self == .questions {
          guard (counts["Q"] ?? 0) >= 3, (counts["A"] ?? 0) >= 3 else { return false }
        }
        let distinct = Set(openings.values.map(name)).count
        guard openings.count >= 3, distinct >= 2 || openings.count >= 6,
          distinct * 3 <= openings.count * 2 || isDialogue(openings, lines, utf8)
        else { return false }
        return covers(openings, lines, utf8, share: 0.5)
      case .chat: return rises(openings) && covers(openings, lines, utf8, share: 0.4)
      case .stampLabel, .stampName, .nameStamp:
        let distinct = Set(openings.values.map(name)).count
        guard distinct < openings.count || openings.count <= 4, rises(openings),
          areStampsNamed(openings, lines, utf8), haveWords(openings, lines)
        else { return false }
        return covers(openings, lines, utf8, share: 0.4)
      case .stamp:
        guard openings.count >= 4, rises(openings), isRecording(openings, lines, utf8) else {
          return false
        }
        return covers(openings, lines, utf8, share: 0.4)
      }
    }

    private func isUpper(_ name: String) -> Bool {
      let letters = name.unicodeScalars.filter { $0.properties.isCased }
      return !letters.isEmpty && letters.allSatisfy { !$0.properties.isLowercase }
    }

    /// Times of a recording have seconds or brackets, or begin at zero; times of day in an agenda do
    /// neither.
    private func isRecording(
      _ openings: [Int: Opening], _ lines: [TextLine], _ utf8: [UInt8]
    ) -> Bool {
      guard let first = openings.keys.min(), let start = openings[first]?.start else {
        return false
      }
      let line = utf8[lines[first].content]
      let isBracketed = line.first == 0x5B || line.first == 0x28
      let colons = line.prefix { $0 > 0x20 }.filter { $0 == 0x3A }.count
      return isBracketed || colons >= 2 || start < 120
    }

    /// Most lines that begin with a time are written in this way.
    private func areStampsNamed(
      _ openings: [Int: Opening], _ lines: [TextLine], _ utf8: [UInt8]
    ) -> Bool {
      guard self != .nameStamp else { return true }
      let stamped = lines.filter { line in
        Stamp.parse(utf8, line.content.lowerBound, line.content.upperBound) != nil
      }.count
      return openings.count * 10 >= stamped * 6
    }

    /// Nearly every turn says something, on its own line or on the next one.
    private func haveWords(_ openings: [Int: Opening], _ lines: [TextLine]) -> Bool {
      let spoken = openings.filter { index, opening in
        !opening.text.isEmpty
          || index + 1 < lines.count && !lines[index + 1].isBlank && openings[index + 1] == nil
      }.count
      return spoken * 10 >= openings.count * 8
    }

    /// Times of a transcript go up.
    private func rises(_ openings: [Int: Opening]) -> Bool {
      let times = openings.sorted { $0.key < $1.key }.compactMap(\.value.start)
      let falls = zip(times, times.dropFirst()).filter { $0 > $1 }.count
      return falls * 10 <= times.count
    }

    /// Nearly every paragraph is a turn, and turns hold sentences.
    private func isDialogue(
      _ openings: [Int: Opening], _ lines: [TextLine], _ utf8: [UInt8]
    ) -> Bool {
      let words = openings.values.map { opening in
        utf8[opening.text].split(whereSeparator: { $0 <= 0x20 }).count
      }
      let sentences = words.filter { $0 >= 4 }.count
      let names = Set(openings.values.compactMap { $0.speaker.map { Array(utf8[$0]) } })
      return sentences * 10 >= words.count * 6 && names.count < openings.count
        && covers(openings, lines, utf8, share: 0.9)
    }

    /// The share of paragraphs, after the first turn, that begin with a turn.
    private func covers(
      _ openings: [Int: Opening], _ lines: [TextLine], _ utf8: [UInt8], share: Double
    ) -> Bool {
      guard let first = openings.keys.min() else { return false }
      // A long text above the first turn: the turns are an excerpt in it, or none at all.
      let before = lines[..<first].filter { !$0.isBlank }.count
      guard before <= max(30, openings.count) else { return false }
      var paragraphs = 0
      var opened = 0
      var isStart = true
      for index in first..<lines.count {
        if lines[index].isBlank {
          isStart = true
          continue
        }
        if isStart {
          paragraphs += 1
          if openings[index] != nil { opened += 1 }
        }
        isStart = false
      }
      if paragraphs <= 3 {
        // No blank lines: wrapped turns are a few lines each.
        let written = lines[first...].filter { !$0.isBlank }.count
        return Double(openings.count) >= 0.15 * Double(written)
      }
      return Double(opened) >= share * Double(paragraphs)
    }
  }

  /// A time at the head of a line, with its brackets and what parts it from the rest.
  struct Stamp {
    var start: Double
    var end: Double?
    /// Where the rest of the line begins.
    var after: Int

    static func parse(_ utf8: [UInt8], _ first: Int, _ limit: Int) -> Stamp? {
      var position = first
      var close: UInt8?
      if position < limit, utf8[position] == 0x5B || utf8[position] == 0x28 {
        close = utf8[position] == 0x5B ? 0x5D : 0x29
        position = Timestamp.skipSpace(utf8, position + 1, limit)
      }
      guard let (start, afterStart) = time(utf8, position, limit) else { return nil }
      position = afterStart
      var end: Double?
      var next = Timestamp.skipSpace(utf8, position, limit)
      var dashes = 0
      while next < limit, utf8[next] == 0x2D || utf8[next] == 0x3E {
        dashes += 1
        next += 1
      }
      if dashes > 0, let (second, after) = time(utf8, Timestamp.skipSpace(utf8, next, limit), limit)
      {
        end = second
        position = after
      }
      if let close {
        position = Timestamp.skipSpace(utf8, position, limit)
        guard position < limit, utf8[position] == close else { return nil }
        position += 1
      } else if position < limit, utf8[position] > 0x20, utf8[position] != 0x3A {
        return nil
      }
      // `-`, `:` or `|` between time and name.
      position = Timestamp.skipSpace(utf8, position, limit)
      while position < limit,
        utf8[position] == 0x2D || utf8[position] == 0x3A || utf8[position] == 0x7C
      {
        position = Timestamp.skipSpace(utf8, position + 1, limit)
      }
      return Stamp(start: start, end: end, after: position)
    }

    /// A name and a time that end the line, or a name, a time and a colon.
    static func afterName(_ utf8: [UInt8], _ range: Range<Int>) -> (Range<Int>, Stamp)? {
      guard range.count >= 5 else { return nil }
      var position = range.lowerBound + 1
      let limit = range.upperBound
      while position < min(limit, range.lowerBound + 90) {
        let byte = utf8[position]
        let isBorder = utf8[position - 1] <= 0x20 || byte == 0x5B || byte == 0x28
        if isBorder, (0x30...0x39).contains(byte) || byte == 0x5B || byte == 0x28,
          let stamp = parse(utf8, position, limit)
        {
          let isLast = stamp.after >= limit
          var before = stamp.after
          while before > position, utf8[before - 1] <= 0x20 { before -= 1 }
          let hasColon = before > position && utf8[before - 1] == 0x3A
          var name = trimmed(utf8, range.lowerBound..<position)
          if let first = name.first, let last = name.last, utf8[first] == 0x5B, utf8[last] == 0x5D {
            name = first + 1..<last
          }
          guard isLast || hasColon, !name.isEmpty, SpeakerLabel.isName(utf8, name) else {
            return nil
          }
          return (name, stamp)
        }
        position += 1
      }
      return nil
    }

    static func trimmed(_ utf8: [UInt8], _ range: Range<Int>) -> Range<Int> {
      var range = range
      func isEdge(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x2D || byte == 0x7C || byte == 0x2A || byte == 0x2C || byte == 0x3A
      }
      while let first = range.first, isEdge(utf8[first]) { range = first + 1..<range.upperBound }
      while let last = range.last, isEdge(utf8[last]) { range = range.lowerBound..<last }
      return range
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
      byte >= 0x80 || (0x61...0x7A).contains(byte | 0x20)
    }

    /// `1:02:03`, `02:03.5`, `1:02 PM`, or the air-to-ground form `00 01 02` (two or three blanks or
    /// a tab after it).
    private static func time(_ utf8: [UInt8], _ position: Int, _ limit: Int) -> (Double, Int)? {
      if let stamp = Timestamp.parse(utf8, at: position, before: limit) {
        var end = stamp.end
        var seconds = stamp.seconds
        // `1:02 PM`, and not the beginning of `Amina`.
        if end + 2 < limit, utf8[end] == 0x20, utf8[end + 2] | 0x20 == 0x6D,
          utf8[end + 1] | 0x20 == 0x61 || utf8[end + 1] | 0x20 == 0x70,
          end + 3 == limit || !isLetter(utf8[end + 3])
        {
          if utf8[end + 1] | 0x20 == 0x70 { seconds += 12 * 3600 }
          end += 3
        }
        return (seconds, end)
      }
      var fields: [Int] = []
      var index = position
      while index + 1 < limit, fields.count < 4, (0x30...0x39).contains(utf8[index]),
        (0x30...0x39).contains(utf8[index + 1])
      {
        fields.append(Int(utf8[index] - 0x30) * 10 + Int(utf8[index + 1] - 0x30))
        index += 2
        guard index + 1 < limit, utf8[index] == 0x20, (0x30...0x39).contains(utf8[index + 1]) else {
          break
        }
        index += 1
      }
      guard fields.count >= 3, fields.suffix(2).allSatisfy({ $0 < 60 }), index < limit,
        utf8[index] == 0x09 || utf8[index] == 0x20 && index + 1 < limit && utf8[index + 1] == 0x20
      else { return nil }
      var seconds = 0.0
      let days = fields.count == 4 ? fields.removeFirst() : 0
      for field in fields { seconds = seconds * 60 + Double(field) }
      return (seconds + Double(days) * 86400, index)
    }
  }
}
