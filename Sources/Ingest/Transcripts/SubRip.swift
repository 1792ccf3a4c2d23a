import Documents

/// SubRip (`.srt`): numbers, timings, lines; in the wild with missing numbers, points for commas,
/// and empty lines inside captions. So the timings alone mark where captions begin.
enum SubRip {
  /// A timing stands among the first lines.
  static func isSubRip(_ source: SourceText) -> Bool {
    let head = source.start..<min(source.utf8.count, source.start + 4096)
    var seen = 0
    for line in TextLine.lines(of: source, in: head) where !line.isBlank {
      if Timestamp.timing(source.utf8, line) != nil { return true }
      seen += 1
      if seen >= 4 { return false }
    }
    return false
  }

  static func read(_ source: SourceText) -> CueFile {
    var file = CueFile()
    let utf8 = source.utf8
    let lines = TextLine.lines(of: source)
    var timing: (start: Double, end: Double)?
    var content: [Range<Int>] = []
    func endCue() {
      guard let timing else { return }
      let (parts, texts) = CueText.read(source, content)
      if !parts.isEmpty {
        file.cues.append(Cue(start: timing.start, end: timing.end, parts: parts, lines: texts))
      }
    }
    for (index, line) in lines.enumerated() {
      if let times = Timestamp.timing(utf8, line) {
        endCue()
        timing = times
        content = []
      } else if timing == nil {
        if !line.isBlank, !isNumber(utf8, line) { file.remarks.append(source.string(line.content)) }
      } else if !line.isBlank {
        if isNumber(utf8, line), isCounter(lines, index, utf8) { continue }
        content.append(line.content)
      }
    }
    endCue()
    return file
  }

  private static func isNumber(_ utf8: [UInt8], _ line: TextLine) -> Bool {
    !line.isBlank && utf8[line.content].allSatisfy { (0x30...0x39).contains($0) }
  }

  /// A number right in front of a timing counts captions.
  private static func isCounter(_ lines: [TextLine], _ index: Int, _ utf8: [UInt8]) -> Bool {
    var next = index + 1
    while next < lines.count, lines[next].isBlank { next += 1 }
    return next < lines.count && Timestamp.timing(utf8, lines[next]) != nil
  }
}
