package import Documents
package import Foundation

/// The door of ingest: one file in, one document out, whatever its type.
///
/// The type is seen by content; the file's name decides nothing.
package struct DocumentReader: Sendable {
  /// The program that reads PDFs and packages in a process of its own, or nil to read them in this one. It must
  /// run ``PDFReaderProcess/main(arguments:)`` for ``PDFReaderProcess/subcommand``.
  package var pdfProgram: URL?

  /// Reads pages of PDFs without a text layer; nil names them only.
  package var recogniser: Recogniser?
  /// Asked while a process of its own reads, which may take minutes; when it says so, reading ends
  /// with ``ReadError/Kind/stopped``.
  package var shouldStop: @Sendable () -> Bool

  package init(
    pdfProgram: URL? = nil, recogniser: Recogniser? = .installed,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) {
    self.pdfProgram = pdfProgram
    self.recogniser = recogniser
    self.shouldStop = shouldStop
  }

  /// - Parameters:
  ///   - name: the file's name for errors and notices.
  ///   - password: for encrypted PDFs: the user or the owner password.
  package func read(
    _ file: borrowing SourceFile, named name: String, password: String? = nil,
    limits: ReadLimits = ReadLimits()
  ) throws(ReadError) -> Document {
    let size = file.byteCount
    guard size <= limits.bytes else {
      throw ReadError(
        .overLimit, file: name,
        what: "the file has \(size) bytes, and the limit is \(limits.bytes)",
        advice: "Split the file or raise the limit of bytes.")
    }
    let head = try file.head(1 << 16, named: name)
    let descriptor = file.descriptor
    let type = MediaType(head: head[...], byteCount: size) { FileSystem.read($0, descriptor) }
    switch type {
    case .pdf:
      let document =
        if let pdfProgram {
          try PDFReaderProcess(program: pdfProgram, recogniser: recogniser, shouldStop: shouldStop)
            .read(
              file, named: name, password: password, limits: limits)
        } else {
          try PDFReader(recogniser: recogniser).read(
            file, named: name, password: password, limits: limits)
        }
      try file.checkUnchanged(named: name)
      return document
    case .word, .epub:
      let document =
        if let pdfProgram {
          try PDFReaderProcess(
            program: pdfProgram, shouldStop: shouldStop,
            repair: "Open the file in its program and save it again, or raise the memory limit."
          ).read(file, named: name, limits: limits)
        } else {
          try PackageReader.read(file.descriptor, named: name, limits: limits)
        }
      try file.checkUnchanged(named: name)
      return document
    case .encryptedOffice:
      throw ReadError(
        .missingPassword, file: name,
        what: "the document is encrypted: it is one of Word, Excel or PowerPoint under a password",
        advice: "Docket does not open these; save it without its password.")
    case .html:
      return try HTMLReader().read(try file.contents(named: name), named: name, limits: limits)
    case .webVTT, .subRip:
      return try CueReader().read(try file.contents(named: name), named: name, limits: limits)
    case .mail:
      return try MailReader().read(try file.contents(named: name), named: name, limits: limits)
    case .plainText, .empty:
      return try PlainTextReader().read(try file.contents(named: name), named: name, limits: limits)
    case .unsupported(let format):
      throw ReadError(
        .unsupported, file: name,
        what: "its content is \(format), which is of no format Docket reads",
        advice: "Convert it to PDF, DOCX, HTML or text, or leave it out by the input's patterns.")
    }
  }

  /// Pages of a PDF as pictures; none for other formats.
  package func pictures(
    _ wishes: [PagePicture.Wish], of file: borrowing SourceFile, named name: String,
    password: String? = nil
  ) throws(ReadError) -> [PagePicture] {
    guard !wishes.isEmpty else { return [] }
    if let pdfProgram {
      return try PDFReaderProcess(program: pdfProgram, shouldStop: shouldStop).pictures(
        wishes, of: file, named: name, password: password)
    }
    return try PDFReader().pictures(wishes, of: file, named: name, password: password)
  }
}
