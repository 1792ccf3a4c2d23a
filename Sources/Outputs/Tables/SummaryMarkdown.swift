package import JSON

/// A summary as Markdown (CommonMark), made from the JSON output and from nothing else, so that the
/// two cannot differ.
package enum SummaryMarkdown {
  /// - Parameter envelope: an output of kind `summary`, see ``Envelope/json``.
  package static func text(of envelope: JSONValue) -> String {
    guard let data = envelope["data"] else { return "" }
    let title = data["title"]?.string ?? envelope["source"]?["path"]?.string ?? "Summary"
    var lines = ["# " + MarkdownText.escaped(title), ""]
    lines += MarkdownText.source(of: envelope)
    if let abstract = data["abstract"]?.string, !abstract.isEmpty {
      lines += ["", MarkdownText.escaped(abstract)]
    }
    var topic: String?
    for (index, point) in (data["points"]?.array ?? []).enumerated() {
      // Points come in the document's order, so those under one heading stand together.
      if index == 0 || point["topic"]?.string != topic {
        topic = point["topic"]?.string
        lines += ["", "## " + MarkdownText.escaped(topic ?? "Points"), ""]
      }
      lines.append(
        "- " + MarkdownText.escaped(point["text"]?.string ?? "") + place(of: point, in: envelope))
    }
    lines += MarkdownText.notes(of: envelope)
    let isWritten = (envelope["warnings"]?.array ?? []).contains {
      $0["code"]?.string == WrittenText.code
    }
    lines += [
      "",
      isWritten
        ? "*Written by a model for Docket; the quotes each point rests on are in the JSON file beside this one.*"
        : "*Chosen by Docket from the document; every sentence is in the document's own words.*",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The page or turn of the point's first quote; nothing where a document has neither.
  private static func place(of point: JSONValue, in envelope: JSONValue) -> String {
    guard let id = point["evidence"]?[0]?.string, let evidence = envelope["evidence"]?[id] else {
      return ""
    }
    if let page = evidence["page"]?.integer { return " *(page \(page))*" }
    // People count turns from 1.
    if let turn = evidence["turns"]?[0]?.integer { return " *(turn \(turn + 1))*" }
    return ""
  }
}
