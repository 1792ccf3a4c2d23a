package import Documents

/// Text without markup: paragraphs, headings, list items and numbered clauses; transcripts too.
package struct PlainTextReader: Reader {
  package init() {}

  package func read(
    _ bytes: [UInt8], named name: String, limits: ReadLimits
  ) throws(ReadError) -> Document {
    let encoding = EncodingDetection.encoding(of: bytes)
    return read(SourceText(bytes, encoding: encoding))
  }

  package func read(_ source: SourceText) -> Document {
    var document = Document(
      mediaType: "text/plain", metadata: Metadata(encoding: source.encoding.rawValue),
      notices: source.notices)
    if let transcript = PlainTranscript(source) {
      document.blocks = transcript.blocks
      document.metadata.date = transcript.date
    } else {
      var layout = PlainTextLayout(source)
      document.blocks = layout.blocks()
    }
    if !document.blocks.contains(where: \.isRead) {
      document.notices.append(Notice(.empty, detail: "The file holds no text."))
    }
    return document
  }
}
