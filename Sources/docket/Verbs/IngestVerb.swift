import Documents
import Foundation
import Ingest
import JSON
import Outputs

enum IngestVerb {
  static let verb = Verb(
    name: "ingest",
    summary: "Read documents and print what Docket sees in them: blocks, anchors, notices.",
    operands: "FILE…", operandCount: 1...100_000,
    discussion: """
      Reads PDF, documents of Word (DOCX), books (EPUB), HTML, text, transcripts (WebVTT, SRT, "Speaker:
      text", exports of Teams and Zoom) and messages (.eml); the content decides, not the name. Prints
      the text a model reads, or with --json one document a line: its blocks with pages and boxes or byte
      ranges (of DOCX and EPUB, in the part named), its links, and what could not be read. Pages of scans
      are read with the tesseract program where it is on the PATH, and marked; DOCKET_TESSERACT names
      another one, or "none".
      """,
    options: [
      .value("--password", "<text>", "Opens an encrypted PDF. (default: none)"), .json,
    ], readsDocuments: true, run: run)

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    var status = ExitStatus.complete
    for path in arguments.operands {
      do throws(ReadError) {
        let document = try DocumentReader(pdfProgram: Program.url).read(
          SourceFile(URL(fileURLWithPath: path), named: path), named: path,
          password: arguments["--password"])
        if arguments.json {
          var value = DocumentJSON(document).value.object ?? JSONObject()
          value["path"] = .string(path)
          value["status"] = .string(document.notices.isEmpty ? "complete" : "partial")
          Console.json(.object(value))
        } else {
          Console.out(ExtractedText(document).text)
        }
        for notice in document.notices {
          status = .incomplete
          Console.note(
            "\(path)\(notice.page.map { ", page \($0)" } ?? ""): \(notice.reason.rawValue): "
              + notice.detail)
        }
      } catch {
        status = .incomplete
        if arguments.json {
          Console.json([
            "path": .string(path), "status": "failed", "reason": .string(error.kind.rawValue),
            "message": .string("\(error)"),
          ])
        }
        Console.note("\(error)")
      }
    }
    return status
  }
}
