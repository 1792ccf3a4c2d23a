import Documents
import Foundation
import Ingest

/// Time and memory of reading files of any length, one line each.
struct IngestFiles {
  static let help =
    "FILE…   (peaks: of the process that reads PDFs, and of this one, which holds the document)"

  let files: [String]

  init(arguments: [String]) { files = arguments }

  func run() throws {
    print("pages\tfile MB\ttext MB\tCPU s\tpages/s\tMB/s\treader peak MiB\town peak MiB\tfile")
    for file in files {
      PDFReaderProcess.forgetIdlePeaks()
      PDFReaderProcess.forgetPeak(ofProcess: getpid())
      let source = try SourceFile(URL(fileURLWithPath: file), named: file)
      var cost = IngestCost()
      do {
        let document = try cost.measure {
          try DocumentReader(pdfProgram: IngestCost.program, recogniser: nil).read(
            source, named: file)
        }
        cost.pages = document.pages.count
        cost.bytes = source.byteCount
        let text = document.blocks.lazy.flatMap(\.texts).reduce(0) { $0 + $1.text.utf8.count }
        let cells = [
          "\(cost.pages)", IngestBenchmark.figure(Double(cost.bytes) / 1e6, 1),
          IngestBenchmark.figure(Double(text) / 1e6, 1), IngestBenchmark.figure(cost.seconds, 2),
          cost.pages > 0 ? "\(Int(cost.pagesPerSecond))" : "",
          IngestBenchmark.figure(cost.megabytesPerSecond, 1),
          "\(PDFReaderProcess.idlePeakBytes >> 20)", "\(Self.ownPeak >> 20)", file,
        ]
        print(cells.joined(separator: "\t"))
      } catch {
        print("\(error)")
      }
    }
  }

  private static var ownPeak: Int { PDFReaderProcess.peakBytes(ofProcess: getpid()) }
}
