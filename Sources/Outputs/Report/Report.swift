package import Documents
package import JSON

/// One self-contained HTML file about a run: what could not be read, every value beside the words it
/// came from, summaries and minutes. It loads nothing from anywhere.
package struct Report {
  /// A page as a picture, on which the boxes of quotes are drawn.
  package struct PageImage: Sendable {
    /// As in `source.path`.
    package var path: String
    /// Physical page from 1.
    package var page: Int
    /// The page's size in points.
    package var width: Double
    package var height: Double
    package var png: [UInt8]

    package init(path: String, page: Int, width: Double, height: Double, png: [UInt8]) {
      self.path = path
      self.page = page
      self.width = width
      self.height = height
      self.png = png
    }
  }

  /// Code points of context on either side of a quote, where the document's text is at hand.
  private static let contextLength = 220

  /// The report's bytes; the same for the same outputs, in whatever order they are given.
  ///
  /// - Parameters:
  ///   - envelopes: the outputs of all kinds, see ``Envelope/json``.
  ///   - title: what the run is called.
  ///   - text: the extracted text of a document by its path; nil leaves the 32 code points of context
  ///     that an output holds.
  ///   - images: pages to show; those that no quote stands on are left out.
  package static func html(
    of envelopes: [JSONValue], title: String, text: (String) -> ExtractedText? = { _ in nil },
    images: [PageImage] = []
  ) -> [UInt8] {
    var documents: [JSONValue] = []
    var group: [JSONValue] = []
    func flush() {
      guard let path = group.first?["source"]?["path"]?.string else { return }
      documents.append(document(group, text: text(path)))
      group = []
    }
    for envelope in OutputLines.sorted(envelopes) {
      if let open = group.first?["source"]?["path"]?.string,
        Array(open.utf8) != Array((envelope["source"]?["path"]?.string ?? "").utf8)
      {
        flush()
      }
      group.append(envelope)
    }
    flush()

    var cited: Set<String> = []
    for document in documents {
      let path = document["path"]?.string ?? ""
      for (_, evidence) in document["evidence"]?.object?.members.map({ ($0, $1) }) ?? [] {
        for box in evidence["boxes"]?.array ?? [] {
          if let page = box[0]?.integer { cited.insert("\(path)#\(page)") }
        }
      }
    }
    var pictures = JSONObject()
    for image in images where cited.contains("\(image.path)#\(image.page)") {
      pictures["\(image.path)#\(image.page)"] = [
        "width": .hundredths(image.width), "height": .hundredths(image.height),
        "png": .string(Base64.text(of: image.png)),
      ]
    }
    let data: JSONValue = [
      "title": .string(title), "documents": .array(documents), "images": .object(pictures),
    ]
    // Within a script element only "<" can end or change what follows.
    let json = data.text().replacing("<", with: "\\u003c")
    var bytes: [UInt8] = []
    bytes += ReportTemplate.head.replacing("{{title}}", with: escaped(title)).utf8
    bytes += "<style>\n".utf8
    bytes += ReportTemplate.style.utf8
    bytes += "\n</style>\n".utf8
    bytes += ReportTemplate.body.replacing("{{title}}", with: escaped(title)).utf8
    bytes += "<script type=\"application/json\" id=\"data\">".utf8
    bytes += json.utf8
    bytes += "</script>\n<script>\n".utf8
    bytes += ReportTemplate.script.utf8
    bytes += "\n</script>\n</body>\n</html>\n".utf8
    return bytes
  }

  /// The outputs of one document, of whatever kinds, as the script wants them.
  private static func document(_ envelopes: [JSONValue], text: ExtractedText?) -> JSONValue {
    let source = envelopes[0]["source"] ?? nil
    var evidence = JSONObject()
    var parts: [JSONValue] = []
    var notices: [JSONValue] = []
    var statuses: Set<String> = []
    for (number, envelope) in envelopes.enumerated() {
      statuses.insert(envelope["status"]?.string ?? "")
      for (id, one) in envelope["evidence"]?.object?.members.map({ ($0, $1) }) ?? [] {
        evidence["\(number):\(id)"] = Self.evidence(one, text: text)
      }
      for warning in envelope["warnings"]?.array ?? []
      where warning["code"]?.string != Warning.confidenceCode {
        var notice = warning.object ?? JSONObject()
        if let at = warning["at"]?.string, at.hasPrefix("/coverage/skipped/"),
          let index = Int(at.dropFirst("/coverage/skipped/".count)),
          let page = envelope["coverage"]?["skipped"]?[index]?["page"]
        {
          notice["page"] = page
        }
        notice["at"] = nil
        if !notices.contains(.object(notice)) { notices.append(.object(notice)) }
      }
      parts.append(part(envelope))
    }
    var object: JSONObject = [
      "path": source["path"] ?? nil, "media": source["mediaType"] ?? nil,
      "status": statuses.contains("failed")
        ? "failed" : statuses.contains("partial") ? "partial" : "complete",
      "notices": .array(notices), "parts": .array(parts), "evidence": .object(evidence),
    ]
    if let title = source["title"] { object["title"] = title }
    if let pages = source["pages"] { object["pages"] = pages }
    return .object(object)
  }

  /// An output's data; field values as text, with their confidence.
  private static func part(_ envelope: JSONValue) -> JSONValue {
    let kind = envelope["kind"] ?? nil
    guard kind == "fields" else {
      return [
        "kind": kind, "step": envelope["produced"]?["step"] ?? nil, "data": envelope["data"] ?? nil,
      ]
    }
    let confidences = FieldsTable.confidences(of: envelope)
    let members = envelope["data"]?["fields"]?.object?.members.map { ($0, $1) } ?? []
    let fields = members.sorted {
      $0.0.unicodeScalars.lexicographicallyPrecedes($1.0.unicodeScalars)
    }.map { name, field -> JSONValue in
      var object: JSONObject = [
        "name": .string(name), "status": field["status"] ?? nil,
        "value": .string(FieldsTable.text(of: field["value"] ?? nil)),
        "evidence": field["evidence"] ?? [],
      ]
      if let raw = field["raw"], raw != .null { object["raw"] = raw }
      if let confidence = confidences[name] { object["confidence"] = .string(confidence) }
      if let alternatives = field["alternatives"]?.array, !alternatives.isEmpty {
        object["alternatives"] = .array(
          alternatives.map {
            [
              "value": .string(FieldsTable.text(of: $0["value"] ?? nil)),
              "evidence": $0["evidence"] ?? [],
            ]
          })
      }
      return .object(object)
    }
    return ["kind": kind, "step": envelope["produced"]?["step"] ?? nil, "fields": .array(fields)]
  }

  /// Quote, context and place of one piece of evidence.
  private static func evidence(_ evidence: JSONValue, text: ExtractedText?) -> JSONValue {
    let selectors = evidence["selector"]?.array ?? []
    let quote = selectors.first { $0["type"]?.string == "TextQuoteSelector" }
    let position = selectors.first { $0["type"]?.string == "TextPositionSelector" }
    var object: JSONObject = [
      "quote": quote?["exact"] ?? "", "before": quote?["prefix"] ?? "",
      "after": quote?["suffix"] ?? "", "match": evidence["match"] ?? nil,
    ]
    if let text, let start = position?["start"]?.integer, let end = position?["end"]?.integer,
      0 <= start, start < end, end <= text.scalarCount
    {
      let from = text.utf8Offset(ofScalar: max(0, start - contextLength))
      let to = text.utf8Offset(ofScalar: min(text.scalarCount, end + contextLength))
      object["before"] = .string(
        afterFirstSpace(
          String(text[from..<text.utf8Offset(ofScalar: start)]), isCut: start > contextLength))
      object["after"] = .string(
        beforeLastSpace(
          String(text[text.utf8Offset(ofScalar: end)..<to]),
          isCut: end + contextLength < text.scalarCount))
    }
    for key in ["page", "boxes", "turns"] {
      if let value = evidence[key] { object[key] = value }
    }
    if let count = evidence["occurrences"]?.integer, count > 1 {
      object["occurrences"] = .integer(count)
    }
    return .object(object)
  }

  private static func afterFirstSpace(_ text: String, isCut: Bool) -> String {
    guard isCut, let space = text.firstIndex(where: \.isWhitespace) else { return text }
    return "…" + text[text.index(after: space)...]
  }

  private static func beforeLastSpace(_ text: String, isCut: Bool) -> String {
    guard isCut, let space = text.lastIndex(where: \.isWhitespace) else { return text }
    return text[..<space] + "…"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }
}

/// RFC 4648 base 64 with padding.
enum Base64 {
  static func text(of bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    var at = 0
    while at < bytes.count {
      let first = bytes[at]
      let second = at + 1 < bytes.count ? bytes[at + 1] : 0
      let third = at + 2 < bytes.count ? bytes[at + 2] : 0
      result.append(alphabet[Int(first >> 2)])
      result.append(alphabet[Int(first & 3) << 4 | Int(second >> 4)])
      result.append(
        at + 1 < bytes.count
          ? alphabet[Int(second & 15) << 2 | Int(third >> 6)] : UInt8(ascii: "="))
      result.append(at + 2 < bytes.count ? alphabet[Int(third & 63)] : UInt8(ascii: "="))
      at += 3
    }
    return String(decoding: result, as: UTF8.self)
  }
}
