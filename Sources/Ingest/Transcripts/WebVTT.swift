import Documents
import Foundation

/// WebVTT (W3C), read the forgiving way: what follows no rule is left out and reported.
enum WebVTT {
  static func read(_ source: SourceText) -> CueFile {
    var file = CueFile()
    let utf8 = source.utf8
    let lines = TextLine.lines(of: source)
    var index = 0
    // The header: up to the first empty line or the first timing.
    while index < lines.count, !lines[index].range.isEmpty {
      if Timestamp.timing(utf8, lines[index]) != nil { break }
      let text = source.string(lines[index].content)
      file.remarks.append(text)
      if text.lowercased().hasPrefix("language:") {
        file.language = String(
          text.dropFirst(9).drop { $0 == " " })
      }
      index += 1
    }
    while index < lines.count {
      let start = index
      while index < lines.count, !lines[index].range.isEmpty { index += 1 }
      if index > start { block(lines[start..<index], source, into: &file) }
      index += 1
    }
    return file
  }

  /// Lines between two empty ones: a note, a style, or a cue (several where no empty line parts
  /// them).
  private static func block(
    _ lines: ArraySlice<TextLine>, _ source: SourceText, into file: inout CueFile
  ) {
    let utf8 = source.utf8
    let first = source.utf8[lines.first!.content]
    func begins(_ word: String) -> Bool {
      first.starts(with: Array(word.utf8))
        && (first.count == word.utf8.count || first[first.startIndex + word.utf8.count] <= 0x20)
    }
    let timings = lines.indices.filter { Timestamp.timing(utf8, lines[$0]) != nil }
    if begins("NOTE") {
      for line in lines {
        let text = source.string(line.content)
        file.remarks.append(text)
        if let mark = text.range(of: "language:"), text.hasPrefix("NOTE") {
          file.language = String(text[mark.upperBound...].prefix { $0 != " " })
        }
      }
      return
    }
    if begins("STYLE") || begins("REGION"), timings.isEmpty { return }
    guard !timings.isEmpty else {
      if lines.contains(where: { !$0.isBlank }) {
        let range = lines.first!.content.lowerBound..<lines.last!.range.upperBound
        file.notices.append(
          Notice(
            .damaged, bytes: source.fileRange(of: range),
            detail: "\(lines.count) lines without a valid timing were left out"))
      }
      return
    }
    for (order, timing) in timings.enumerated() {
      var end = order + 1 < timings.count ? timings[order + 1] : lines.endIndex
      // An identifier in front of the next timing, set off by a line of white space.
      if end < lines.endIndex, end - 2 > timing, lines[end - 2].isBlank { end -= 1 }
      let times = Timestamp.timing(utf8, lines[timing])!
      let content = lines[(timing + 1)..<end].map(\.content)
      let (parts, texts) = CueText.read(source, content)
      file.cues.append(Cue(start: times.start, end: times.end, parts: parts, lines: texts))
    }
  }
}
