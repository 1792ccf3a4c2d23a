import Documents
import Foundation
import Ingest

/// Opens documents, trying the declared passwords on those that need one.
struct DocumentOpener {
  let passwords: [String]
  /// The program that reads PDFs in a process of its own; nil reads them in this one.
  let pdfProgram: URL?

  func read(_ file: URL, named name: String) throws(ReadError) -> Document {
    let reader = DocumentReader(pdfProgram: pdfProgram)
    var failure: ReadError
    do throws(ReadError) {
      return try reader.read(file: file, named: name)
    } catch {
      failure = error
    }
    for password in passwords
    where failure.kind == .missingPassword || failure.kind == .wrongPassword {
      do throws(ReadError) {
        return try reader.read(file: file, named: name, password: password)
      } catch {
        failure = error
      }
    }
    throw failure
  }
}
