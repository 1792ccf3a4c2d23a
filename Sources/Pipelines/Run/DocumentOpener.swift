import Documents
import Foundation
import Ingest

/// Opens documents, trying the declared passwords on those that need one.
struct DocumentOpener {
  let passwords: [String]
  /// The program that reads PDFs in a process of its own; nil reads them in this one.
  let pdfProgram: URL?

  func read(_ file: URL, named name: String) throws(ReadError) -> Document {
    try open { (password) throws(ReadError) in
      try DocumentReader(pdfProgram: pdfProgram).read(file: file, named: name, password: password)
    }
  }

  /// Pages of a PDF as pictures; none for other formats.
  func pictures(
    _ wishes: [PagePicture.Wish], of file: URL, named name: String
  ) throws(ReadError) -> [PagePicture] {
    try open { (password) throws(ReadError) in
      try DocumentReader(pdfProgram: pdfProgram).pictures(
        wishes, of: file, named: name, password: password)
    }
  }

  /// Without a password first, then with each until one opens the file.
  private func open<Result>(
    _ body: (_ password: String?) throws(ReadError) -> Result
  ) throws(ReadError) -> Result {
    var failure: ReadError
    do throws(ReadError) {
      return try body(nil)
    } catch {
      failure = error
    }
    for password in passwords
    where failure.kind == .missingPassword || failure.kind == .wrongPassword {
      do throws(ReadError) {
        return try body(password)
      } catch {
        failure = error
      }
    }
    throw failure
  }
}
