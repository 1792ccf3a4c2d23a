import Documents
import Foundation
import Ingest
import JSON
import Outputs

/// The report of a run, with what only the documents themselves can give: the words around each
/// quote, and the pages as pictures.
struct RunReport {
  static let name = "report.html"

  var title: String
  /// What `run.json` says.
  var run: JSONValue
  /// Where the documents are.
  var input: URL
  var opener: DocumentOpener
  var pictureBudget = Report.usualPictureBudget
  /// Asked before each document is read once more; then the report lacks what only documents give.
  var shouldStop: () -> Bool = { false }

  /// A document that cannot be read any more is shown with what its outputs hold.
  func html(of envelopes: [JSONValue]) -> [UInt8] {
    let pages = ReportPages(of: envelopes, budget: pictureBudget)
    return Report(
      of: envelopes, title: title, run: run,
      text: { path in
        if shouldStop() { return nil }
        return (try? opener.read(path, in: input)).map {
          ExtractedText($0)
        }
      },
      pictures: { path in
        if shouldStop() { return [] }
        let wishes = pages.bands(of: path).map { band in
          band.rows.map {
            PagePicture.Wish(page: band.page, top: $0.lowerBound, bottom: $0.upperBound)
          } ?? PagePicture.Wish(page: band.page)
        }
        return (try? opener.pictures(wishes, of: path, in: input)) ?? []
      },
      pictureBudget: pictureBudget
    ).html
  }
}
