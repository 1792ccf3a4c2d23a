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
    let reader = DocumentReader(pdfProgram: pdfProgram, shouldStop: shouldStop)
    var failure: ReadError
    do throws(ReadError) {
      return try reader.read(file, named: name)
    } catch {
      failure = error
    }
    for password in passwords
    where failure.kind == .missingPassword || failure.kind == .wrongPassword {
      do throws(ReadError) {
        return try reader.read(file, named: name, password: password)
      } catch {
        failure = error
      }
    }
    throw failure
  }
}
