/// What a file is, by its content. Names and extensions say nothing: people rename files.
package enum MediaType: Hashable, Sendable {
  case pdf
  case html
  case webVTT
  case subRip
  /// A message of e-mail.
  case mail
  /// A document of Word (DOCX).
  case word
  /// A book (EPUB).
  case epub
  /// A document of Office under a password: which, cannot be seen.
  case encryptedOffice
  /// Text of any other kind; whether it is a transcript is seen when it is read.
  case plainText
  /// Nothing in it, or nothing but white space.
  case empty
  /// A format Docket does not read; the name is for people.
  case unsupported(String)

  /// The IANA name; nil where Docket does not read the format.
  package var name: String? {
    switch self {
    case .pdf: "application/pdf"
    case .html: "text/html"
    case .webVTT: "text/vtt"
    case .subRip: "application/x-subrip"
    case .mail: "message/rfc822"
    case .word: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case .epub: "application/epub+zip"
    case .plainText, .empty: "text/plain"
    case .encryptedOffice, .unsupported: nil
    }
  }

  /// Looks at the first bytes only (PDF: 1024, text: 64 KiB) and at the directory of packages, so a
  /// file's size costs nothing.
  package init(of bytes: [UInt8]) {
    self.init(head: bytes.prefix(1 << 16), byteCount: bytes.count) { Array(bytes[$0]) }
  }

  /// - Parameter read: bytes inside the file, asked for where the head says too little; nil where they
  ///   cannot be had.
  package init(
    head: ArraySlice<UInt8>, byteCount: Int, read: (Range<Int>) -> [UInt8]?
  ) {
    let head = Array(head)
    guard byteCount > 0 else {
      self = .empty
      return
    }
    if Self.contains(head.prefix(1024), Array("%PDF-".utf8)) {
      self = .pdf
      return
    }
    if head.starts(with: ZIPDirectory.signature) {
      self = Self.package(ZIPDirectory(head: head, byteCount: byteCount, read: read))
      return
    }
    if head.starts(with: CompoundFile.signature) {
      self = Self.compound(CompoundFile(head: head, byteCount: byteCount, read: read))
      return
    }
    if let format = Self.binaryFormat(head) {
      self = .unsupported(format)
      return
    }
    if Self.isMail(head) {
      self = .mail
      return
    }
    let encoding = EncodingDetection.byteOrderMark(head) ?? EncodingDetection.wideEncoding(head)
    if let encoding, encoding != .utf8 {
      let even = head.prefix(head.count & ~3)
      self = Self.textType(SourceText(Array(even), encoding: encoding))
      return
    }
    guard Self.isText(head) else {
      self = .unsupported("binary data")
      return
    }
    self = Self.textType(SourceText(head, encoding: .utf8))
  }

  // MARK: Packages

  private static func package(_ directory: ZIPDirectory) -> MediaType {
    switch directory.mimeType {
    case "application/epub+zip": return .epub
    case "application/vnd.oasis.opendocument.text":
      return .unsupported("an OpenDocument text (ODT)")
    case "application/vnd.oasis.opendocument.spreadsheet":
      return .unsupported("an OpenDocument spreadsheet (ODS)")
    case "application/vnd.oasis.opendocument.presentation":
      return .unsupported("an OpenDocument presentation (ODP)")
    case let type? where type.hasPrefix("application/vnd.oasis.opendocument"):
      return .unsupported("an OpenDocument file")
    default: break
    }
    if directory.holds("[Content_Types].xml") || directory.holds("_rels/.rels") {
      if directory.holds(folder: "word/") { return .word }
      if directory.holds(folder: "xl/") { return .unsupported("an Excel workbook (XLSX)") }
      if directory.holds(folder: "ppt/") {
        return .unsupported("a PowerPoint presentation (PPTX)")
      }
      if directory.holds(folder: "visio/") { return .unsupported("a Visio drawing") }
      return .unsupported("a package of Office without a Word document")
    }
    if directory.holds("META-INF/container.xml") { return .epub }
    if directory.holds("word/document.xml") { return .word }
    if directory.holds("AndroidManifest.xml") { return .unsupported("an Android package (APK)") }
    if directory.holds("META-INF/MANIFEST.MF") { return .unsupported("a Java archive (JAR)") }
    return .unsupported("a ZIP archive")
  }

  private static func compound(_ file: CompoundFile) -> MediaType {
    if file.names.contains("EncryptedPackage") { return .encryptedOffice }
    if file.names.contains("WordDocument") { return .unsupported("an old Word document (DOC)") }
    if !file.names.isDisjoint(with: ["Workbook", "Book"]) {
      return .unsupported("an old Excel workbook (XLS)")
    }
    if file.names.contains("PowerPoint Document") {
      return .unsupported("an old PowerPoint presentation (PPT)")
    }
    return .unsupported("an old Microsoft Office file")
  }

  // MARK: Text

  /// A header as mail programs write it: fields alone up to an empty line, a sender, and one that people
  /// who type a memo do not write.
  private static func isMail(_ head: [UInt8]) -> Bool {
    var names: Set<String> = []
    var position = 0
    while position < head.count {
      let (end, next) = MailHeaders.line(head, position, head.count)
      if end == position { break }
      if head[position] == 0x20 || head[position] == 0x09 {
        if position == 0 { return false }
      } else {
        guard let colon = head[position..<end].firstIndex(of: 0x3A), colon > position,
          colon - position < 80,
          head[position..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return false }
        names.insert(String(decoding: head[position..<colon], as: UTF8.self).lowercased())
      }
      position = next
    }
    return (names.contains("from") || names.contains("sender"))
      && !names.isDisjoint(with: ["message-id", "mime-version", "received", "return-path"])
  }

  private static func textType(_ source: SourceText) -> MediaType {
    let text = source.utf8[source.range]
    guard let first = text.firstIndex(where: { $0 > 0x20 }) else { return .empty }
    if text[first...].starts(with: Array("WEBVTT".utf8)) {
      let after = first + 6
      if after >= text.endIndex || text[after] <= 0x20 { return .webVTT }
    }
    // Captions first: they hold tags, too.
    if SubRip.isSubRip(source) { return .subRip }
    if looksLikeMarkup(text[first...]) { return .html }
    return .plainText
  }

  /// A document type, or tags of a page near the beginning; a lone `<` in prose is not enough.
  private static func looksLikeMarkup(_ text: ArraySlice<UInt8>) -> Bool {
    var position = text.startIndex
    let end = min(text.endIndex, position + (1 << 14))
    var isFirst = true
    var tags = 0
    while position < end {
      guard text[position] == 0x3C, position + 1 < end else {
        if text[position] > 0x20 { isFirst = false }
        position += 1
        continue
      }
      let next = text[position + 1]
      if next == 0x21 || next == 0x3F {
        if matches(text, position, "<!doctype html") { return true }
        if matches(text, position, "<!--") {
          position = find("-->", in: text, from: position + 4, to: end) ?? end
          continue
        }
        position += 2
        continue
      }
      let name = tagName(text, position)
      if isFirst, pageTags.contains(name) { return true }
      isFirst = false
      if pageTags.contains(name) || next == 0x2F && flowTags.contains(name) { tags += 1 }
      if ["html", "head", "body"].contains(name) { return true }
      if tags >= 4 { return true }
      position += 1
    }
    return false
  }

  private static let pageTags: Set<String> = [
    "html", "head", "body", "title", "meta", "link", "script", "style", "table", "div", "article",
    "section", "main", "header", "nav", "h1", "h2", "h3", "p", "ul", "ol", "center", "document",
    "base", "frameset", "form", "blockquote", "iframe", "pre",
  ]
  private static let flowTags: Set<String> = [
    "p", "a", "b", "i", "em", "strong", "li", "span", "font", "td", "tr", "u", "dd", "dt",
  ]

  private static func tagName(_ text: ArraySlice<UInt8>, _ position: Int) -> String {
    var index = position + 1
    if index < text.endIndex, text[index] == 0x2F { index += 1 }
    var name: [UInt8] = []
    while index < text.endIndex, name.count < 12 {
      let byte = text[index] | 0x20
      guard (0x61...0x7A).contains(byte) || (0x30...0x39).contains(text[index]) else { break }
      name.append((0x30...0x39).contains(text[index]) ? text[index] : byte)
      index += 1
    }
    // A tag's name ends in space, slash or `>`: `<Name: …` is text.
    guard index < text.endIndex, text[index] <= 0x20 || text[index] == 0x3E || text[index] == 0x2F
    else { return "" }
    return String(decoding: name, as: UTF8.self)
  }

  private static func matches(_ text: ArraySlice<UInt8>, _ position: Int, _ word: String) -> Bool {
    var index = position
    for byte in word.utf8 {
      guard index < text.endIndex else { return false }
      let found = (0x41...0x5A).contains(text[index]) ? text[index] | 0x20 : text[index]
      if found != byte { return false }
      index += 1
    }
    return true
  }

  private static func find(_ word: String, in text: ArraySlice<UInt8>, from: Int, to: Int) -> Int? {
    var position = from
    while position < to {
      if matches(text, position, word) { return position + word.utf8.count }
      position += 1
    }
    return nil
  }

  // MARK: Binary

  /// Text has no NUL and next to no control characters.
  private static func isText(_ head: [UInt8]) -> Bool {
    var controls = 0
    for byte in head {
      if byte == 0 { controls += 8 }
      // Tab, line feed, form feed, carriage return, escape (ISO-2022-JP) and DOS end of file aside.
      if byte < 0x20, ![0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1B, 0x1A].contains(byte) { controls += 1 }
      if byte == 0x7F { controls += 1 }
    }
    return controls * 100 <= head.count
  }

  private static func contains(_ text: ArraySlice<UInt8>, _ word: [UInt8]) -> Bool {
    guard text.count >= word.count else { return false }
    for start in text.startIndex...(text.endIndex - word.count)
    where text[start..<start + word.count].elementsEqual(word) { return true }
    return false
  }

  private static func binaryFormat(_ head: [UInt8]) -> String? {
    for (signature, name) in signatures where head.starts(with: signature) { return name }
    return nil
  }

  private static let signatures: [([UInt8], String)] = [
    ([0x50, 0x4B, 0x05, 0x06], "an empty ZIP archive"),
    ([0x1F, 0x8B], "a gzip archive"),
    ([0x42, 0x5A, 0x68], "a bzip2 archive"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "an xz archive"),
    ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard archive"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
    ([0xFF, 0xD8, 0xFF], "a JPEG image"),
    (Array("GIF8".utf8), "a GIF image"),
    ([0x49, 0x49, 0x2A, 0x00], "a TIFF image"),
    ([0x4D, 0x4D, 0x00, 0x2A], "a TIFF image"),
    (Array("RIFF".utf8), "a RIFF file (audio, video or a WebP image)"),
    (Array("OggS".utf8), "an Ogg file"),
    (Array("ID3".utf8), "an MP3 file"),
    (Array("fLaC".utf8), "a FLAC file"),
    ([0x7F, 0x45, 0x4C, 0x46], "an ELF program"),
    (Array("SQLite format 3\0".utf8), "an SQLite database"),
    (Array("{\\rtf".utf8), "a Rich Text file"),
    (Array("%!PS".utf8), "a PostScript file"),
  ]
}
