package import Documents
package import Foundation

/// The door of ingest: one file in, one document out, whatever its type.
///
/// The type is seen by content; the file's name decides nothing.
package struct DocumentReader: Sendable {
  /// The program that reads PDFs in a process of its own, or nil to read them in this one. It must
  /// run ``PDFReaderProcess/main(arguments:)`` for ``PDFReaderProcess/subcommand``.
  package var pdfProgram: URL?

  package init(pdfProgram: URL? = nil) { self.pdfProgram = pdfProgram }

  /// - Parameters:
  ///   - url: the file, opened read-only.
  ///   - name: the file's name for errors and notices.
  ///   - password: for encrypted PDFs: the user or the owner password.
  package func read(
    file url: URL, named name: String, password: String? = nil, limits: ReadLimits = ReadLimits()
  ) throws(ReadError) -> Document {
    // A pipe or a device would hang the reader.
    let kind =
      try? FileManager.default.attributesOfItem(
        atPath: url.resolvingSymlinksInPath().path)[.type] as? FileAttributeType
    if let kind, kind != .typeRegular {
      throw ReadError(
        .unreadable, file: name, what: "it is no regular file", advice: "Leave it out.")
    }
    let size: Int
    let head: [UInt8]
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      size = Int(try handle.seekToEnd())
      try handle.seek(toOffset: 0)
      head = Array(try handle.read(upToCount: 1 << 16) ?? Data())
    } catch {
      throw Self.unreadable(name, error)
    }
    guard size <= limits.bytes else {
      throw ReadError(
        .overLimit, file: name,
        what: "the file has \(size) bytes, and the limit is \(limits.bytes)",
        advice: "Split the file or raise the limit of bytes.")
    }
    let type = MediaType(head: head[...], byteCount: size)
    switch type {
    case .pdf:
      if let pdfProgram {
        return try PDFReaderProcess(program: pdfProgram).read(
          file: url, named: name, password: password, limits: limits)
      }
      return try PDFReader().read(file: url, named: name, password: password, limits: limits)
    case .html:
      return try HTMLReader().read(try bytes(of: url, name), named: name, limits: limits)
    case .webVTT, .subRip:
      return try CueReader().read(try bytes(of: url, name), named: name, limits: limits)
    case .plainText, .empty:
      return try PlainTextReader().read(try bytes(of: url, name), named: name, limits: limits)
    case .unsupported(let format):
      throw ReadError(
        .unsupported, file: name,
        what: "its content is \(format), which is of no format Docket reads",
        advice: "Convert it to PDF, HTML or text, or leave it out by the input's patterns.")
    }
  }

  /// Pages of a PDF as pictures; none for other formats.
  package func pictures(
    _ wishes: [PagePicture.Wish], of url: URL, named name: String, password: String? = nil
  ) throws(ReadError) -> [PagePicture] {
    guard !wishes.isEmpty else { return [] }
    if let pdfProgram {
      return try PDFReaderProcess(program: pdfProgram).pictures(
        wishes, of: url, named: name, password: password)
    }
    return try PDFReader().pictures(wishes, of: url, named: name, password: password)
  }

  private func bytes(of url: URL, _ name: String) throws(ReadError) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: url, options: .mappedIfSafe))
    } catch {
      throw Self.unreadable(name, error)
    }
  }

  private static func unreadable(_ name: String, _ error: any Error) -> ReadError {
    let code = (error as NSError).userInfo[NSUnderlyingErrorKey].map { ($0 as? NSError)?.code ?? 0 }
    return ReadError(
      .unreadable, file: name,
      what: "the file cannot be read (error \(code ?? (error as NSError).code))",
      advice: "Check that it exists and that you may read it.")
  }
}
