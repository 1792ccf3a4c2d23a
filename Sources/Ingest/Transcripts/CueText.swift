import Documents

/// The words of a cue, freed from tags and entities, by voice.
struct CueText {
  private let source: SourceText
  private var builder: AnchoredTextBuilder
  private var parts: [Cue.Part] = []
  private var lines: [AnchoredText] = []
  private var lineBuilder: AnchoredTextBuilder
  private var voice: AnchoredText?

  /// - Parameter lines: the content of the cue's lines.
  static func read(_ source: SourceText, _ lines: [Range<Int>]) -> (
    parts: [Cue.Part], lines: [AnchoredText]
  ) {
    var reader = CueText(source)
    for line in lines { reader.add(line) }
    reader.endPart()
    return (reader.parts, reader.lines)
  }

  private init(_ source: SourceText) {
    self.source = source
    builder = AnchoredTextBuilder(source)
    lineBuilder = AnchoredTextBuilder(source)
  }

  private mutating func add(_ line: Range<Int>) {
    builder.separate()
    let utf8 = source.utf8
    var position = line.lowerBound
    var kept = position
    while position < line.upperBound {
      switch utf8[position] {
      case 0x3C:
        guard let end = tagEnd(position, line.upperBound) else {
          position += 1
          continue
        }
        flush(kept..<position)
        let isVoice = utf8[position + 1] | 0x20 == 0x76  // v
        if isVoice, let name = voiceName(position + 1..<end) {
          endPart()
          voice = name
        }
        position = end + 1
        kept = position
      case 0x7B where position + 1 < line.upperBound && utf8[position + 1] == 0x5C:
        // `{\an8}`: a position of the SubStation kind, which SubRip files use as well.
        var end = position
        while end < line.upperBound, utf8[end] != 0x7D { end += 1 }
        guard end < line.upperBound else {
          position += 1
          continue
        }
        flush(kept..<position)
        position = end + 1
        kept = position
      case 0x26:
        guard let (text, end) = entity(position, line.upperBound) else {
          position += 1
          continue
        }
        flush(kept..<position)
        builder.append(text.utf8, standingFor: position..<end)
        lineBuilder.append(text.utf8, standingFor: position..<end)
        position = end
        kept = position
      default: position += 1
      }
    }
    flush(kept..<line.upperBound)
    lineBuilder.trimEnd()
    let whole = lineBuilder.finish()
    if !whole.isEmpty { lines.append(whole) }
  }

  private mutating func flush(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    builder.appendCollapsed(range)
    lineBuilder.appendCollapsed(range)
  }

  private mutating func endPart() {
    builder.trimEnd()
    guard !builder.isEmpty else { return }
    parts.append(Cue.Part(speaker: voice, text: builder.finish(), isTagged: voice != nil))
  }

  /// The `>` of a tag that begins at `position`; nil where `<` is just a character.
  private func tagEnd(_ position: Int, _ limit: Int) -> Int? {
    let utf8 = source.utf8
    guard position + 1 < limit else { return nil }
    let next = utf8[position + 1]
    guard next == 0x2F || (0x30...0x39).contains(next) || (0x61...0x7A).contains(next | 0x20)
    else { return nil }
    var end = position + 1
    while end < limit, utf8[end] != 0x3E {
      if utf8[end] == 0x3C { return nil }
      end += 1
    }
    return end < limit ? end : nil
  }

  /// The name in `v.loud Mary`; nil for other tags (`video`).
  private func voiceName(_ tag: Range<Int>) -> AnchoredText? {
    let utf8 = source.utf8
    var position = tag.lowerBound + 1
    guard position < tag.upperBound, utf8[position] == 0x2E || utf8[position] <= 0x20 else {
      return nil
    }
    while position < tag.upperBound, utf8[position] > 0x20 { position += 1 }
    var name = AnchoredTextBuilder(source)
    name.appendCollapsed(position..<tag.upperBound)
    name.trimEnd()
    return name.isEmpty ? nil : name.finish()
  }

  private func entity(_ position: Int, _ limit: Int) -> (String, Int)? {
    let utf8 = source.utf8
    var end = position + 1
    while end < limit, end - position < 10, utf8[end] != 0x3B { end += 1 }
    guard end < limit, utf8[end] == 0x3B else { return nil }
    let name = source.string(position + 1..<end)
    let text: String
    switch name {
    case "amp": text = "&"
    case "lt": text = "<"
    case "gt": text = ">"
    case "quot": text = "\""
    case "apos": text = "'"
    case "nbsp": text = " "
    case "lrm", "rlm": text = ""
    default:
      guard name.first == "#" else { return nil }
      let digits = name.dropFirst()
      let value =
        digits.first == "x" || digits.first == "X"
        ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard let value, value >= 0x20, let scalar = Unicode.Scalar(value) else { return nil }
      text = String(scalar)
    }
    return (text, end + 1)
  }
}
