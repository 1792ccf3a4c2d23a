import Documents
import Foundation
import Ingest

/// Opens documents, trying the declared passwords on those that need one.
struct DocumentOpener {
  let passwords: [String]
  /// The program that reads PDFs in a process of its own; nil reads them in this one.
  let pdfProgram: URL?
  /// Ends the reading of a long document with ``ReadError/Kind/stopped``.
  var shouldStop: @Sendable () -> Bool = { false }

  /// A document of an input folder, by its path as outputs have it.
  func read(_ path: String, in folder: URL) throws(ReadError) -> Document {
    try read(SourceFile(path, in: folder, named: path), named: path)
  }

  func read(_ file: borrowing SourceFile, named name: String) throws(ReadError) -> Document {
    try open(file) { (file, password) throws(ReadError) in
      try reader.read(file, named: name, password: password)
    }
  }

  /// Pages of a PDF as pictures; none for other formats.
  func pictures(
    _ wishes: [PagePicture.Wish], of path: String, in folder: URL
  ) throws(ReadError) -> [PagePicture] {
    try open(SourceFile(path, in: folder, named: path)) { (file, password) throws(ReadError) in
      try reader.pictures(wishes, of: file, named: path, password: password)
    }
  }

  private var reader: DocumentReader {
    DocumentReader(pdfProgram: pdfProgram, shouldStop: shouldStop)
  }

  /// Without a password first, then with each until one opens the file.
  private func open<Result>(
    _ file: borrowing SourceFile,
    _ body: (_ file: borrowing SourceFile, _ password: String?) throws(ReadError) -> Result
  ) throws(ReadError) -> Result {
    var failure: ReadError
    do throws(ReadError) {
      return try body(file, nil)
    } catch {
      failure = error
    }
    for password in passwords
    where failure.kind == .missingPassword || failure.kind == .wrongPassword {
      do throws(ReadError) {
        return try body(file, password)
      } catch {
        failure = error
      }
    }
    throw failure
  }
}
