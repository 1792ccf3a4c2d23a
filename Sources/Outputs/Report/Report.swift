package import Documents
package import JSON

/// One self-contained HTML file about a run: what could not be read, every value beside the words it
/// came from, summaries and minutes. It loads nothing from anywhere.
///
/// The list and the table stand first in the file, each document's answers and each picture in an
/// element of its own behind them, so that a browser shows a run of a thousand documents before it
/// has read the last of them, and decodes only what is looked at.
package struct Report {
  /// What the run is called.
  package var title: String
  /// The outputs of all kinds, see ``Envelope/json``; in any order.
  package var envelopes: [JSONValue]
  /// What `run.json` says: documents that failed have no output, and a report must not hide them.
  package var run: JSONValue?
  /// The extracted text of a document by its path; nil leaves the 32 code points of context that an
  /// output holds.
  package var text: (String) -> ExtractedText?
  /// Pages of a document by its path; those that no quote stands on are left out.
  package var pictures: (String) -> [PagePicture]
  /// Bytes of all pictures together, before they are written as base 64.
  package var pictureBudget: Int

  /// 40 MiB: some six hundred pages.
  package static let usualPictureBudget = 40 << 20

  package init(
    of envelopes: [JSONValue], title: String, run: JSONValue? = nil,
    text: @escaping (String) -> ExtractedText? = { _ in nil },
    pictures: @escaping (String) -> [PagePicture] = { _ in [] },
    pictureBudget: Int = Report.usualPictureBudget
  ) {
    self.title = title
    self.envelopes = envelopes
    self.run = run
    self.text = text
    self.pictures = pictures
    self.pictureBudget = pictureBudget
  }

  /// The report's bytes; the same for the same outputs, in whatever order they are given.
  package var html: [UInt8] {
    let documents = ReportDocument.all(of: envelopes, run: run)
    var fields: [String: Int] = [:]
    for name in Set(documents.flatMap(\.fieldNames)).sorted(by: ReportDocument.precedes) {
      fields[name] = fields.count
    }
    var rows: [JSONValue] = []
    for (index, document) in documents.enumerated() {
      rows += document.rows(at: index, fields: fields)
    }
    var data: JSONObject = [
      "title": .string(title), "documents": .array(documents.map(\.entry)),
      "fields": .array(fields.sorted { $0.value < $1.value }.map { .string($0.key) }),
      "titles": .object(titles), "rows": .array(rows), "leftOut": run?["leftOut"] ?? [],
      "model": run?["model"]?["name"] ?? "this model",
    ]
    if let reliability = Reliability.measured(modelSHA256: run?["model"]?["sha256"]?.string) {
      data["reliability"] = reliability
    }

    var bytes: [UInt8] = []
    let name = Self.escaped(title)
    bytes += Self.head.replacing("{{title}}", with: name).utf8
    bytes += "<style>\n".utf8
    bytes += PackageResources.page_css
    bytes += "</style>\n</head>\n<body>\n".utf8
    bytes +=
      String(decoding: PackageResources.page_html, as: UTF8.self)
      .replacing("{{title}}", with: name).utf8
    Self.append(.object(data), id: "data", to: &bytes)
    bytes += "<script>\n".utf8
    bytes += PackageResources.page_js
    bytes += "</script>\n".utf8
    appendDocuments(documents, to: &bytes)
    bytes += "</body>\n</html>\n".utf8
    return bytes
  }

  /// Field → what its schema calls it for people; the first step that names it wins.
  private var titles: JSONObject {
    var titles = JSONObject()
    for step in run?["steps"]?.array ?? [] {
      for (name, title) in step["titles"]?.object?.members ?? JSONObject().members
      where titles[name] == nil {
        titles[name] = title
      }
    }
    return titles
  }

  /// Each document's answers with its pictures behind it. Those with notices come first in the
  /// report, so they are drawn first.
  private func appendDocuments(_ documents: [ReportDocument], to bytes: inout [UInt8]) {
    var left = pictureBudget
    var number = 0
    let order = documents.indices.sorted {
      (documents[$0].isClean ? 1 : 0, $0) < (documents[$1].isClean ? 1 : 0, $1)
    }
    for index in order where documents[index].hasAnswers {
      let document = documents[index]
      let cited = document.citedPages
      var shown: [JSONValue] = []
      var drawn: [(id: String, png: [UInt8])] = []
      var isShort = !cited.isEmpty && left <= 0
      for picture in cited.isEmpty || left <= 0 ? [] : pictures(document.path)
      where cited.contains(picture.page) {
        guard picture.png.count <= left else {
          isShort = true
          continue
        }
        left -= picture.png.count
        drawn.append(("i\(number)", picture.png))
        shown.append(picture.json(id: "i\(number)"))
        number += 1
      }
      var content = document.content(text: text(document.path))
      content["pictures"] = .array(shown)
      if isShort, pictureBudget > 0 { content["undrawn"] = true }
      Self.append(.object(content), id: "d\(index)", to: &bytes)
      for picture in drawn {
        bytes += "<script type=\"text/plain\" id=\"\(picture.id)\">".utf8
        bytes += Base64.text(of: picture.png).utf8
        bytes += "</script>\n".utf8
      }
    }
  }

  /// Within a script element only `<` can end or change what follows.
  private static func append(_ value: JSONValue, id: String, to bytes: inout [UInt8]) {
    bytes += "<script type=\"application/json\" id=\"\(id)\">".utf8
    bytes += value.text().replacing("<", with: "\\u003c").utf8
    bytes += "</script>\n".utf8
  }

  private static let head = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
    <meta name="generator" content="Docket">
    <title>{{title}}</title>

    """

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }
}

extension PagePicture {
  fileprivate func json(id: String) -> JSONValue {
    [
      "page": .integer(page), "width": .hundredths(width), "height": .hundredths(height),
      "top": .hundredths(top), "bottom": .hundredths(bottom), "id": .string(id),
    ]
  }
}
