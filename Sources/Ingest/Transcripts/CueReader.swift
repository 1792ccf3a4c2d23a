package import Documents

/// WebVTT and SubRip → speaker turns with times.
package struct CueReader: Reader {
  package init() {}

  package func read(
    _ bytes: [UInt8], named name: String, limits: ReadLimits
  ) throws(ReadError) -> Document {
    read(SourceText(bytes, encoding: EncodingDetection.encoding(of: bytes)))
  }

  package func read(_ source: SourceText) -> Document {
    let isWebVTT = Self.isWebVTT(source)
    let file = isWebVTT ? WebVTT.read(source) : SubRip.read(source)
    let turns = CueTurns(file.cues).turns()
    var document = Document(
      mediaType: isWebVTT ? "text/vtt" : "application/x-subrip",
      metadata: Metadata(
        language: file.language, date: MeetingDate.find(in: file.remarks),
        encoding: source.encoding.rawValue),
      blocks: turns.map { Block(.turn($0)) }, notices: source.notices + file.notices)
    if turns.isEmpty {
      document.notices.append(Notice(.empty, detail: "The file holds no captions."))
    }
    return document
  }

  /// The captions as the file has them, with the speakers' names taken out of the text; rolling
  /// captions collapsed.
  package func cues(_ bytes: [UInt8]) -> [Cue] {
    let source = SourceText(bytes, encoding: EncodingDetection.encoding(of: bytes))
    let file = Self.isWebVTT(source) ? WebVTT.read(source) : SubRip.read(source)
    return CueTurns(file.cues).cues
  }

  private static func isWebVTT(_ source: SourceText) -> Bool {
    source.utf8[source.range].drop { $0 <= 0x20 }.starts(with: Array("WEBVTT".utf8))
  }
}
