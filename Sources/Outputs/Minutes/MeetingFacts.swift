import Documents

/// What a document says of the meeting itself: title, date, place, when to meet again.
extension MinuteTaking {
  var title: String? {
    for block in document.blocks {
      if case .heading(let text, _) = block.content { return text.text }
      if case .turn = block.content { break }
    }
    return document.metadata.title
  }

  /// Lines such as `Date: 20 November 2026` before the talk.
  private static func preamble(_ document: Document) -> [(key: String, value: String)] {
    var lines: [(String, String)] = []
    for block in document.blocks.prefix(30) {
      for piece in block.texts {
        for line in piece.text.split(whereSeparator: \.isNewline) {
          guard let colon = line.firstIndex(of: ":") else { continue }
          lines.append(
            (
              line[..<colon].lowercased(),
              String(line[line.index(after: colon)...].drop(while: \.isWhitespace))
            ))
        }
      }
      if case .turn(let turn) = block.content, let speaker = turn.speaker {
        lines.append((speaker.text.lowercased(), turn.text.text))
      }
    }
    return lines
  }

  static func datedPreamble(_ document: Document) -> CalendarDate? {
    for (key, value) in preamble(document) where ["date", "meeting date", "held on"].contains(key) {
      if let date = DateParser.dates(in: value).first?.date, date.day != nil { return date }
    }
    return nil
  }

  var place: String? {
    for (key, value) in Self.preamble(document)
    where ["place", "location", "venue", "room"].contains(key) && value.utf8.count < 200 {
      return value
    }
    return nil
  }

  static let nextMeetings = Phrases(
    "next meeting|meet again|next session|next call|reconvene|meet next")

  /// The date somebody names for the next meeting, the last time it is named.
  var nextMeeting: String? {
    for utterance in talk.utterances.reversed()
    where Self.nextMeetings.stand(in: utterance.words) && !utterance.isQuestion {
      if let due = DueDate.find(in: String(text[utterance.range]), meeting: meetingDate),
        let iso = due.iso, iso != meetingDate?.iso
      {
        return iso
      }
    }
    return nil
  }

  static func isoDate(_ text: String) -> CalendarDate? {
    let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
    return parts.count == 3 ? CalendarDate(year: parts[0], month: parts[1], day: parts[2]) : nil
  }
}
