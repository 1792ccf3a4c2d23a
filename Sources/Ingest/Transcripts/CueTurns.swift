import Documents

/// Cues → speaker turns: names taken out of the text, rolling captions collapsed, neighbouring cues
/// of one speaker joined.
struct CueTurns {
  /// With speakers, and with rolling captions collapsed where the file has them.
  private(set) var cues: [Cue]
  let isRolling: Bool

  init(_ cues: [Cue]) {
    isRolling = Self.isRolling(cues)
    self.cues = Self.named(isRolling ? Self.collapsed(cues) : cues)
  }

  // MARK: Speakers

  /// Names written in front of the words (`Name: …`) become speakers, where the file as a whole
  /// shows that they are names.
  private static func named(_ cues: [Cue]) -> [Cue] {
    guard !cues.contains(where: { $0.parts.contains { $0.speaker != nil } }) else { return cues }
    var counts: [String: Int] = [:]
    var labelled = 0
    for cue in cues {
      guard let part = cue.parts.first else { continue }
      let utf8 = Array(part.text.text.utf8)
      if let label = SpeakerLabel.parse(utf8, 0..<utf8.count) {
        labelled += 1
        counts[String(decoding: utf8[label.name], as: UTF8.self), default: 0] += 1
      }
    }
    let spoken = cues.filter { !$0.parts.isEmpty }.count
    let isCommon = labelled * 2 >= spoken && spoken > 0
    guard isCommon || counts.values.contains(where: { $0 >= 2 }) else { return cues }
    var result = cues
    for index in result.indices {
      guard let part = result[index].parts.first else { continue }
      let utf8 = Array(part.text.text.utf8)
      guard let label = SpeakerLabel.parse(utf8, 0..<utf8.count) else { continue }
      let name = String(decoding: utf8[label.name], as: UTF8.self)
      guard isCommon || counts[name]! >= 2 else { continue }
      var named = Cue.Part(
        speaker: part.text.slice(label.name), text: part.text.slice(label.textStart..<utf8.count))
      if named.text.isEmpty { named.text = AnchoredText() }
      result[index].parts[0] = named
    }
    return result
  }

  // MARK: Rolling captions

  /// Live captions repeat the line before; a share of repeats that plain subtitles never have.
  private static func isRolling(_ cues: [Cue]) -> Bool {
    guard cues.count >= 6 else { return false }
    var repeats = 0
    for (first, second) in zip(cues, cues.dropFirst()) {
      guard let last = first.lines.last?.text, let next = second.lines.first?.text,
        second.start - first.end < 2
      else { continue }
      if next == last || next.hasPrefix(last + " ") { repeats += 1 }
    }
    return repeats * 5 >= cues.count * 2
  }

  private static func collapsed(_ cues: [Cue]) -> [Cue] {
    var result: [Cue] = []
    var shown: [String] = []
    for cue in cues {
      let lines = cue.lines.map(\.text)
      var known = min(shown.count, lines.count)
      while known > 0, Array(shown.suffix(known)) != Array(lines.prefix(known)) { known -= 1 }
      var fresh = Array(cue.lines[known...])
      if known == 0, let last = shown.last, let first = fresh.first,
        first.text.hasPrefix(last + " ")
      {
        // The line grew: only what was added is new.
        let from = last.utf8.count + 1
        fresh[0] = first.slice(from..<first.text.utf8.count)
      }
      shown = lines.isEmpty ? shown : lines
      guard !fresh.isEmpty else { continue }
      var text = AnchoredText()
      for line in fresh {
        if !text.isEmpty { text.append(unanchored: " ") }
        text.append(line)
      }
      result.append(
        Cue(
          start: cue.start, end: cue.end,
          parts: [Cue.Part(speaker: cue.parts.first?.speaker, text: text)], lines: fresh))
    }
    return result
  }

  // MARK: Turns

  /// Where nobody is named, a turn ends with a pause of that many seconds, or with the first
  /// sentence that ends after `longest`.
  private static let pause = 4.0
  private static let longest = 60.0

  func turns() -> [Turn] {
    var turns: [Turn] = []
    var texts: [AnchoredText] = []
    let hasNames = cues.contains { $0.parts.contains { $0.speaker != nil } }
    let hasVoices = cues.contains { $0.parts.contains(where: \.isTagged) }
    func close() {
      guard !turns.isEmpty, !texts.isEmpty else { return }
      var whole = AnchoredText()
      for text in texts {
        if !whole.isEmpty { whole.append(unanchored: " ") }
        whole.append(text)
      }
      turns[turns.count - 1].text = whole
      texts = []
    }
    for cue in cues {
      for part in cue.parts {
        let startsAnew = part.text.text.hasPrefix(">>")
        if let last = turns.last {
          var continues: Bool
          if let speaker = part.speaker {
            continues = last.speaker?.text == speaker.text
          } else if hasNames {
            // `Name:` stands where the speaker changes; a voice tag stands on each cue.
            continues = last.speaker == nil || !hasVoices && !startsAnew
          } else {
            let isLong = cue.start - (last.start ?? 0) > Self.longest
            let isSentenceEnd = ".?!…".contains(texts.last?.text.last ?? " ")
            continues =
              cue.start - (last.end ?? 0) < Self.pause && !(isLong && isSentenceEnd) && !startsAnew
          }
          if continues {
            if !part.text.isEmpty { texts.append(part.text) }
            turns[turns.count - 1].end = cue.end
            continue
          }
        }
        close()
        turns.append(
          Turn(
            index: turns.count, speaker: part.speaker, start: cue.start, end: cue.end,
            text: AnchoredText()))
        if !part.text.isEmpty { texts.append(part.text) }
      }
    }
    close()
    return turns
  }
}
